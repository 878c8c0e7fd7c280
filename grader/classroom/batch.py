"""Grade a whole class: every submission by itself, none stopping the others.

What could not be taken as it was handed in *needs a look*, with a sentence that says why: a right solution may be in
it. What the grader failed at is *ungraded*. Neither is ever a 0.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

from grader.classroom.collect import Entry
from grader.classroom.export import (
    CLASS_FILE,
    ClassFile,
    ScoreRow,
    ScoreStatus,
    exercises_of,
    plain,
    reports_of_others,
    row_of,
    scores_spreadsheet,
)
from grader.classroom.filenames import file_names
from grader.classroom.staff_records import keep_record, record_path
from grader.files import write_whole
from grader.records.errors import GraderError, SubmissionError, UsageError
from grader.records.record import Record
from grader.records.schemas import CLASS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from grader.report.document import Document

    Graded: TypeAlias = tuple[ScoreRow, Document | None]

SCORES_FILE = "scores.csv"

_log = logging.getLogger(__name__)


class ClassResult(Record, frozen=True):
    """One row for each entry, in their order, as ``scores`` holds them. After an interruption the rest is ungraded.

    ``others`` are files beside them: reports of nobody who is in the class now.
    """

    rows: tuple[ScoreRow, ...]
    scores: Path
    interrupted: bool = False
    others: tuple[str, ...] = ()


class Task(Record, frozen=True):
    """An entry with the name, without suffix, of its files in the results folder."""

    entry: Entry
    file: str
    results: Path

    def path(self, extension: str) -> Path:
        """Where this student's report of one format is."""
        return self.results / f"{self.file}.{extension}"

    @property
    def record(self) -> Path:
        """Where the staff's record of this student's hand-in is."""
        return record_path(self.results, self.file)


def grade_class(  # noqa: PLR0913 - a name for each thing that a run may do otherwise
    entries: Sequence[Entry],
    grade_one: Callable[[Path], Document],
    *,
    ungraded: Callable[[Exception], Document] | None = None,
    results: Path,
    writers: Mapping[str, Callable[[Document], str]],
    workers: int = 1,
    progress: Callable[[Entry, Document | None], None] | None = None,
    kept: Mapping[str, ScoreRow] | None = None,
) -> ClassResult:
    """Grade every entry; write reports into ``results`` as they come, and ``scores.csv`` at the end.

    ``ungraded`` makes the report where ``grade_one`` raises what is no doing of the student's; else there is none.
    ``workers`` threads share the work. ``writers`` map a file extension (``json``) to a renderer. ``progress`` is
    called in this thread after each entry, with None where there is no new report. Who has a row in ``kept``
    (see :mod:`grader.classroom.resume`) is not graded; reports of all others from an earlier run are removed first, so
    that whatever ends a run, no old mark stands beside new ones.

    An interruption (Ctrl-C) lets the gradings that run finish, and is told by ``interrupted``; a second one is raised.
    Raises UsageError for two entries of one name, or if ``results`` cannot be written to.
    """
    if workers < 1:
        raise UsageError(f"expected at least 1 worker, got {workers}")
    tasks = tasks_for(entries, results)
    rows = begun(tasks, results, writers, "not graded yet: resume the run", kept)
    work = partial(_work, grade_one=grade_one, ungraded=ungraded, writers=writers)
    try:
        interrupted = _run_all(tasks, rows, work, workers, progress)
    finally:
        concluded = conclude(tasks, rows, results)
    return replace(concluded, interrupted=interrupted)


def begun(
    tasks: Sequence[Task],
    results: Path,
    extensions: Iterable[str],
    message: str,
    kept: Mapping[str, ScoreRow] | None = None,
) -> list[ScoreRow]:
    """The rows before anything is done, which are saved: what is not ``kept`` of an earlier run is removed.

    Raises GraderError where that cannot be.
    """
    rows, extensions = [], tuple(extensions)
    for task in tasks:
        row = (kept or {}).get(task.entry.student)
        if row is None:
            discard(task, extensions)
        rows.append(row or bare_row(task, "ungraded", message))
    _save(results, rows)
    return rows


def conclude(tasks: Sequence[Task], rows: Sequence[ScoreRow], results: Path) -> ClassResult:
    """Write the rows of a class and its scores, and tell what else is there."""
    rows = _filled(rows)
    _save(results, rows)
    write_whole(results / SCORES_FILE, scores_spreadsheet(rows, exercises_of(rows)))
    others = reports_of_others(results, {task.file for task in tasks})
    return ClassResult(rows=tuple(rows), scores=results / SCORES_FILE, others=others)


def tasks_for(entries: Sequence[Entry], results: Path) -> tuple[Task, ...]:
    """Each entry with the name of its files. Raises UsageError for two of one name, and if ``results`` cannot be."""
    files = file_names(entry.student for entry in entries)
    if len(files) < len(entries):
        students = [entry.student for entry in entries]
        double = next(student for student in students if students.count(student) > 1)
        raise UsageError(f"two submissions are called {double!r}: rename one, for each student has one row")
    try:
        results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{results} cannot be made a folder for results ({error.strerror}): name another") from None
    return tuple(Task(entry=entry, file=files[entry.student], results=results) for entry in entries)


