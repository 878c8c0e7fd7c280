"""Reports written anew from the staff's records: as students may see them, or with hidden cases.

No code of a student's or an author's runs. Who has no record that can be used is named, and the others' reports come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader.classroom.export import StoredReport, read_results, stored_report
from grader.classroom.staff_records import AGAIN, read_record, record_path
from grader.course.draw_history import history_at, write_history
from grader.records.errors import UsageError
from grader.report import WRITERS, view
from grader.report.words.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.records.staff_record import StaffRecord

FORMATS = ("html", "json")


class Recorded(NamedTuple):
    """The records of some hand-ins, by the name of their reports without suffix.

    ``problems`` are sentences, each about a hand-in that was graded and has no record that can be used; ``without`` is
    how many were not graded.
    """

    records: Mapping[str, StaffRecord]
    problems: tuple[str, ...]
    without: int


def recorded(results: Sequence[Path]) -> Recorded:
    """What is recorded in results folders of ``grade class``, and in single files of records.

    Raises UsageError where one is neither, and where two hand-ins would have reports of the same name.
    """
    records: dict[str, StaffRecord] = {}
    problems: list[str] = []
    without = 0
    for name, path in (each for result in results for each in _paths(result)):
        if path is None:
            without += 1
            continue
        if name in records:
            raise UsageError(f"two hand-ins have reports called {name}: write each class into a folder of its own")
        try:
            records[name] = _read(path)
        except UsageError as error:
            problems.append(str(error))
    return Recorded(records, tuple(problems), without)


def _paths(result: Path) -> Iterator[tuple[str, Path | None]]:
    """Names and paths of the records at ``result``; None where a hand-in was not graded."""
    if not result.is_dir():
        if not result.is_file():
            raise UsageError(f"{result} is not there: name a folder that `grade class` wrote, or a record in it")
        yield result.stem, result
        return
    for row in read_results(result):
        graded = row.file and (result / f"{row.file}.json").exists()
        yield row.file, record_path(result, row.file) if graded else None


def _read(path: Path) -> StaffRecord:
    """A record, if it is of the grading that the report beside it is of. Raises UsageError."""
    if not path.exists():
        raise UsageError(f"{path} is missing, as of work that was graded before records were kept: {AGAIN}")
    found = read_record(path)
    report = stored_report(path.parent.with_name(f"{path.stem}.json"))
    if isinstance(report, StoredReport) and report.fingerprint != msgspec.to_builtins(found.report.fingerprint):
        raise UsageError(f"{path} is of another grading than the report {path.stem}.json: {AGAIN}")
    return found


def pages(records: Mapping[str, StaffRecord], *, revealed: bool) -> dict[str, bytes]:
    """The reports, by the names of their files."""
    seen = view.revealed if revealed else view.kept
    documents = {name: written(seen(record.report)) for name, record in records.items()}
    return {
        f"{name}.{kind}": WRITERS[kind](document).encode() for name, document in documents.items() for kind in FORMATS
    }


def note_shown(files: AssignmentFiles, records: Sequence[StaffRecord], at: datetime) -> None:
    """Note in the course that students know the hidden cases of these records' banks. Raises UsageError."""
    before = after = history_at(files.draws)
    for draw, bank in dict.fromkeys((record.draw, record.report.bank) for record in records):
        after = after.after_showing(draw, bank, at)
    if after != before:
        write_history(files.draws, after)
