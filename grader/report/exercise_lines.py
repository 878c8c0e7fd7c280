"""What stands below an exercise's heading, in lines of text: findings, parts, examples, tracebacks.

Code is never indented, broken or cut, so that it can be pasted as it stands.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from grader.report.clean import clean, line
from grader.report.format import digits_apart, points, shape_of, show
from grader.report.lines import Span, columns, plain, wrapped
from grader.report.words import page
from grader.report.words.language import lower_first
from grader.report.words.shares import HEADINGS, ShareRow, share_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.run import Frame
    from grader.records.verdict import Status
    from grader.report.document import WrittenExample, WrittenExercise, WrittenOutput, WrittenPart

COLOURS: Final[dict[Status, str]] = {
    "right": "green",
    "partly": "yellow",
    "wrong": "red",
    "unfinished": "dim",
    "missing": "red",
    "ungraded": "magenta",
}
_PRINTED_LINES = 6
_CATEGORY = 24  # characters of what was drawn
_SHORT = 60  # letters of a sentence that is as soon read again as a reference to it


def details(exercise: WrittenExercise, width: int = 80) -> str:
    """What stands below an exercise and its headline, as plain text; for formats that hold text."""
    return "\n".join(map(plain, below_headline(exercise, width, ""))).strip("\n")


def below_headline(exercise: WrittenExercise, width: int, margin: str, *, less: bool = False) -> Iterator[list[Span]]:
    """For a right exercise its remarks only, and for one that is not finished: no check of it says anything yet.

    ``less``: of several wrong outputs only the first is shown with all of its numbers.
    """
    if exercise.status not in ("right", "unfinished"):
        for finding in exercise.diagnosis:
            yield from wrapped(page.diagnosis(finding), width, margin)
        for sentence in exercise.beyond:
            yield from wrapped(sentence, width, margin)
        yield from _parts(exercise, width, margin)
        for example in exercise.counterexamples:
            yield []
            yield from _example(example, width, margin, less=less)
        if exercise.traceback or not exercise.error_said:
            yield []
            yield from traceback(exercise.traceback, exercise.error, margin)
        if exercise.printed.strip():
            yield []
            yield from _printed(exercise.printed, margin)
    yield from wrapped(page.remarks(exercise.remarks), width, margin, "dim")


def _parts(exercise: WrittenExercise, width: int, margin: str) -> Iterator[list[Span]]:
    """What was checked: a line for each part, or only what a single part adds."""
    if len(exercise.parts) == 1:
        part = exercise.parts[0]
        yield from wrapped(part.beyond, width, margin)
        if page.part_line(part) and not (exercise.counted and page.part_counts(part)[1:] == []):
            yield [Span(f"{margin}Checks passed: {page.part_line(part)}", "dim")]
        yield from _groups(part, width, margin)
        return
    said = ""
    for part in exercise.parts:
        status = page.part_status(part)
        title, tried = line(part.title or part.name), page.part_line(part)
        facts = f"{points(part.earned)} / {points(part.points)}{'  checks passed: ' + tried if tried else ''}"
        *before, last = textwrap.wrap(title, max(20, width - len(margin) - 2)) or [""]
        lines = [[Span(text)] for text in [*before, last]]
        if len(margin) + 4 + columns(last) + len(facts) <= width:
            lines[-1].append(Span(f"  {facts}", "dim"))
        else:
            lines.append([Span(facts, "dim")])
        yield [Span(f"{margin}{page.MARKS[status]} ", COLOURS[status]), *lines[0]]
        yield from ([Span(f"{margin}  "), *spans] for spans in lines[1:])
        yield from wrapped(
            page.AS_ABOVE if len(said) > _SHORT and part.beyond == said else part.beyond, width, f"{margin}  "
        )
        said = part.beyond
        yield from _groups(part, width, f"{margin}  ")


def _groups(part: WrittenPart, width: int, margin: str) -> Iterator[list[Span]]:
    """The groups of cases that earn shares, a line for each."""
    for group in part.groups:
        status = page.group_status(group)
        tried = ", ".join(page.group_counts(group))
        facts = f"{points(group.earned)} / {points(group.points)}{'  checks passed: ' + tried if tried else ''}"
        yield [Span(f"{margin}{page.MARKS[status]} ", COLOURS[status]), Span(group.title), Span(f"  {facts}", "dim")]
    yield from wrapped(page.unpaid(part), width, margin, "dim")


def _example(example: WrittenExample, width: int, margin: str, *, less: bool) -> Iterator[list[Span]]:
    yield from wrapped(f"{page.title(example)}:", width, margin)
    yield from code(example, width, margin)
    said = [*wrapped(example.ended, width, margin)]
    wrong = [detail for detail in example.outputs if detail.deviation is not None]
    for number, detail in enumerate(wrong):
        said += output(detail, width, margin, less=less and number > 0)
    if said:
        yield []
        yield from said


def code(example: WrittenExample, width: int, margin: str) -> Iterator[list[Span]]:
    """The code of an example from the first column on, or why it is not there."""
    if example.cut:
        yield from wrapped(page.TOO_LONG, width, margin)
        return
    for text in example.code.strip("\n").splitlines():
        yield [Span(text, "cyan")]


def output(detail: WrittenOutput, width: int, margin: str, *, less: bool = False) -> Iterator[list[Span]]:
    """An output that is wrong: of a container the item that differs, by the way that leads to it."""
    found = detail.deviation
    if found is None:
        return
    name = line(f"{detail.name}{detail.item}", 60)
    if detail.shares:
        yield from _shares(detail, name, margin)
        yield from wrapped(page.deviation(found), width, margin, "red")
        return
    lines = list(_values(detail, name, width, margin))
    long = any(len(each) > 1 for each in lines)
    said = page.deviation(found)
    if long and (less or found.kind == "shape"):  # of shapes the sentence says all
        lines = []
    yield from (spans for each in lines for spans in each)
    yield from wrapped(said if lines else f"{name}: {lower_first(said)}", width, margin, "red")


def _shares(detail: WrittenOutput, name: str, margin: str) -> Iterator[list[Span]]:
    """A sample as a table: how often each category came, and how often it may."""
    table = share_table(detail.shares)
    rows = [ShareRow(HEADINGS, right=True), *table.rows]
    widths = [max(columns(line(row.cells[place], _CATEGORY)) for row in rows) for place in range(len(HEADINGS))]
    yield [Span(f"{margin}{name}: "), Span(table.title, "dim")]
    for row in rows:
        cells = [line(cell, _CATEGORY) for cell in row.cells]
        padded = [" " * (width - columns(cell)) + cell for cell, width in zip(cells, widths, strict=True)]
        style = "dim" if row is rows[0] else "" if row.right else "red"
        yield [Span(f"{margin}  {'  '.join(padded)}{'' if row.right else '  ✗'}", style)]
    yield from wrapped(table.note, 78, margin, "dim")


def _values(detail: WrittenOutput, name: str, width: int, margin: str) -> Iterator[list[list[Span]]]:
    """What was expected and what came, each in lines; nothing where there is no value, or keys differ."""
    found = detail.deviation
    if found is None or not detail.shown or detail.keys_differ:
        return
    pair = [] if found.expected is None else [(found.expected, found.got)]
    digits = digits_apart(pair)
    items = (detail.item_expected, detail.item_got) if detail.item else (detail.expected, detail.got)
    for what, value in zip(("expected", "got"), items, strict=True):
        yield list(_value(f"{name} {what}", value, digits, width, margin))


def _value(label: str, value: object, digits: int, width: int, margin: str) -> Iterator[list[Span]]:
    shown = show(value, digits, width - len(margin) - 2).splitlines()
    kind = shape_of(value)
    if len(shown) == 1 and len(label) + len(shown[0]) + len(kind) + 4 <= width - len(margin):
        yield [Span(f"{margin}{label}: "), Span(shown[0]), Span(f"  {kind}", "dim")]
        return
    yield [Span(f"{margin}{label}: "), Span(kind, "dim")]
    for text in shown:
        yield [Span(f"{margin}  {text}")]


def traceback(frames: tuple[Frame, ...], error: str, margin: str) -> Iterator[list[Span]]:
    """A traceback as Python prints it."""
    for where, source in page.traceback(frames):
        yield [Span(margin + line(where, 200), "dim")]
        if source:
            yield [Span(f"{margin}  {line(source, 200)}")]
    for text in clean(error, 2_000).splitlines()[:12]:
        yield [Span(margin + text, "red")]


def _printed(text: str, margin: str) -> Iterator[list[Span]]:
    lines = text.strip("\n").splitlines()
    left_out = len(lines) - _PRINTED_LINES
    yield [Span(f"{margin}Printed{f' (last of {len(lines)} lines)' if left_out > 0 else ''}:", "dim")]
    for said in lines[-_PRINTED_LINES:]:
        yield [Span(f"{margin}  {clean(said, 200)}", "dim")]
