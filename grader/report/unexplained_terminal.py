"""Groups of hand-ins that no sentence explains, for a terminal. For staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.clean import clean, line
from grader.report.lines import Span, comfortable, joined, wrapped
from grader.report.words import unexplained as words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.answers import AnswerGroup, Unexplained

MOST_LINES = 12  # of an example; the report has all of it


def render(found: Unexplained, *, color: bool = False, width: int = 80) -> str:
    """The groups in lines of at most ``width`` columns, but for examples, which are there to be pasted."""
    return joined(_lines(found, comfortable(width)), color=color)


def _lines(found: Unexplained, width: int) -> Iterator[list[Span]]:
    for group in found.groups:
        yield from _group(group, width)
    if found.without_answers:
        yield from wrapped(words.without([line(name, 80) for name in found.without_answers]), width, "")
    last = words.HOW if any(not group.cannot_be_named for group in found.groups) else ""
    yield from wrapped(last if found.groups else words.NOTHING, width, "")


def _group(group: AnswerGroup, width: int) -> Iterator[list[Span]]:
    yield [Span(line(group.id, 120), "bold")]
    yield from wrapped(line(words.title(group)), width, "  ")
    yield from wrapped(line(group.member.headline), width, "  ")
    if group.cannot_be_named:
        yield from wrapped(f"It cannot be named: {group.cannot_be_named}.", width, "  ")
    yield from wrapped(line(words.member(group)), width, "  ")
    rows = clean(group.member.code).splitlines()
    for row in rows[:MOST_LINES]:
        yield [Span(row)]
    if len(rows) > MOST_LINES:
        yield [Span(f"# … {len(rows) - MOST_LINES} more lines in the report")]
    for found in group.member.deviations:
        yield [Span(line(words.deviation(found), 200))]
    yield []
