"""Who handed in what: a folder of submissions as one entry a student.

Whatever may be somebody's work is an entry, also what cannot be taken. Archives of a learning platform will get
readers of their own that end in the same entries.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records.errors import GraderError, UsageError
from grader.records.record import Record
from grader.submission.locate import LEVELS, SUFFIXES, entries_below, is_litter

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKED = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")

LINK = "it is a link, which is not followed; put what it means in its place"


class Entry(Record, frozen=True):
    """One student's submission; ``not_taken`` says why somebody has to look at it."""

    student: str
    path: Path
    not_taken: str = ""


def collect(folder: Path, module: str) -> tuple[Entry, ...]:
    """The submissions in ``folder``, sorted by student.

    Each folder in it is one student's, and so is each Python file, notebook and zip archive. Entries that are not
    taken: a folder without any of these; an archive of another kind; a Python file under a suffix of something else
    (``ada.py.txt``); a link, which may lead to another's work, or to the reference. Raises UsageError if there is no
    such folder or nobody in it.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {what}: expected a folder with one folder, or one file, for each student")
    paths = [path for path in listing(folder) if _is_somebodys(path)]
    if not paths:
        raise UsageError(f"{folder} holds no submissions: expected one folder, or one file such as name.py, a student")
    entries = [_entry(student, path, module) for student, path in zip(names_of(paths), paths, strict=True)]
    return tuple(sorted(entries, key=lambda entry: (entry.student.casefold(), entry.student)))


def _is_somebodys(path: Path) -> bool:
    """A folder, a file that holds or may hold work, or a link that may stand for one of these."""
    stands_for_one = path.is_symlink() and not (path.suffix and path.is_file())
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return stands_for_one or path.is_dir() or not {*SUFFIXES, *PACKED}.isdisjoint(suffixes)


def _entry(student: str, path: Path, module: str) -> Entry:
    if path.is_symlink():
        return Entry(student=student, path=path, not_taken=LINK)
    return Entry(student=student, path=path, not_taken=_problem(path, module))


def listing(folder: Path) -> list[Path]:
    """What lies in a folder, but for litter, by name. Raises GraderError."""
    try:
        return sorted(folder / name for name in os.listdir(folder) if not is_litter(name))  # noqa: PTH208 - names only
    except OSError as error:
        raise GraderError(f"{folder} cannot be listed ({error.strerror})") from None


def names_of(paths: Sequence[Path]) -> list[str]:
    """Names without suffix; where that would be two students' name, or the full name of another, with it."""
    short = [_printable(path.name if path.is_dir() else path.stem) for path in paths]
    full = [_printable(path.name) for path in paths]
    taken = [*short, *(name for name, stem in zip(full, short, strict=True) if name != stem)]
    return [stem if taken.count(stem) == 1 else name for stem, name in zip(short, full, strict=True)]


def _printable(name: str) -> str:
    """Bytes of a file name that are not UTF-8 are written out: reports and tables must be UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _in_its_place(path: Path) -> str:
    packed = path.suffix.lower() in PACKED
    return "unpack it into a folder of that name" if packed else f"if it is Python, call it {path.stem}"


def _problem(path: Path, module: str) -> str:
    """Empty also where only reading can tell: a folder with several files, or one that cannot be listed."""
    if not path.is_dir():
        return "" if path.suffix.lower() in SUFFIXES else f"{path} is not opened: {_in_its_place(path)}"
    try:
        if any(below.suffix.lower() in SUFFIXES for below in entries_below(path)):
            return ""
    except GraderError:
        return ""
    return f"Nothing to grade (.py, .ipynb, .zip) in {path} or up to {LEVELS} folders below it: expected {module}"
