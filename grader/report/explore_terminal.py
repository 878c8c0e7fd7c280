"""A false pass for a terminal: the input as code to paste, and both answers. For staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.clean import clean, cleaned, line
from grader.report.exercise_lines import code
from grader.report.format import digits_apart, shape_of, show
from grader.report.lines import Span, comfortable, joined, wrapped
from grader.report.words import explore as explore_words
from grader.report.words import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.record import Value
    from grader.report.document import WrittenExample, WrittenOutput

_INDENT = "     "


def render(title: str, found: WrittenExample, *, again: bool, color: bool = False, width: int = 80) -> str:
    """What was found in an exercise, in lines of at most about ``width`` columns (code is never broken)."""
    return joined(_found(line(title), cleaned(found), comfortable(width), again=again), color=color)


def _found(title: str, found: WrittenExample, width: int, *, again: bool) -> Iterator[list[Span]]:
    yield [Span("  ✗", "bold red"), Span(f"  {title}", "bold")]
    yield from wrapped(explore_words.WRONG, width, _INDENT)
    yield []
    yield from code(found, width, _INDENT)
    yield []
    yield from wrapped(clean(found.ended, 2_000), width, _INDENT, "red")
    for detail in found.outputs:
        if detail.deviation is not None or not detail.shown:
            yield from _output(detail, width)
    if not again:
        yield from wrapped(explore_words.NOT_AGAIN, width, _INDENT, "yellow")


def _output(detail: WrittenOutput, width: int) -> Iterator[list[Span]]:
    found = detail.deviation
    digits = digits_apart([] if found is None or found.expected is None else [(found.expected, found.got)])
    yield from _value(f"{detail.name} expected", detail.expected, digits, width)
    if detail.shown:
        yield from _value(f"{detail.name} got", detail.got, digits, width)
        yield from wrapped("" if found is None else page.deviation(found), width, f"{_INDENT}  ", "red")


def _value(label: str, value: Value, digits: int, width: int) -> Iterator[list[Span]]:
    yield [Span(f"{_INDENT}  {line(label, 80)}: "), Span(shape_of(value), "dim")]
    for text in show(value, digits, width - len(_INDENT) - 4).splitlines():
        yield [Span(f"{_INDENT}    {text}")]
