"""A course at a glance for a terminal: a line for each assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.clean import line
from grader.report.lines import Span, columns, comfortable, cut, joined, wrapped
from grader.report.words import overview as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.overview import ListedAssignment

_GAP = "  "
_NUMBERS = frozenset({"points", "exercises"})


def render(assignments: Sequence[ListedAssignment], *, color: bool = False, width: int = 80) -> str:
    """A table whose last column, the title, is cut where there is no more room."""
    return joined(_lines(list(assignments), comfortable(width), width), color=color)


def _lines(assignments: list[ListedAssignment], comfortable_width: int, width: int) -> Iterator[list[Span]]:
    rows = [[line(cell) for cell in words.row(each)] for each in assignments]
    shown = [place for place in range(len(words.HEADINGS)) if any(row[place] for row in rows)]
    headings = [words.HEADINGS[place] for place in shown]
    table = [headings, *([row[place] for place in shown] for row in rows)]
    widths = [max(columns(row[place]) for row in table) for place in range(len(headings))]
    yield [Span(_row(headings, headings, widths, width), "dim")]
    for row in table[1:]:
        yield [Span(_row(row, headings, widths, width))]
    yield []
    for text in words.legend(assignments):
        yield from wrapped(text, comfortable_width, "", "dim")


def _row(cells: Sequence[str], headings: Sequence[str], widths: Sequence[int], width: int) -> str:
    padded = []
    for cell, heading, space in zip(cells, headings, widths, strict=True):
        filling = " " * (space - columns(cell))
        padded.append(filling + cell if heading in _NUMBERS else cell + filling)
    return cut(_GAP.join(padded).rstrip(), width)
