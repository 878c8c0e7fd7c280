"""The report for a terminal: one line an exercise and, below those that are not right, what to do and why.

How lines are wrapped and coloured is said in :mod:`grader.report.lines`.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, TextIO

from grader.report.clean import clean, cleaned, line
from grader.report.format import digits_apart, points, shape_of, show
from grader.report.lines import Span, columns, comfortable, joined, plain, wrapped
from grader.report.words import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.records.run import Frame
    from grader.records.verdict import Status
    from grader.report.document import Document, WrittenExample, WrittenExercise, WrittenOutput, WrittenPart

_COLOURS: Final[dict[Status, str]] = {
    "right": "green",
    "partly": "yellow",
    "wrong": "red",
    "unfinished": "dim",
    "missing": "red",
    "ungraded": "magenta",
}
_TOLD_BY_POINTS: Final = frozenset(page.STATUS[status] for status in ("right", "partly", "wrong"))
_INDENT = "     "
_PRINTED_LINES = 6


def render(report: Document, *, color: bool = False, width: int = 80) -> str:
    """The report as lines of at most about ``width`` columns (code is never broken)."""
    return joined(_report(cleaned(report), comfortable(width)), color=color)


def details(exercise: WrittenExercise, width: int = 80) -> str:
    """What stands below an exercise and its headline, as plain text without indent; for formats that hold text."""
    lines = (plain(spans) for spans in _below_headline(exercise, width))
    return textwrap.dedent("\n".join(lines)).strip("\n")


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to ``stream``: a terminal that can, and no NO_COLOR."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


def _report(report: Document, width: int) -> Iterator[list[Span]]:
    yield [Span(line(report.title or report.assignment), "bold"), Span(f"  {line(report.module)}", "dim")]
    yield []
    if report.problem:
        yield from wrapped(report.problem, width, "  ", "bold red")
        yield from _traceback(report.traceback, report.error, "  ")
        yield []
    elif report.headline:
        yield from wrapped(report.headline, width, "  ")
        yield []
    previous_had_details = False
    for exercise in report.exercises:
        below = list(_details(exercise, width))
        if previous_had_details:
            yield []
        yield _heading(exercise, width)
        yield from below
        previous_had_details = exercise.status != "right" and len(below) > 1
    yield []
    full = report.score is not None and report.score >= report.max_score
    score = page.score(report)
    yield [Span(f"{_INDENT}{'Score':{width - len(_INDENT) - len(score)}}{score}", "bold green" if full else "bold")]
    yield []
    yield from wrapped(page.checks(report), width, _INDENT)
    for remark in report.remarks:
        yield from wrapped(f"Remark: {remark}", width, _INDENT, "dim")
    yield from wrapped(page.isolation(report), width, _INDENT, "red" if page.weakly_isolated(report) else "dim")


def _heading(exercise: WrittenExercise, width: int) -> list[Span]:
    result = page.earned(exercise)
    said = page.status(exercise)
    note = "" if said in _TOLD_BY_POINTS else f"  {said}"
    title = line(exercise.title or exercise.id, 120)
    room = width - 7 - columns(result) - columns(note)
    if columns(title) > room:
        title = textwrap.shorten(title, max(room, 12), placeholder=" …")
    gap = " " * max(2, width - 5 - columns(title) - columns(note) - columns(result))
    colour = _COLOURS[exercise.status]
    return [
        Span(f"  {page.MARKS[exercise.status]}", f"bold {colour}" if colour != "dim" else "bold"),
        Span(f"  {title}", "" if exercise.status == "right" else "bold"),
        Span(note, "dim"),
        Span(gap),
        Span(result, "" if exercise.status == "right" else colour),
    ]


def _details(exercise: WrittenExercise, width: int) -> Iterator[list[Span]]:
    """Lines below the heading."""
    if exercise.status != "right":
        yield from wrapped(exercise.headline, width, _INDENT, "bold")
    yield from _below_headline(exercise, width)


def _below_headline(exercise: WrittenExercise, width: int) -> Iterator[list[Span]]:
    """For a right exercise its remarks only, and for one that is not finished: no check of it says anything yet."""
    if exercise.status not in ("right", "unfinished"):
        for finding in exercise.diagnosis:
            yield from wrapped(page.diagnosis(finding), width, _INDENT)
        for sentence in exercise.beyond:
            yield from wrapped(sentence, width, _INDENT)
        yield from _parts(exercise, width)
        for example in exercise.counterexamples:
            yield []
            yield from _example(example, width)
        if exercise.traceback or not exercise.error_said:
            yield []
            yield from _traceback(exercise.traceback, exercise.error, _INDENT)
        if exercise.printed.strip():
            yield []
            yield from _printed(exercise.printed)
    for remark in exercise.remarks:
        yield from wrapped(f"Remark: {remark}", width, _INDENT, "dim")


def _parts(exercise: WrittenExercise, width: int) -> Iterator[list[Span]]:
    """What was checked: a line for each part, or only what a single part adds."""
    if len(exercise.parts) == 1:
        part = exercise.parts[0]
        yield from wrapped(part.beyond, width, _INDENT)
        if page.part_line(part):
            yield [Span(f"{_INDENT}Checks passed: {page.part_line(part)}", "dim")]
        yield from _groups(part, width, _INDENT)
        return
    for part in exercise.parts:
        status = page.part_status(part)
        sign, colour = page.MARKS[status], _COLOURS[status]
        title, tried = line(part.title or part.name), page.part_line(part)
        facts = f"{points(part.earned)} / {points(part.points)}{'  checks passed: ' + tried if tried else ''}"
        head = [Span(f"{_INDENT}{sign} ", colour), Span(title)]
        if len(_INDENT) + 4 + columns(title) + len(facts) <= width:
            yield [*head, Span(f"  {facts}", "dim")]
        else:
            first, *rest = textwrap.wrap(title, max(20, width - len(_INDENT) - 2))
            yield [head[0], Span(first)]
            yield from ([Span(f"{_INDENT}  {more}")] for more in rest)
            yield [Span(f"{_INDENT}  {facts}", "dim")]
        yield from wrapped(part.beyond, width, f"{_INDENT}  ")
        yield from _groups(part, width, f"{_INDENT}  ")


def _groups(part: WrittenPart, width: int, margin: str) -> Iterator[list[Span]]:
    """The groups of cases that earn shares, a line for each."""
    for group in part.groups:
        status = page.group_status(group)
        tried = ", ".join(page.group_counts(group))
        facts = f"{points(group.earned)} / {points(group.points)}{'  checks passed: ' + tried if tried else ''}"
        yield [Span(f"{margin}{page.MARKS[status]} ", _COLOURS[status]), Span(group.title), Span(f"  {facts}", "dim")]
    yield from wrapped(page.unpaid(part), width, margin, "dim")


def _example(example: WrittenExample, width: int) -> Iterator[list[Span]]:
    yield from wrapped(f"{page.title(example)}:", width, _INDENT)
    for code in example.code.strip("\n").splitlines():
        yield [Span(f"{_INDENT}  {code}", "cyan")]
    yield []
    yield from wrapped(example.ended, width, _INDENT)
    for detail in example.outputs:
        if detail.deviation is not None or not detail.shown:
            yield from _output(detail, width)


def _output(detail: WrittenOutput, width: int) -> Iterator[list[Span]]:
    name, found = line(detail.name, 60), detail.deviation
    pair = [] if found is None or found.expected is None else [(found.expected, found.got)]
    digits = digits_apart(pair)
    yield from _value(f"{name} expected", detail.expected, digits, width)
    if not detail.shown:
        return
    yield from _value(f"{name} got", detail.got, digits, width)
    if found is not None:
        yield from wrapped(page.deviation(found), width, f"{_INDENT}  ", "red")
    if detail.tolerance:
        yield from wrapped(f"Allowed: {detail.tolerance}", width, f"{_INDENT}  ", "dim")


def _value(label: str, value: object, digits: int, width: int) -> Iterator[list[Span]]:
    margin = f"{_INDENT}  "
    shown = show(value, digits, width - len(margin)).splitlines()
    kind = shape_of(value)
    if len(shown) == 1 and len(label) + len(shown[0]) + len(kind) + 6 <= width - len(margin):
        yield [Span(f"{margin}{label}: "), Span(shown[0]), Span(f"  {kind}", "dim")]
        return
    yield [Span(f"{margin}{label}: "), Span(kind, "dim")]
    for text in shown:
        yield [Span(f"{margin}  {text}")]


def _traceback(frames: tuple[Frame, ...], error: str, margin: str) -> Iterator[list[Span]]:
    for where, source in page.traceback(frames):
        yield [Span(margin + line(where, 200), "dim")]
        if source:
            yield [Span(f"{margin}  {line(source, 200)}")]
    for text in clean(error, 2_000).splitlines()[:12]:
        yield [Span(margin + text, "red")]


def _printed(text: str) -> Iterator[list[Span]]:
    lines = text.strip("\n").splitlines()
    left_out = len(lines) - _PRINTED_LINES
    yield [Span(f"{_INDENT}Printed{f' (last of {len(lines)} lines)' if left_out > 0 else ''}:", "dim")]
    for said in lines[-_PRINTED_LINES:]:
        yield [Span(f"{_INDENT}  {clean(said, 200)}", "dim")]
