"""Lines of text for a terminal: wrapped here, coloured by rich, and no command to a log that is read by a machine.

rich's markup and highlighting have no part in it: what student code wrote stays text. Colours are the terminal's own
sixteen, so that both light and dark ones stay readable, and every colour stands beside a sign or a word.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from grader.report.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WIDEST = 100  # sentences longer than this are hard to read
_LOG_COMMAND = re.compile(r"^(\s*)::")


class Span(NamedTuple):
    """A piece of a line and its style, in rich's words; "" is plain."""

    text: str
    style: str = ""


def comfortable(width: int) -> int:
    """The columns to write in, on a terminal that has so many."""
    return max(40, min(width, _WIDEST))


def joined(lines: Iterable[list[Span]], *, color: bool) -> str:
    """The lines as one text."""
    write = _coloured if color else plain
    return "".join(write(spans) + "\n" for spans in lines)


def plain(spans: list[Span]) -> str:
    """A line without colour that is no command to GitHub's runner.

    The runner obeys ``::command::`` after white space, and ``##[command]`` anywhere in a log.
    """
    text = "".join(span.text for span in spans).rstrip()
    return _LOG_COMMAND.sub(r"\1: :", text).replace("##[", "# #[")


def _coloured(spans: list[Span]) -> str:
    from rich.color import ColorSystem  # only loaded for a terminal that shows colours
    from rich.style import Style

    return "".join(
        Style.parse(span.style).render(span.text, color_system=ColorSystem.STANDARD) if span.style else span.text
        for span in spans
    ).rstrip()


def wrapped(text: str, width: int, margin: str, style: str = "") -> Iterator[list[Span]]:
    """``text`` in lines that fit; no line for no text."""
    for paragraph in clean(text, 4_000).splitlines():
        for part in textwrap.wrap(paragraph, width - len(margin), break_on_hyphens=False) or [""]:
            yield [Span(margin), Span(part, style)]


def columns(text: str) -> int:
    """Terminal columns that ``text`` takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def cut(text: str, width: int) -> str:
    """As much of a line as there is room for."""
    if columns(text) <= width:
        return text
    while columns(text) >= width:
        text = text[:-1]
    return f"{text}…"
