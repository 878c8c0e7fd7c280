"""Turns of phrase that sentences share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.run import is_cell
from grader.report.format import points

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    return text if not text or text[-1] in ".!?" else f"{text[0].upper()}{text[1:]}."


def capital(text: str) -> str:
    """A text with a capital letter."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """A sentence as a phrase."""
    return text[:1].lower() + text[1:].rstrip(".")


def size(number: float) -> str:
    """Bytes for people: 1 GiB, 512 MiB, 1,000 bytes."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= unit and number % (unit // 4) == 0:
            return f"{points(number / unit)} {name}"
    return f"{number:,.0f} bytes"


def at(line: int, file: str = "") -> str:
    """``line 3``, and of which file where that needs to be said; ``cell 2, line 3``."""
    if is_cell(file):
        return f"{file}, line {line}"
    return f"line {line} of {file}" if file else f"line {line}"
