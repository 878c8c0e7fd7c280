"""The cases of an exercise for a terminal, a line each. For staff only: it shows hidden cases and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.clean import line
from grader.report.format import show
from grader.report.lines import Span, columns, comfortable, cut, joined, wrapped
from grader.report.words import cases as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.records.listing import ListedCase, ListedExercise
    from grader.records.record import Value

_MARGIN = "  "
_INDENT = "      "


def render(exercise: ListedExercise, *, values: bool, color: bool = False, width: int = 80) -> str:
    """The cases in lines of at most ``width`` columns, with their inputs and answers if ``values`` are asked for."""
    return joined(_exercise(exercise, comfortable(width), values=values), color=color)


def _exercise(exercise: ListedExercise, width: int, *, values: bool) -> Iterator[list[Span]]:
    yield [Span(f"{line(exercise.title)} ({exercise.id})", "bold")]
    yield from wrapped(words.contents(exercise), width, _MARGIN)
    rows = [words.HEADINGS, *map(words.row, exercise.cases)]
    widths = [max(columns(row[place]) for row in rows) for place in range(len(words.HEADINGS) - 1)]
    yield [Span(_row(words.HEADINGS, widths, width), "dim")]
    for listed, row in zip(exercise.cases, rows[1:], strict=True):
        yield [Span(_row(row, widths, width))]
        if values:
            yield from _values(listed, width)
    yield from wrapped(words.uncounted(exercise), width, _MARGIN, "dim")
    yield from wrapped(words.sifted(exercise.sifted), width, _MARGIN)
    for left_out in exercise.sifted.left_out:
        yield from wrapped(words.left_out(left_out), width, _INDENT)
        yield from _inputs(words.FIRST, left_out.sizes, left_out.inputs, width, values=values)
    yield []


def _row(cells: Sequence[str], widths: Sequence[int], width: int) -> str:
    """The cells in their columns; the last one takes what is left, and is cut there."""
    padded = [cell + " " * (space - columns(cell)) for cell, space in zip(cells, widths, strict=False)]
    return cut(_MARGIN + _MARGIN.join([*padded, line(cells[-1])]), width)


def _values(listed: ListedCase, width: int) -> Iterator[list[Span]]:
    case = listed.case
    for name, value in case.inputs.items():
        yield from _value(name, value, width)
    for name, value in case.expected.items():
        yield from _value(f"→ {name}", value, width)
    if case.raises is not None:
        yield [Span(f"{_INDENT}→ {case.raises}")]
    yield from wrapped(words.kills(listed.kills), width, _INDENT, "dim")


def _value(label: str, value: Value, width: int) -> Iterator[list[Span]]:
    """A value beside its name where it fits, or else below it."""
    shown = show(value, width=width - len(_INDENT) - 2).splitlines() or [""]
    start = f"{_INDENT}{line(label, 80)} = "
    if len(shown) == 1 and columns(start + shown[0]) <= width:
        yield [Span(start + shown[0])]
        return
    yield [Span(start.rstrip())]
    for text in shown:
        yield [Span(f"{_INDENT}  {text}")]


def _inputs(
    label: str, sizes: Mapping[str, int], inputs: Mapping[str, Value], width: int, *, values: bool
) -> Iterator[list[Span]]:
    """Inputs on one line, cut at its end, or in full."""
    start = f"{_INDENT}  {label} {words.sizes(sizes)}".rstrip()
    if values:
        yield [Span(start)]
        for name, value in inputs.items():
            yield from _value(name, value, width)
    else:
        shown = ", ".join(f"{name} = {line(show(value))}" for name, value in inputs.items())
        yield [Span(cut(f"{start} {shown}", width))]
