"""Scores of a class as CSV, and the records they are made from.

A results folder holds ``<file>.json`` for each student that has a report, and ``class.json``: who is in the class,
with the row of everybody who has none. A report that is there counts more than the row, so that a single student can
be graded again.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from grader.records import schemas
from grader.records.decoding import from_json
from grader.records.errors import UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from grader.report.document import Document

CLASS_FILE = "class.json"

#: What reading and decoding a stored file can raise.
_UNREADABLE = (OSError, UnicodeError, RecursionError, msgspec.DecodeError)

#: Neither of the last two has a score: what "needs a look" could not be taken as it was handed in, and somebody has to
#: see what it is; "ungraded" is the grader's fault.
ScoreStatus: TypeAlias = Literal["graded", "needs a look", "ungraded"]


class ScoreRow(Record, frozen=True):
    """One student's line. ``points`` are by exercise; None, there and in ``score``, means not graded."""

    student: str
    status: ScoreStatus
    score: float | None = None
    max_score: float | None = None
    points: dict[str, float | None] = msgspec.field(default_factory=dict)
    message: str = ""
    file: str = ""  # name of the student's report in the results folder, without suffix


class ClassFile(Record, frozen=True):
    """What ``class.json`` holds."""

    schema: str
    rows: tuple[ScoreRow, ...]


class StoredExercise(msgspec.Struct, frozen=True):
    """What is needed of an exercise in a report; other fields are not looked at."""

    id: str
    earned: float | None
    headline: str = ""


class StoredReport(msgspec.Struct, frozen=True):
    """What is needed of a report; other fields are not looked at."""

    schema: str
    score: float | None
    max_score: float
    exercises: tuple[StoredExercise, ...]
    problem: str = ""


def scores_csv(rows: Iterable[ScoreRow], exercises: Sequence[str]) -> str:
    r"""One line a student: student, score, max_score, status, the points of each of ``exercises``, message.

    Text is quoted as in RFC 4180, but lines end in ``\n``, and no cell holds a line break: one line is one student.
    Cells that a spreadsheet would run as a formula begin with ``'``. What is not graded is an empty cell.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([_cell(title) for title in ("student", "score", "max_score", "status", *exercises, "message")])
    for row in rows:
        points = [_number(row.points.get(exercise)) for exercise in exercises]
        writer.writerow(
            [_cell(row.student), _number(row.score), _number(row.max_score), row.status, *points, _cell(row.message)]
        )
    return table.getvalue()


def exercises_of(rows: Iterable[ScoreRow]) -> tuple[str, ...]:
    """Ids of the exercises that any row has points for, in order."""
    return tuple(dict.fromkeys(exercise for row in rows for exercise in row.points))


def read_results(folder: Path) -> tuple[ScoreRow, ...]:
    """The rows of a results folder; without ``class.json``, one for each report in it, named by its file.

    A report that cannot be read makes an *ungraded* row. Raises UsageError if there are no results.
    """
    index = folder / CLASS_FILE
    if index.is_file():
        return tuple(_current(folder, row) for row in _read_index(index).rows)
    rows = [read_report(path, path.stem) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    if not rows:
        raise UsageError(f"No results in {folder}: grade a class first, or name the folder with its results")
    return tuple(rows)


def read_report(path: Path, student: str) -> ScoreRow:
    """The row of a stored report, *ungraded* and saying why if it cannot be read."""
    try:
        report = from_json(path.read_bytes(), StoredReport)
    except _UNREADABLE as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        return _unreadable(student, path, f"{problem}: grade again")
    if report.schema not in schemas.READ_REPORTS:
        return _unreadable(student, path, f"expected schema {schemas.REPORT}, got {report.schema[:80]}: grade again")
    return row_of(report, student, path.stem)


def row_of(report: Document | StoredReport, student: str, file: str) -> ScoreRow:
    """The row of a report: *ungraded* as soon as one exercise is, whose headline is the message then."""
    waiting = [exercise.headline or exercise.id for exercise in report.exercises if exercise.earned is None]
    graded = report.score is not None and not waiting
    return ScoreRow(
        student=student,
        status="graded" if graded else "ungraded",
        score=report.score if graded else None,
        max_score=report.max_score,
        points={exercise.id: exercise.earned for exercise in report.exercises},
        message=report.problem or "".join(waiting[:1]),
        file=file,
    )


def _unreadable(student: str, path: Path, problem: str) -> ScoreRow:
    message = f"report {path.name} cannot be read: {problem}"
    return ScoreRow(student=student, status="ungraded", message=message, file=path.stem)


def _current(folder: Path, row: ScoreRow) -> ScoreRow:
    """The row as its report has it now; where neither is graded, the row itself, for it says more of the reason."""
    path = folder / f"{row.file}.json"
    found = read_report(path, row.student) if row.file and path.exists() else row
    return row if "graded" not in (found.status, row.status) and row.message else found


def _read_index(index: Path) -> ClassFile:
    try:
        stored = from_json(index.read_bytes(), ClassFile)
    except _UNREADABLE as error:
        raise UsageError(f"{index} cannot be read ({error}): grade the class again") from None
    if stored.schema != schemas.CLASS:
        raise UsageError(f"{index}: expected schema {schemas.CLASS}, got {stored.schema[:80]}: grade the class again")
    return stored


# ── cells ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Control characters, line separators and what cannot be encoded: a cell stays in its line, and is UTF-8.
_NOT_IN_CELLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_NEGATIVE_NUMBER = re.compile(r"-\d+(?:\.\d+)?\Z", re.ASCII)


def _cell(text: str) -> str:
    line = _NOT_IN_CELLS.sub(" ", text)
    return f"'{line}" if _FORMULA.match(line) and not _NEGATIVE_NUMBER.match(line) else line


def _number(value: float | None) -> str:
    """The shortest text that reads back as the same number; whole numbers without a point."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
