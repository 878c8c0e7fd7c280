"""A class's hand-ins that nothing explains, grouped by what they answer; and a group as a known mistake.

What is read here was written by ``grade class``: the rows of the class, the students' reports, and beside each a file
of answers. Answers are student code's: they are read as strictly as they came.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from grader.classroom.export import UNREADABLE, read_results
from grader.course.named_mistakes import LEAST_CASES
from grader.diagnose.same_answers import same_answer
from grader.records.answers import (
    AnswerGroup,
    AnswersFile,
    CaseAnswer,
    ExerciseAnswers,
    GroupMember,
    ShownDeviation,
    StoredAnswers,
    Unexplained,
    unpacked,
)
from grader.records.decoding import from_json
from grader.records.errors import ProtocolError
from grader.records.record import Foreign
from grader.records.schemas import UNEXPLAINED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.export import ScoreRow
    from grader.records.record import Value

SUFFIX = "answers"
LARGEST = 16 << 20  # bytes of a file of answers
STEP, PHASE = 1e-3 * 2**0.5, 3**0.5 / 3  # of a grid on which no number lies that people write


class StoredDeviation(msgspec.Struct, frozen=True):
    """What is needed of how an output is wrong."""

    where: tuple[int, ...] | None = None
    expected: float | str | None = None
    got: float | str | None = None


class StoredOutput(msgspec.Struct, frozen=True):
    """What is needed of an output of a counterexample."""

    name: str
    deviation: StoredDeviation | None = None


class StoredExample(msgspec.Struct, frozen=True):
    """What is needed of a counterexample in a report."""

    code: str
    outputs: tuple[StoredOutput, ...] = ()


class ReportedExercise(msgspec.Struct, frozen=True):
    """What is needed of an exercise in a report, to show one hand-in of a group."""

    id: str
    headline: str = ""
    counterexamples: tuple[msgspec.Raw, ...] = ()


class ReportedExercises(msgspec.Struct, frozen=True):
    """What is needed of a report; other fields are not looked at."""

    exercises: tuple[ReportedExercise, ...]


class HandIn(NamedTuple):
    """One student's unexplained exercise, and the row of the class that it belongs to."""

    row: ScoreRow
    assignment: str
    answers: ExerciseAnswers


class Grouped(NamedTuple):
    """A group, and the answers of its first hand-in."""

    group: AnswerGroup
    answers: ExerciseAnswers


def unexplained(results: Path) -> Unexplained:
    """What is to be said of a results folder. Raises UsageError if it holds no results."""
    found, without = _grouped(results)
    return Unexplained(UNEXPLAINED, tuple(each.group for each in found), without)


def group_called(results: Path, name: str) -> Grouped | None:
    """The group of that id. Raises UsageError if the folder holds no results."""
    return next((each for each in _grouped(results)[0] if each.group.id == name), None)


def any_unexplained(results: Path, rows: Sequence[ScoreRow]) -> bool:
    """Whether answers of any of these rows are kept, so that there is something to group."""
    return any(_hand_ins(results, row) for row in rows if row.file and row.status == "graded")


def _grouped(results: Path) -> tuple[list[Grouped], tuple[str, ...]]:
    handed_in, without = [], []
    for row in read_results(results):
        if not row.file or row.status != "graded":  # what could not be graded is told by its row
            continue
        found = _hand_ins(results, row)
        if found is None:
            without.append(row.student)
        else:
            handed_in += found
    groups = [_group(results, each) for each in _alike(handed_in)]
    groups.sort(key=lambda each: (-len(each.group.students), each.group.exercise, each.group.id))
    return groups, tuple(without)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _hand_ins(results: Path, row: ScoreRow) -> list[HandIn] | None:
    """What is kept of a student's answers; None if nothing is, or nothing that can be read."""
    path = results / f"{row.file}.{SUFFIX}"
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if not data or len(data) > LARGEST:
            return None
        stored = from_json(data, AnswersFile)
        return [HandIn(row, stored.assignment, _answers(each)) for each in stored.exercises]
    except (*UNREADABLE, ProtocolError):
        return None


def _answers(stored: StoredAnswers) -> ExerciseAnswers:
    cases = {case.id: CaseAnswer(unpacked(case.outputs), case.ended) for case in stored.cases}
    return ExerciseAnswers(stored.exercise, stored.key, stored.outputs, stored.ended, cases)


