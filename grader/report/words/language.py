"""Turns of phrase that sentences share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.records.run import Frame


_NAME: Final = re.compile(r"\w*_\w|\w+\(|\w+\.\w")
_WORD: Final = re.compile(r"\w+")
_CAPITALS: Final = re.compile(r"\w*[a-z0-9]\w*[A-Z]|[A-Z]{2}")


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


def sentence(text: str, names: Collection[str] = ()) -> str:
    """A phrase with a capital letter and a full stop; a sentence as it is. ``names`` are :func:`capital`'s."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{capital(text, names)}."


def capital(text: str, names: Collection[str] = ()) -> str:
    """A text with a capital letter, unless it begins with a name of code, which has its own form.

    ``names`` are those that look like a word of English, ``train`` for instance; ``a`` is taken for that word.
    """
    first = _WORD.match(text)
    if _NAME.match(text) or (first is not None and first[0] != "a" and first[0] in names):
        return text
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """A sentence as it goes on behind a colon. A word with another capital letter, or a call, is a name of code."""
    return text if _NAME.match(text) or _CAPITALS.match(text) else text[:1].lower() + text[1:]


def lower(text: str) -> str:
    """A sentence as a phrase."""
    return lower_first(text).rstrip(".")


def place(frame: Frame, module: str) -> str:
    """Where a line is: ``line 3``, and the file's name where that is not the module; ``cell 2, line 3``."""
    if frame.in_cell:
        return f"{frame.file}, line {frame.line}"
    return f"line {frame.line}" if frame.file == module else f"line {frame.line} of {frame.file}"
