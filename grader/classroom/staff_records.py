"""The staff's record of each hand-in of a class: where it lies, and reading it.

Records hold hidden cases, so they lie in a folder of their own beside the students' reports, which no other user can
read and Git ignores: who hands reports out by their names, or by a student, hands out none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.secret import make_folder
from grader.files import write_private
from grader.records.errors import ProtocolError, UsageError
from grader.records.staff_record import LARGEST, packed_record, unpacked_record

if TYPE_CHECKING:
    from pathlib import Path

    from grader.records.staff_record import StaffRecord

FOLDER = "staff"
SUFFIX = ".record"
AGAIN = "grade this hand-in again"


def record_path(results: Path, file: str) -> Path:
    """Where the record is of the hand-in whose report has this name, without suffix, in a results folder."""
    return results / FOLDER / f"{file}{SUFFIX}"


def keep_record(path: Path, record: StaffRecord) -> None:
    """Write a record, whole. Raises UsageError if that cannot be."""
    data = packed_record(record)
    if len(data) > LARGEST:  # of answers that are as large as they may be
        raise UsageError(f"no record is kept for the staff: it would have more than {LARGEST >> 20} MiB")
    try:
        make_folder(path.parent)
    except OSError as error:
        raise UsageError(f"{path.parent} cannot be made ({error.strerror}), where records for the staff are") from None
    write_private(path, data)


def read_record(path: Path) -> StaffRecord:
    """The record in a file. Raises UsageError, with what is wrong with it."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): {AGAIN}") from None
    if len(data) > LARGEST:
        raise UsageError(f"{path} has more than {LARGEST >> 20} MiB, which no record has: {AGAIN}")
    try:
        return unpacked_record(data)
    except ProtocolError as error:
        raise UsageError(f"{path} {error}: {AGAIN}") from None
