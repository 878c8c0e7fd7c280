"""Scores of a class as CSV, and the records they are made from.

A results folder holds ``<file>.json`` for each student that has a report, and ``class.json``: who is in the class,
with the row of everybody who has none. A report that is there counts more than the row, so that a single student can
be graded again.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from grader.classroom.cells import cell, names_apart
from grader.records import schemas
from grader.records.decoding import from_json
from grader.records.errors import UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from grader.report.document import Document

CLASS_FILE = "class.json"

#: What reading and decoding a stored file can raise.
UNREADABLE = (OSError, UnicodeError, RecursionError, msgspec.DecodeError)

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
    note: str = ""  # how the result came here, where somebody should know


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
    headline: str = ""
    problem: str = ""
    version: str = ""
    fingerprint: dict[str, str] = msgspec.field(default_factory=dict)


def scores_csv(rows: Sequence[ScoreRow], exercises: Sequence[str]) -> str:
    r"""One line a student: student, score, max_score, status, the points of each of ``exercises``, message.

    Text is quoted as in RFC 4180, but lines end in ``\n``, and no cell holds a line break: one line is one student.
    What a spreadsheet would run as a formula begins with ``'``, whether it ends cells by ``,`` or by ``;``. Characters
    that cannot be seen are written out, and students who would look the same are numbered: as they are, names stand in
    ``class.json``. What is not graded is an empty cell.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([cell(title) for title in ("student", "score", "max_score", "status", *exercises, "message")])
    for name, row in zip(names_apart([row.student for row in rows]), rows, strict=True):
        points = [_number(row.points.get(exercise)) for exercise in exercises]
        writer.writerow([name, _number(row.score), _number(row.max_score), row.status, *points, cell(_said(row))])
    return table.getvalue()


def scores_spreadsheet(rows: Sequence[ScoreRow], exercises: Sequence[str]) -> str:
    """The same with the signature of UTF-8, without which spreadsheets read it in an encoding of their own."""
    return "\ufeff" + scores_csv(rows, exercises)


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
    report = stored_report(path)
    if isinstance(report, StoredReport):
        return row_of(report, student, path.stem)
    message = f"report {path.name} cannot be read: {report}: grade again"
    return ScoreRow(student=student, status="ungraded", message=message, file=path.stem)


def stored_report(path: Path) -> StoredReport | str:
    """What is needed of a report, or why it cannot be read."""
    try:
        report = from_json(path.read_bytes(), StoredReport)
    except UNREADABLE as error:
        return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
    if report.schema not in schemas.READ_REPORTS:
        return f"expected schema {schemas.REPORT}, got {report.schema[:80]}"
    return report


def reports_of_others(folder: Path, files: Container[str]) -> tuple[str, ...]:
    """Names of the reports in a folder that are none of ``files``, which have no suffix."""
    others = (path for path in sorted(folder.glob("*.json")) if path.name != CLASS_FILE and path.stem not in files)
    return tuple(path.name for path in others if isinstance(stored_report(path), StoredReport))


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
        message=report.problem or "".join(waiting[:1]) or report.headline,
        file=file,
    )


def plain(text: str) -> str:
    """Bytes of file names that are not UTF-8, which no report can hold, are written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _current(folder: Path, row: ScoreRow) -> ScoreRow:
    """The row as its report has it now; where neither is graded, the row itself, for it says more of the reason."""
    path = folder / f"{row.file}.json"
    found = read_report(path, row.student) if row.file and path.exists() else row
    if found.points == row.points:
        found = replace(found, note=row.note)
    return row if "graded" not in (found.status, row.status) and row.message else found


def _read_index(index: Path) -> ClassFile:
    try:
        stored = from_json(index.read_bytes(), ClassFile)
    except UNREADABLE as error:
        raise UsageError(f"{index} cannot be read ({error}): grade the class again") from None
    if stored.schema != schemas.CLASS:
        raise UsageError(f"{index}: expected schema {schemas.CLASS}, got {stored.schema[:80]}: grade the class again")
    return stored


def _said(row: ScoreRow) -> str:
    return "; ".join(text for text in (row.message, row.note) if text)


def _number(value: float | None) -> str:
    """The shortest text that reads back as the same number; whole numbers without a point."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