def _run_all(
    tasks: Sequence[Task],
    rows: list[ScoreRow],
    work: Callable[[Task], Graded],
    workers: int,
    progress: Callable[[Entry, Document | None], None] | None,
) -> bool:
    """Do what is not graded yet, and put the row of each task at its place in ``rows``. True if interrupted."""
    pool = ThreadPoolExecutor(workers)
    places: dict[Future[Graded], int] = {}
    try:
        for place, task in enumerate(tasks):
            if rows[place].status != "graded":
                places[pool.submit(work, task)] = place
            elif progress is not None:
                progress(task.entry, None)
        for future in as_completed(places):
            place = places[future]
            rows[place], report = future.result()
            del places[future]  # else the reports of the whole class stay in memory
            if progress is not None:
                progress(tasks[place].entry, report)
    except KeyboardInterrupt:
        return True
    finally:
        try:
            pool.shutdown(cancel_futures=True)  # waits for what runs, which the sandbox limits in time
        finally:
            for future, place in places.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    rows[place] = future.result()[0]
    return False


def _work(
    task: Task,
    *,
    grade_one: Callable[[Path], Document],
    ungraded: Callable[[Exception], Document] | None,
    writers: Mapping[str, Callable[[Document], str]],
) -> Graded:
    try:
        discard(task, writers)
        if (row := _not_tried(task)) is not None:
            return row, None
        report = grade_one(task.entry.path)
    except (SubmissionError, UsageError) as error:  # what is no submission, or may be one of several
        return bare_row(task, "needs a look", str(error)), None
    except GraderError as error:
        return _with_report(task, bare_row(task, "ungraded", str(error)), ungraded and ungraded(error), writers)
    except Exception as error:  # noqa: BLE001 - a fault of the grader in one submission must not stop the class
        _log.error("grading %s failed", task.entry.path, exc_info=True)
        row = bare_row(task, "ungraded", f"the grader itself failed ({type(error).__name__}: {error})")
        return _with_report(task, row, ungraded and ungraded(error), writers)
    return _with_report(task, row_of(report, plain(task.entry.student), task.file), report, writers)


def _not_tried(task: Task) -> ScoreRow | None:
    """The row of an entry that is not to be graded."""
    if task.entry.not_taken:
        return bare_row(task, "needs a look", task.entry.not_taken)
    # Path.exists raises when a network share is gone.
    if not os.path.exists(task.entry.path):  # noqa: PTH110 - as said above
        return bare_row(task, "ungraded", f"{task.entry.path} is gone since the class was listed: grade again")
    return None


def _with_report(
    task: Task, row: ScoreRow, report: Document | None, writers: Mapping[str, Callable[[Document], str]]
) -> Graded:
    """Write a report, if there is one, and what is kept for the staff; what cannot be written is told in its row."""
    if report is None:
        return row, None
    shown, record = replace(report, record=None), report.record
    faults = [
        _fault_of(partial(_write_report, task.path(extension), render, shown), f"{extension} report")
        for extension, render in writers.items()
    ]
    if record is not None:
        faults.append(_fault_of(partial(keep_record, task.record, record), "record for the staff"))
    faults = [fault for fault in faults if fault]
    return replace(row, message=plain("; ".join([row.message, *faults] if row.message else faults))), shown


def _write_report(path: Path, render: Callable[[Document], str], report: Document) -> None:
    write_whole(path, render(report))


def _fault_of(write: Callable[[], None], what: str) -> str:
    """What went wrong, if anything. A score does not get lost because its page cannot be written."""
    try:
        write()
    except GraderError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a fault of one renderer on one report must not stop the class
        _log.error("no %s was written", what, exc_info=True)
        return f"no {what} ({type(error).__name__}: {error})"
    return ""


def bare_row(task: Task, status: ScoreStatus, message: str) -> ScoreRow:
    """The row of who has no report; ``message`` says why."""
    return ScoreRow(student=plain(task.entry.student), status=status, message=plain(message), file=task.file)


def _filled(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Rows without a report get the exercises of the others, without points."""
    exercises = exercises_of(rows)
    max_score = next((row.max_score for row in rows if row.max_score is not None), None)
    return [
        row if row.points else replace(row, max_score=max_score, points=dict.fromkeys(exercises, row.score))
        for row in rows
    ]


def _save(results: Path, rows: Sequence[ScoreRow]) -> None:
    document = msgspec.json.encode(ClassFile(schema=CLASS, rows=tuple(rows)))
    write_whole(results / CLASS_FILE, msgspec.json.format(document, indent=2).decode() + "\n")


def discard(task: Task, extensions: Iterable[str]) -> None:
    """Remove what an earlier run has written of somebody. Raises GraderError where that cannot be."""
    for extension in extensions:
        try:
            task.path(extension).unlink(missing_ok=True)
        except OSError as error:
            raise GraderError(f"{task.path(extension)} cannot be replaced ({error.strerror})") from None
    with suppress(OSError):  # in another user's folder, say; an old record does not bear the new report's fingerprint
        task.record.unlink(missing_ok=True)
