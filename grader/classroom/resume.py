"""What an earlier run has graded, and what of it still holds: a mark belongs to the work, and to how it was graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader import __version__
from grader.classroom.export import ScoreRow, StoredReport, plain, row_of, stored_report
from grader.classroom.filenames import file_names
from grader.records.record import Record
from grader.records.report import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.classroom.collect import Entry
    from grader.records.report import Fingerprint

_PRINTS: Final[tuple[Change, ...]] = ("submission", "assignment", "properties", "bank", "mistakes")
_CHANGE_THE_BANK: Final = frozenset({"assignment", "properties", "grader"})


class Earlier(Record, frozen=True):
    """Results by student: the rows that are ``kept``, and why each of the others is ``outdated``."""

    kept: dict[str, ScoreRow]
    outdated: dict[str, tuple[Change, ...]]


def earlier(
    entries: Sequence[Entry], results: Path, current: Callable[[Path], Fingerprint], *, version: str = __version__
) -> Earlier:
    """What of the reports in ``results`` is the result of these entries as they stand.

    ``current`` gives what a submission's result belongs to now. An entry that is not taken has no result.
    """
    files = file_names(entry.student for entry in entries)
    found = Earlier({}, {})
    for entry in entries:
        report = results / f"{files[entry.student]}.json"
        if entry.not_taken or not report.exists():
            continue
        stored = stored_report(report)
        if changes := _changes(stored, entry.path, current, version):
            found.outdated[entry.student] = changes
        elif isinstance(stored, StoredReport):
            found.kept[entry.student] = row_of(stored, plain(entry.student), report.stem)
    return found


def _changes(
    stored: StoredReport | str, path: Path, current: Callable[[Path], Fingerprint], version: str
) -> tuple[Change, ...]:
    if isinstance(stored, str) or not stored.fingerprint:
        return ("unknown",)
    if row_of(stored, "", "").status != "graded":
        return ("ungraded",)
    try:
        now = current(path)
    except Exception:  # noqa: BLE001 - whatever it is, grading meets it again, and says it in this student's row
        return ("submission",)
    differ: list[Change] = ["grader"] if stored.version != version else []
    differ += [name for name in _PRINTS if stored.fingerprint.get(name, "") != getattr(now, name)]
    implied = not _CHANGE_THE_BANK.isdisjoint(differ)
    return tuple(name for name in differ if not (implied and name == "bank"))
