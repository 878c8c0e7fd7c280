"""File names from students' names: safe on every system, and never the same for two students."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from grader.classroom.cells import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 80  # bytes of UTF-8: leaves room for suffixes, and for the path before it on Windows

#: Not allowed on Windows or with a meaning in some shell or path, invisible, or kept as the mark of a hash (~).
_UNSAFE = re.compile(rf'[<>:"/\\|?*~`$;&\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{INVISIBLE}]')
_WINDOWS_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)

#: Names of the files that a whole class shares.
_TAKEN = frozenset({"class", "index", "scores"})


def file_names(students: Iterable[str]) -> dict[str, str]:
    """A file name without suffix for each student.

    A name that is safe stays as it is. One that had to be altered, or that another name equals on a file system that
    ignores case or composition of accents, ends in ``~`` and a hash of the student's name, which no safe name can.
    """
    safe = {student: _safe(student) for student in students}
    same = Counter(_folded(name) for name in safe.values())
    return {
        student: name if name == student and same[_folded(name)] == 1 else f"{name}~{_hash(student)}"
        for student, name in safe.items()
    }


def _safe(student: str) -> str:
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", student)).strip(" .")
    name = name.encode()[:LONGEST].decode(errors="ignore").rstrip(" .") or "student"
    if _WINDOWS_DEVICE.match(name) or _folded(name) in _TAKEN or name.startswith("-"):
        return f"_{name}"
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _hash(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12]
