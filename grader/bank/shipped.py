"""The case bank that comes with a course: ``bank.frozen`` beside the assignment file, or ``bank.sealed``.

Where its cases fit, they are the cases, and none are drawn: so a course gives the same ones everywhere, whatever draws
there. A sealed one is opened in memory, by ``GRADER_KEY`` or the course's own keys, and nothing of it is put on a disk.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from grader.bank.frozen import FORMAT, LARGEST, Frozen, pack, unpack
from grader.course.secret import VARIABLE as SECRET
from grader.records.errors import BankError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.bank.keyring import SealingKey
    from grader.bank.sealed import SealedFor
    from grader.course.find import AssignmentFiles
    from grader.course.secret import CourseSecret
    from grader.records.bank import ExerciseBank
    from grader.records.run import Isolation


class Shipped(NamedTuple):
    """Banks of exercises, of those that fit; ``sealed``: they must not be put on a disk. ``sha256`` is of the file."""

    banks: Mapping[str, ExerciseBank]
    sealed: bool = False
    sha256: str = ""
    remark: str = ""


NOTHING = Shipped({})
_ANOTHER = "let {secret} hold the secret of the course that sealed it, or seal it anew by `grade release {id} --ci`"


def shipped(files: AssignmentFiles, decided: Mapping[str, str], secret: CourseSecret, isolation: Isolation) -> Shipped:
    """What comes with the course and fits what is ``decided`` now; nothing where it may not be opened here.

    What stands in the way is a ``remark``. Raises UsageError for a file that is there and cannot be used as it is:
    other cases than those that were meant would be no better.
    """
    try:
        return _shipped(files, decided, secret, isolation)
    except BankError as error:
        raise UsageError(f"{error} ({_command(error.path, files)} makes it)") from None


def _shipped(files: AssignmentFiles, decided: Mapping[str, str], secret: CourseSecret, isolation: Isolation) -> Shipped:
    if files.frozen.is_file():
        data = _content(files.frozen)
        return _fitting(files, files.frozen, data, data, decided)
    if not files.sealed.is_file():
        return NOTHING
    from grader.bank.keyring import VARIABLE, keys_of
    from grader.records.run import SEALED_LEVEL

    if not isolation.keeps_hidden:
        least = f"{files.sealed} is opened from isolation level {SEALED_LEVEL} on, and this run has {isolation.level}"
        return NOTHING._replace(remark=f"{least}: cases are drawn, which may take minutes")
    keys = keys_of(files.root)
    if not keys:
        needed = f"{files.sealed} is opened by a key in {VARIABLE}, and none is there"
        return NOTHING._replace(remark=f"{needed}: cases are drawn, which may take minutes")
    from grader.bank.sealed import unseal

    data = _content(files.sealed)
    try:
        opened = unseal(data, keys, _about(files, secret), isolation, _ANOTHER.format(secret=SECRET, id=files.name))
    except UsageError as error:
        raise UsageError(f"{files.sealed}: {error}") from None
    return _fitting(files, files.sealed, data, opened, decided)._replace(sealed=True)


def fits(files: AssignmentFiles, decided: Mapping[str, str]) -> frozenset[str]:
    """The exercises of which the cases come with the course, in the open; none where the file cannot be read."""
    try:
        data = _content(files.frozen)
        return frozenset(_fitting(files, files.frozen, data, data, decided).banks)
    except BankError:
        return frozenset()


def frozen_file(files: AssignmentFiles, decided: Mapping[str, str], banks: Mapping[str, ExerciseBank]) -> bytes:
    """What to put beside the assignment file as ``bank.frozen``."""
    return pack(files.name, Frozen(decided, banks))


def sealed_file(files: AssignmentFiles, frozen: bytes, secret: CourseSecret, key: SealingKey) -> bytes:
    """The same, sealed, for ``bank.sealed``."""
    from grader.bank.sealed import seal

    return seal(frozen, key, _about(files, secret))


def _fitting(files: AssignmentFiles, path: Path, data: bytes, opened: bytes, decided: Mapping[str, str]) -> Shipped:
    """What fits of a file that has these bytes, ``opened`` where it was sealed."""
    found = unpack(opened, path, files.name)
    banks = {name: bank for name, bank in found.banks.items() if decided.get(name) == found.decided[name]}
    others = [name for name in decided if name not in banks]
    remark = ""
    if others:
        whole = "the assignment" if not banks else ", ".join(others)
        why = f"does not fit {whole} as the course is now" if found.decided else "was made by another version of grader"
        remark = f"{path} {why}: cases are drawn; {_command(path, files)} makes it anew"
    return Shipped(banks, sha256=hashlib.sha256(data).hexdigest(), remark=remark)


def _command(path: Path, files: AssignmentFiles) -> str:
    """What an instructor runs to make the file."""
    return f"`grade release {files.name} --ci`" if path == files.sealed else f"`grade build {files.name} --frozen`"


def _about(files: AssignmentFiles, secret: CourseSecret) -> SealedFor:
    from grader.bank.sealed import SealedFor

    return SealedFor(secret.fingerprint(), files.name, "whole", FORMAT)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BankError(path, f"cannot be read ({error.strerror or error})") from None
    if len(data) > LARGEST:
        raise BankError(path, f"has more than {LARGEST >> 20} MiB, which no case bank has")
    return data
