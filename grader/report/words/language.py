"""Turns of phrase that sentences share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.run import Frame


_NAME: Final = re.compile(r"\w*_\w|\w+\(")


def quoted(names: Sequence[str]) -> str:
    """A list of names in words."""
    return join([f"`{name}`" for name in names])


def join(names: Sequence[str]) -> str:
    """A list in words."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def are(names: Sequence[str]) -> str:
    """Names and the verb that goes with them: ``h and c are``."""
    return f"{quoted(names)} {'is' if len(names) == 1 else 'are'}"


def count(how_many: int, what: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{how_many} {what}" if how_many == 1 else f"{how_many} {what}s"


def sentence(text: str) -> str:
    """A phrase with a capital letter and a full stop; a sentence as it is."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{capital(text)}."


def capital(text: str) -> str:
    """A text with a capital letter, unless it begins with a name of Python's: those have their own."""
    return text if _NAME.match(text) else text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """A sentence as it goes on behind a colon."""
    return text[:1].lower() + text[1:]


def lower(text: str) -> str:
    """A sentence as a phrase."""
    return text[:1].lower() + text[1:].rstrip(".")


def place(frame: Frame, module: str) -> str:
    """Where a line is: ``line 3``, and the file's name where that is not the module; ``cell 2, line 3``."""
    if frame.in_cell:
        return f"{frame.file}, line {frame.line}"
    return f"line {frame.line}" if frame.file == module else f"line {frame.line} of {frame.file}"
