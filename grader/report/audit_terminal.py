"""An audit for a terminal: a table, then what is to be done in each exercise, then the verdict. For staff only."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Final

from grader.report.clean import cleaned, line
from grader.report.lines import Span, columns, comfortable, joined, wrapped
from grader.report.words import audit as words
from grader.report.words import shortcomings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.audit import Audit, ExerciseAudit, Variant

_INDENT = "     "
_SHOWN: Final = 40  # versions of an exercise, or of right variants
_CHANGE: Final = 200  # characters


def render(audit: Audit, *, color: bool = False, width: int = 80) -> str:
    """The audit as lines of at most about ``width`` columns."""
    return joined(_audit(cleaned(audit), comfortable(width)), color=color)


def _audit(audit: Audit, width: int) -> Iterator[list[Span]]:
    yield [Span(f"Audit of {line(audit.title or audit.assignment)}", "bold"), Span(f"  {line(audit.reference)}", "dim")]
    yield []
    yield from _table(audit, width)
    for exercise in audit.exercises:
        yield []
        yield _heading(exercise.title, good=exercise.proven(audit.bar))
        yield from _exercise(exercise, audit, width)
    yield []
    yield from _known(audit, width)
    yield []
    yield _heading(words.outcome(audit), good=not audit.failures)
    for failure in audit.failures:
        yield from _item(shortcomings.failure(failure), width, "red")
    for warning in audit.warnings:
        yield from _item(f"Warning: {shortcomings.warning(warning)}", width, "yellow")


def _known(audit: Audit, width: int) -> Iterator[list[Span]]:
    """Solutions whose marks are known beforehand."""
    accepted = [found.accepted for found in audit.variants]
    yield _heading(words.variants(audit), good=all(accepted) if accepted else None)
    for variant in audit.variants:
        if not variant.accepted:
            yield from _variant(variant, width)
    yield from wrapped(words.mutants(audit.killable), width, _INDENT)
    escaped = list(words.escaped(audit))
    for place, change, suggestion in escaped[:_SHOWN]:
        yield from wrapped(f"{line(place)}: {line(change, _CHANGE)}", width, _INDENT, "bold")
        yield from wrapped(suggestion, width, f"{_INDENT}  ")
    yield from _rest(len(escaped), width)
    yield from wrapped(line(words.template(audit)), width, _INDENT)
    yield from wrapped(line(words.know_nothing(audit)), width, _INDENT)
    for paid in words.paid(audit):
        yield from wrapped(line(paid), width, f"{_INDENT}  ")


def _table(audit: Audit, width: int) -> Iterator[list[Span]]:
    rows = [
        *((each.proven(audit.bar), each.title, words.row(each.tally)) for each in audit.exercises),
        (not audit.failures, "All", words.row(audit.tally)),
    ]
    widths = [
        max(len(cell) for cell in column) for column in zip(words.COLUMNS, *(cells for *_, cells in rows), strict=True)
    ]
    room = max(12, width - len(_INDENT) - sum(widths) - 2 * len(widths))
    yield [Span(_INDENT + " " * room + _cells(words.COLUMNS, widths), "dim")]
    for good, title, cells in rows:
        text = line(title, 120)
        text = textwrap.shorten(text, room, placeholder=" …") if columns(text) > room else text
        gap = " " * (room - columns(text))
        yield [*_heading(text, good=good), Span(gap), Span(_cells(cells, widths), "" if good else "red")]
    yield []
    yield from wrapped(f"{words.legend(audit)} {words.UNIT}", width, _INDENT, "dim")


def _cells(cells: tuple[str, ...], widths: list[int]) -> str:
    return "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _heading(text: str, *, good: bool | None) -> list[Span]:
    """A line with a sign. None: there is nothing to be good or bad."""
    mark, style = {True: ("✓", "bold green"), False: ("✗", "bold red"), None: ("·", "bold")}[good]
    return [Span(f"  {mark}", style), Span(f"  {line(text)}", "" if good else "bold")]


def _exercise(exercise: ExerciseAudit, audit: Audit, width: int) -> Iterator[list[Span]]:
    those = [version for version in exercise.versions if version.open]
    alike = groupby(
        those[:_SHOWN], key=lambda each: (words.state(each, exercise, audit.bar), words.advice(each.advice))
    )
    for (state, suggestion), versions in alike:
        for version in versions:
            change = line(version.change, _CHANGE)
            yield from wrapped(f"{words.version(version)}: {change}", width, _INDENT, "bold")
        yield from wrapped(state, width, f"{_INDENT}  ", "red")
        yield from wrapped(suggestion, width, f"{_INDENT}  ")
    yield from _rest(len(those), width)
    for reason in words.waived(exercise):
        yield from wrapped(f"Waived: {reason}", width, _INDENT, "dim")
    for note in words.notes(exercise):
        yield from wrapped(note, width, _INDENT, "dim")
    same = list(words.alike(exercise))
    for note in same[:_SHOWN]:
        yield from wrapped(line(note, _CHANGE), width, _INDENT, "dim")
    yield from _rest(len(same), width)
    for what, off, which in words.margins(exercise.margins):
        yield from wrapped(f"{what}: {off} ({line(which)})", width, _INDENT, "dim")


def _rest(count: int, width: int) -> Iterator[list[Span]]:
    """How many of so many are not shown."""
    if count > _SHOWN:
        yield from wrapped(f"… and {count - _SHOWN} more: --html and --json hold all.", width, _INDENT)


def _variant(variant: Variant, width: int) -> Iterator[list[Span]]:
    yield from wrapped(f"✗ {line(variant.name)}  {words.variant(variant)}", width, _INDENT, "red")
    for loss in variant.lost:
        why = words.lost(loss)
        text = f"{loss.exercise}: {why}" if loss.exercise else why
        yield from wrapped(line(text), width, f"{_INDENT}  ")


def _item(text: str, width: int, style: str) -> Iterator[list[Span]]:
    first, *rest = wrapped(line(text), width, f"{_INDENT}  ", style)
    yield [Span(f"{_INDENT}• ", style), *first[1:]]
    yield from rest
