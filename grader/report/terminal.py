"""The report for a terminal: the score, a line an exercise, then the first that is not right in full.

Of the others a student reads the headline and the surest sentence, as long as there is room, so that the whole fits on
a few screens; what has one cause is told once. How lines are wrapped and coloured: :mod:`grader.report.lines`.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TextIO

from grader.report.clean import cleaned, line
from grader.report.exercise_lines import COLOURS, below_headline, details, traceback
from grader.report.lines import Span, columns, comfortable, joined, wrapped
from grader.report.words import page
from grader.report.words.checks import checks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.report.document import Document, WrittenExercise

__all__ = ["Shown", "details", "render", "wants_color"]

_TOLD_BY_POINTS: Final = frozenset(page.STATUS[status] for status in ("right", "partly", "wrong"))
_INDENT = "     "
_LEAST = 16  # columns of a headline, below which it is left out of the table
LINES = 60  # that a report has at most, unless all of it is asked for, or the first exercise alone has as many
_LEAST_FOR_OTHERS = 10


class Shown(NamedTuple):
    """How much of a report is shown: of the exercises that are not right the ``first`` in full, or all, or none.

    ``exercises`` are the ids of those that are shown alone, in full. ``graded`` is the file, as the user named it.
    """

    amount: Literal["first", "all", "none"] = "first"
    exercises: tuple[str, ...] = ()
    graded: str = ""


def render(report: Document, *, color: bool = False, width: int = 80, shown: Shown | None = None) -> str:
    """The report as lines of at most about ``width`` columns (code is never broken)."""
    return joined(_report(cleaned(report), comfortable(width), shown or Shown()), color=color)


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to ``stream``: a terminal that can, and no NO_COLOR."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


def _report(report: Document, width: int, shown: Shown) -> Iterator[list[Span]]:
    exercises = [each for each in report.exercises if not shown.exercises or each.id in shown.exercises]
    whole = _in_full(exercises, shown)
    less = shown.amount == "first" and not shown.exercises
    above = [*_header(report, width, shown.graded), [], *_table(exercises, width)]
    above += [spans for exercise in whole for spans in _whole(report, exercise, width, less=less)]
    below = [[], *_below(report, exercises, whole, width, shown)]
    brief = _briefly(report, [each for each in exercises if each not in whole], width, shown)
    room = LINES - len(above) - len(below) - 3  # an empty line, and two for what is left out
    fitting = _fitting(brief, room) if less else brief
    yield from (*above, *_behind_a_gap(fitting), *below)
    if less and any(map(page.has_more, report.exercises)):
        yield from wrapped(page.more(len(brief) - len(fitting)), width, "  ")


def _briefly(
    report: Document, exercises: Sequence[WrittenExercise], width: int, shown: Shown
) -> list[list[list[Span]]]:
    """What is said in a few lines of each that is not shown whole: where all is shown, of those alone with remarks."""
    if shown.exercises or shown.amount == "none":
        return []
    some = [each for each in exercises if each.remarks] if shown.amount == "all" else exercises
    return [lines for each in some if (lines := _brief(report, each, width))]


def _behind_a_gap(parts: Sequence[Sequence[list[Span]]]) -> Iterator[list[Span]]:
    """The lines of all parts behind an empty one; nothing where there are none."""
    for number, lines in enumerate(parts):
        yield from lines if number else [[], *lines]


def _header(report: Document, width: int, graded: str) -> Iterator[list[Span]]:
    """The title, the score, and below them what was graded."""
    full = report.score is not None and report.score >= report.max_score
    score, title = page.score(report), line(report.title or report.assignment)
    room = width - columns(score) - 2
    if columns(title) > room:
        title = textwrap.shorten(title, max(room, 12), placeholder=" …")
    gap = " " * max(2, width - columns(title) - columns(score))
    yield [Span(title, "bold"), Span(gap), Span(score, "bold green" if full else "bold")]
    yield from wrapped(page.graded(report, line(graded)), width, "", "dim")
    if report.problem:
        yield []
        yield from wrapped(report.problem, width, "  ", "bold red")
        yield from traceback(report.traceback, report.error, "  ")
    elif report.headline:
        yield []
        yield from wrapped(report.headline, width, "  ")


def _below(
    report: Document, exercises: Sequence[WrittenExercise], whole: Sequence[WrittenExercise], width: int, shown: Shown
) -> Iterator[list[Span]]:
    """What is to be said of the ``exercises`` together; how far numbers may be off only of those shown ``whole``."""
    for sentence in page.allowed(whole):
        yield from wrapped(sentence, width, "  ", "dim")
    yield from wrapped(checks(report, exercises), width, "  ")
    for remark in report.remarks:
        yield from wrapped(page.remark(remark), width, "  ", "dim")
    weak = page.weakly_isolated(report)
    layers = shown.amount != "none" and (weak or shown.amount == "all" or bool(shown.exercises))
    yield from wrapped(page.isolation(report, layers=layers), width, "  ", "red" if weak else "dim")


def _table(exercises: Sequence[WrittenExercise], width: int) -> Iterator[list[Span]]:
    """A line an exercise: its status, its title, its headline as far as there is room, and its points."""
    titles = [line(each.title or each.id, 120) for each in exercises]
    whole = width - len(_INDENT) - 2
    least = whole - max((columns(page.earned(each)) for each in exercises), default=0)
    space = min(max(map(columns, titles), default=0), max(least // 2 - 2, 12))
    for exercise, title in zip(exercises, titles, strict=True):
        right, result = exercise.status == "right", page.earned(exercise)
        room = whole - columns(result)
        said = "" if right or room - space - 2 < _LEAST else _cut(page.in_a_line(exercise), room - space - 2)
        short = _cut(title, space if said else room)
        note = f"{' ' * (space - columns(short))}  {said}" if said else ""
        gap = " " * (width - len(_INDENT) - columns(short) - columns(note) - columns(result))
        yield [
            _mark(exercise),
            Span(short, "" if right else "bold"),
            Span(note, "dim"),
            Span(gap),
            Span(result, "" if right else COLOURS[exercise.status]),
        ]


def _mark(exercise: WrittenExercise) -> Span:
    colour = COLOURS[exercise.status]
    return Span(f"  {page.MARKS[exercise.status]}  ", f"bold {colour}" if colour != "dim" else "bold")


def _cut(text: str, room: int) -> str:
    """As much of a sentence as there is room for."""
    text = line(text)
    return textwrap.shorten(text, room, placeholder=" …") if columns(text) > room else text


def _in_full(exercises: Sequence[WrittenExercise], shown: Shown) -> list[WrittenExercise]:
    """The exercises of which all is shown."""
    if shown.amount == "none":
        return []
    if shown.exercises:
        return list(exercises)
    wrong = [each for each in exercises if each.status != "right"]
    if shown.amount == "all":
        return wrong
    tried = [each for each in wrong if each.status in ("partly", "wrong") and not each.followed]
    return (tried or wrong)[:1]


def _fitting(blocks: Sequence[list[list[Span]]], room: int) -> list[list[list[Span]]]:
    """The first blocks of lines, as many as there is room for."""
    found = []
    room = max(room, _LEAST_FOR_OTHERS)
    for lines in blocks:
        room -= len(lines)
        if room < 0:
            break
        found.append(lines)
    return found


def _whole(report: Document, exercise: WrittenExercise, width: int, *, less: bool) -> Iterator[list[Span]]:
    """All that is to be read of an exercise."""
    if exercise.of_problem:
        return
    yield []
    yield _heading(exercise, width)
    if exercise.status != "right":
        yield from wrapped(exercise.headline, width, _INDENT, "bold")
    yield from below_headline(exercise, width, _INDENT, less=less)
    yield from wrapped(page.alike(exercise, _alike(report, exercise)), width, _INDENT)


def _brief(report: Document, exercise: WrittenExercise, width: int) -> list[list[Span]]:
    """Headline and surest sentence, or of a right exercise what is worth a word; nothing where the table says it."""
    if exercise.of_problem or exercise.told_by:
        return []
    right = exercise.status == "right"
    alike = page.alike(exercise, _alike(report, exercise))
    more = page.remarks(exercise.remarks) if right else f"{page.surest(exercise)} {alike}".strip()
    if not more:
        return []
    name = line(exercise.id, 60)
    said = line(f"{'' if right else exercise.headline} {more}", 1_000)
    first, *rest = textwrap.wrap(f"{name}  {said}", width - len(_INDENT), break_on_hyphens=False)
    return [
        [_mark(exercise), Span(first[: len(name)], "bold"), Span(first[len(name) :])],
        *([Span(f"{_INDENT}{text}")] for text in rest),
    ]


def _alike(report: Document, exercise: WrittenExercise) -> list[str]:
    """Titles of the exercises whose cause is told with this one."""
    return [line(each.title or each.id) for each in report.exercises if each.told_by == exercise.id]


def _heading(exercise: WrittenExercise, width: int) -> list[Span]:
    title, name, said = line(exercise.title or exercise.id, 120), line(exercise.id, 60), page.status(exercise)
    note = "" if said in _TOLD_BY_POINTS else f"  {said}"
    room = width - 7 - columns(name) - columns(note)
    if columns(title) > room:
        title = textwrap.shorten(title, max(room, 12), placeholder=" …")
    return [
        _mark(exercise),
        Span(title, "bold"),
        Span(f"  {name}{note}", "dim"),
    ]