# ── grouping ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _alike(handed_in: Sequence[HandIn]) -> list[list[HandIn]]:
    """Who answers alike stands together. Whoever is like two groups joins them: no edge of a tolerance parts."""
    groups: dict[tuple[object, ...], list[list[HandIn]]] = {}
    for each in sorted(handed_in, key=lambda each: (each.row.student.casefold(), each.row.student)):
        beside = groups.setdefault(_form(each), [])
        joined = [group for group in beside if any(_same(each.answers, other.answers) for other in group)]
        beside[:] = [group for group in beside if group not in joined]
        beside.append([member for group in joined for member in group] + [each])
    return [group for beside in groups.values() for group in beside]


def _form(each: HandIn) -> tuple[object, ...]:
    """What must be equal, to the letter, of hand-ins that answer alike."""
    answers = each.answers
    ended = tuple((case, answer.ended) for case, answer in answers.cases.items())
    return each.assignment, answers.exercise, answers.key, "" if ended else answers.ended, ended


def _same(one: ExerciseAnswers, other: ExerciseAnswers) -> bool:
    return all(same_answer(answer, other.cases[case]) for case, answer in one.cases.items())


def _group(results: Path, members: Sequence[HandIn]) -> Grouped:
    members = sorted(members, key=lambda each: (each.row.student.casefold(), each.row.student))
    first = members[0]
    answers = first.answers
    group = AnswerGroup(
        id=f"{answers.exercise}-{_print(first)}",
        assignment=first.assignment,
        exercise=answers.exercise,
        outputs=answers.outputs,
        ended=answers.ended,
        students=tuple(each.row.student for each in members),
        member=_member(results, first),
        cannot_be_named=_too_little(answers),
    )
    return Grouped(group, answers)


def _too_little(answers: ExerciseAnswers) -> str:
    given = sum(not answer.ended for answer in answers.cases.values())
    if given >= LEAST_CASES:
        return ""
    if answers.ended and not answers.cases:
        return "it gives no answer to know it again by: that its code raises may have many reasons"
    return f"{given} diagnostic cases have answers, and {LEAST_CASES} are needed to know a mistake again"


def _member(results: Path, each: HandIn) -> GroupMember:
    report = results / f"{each.row.file}.json"
    headline, example, shown = "", msgspec.Raw(b"null"), StoredExample("")
    try:
        exercises = from_json(report.read_bytes(), ReportedExercises).exercises
        found = next((one for one in exercises if one.id == each.answers.exercise), None)
        if found is not None:
            headline = found.headline
            for raw in found.counterexamples[:1]:
                shown, example = from_json(bytes(raw), StoredExample), raw.copy()
    except UNREADABLE:
        pass  # the group is there all the same
    deviations = [
        ShownDeviation(output.name, output.deviation.where, output.deviation.expected, output.deviation.got)
        for output in shown.outputs
        if output.deviation is not None
    ]
    page = str(results / f"{each.row.file}.html")
    return GroupMember(each.row.student, page, headline, example, shown.code, tuple(deviations))


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _print(each: HandIn) -> str:
    """A short hash of what a hand-in answers, the same for whoever answers alike: numbers are put into cells.

    Their edges lie where no number does that is made of a few decimals, so that rounding moves none over one.
    """
    digest = hashlib.sha256(repr(_form(each)).encode("utf-8", "backslashreplace"))
    for answer in each.answers.cases.values():
        for name, value in answer.outputs.items():
            for part in (repr(name).encode(), *_cells(value)):
                digest.update(part + b"\0")
    return digest.hexdigest()[:8]


def _cells(value: Value) -> Iterator[bytes]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield repr(key).encode("utf-8", "backslashreplace")
            yield from _cells(item)
    elif isinstance(value, list | tuple):
        yield f"{len(value)} items".encode()
        for item in value:
            yield from _cells(item)
    elif isinstance(value, np.ndarray | np.generic | bool | int | float | complex):
        yield from _cells_of_numbers(np.asarray(value))
    else:
        yield (value.type if isinstance(value, Foreign) else repr(value)).encode("utf-8", "backslashreplace")


def _cells_of_numbers(numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Iterator[bytes]:
    yield repr(numbers.shape).encode()
    wide = numbers.astype(np.complex128)
    for part in (wide.real, wide.imag):
        finite = np.isfinite(part)
        yield np.floor(np.arcsinh(np.where(finite, part, 0.0)) / STEP + PHASE).astype(np.int64).tobytes()
        yield repr([str(odd) for odd in part[~finite]]).encode()
