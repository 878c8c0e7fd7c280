"""Where a float was made by ``/`` that Python 3 takes for no index and no size, as Python 2 did.

The line that fails is not the one to mend: ``H = b.shape[0] / 4`` stands above ``a[:, :H]``. Which names hold such a
float is the worker's word, and a hint alone: a line is named only if the text of the submission shows it to be the
last that sets one of them before the line that failed, by a ``/`` between what seem to be whole numbers, and the name
to stand there as an index or as an argument. It is looked for by patterns, as :mod:`grader.submission.statements` does,
and where it is not plain, nothing is said.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from grader.records.lines import code_of, source_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_LINES = 400  # looked at above one that failed
MOST_STEPS = 4  # from a name to the one that it was made from, and from a function to its caller
LONGEST = 400  # characters of a line that are looked at

_INDEX = re.compile(
    r"slice indices must be integers|only integers, slices|(?:list|tuple|string) indices must be integers"
)
_SIZE = re.compile(
    r"'(?:float|numpy\.float\d+)' object cannot be interpreted as an integer"
    r"|expected a sequence of integers or a single integer, got '[-\d.]+'"
)
_ASSIGNED = re.compile(r"([^=<>!:+*%/\[-]*+)(//=|/=|[-+*%]=|=)(?!=)(.*)")
_NAME = re.compile(r"[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+")
_DIVIDES = re.compile(r"(?<!/)/(?![/=])")
_DEF = re.compile(r"^(\s*+)(?:async\s++)?def\s")
_FLOAT = re.compile(r"\d\.|\.\d|\d[eE]-")
_CALLED = re.compile(r"([\w.]++)\s*+\(")
_COUNTS = frozenset({"len", "int", "min", "max", "abs", "sum"})
_SIZES = frozenset({"shape", "size", "ndim"})
_MAKERS = re.compile(
    r"\b(?:range|xrange|zeros|ones|empty|full|eye|identity|reshape|randn|rand|split|repeat|tile)(?=\s*+\()"
)


class Place(NamedTuple):
    """A line of a traceback; ``floats``: names that hold floats there, as the worker says, and whether whole ones."""

    file: str
    line: int
    floats: Mapping[str, bool]


def divided(message: str, places: Sequence[Place], files: Mapping[str, str]) -> tuple[str, int] | None:
    """File and line of the division to mend; None if there is none, or more than one could be meant.

    ``message`` is that of the exception, ``places`` lead to the line that raised it.
    """
    brackets = "[" if _INDEX.search(message) else "(" if _SIZE.search(message) else ""
    if not brackets:
        return None
    for depth, place in enumerate(reversed(places[-MOST_STEPS:])):
        lines = _lines(files.get(place.file, ""))
        found = _divided_at(lines, place, brackets, raised=not depth) if 0 < place.line <= len(lines) else 0
        if found is not None:
            return (place.file, found) if found else None
        brackets = "("  # the caller handed it over
    return None


def _divided_at(lines: Sequence[str], place: Place, brackets: str, *, raised: bool) -> int | None:
    """The line that divides; 0 if none plainly does, None if what is used in this one was handed over by a caller."""
    line = lines[place.line - 1]
    names = {name for name in _NAME.findall(_inside(line, brackets)) if place.floats.get(name)}
    if not names:
        return place.line if raised and _divides_here(line, brackets, place.floats) else 0
    if len(names) > MOST_STEPS:
        return 0
    found = {_set_by(lines, place.line, name, place.floats) for name in names}
    return found.pop() if len(found) == 1 else 0


def _divides_here(line: str, brackets: str, floats: Mapping[str, bool]) -> bool:
    """Whether an index, or what makes something of a size, holds a division of whole numbers itself."""
    if brackets == "[":
        held = [_inside(line, "[")]
    else:
        held = [_inside(line[found.end() :], "(").partition(" ; ")[0] for found in _MAKERS.finditer(line)]
    return any(_DIVIDES.search(inside) and _whole(inside, floats) for inside in held)


def _set_by(
    lines: Sequence[str], before: int, name: str, floats: Mapping[str, bool], steps: int = MOST_STEPS
) -> int | None:
    """The line above ``before`` that makes ``name`` by a division; 0 if none plainly does, None for a parameter."""
    found = _settings(lines, before, name)
    number, sign, value = next(found)
    if number is None:
        return None
    if sign == "/=":
        earlier = next(found)
        return number if earlier.line and _whole(f"{earlier.value} {value}", floats, name) else 0
    if _DIVIDES.search(value):
        return number if _whole(value, floats, name) else 0
    sources = {source for source in _NAME.findall(value) if floats.get(source) and source != name}
    return (_set_by(lines, number, sources.pop(), floats, steps - 1) or 0) if len(sources) == 1 and steps else 0


def _settings(lines: Sequence[str], before: int, name: str) -> Iterator[_Setting]:
    """What sets a name in the lines above one, the nearest first; in the end 0, or None where it is a parameter."""
    indent, outermost = _indent(lines[before - 1]), LONGEST
    for number in range(before - 1, max(0, before - 1 - MOST_LINES), -1):
        text = lines[number - 1]
        if (head := _DEF.match(text)) and len(head[1]) < indent:
            if re.search(rf"[(,]\s*+{re.escape(name)}\b(?!\.)", text):
                yield _Setting(None)
            indent = len(head[1])
            outermost = LONGEST if "." in name else 0  # other functions' names are their own, an object's are not
        assigned = _ASSIGNED.match(text)
        if assigned and name in _NAME.findall(assigned[1]) and _indent(text) <= outermost:
            yield _Setting(number, assigned[2], assigned[3])
    yield _Setting(0)
    yield _Setting(0)


class _Setting(NamedTuple):
    line: int | None
    sign: str = ""
    value: str = ""


def _whole(text: str, floats: Mapping[str, bool], name: str = "") -> bool:
    """Whether all that is divided here seems to be whole numbers, so that ``//`` would do."""
    if _FLOAT.search(text) or not _COUNTS.issuperset(_CALLED.findall(text)):
        return False
    for found in _NAME.findall(text):
        root, _, last = found.rpartition(".")
        if (found in floats and found != name) or (root not in ("", "self") and last not in _SIZES):
            return False
    return True


def _inside(line: str, bracket: str) -> str:
    """What stands in brackets of this kind."""
    parts, depth, start, closing = [], 0, 0, {"[": "]", "(": ")"}[bracket]
    for position, character in enumerate(line):
        if character == bracket:
            start = position + 1 if not depth else start
            depth += 1
        elif character == closing and depth:
            depth -= 1
            if not depth:
                parts.append(line[start:position])
    return " ; ".join(parts)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@lru_cache(maxsize=4)
def _lines(text: str) -> Sequence[str]:
    """The lines of a file without comments and texts."""
    return [code_of(line[:LONGEST]) for line in source_lines(text)]
