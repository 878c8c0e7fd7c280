"""Who handed in what: a folder of submissions as one entry a student.

Archives of a learning platform will get readers of their own that end in the same entries.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.records.errors import GraderError, UsageError
from grader.records.record import Record
from grader.submission.locate import LEVELS, entries_below, is_litter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUFFIXES = (".py", ".ipynb")


class Entry(Record, frozen=True):
    """One student's submission. With a ``problem`` nothing gradable was handed in."""

    student: str
    path: Path
    problem: str = ""


def collect(folder: Path, module: str) -> tuple[Entry, ...]:
    """The submissions in ``folder``, sorted by student.

    Each folder in it is one student's, and so is each Python file and notebook. A folder without either is an entry
    too, so that nobody is lost. Raises UsageError if there is no such folder or nobody in it.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {what}: expected a folder with one folder, or one file, for each student")
    paths = [path for path in _listing(folder) if path.is_dir() or path.suffix.lower() in SUFFIXES]
    if not paths:
        raise UsageError(f"{folder} holds no submissions: expected one folder, or one file such as name.py, a student")
    entries = [
        Entry(student=student, path=path, problem=_problem(path, module))
        for student, path in zip(_students(paths), paths, strict=True)
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.student.casefold(), entry.student)))


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder / name for name in os.listdir(folder) if not is_litter(name))  # noqa: PTH208 - names only
    except OSError as error:
        raise GraderError(f"{folder} cannot be listed ({error.strerror})") from None


def _students(paths: Sequence[Path]) -> list[str]:
    """Names without suffix; where that would be two students' name, or the full name of another, with it."""
    short = [_printable(path.name if path.is_dir() else path.stem) for path in paths]
    full = [_printable(path.name) for path in paths]
    taken = [*short, *(name for name, stem in zip(full, short, strict=True) if name != stem)]
    return [stem if taken.count(stem) == 1 else name for stem, name in zip(short, full, strict=True)]


def _printable(name: str) -> str:
    """Bytes of a file name that are not UTF-8 are written out: reports and tables must be UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _problem(path: Path, module: str) -> str:
    """Empty also where only reading can tell: a folder with a near name, or one that cannot be listed."""
    if not path.is_dir():
        return ""
    try:
        if any(below.suffix.lower() in SUFFIXES for below in entries_below(path)):
            return ""
    except GraderError:
        return ""
    return f"No Python file and no notebook in {path} or up to {LEVELS} folders below it: expected {module}"
