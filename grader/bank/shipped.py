"""The case bank that comes with a course: ``bank.frozen`` beside the assignment file, or ``bank.sealed``.

Where its cases fit, they are the cases, and none are drawn: so a course gives the same ones everywhere, whatever draws
there. A sealed one is opened in memory, by ``GRADER_KEY`` or the course's own keys, and nothing of it is put on a disk.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from grader.bank.frozen import FORMAT, LARGEST, Frozen, draw_of, pack, unpack
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


class Wanted(NamedTuple):
    """What ``decided`` the cases that are graded with, exercise by exercise, and the ``draw`` of hidden ones."""

    decided: Mapping[str, str]
    draw: int = 0


def shipped(files: AssignmentFiles, wanted: Wanted, secret: CourseSecret, isolation: Isolation) -> Shipped:
    """What comes with the course and fits what is ``wanted``; nothing where it may not be opened here.

    What stands in the way is a ``remark``. Raises UsageError for a file that is there and cannot be used as it is:
    other cases than those that were meant would be no better.
    """
    try:
        found = _shipped(files, wanted, secret, isolation)
        for bank in found.banks.values():  # all of it, or damage would be told where some student is graded
            for read in (bank.proof, bank.diagnostics, bank.sifted):
                read()
    except BankError as error:
        raise UsageError(f"{error} ({_command(error.path, files)} makes it)") from None
    return found


def _shipped(files: AssignmentFiles, wanted: Wanted, secret: CourseSecret, isolation: Isolation) -> Shipped:
    if files.frozen.is_file():
        data = _content(files.frozen)
        return _fitting(files, files.frozen, data, data, wanted)
    if not files.sealed.is_file():
        return NOTHING
    check_draw(files, wanted.draw)  # whether or not it can be opened here
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
    return _fitting(files, files.sealed, data, opened, wanted)._replace(sealed=True)


def fits(files: AssignmentFiles, wanted: Wanted) -> frozenset[str]:
    """The exercises of which the cases come with the course, in the open; none where the file cannot be used."""
    try:
        data = _content(files.frozen)
        return frozenset(_fitting(files, files.frozen, data, data, wanted).banks)
    except (BankError, UsageError):
        return frozenset()


def check_draw(files: AssignmentFiles, draw: int) -> None:
    """Raise UsageError where a draw is made, or frozen, that the course was past already: students may know it."""
    from grader.bank import sealed

    _check_draw(files.frozen, draw_of(files.frozen), files, draw)
    _check_draw(files.sealed, sealed.draw_of(files.sealed), files, draw)


def frozen_file(files: AssignmentFiles, wanted: Wanted, banks: Mapping[str, ExerciseBank]) -> bytes:
    """What to put beside the assignment file as ``bank.frozen``."""
    return pack(files.name, Frozen(wanted.decided, banks, wanted.draw))


def sealed_file(files: AssignmentFiles, frozen: bytes, secret: CourseSecret, key: SealingKey, draw: int) -> bytes:
    """The same, sealed, for ``bank.sealed``."""
    from grader.bank.sealed import seal

    return seal(frozen, key, _about(files, secret), draw)


def _fitting(files: AssignmentFiles, path: Path, data: bytes, opened: bytes, wanted: Wanted) -> Shipped:
    """What fits of a file that has these bytes, ``opened`` where it was sealed."""
    found, decided = unpack(opened, path, files.name), wanted.decided
    _check_draw(path, found.draw, files, wanted.draw)
    banks = {name: bank for name, bank in found.banks.items() if decided.get(name) == found.decided[name]}
    others = [name for name in decided if name not in banks]
    remark = ""
    if others:
        why = _unfitting(found, wanted, "the assignment" if not banks else ", ".join(others))
        remark = f"{path} {why}: cases are drawn; {_command(path, files)} makes it anew"
    return Shipped(banks, sha256=hashlib.sha256(data).hexdigest(), remark=remark)


def _unfitting(found: Frozen, wanted: Wanted, what: str) -> str:
    """Why cases of a file are not used for ``what``."""
    if not found.decided:
        return "was made by another version of grader"
    if found.draw is not None and found.draw < wanted.draw:
        return f"holds draw {found.draw} of the hidden cases, and draw {wanted.draw} is graded with"
    return f"does not fit {what} as the course is now"


def _check_draw(path: Path, held: int | None, files: AssignmentFiles, draw: int) -> None:
    """Raise UsageError for a file of a later draw than is graded with: ``draws.txt`` did not come along with it."""
    if held is None or held <= draw:
        return
    met = f"says draw {draw}" if files.draws.exists() else "is missing here"
    raise UsageError(
        f"{path} holds draw {held} of the hidden cases, and {files.draws.name} beside it, which should say so, {met}: "
        f"students may have been shown draw {draw}. Commit it where `grade build {files.name} --fresh` ran, and get it"
    )


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
