"""What is made of an assignment's files before it is graded, kept by the bytes that it was made from.

Reading an assignment file takes YAML and all the rules about it; telling what decides its cases takes the syntax trees
of the reference and the properties. Both are done once. Grading comes this way, so this imports none of that.

Each file begins with a SHA-256 of what follows: a flipped bit is met as if the file were not there, and it is made
anew.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import msgspec

from grader.bank import cache
from grader.bank.store import make_private
from grader.records.assignment import Assignment
from grader.records.decoding import from_msgpack
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.course.secret import CourseSecret

_Kept = TypeVar("_Kept", bound=Record)


class Keys(Record, frozen=True):
    """What stands for all that decides the cases of each exercise, and the hash over the inputs of all cases."""

    exercises: dict[str, str]
    inputs_sha256: str


def assignment_of(files: AssignmentFiles, sources: Mapping[str, str]) -> Assignment:
    """The assignment, from the cache or from its file. Raises AssignmentError with every mistake."""
    path = _path_of_assignment(files, sources)
    known = recall(Assignment, path)
    if known is None:
        from grader.course.load import load

        known = load(files.yaml)
        keep(known, path)
    return known


def known(
    files: AssignmentFiles, sources: Mapping[str, str], secret: CourseSecret | None
) -> tuple[Assignment, Keys] | None:
    """The assignment and the keys of its exercises, if they have been made of these very files and this secret.

    Without a secret they are those of the one that this course was graded or built with last: for practice, where the
    secret is not read.
    """
    keys = recall(Keys, _path_of_keys(files, sources, secret))
    assignment = recall(Assignment, _path_of_assignment(files, sources))
    if keys is None or assignment is None:
        return None
    if secret is not None and recall(Keys, last := _path_of_keys(files, sources, None)) != keys:
        keep(keys, last)
    return assignment, keys


def keep_keys(files: AssignmentFiles, sources: Mapping[str, str], secret: CourseSecret, keys: Keys) -> None:
    """Keep the keys: the files fit together, and there are banks under these."""
    for one in (secret, None):
        keep(keys, _path_of_keys(files, sources, one))


def _path_of_assignment(files: AssignmentFiles, sources: Mapping[str, str]) -> Path:
    return cache.compiled_file(files.name, ["assignment", *map(sources.get, ("assignment", "helpers", "draws"))])


def _path_of_keys(files: AssignmentFiles, sources: Mapping[str, str], secret: CourseSecret | None) -> Path:
    # Without its secret, a copy of a course is told from the course by its folder: the two may have different ones.
    whose = ["last", str(files.root)] if secret is None else ["keys", secret.fingerprint()]
    return cache.compiled_file(files.name, [*whose, sorted(sources.items())])


def recall(kind: type[_Kept], path: Path) -> _Kept | None:
    """What is kept at ``path``, which counts as its use; None where nothing is, or nothing sound."""
    try:
        seal, _, data = path.read_bytes().partition(b"\n")
        if seal != _seal(data):
            return None
        found = from_msgpack(data, kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    with suppress(OSError):  # a cache that is only read
        os.utime(path)
    return found


def keep(found: Record, path: Path) -> None:
    """Keep it, whole or not at all. Where that cannot be, it is made anew the next time."""
    data = msgspec.msgpack.encode(found)  # which, unlike JSON, has NaN and infinities
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    with suppress(OSError):
        make_private(path.parent)
        try:
            temporary.write_bytes(_seal(data) + b"\n" + data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
