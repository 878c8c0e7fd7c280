"""The public half of a case bank in one file, for students to practise on: what it may hold, and how it is read.

A bundle is a zip archive of a few members, and :data:`MEMBERS` is all that ever goes into one: no reference, no hidden
case, no text of a wrong version. Equal banks give equal bytes. Beside it may lie a sealed file with the other half,
which is none of this module's business.

Whoever has it can change it, so it is read as what a stranger wrote: never unpickled, bounded in size, its names from a
closed list, each member with its SHA-256. The laws in it are Python, which runs with the rights of whoever grades, as a
course's ``properties.py`` does: SECURITY.md says when that is.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
import numpy as np
from msgspec.structs import replace

from grader import __version__
from grader.bank.archive import zipped
from grader.bank.join import Shelf
from grader.bank.layout import pack_cases, pack_diagnostics, unpack_cases, unpack_diagnostics
from grader.bank.shared_answers import SharedAnswers, shared, unshared
from grader.bank.store import FORMAT as BANK_FORMAT
from grader.records.answers import CaseAnswer, NamedCase, NamedMistake, StoredCase, StoredMistake, packed, unpacked
from grader.records.assignment import Assignment
from grader.records.bank import CaseBank, Diagnostics, KnownMistake, Practice
from grader.records.decoding import from_json, from_msgpack
from grader.records.errors import BundleError, ProtocolError
from grader.records.record import Record
from grader.records.schemas import MISTAKE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.records.bank import Case

#: Raised by one when a bundle of an older version can no longer be read.
FORMAT = 1
NAME = "practice.bundle"

MANIFEST = "bundle.json"
ASSIGNMENT = "assignment.msgpack"  # compact: see grader.course.disclosed
PUBLIC = "public.msgpack"  # the public cases of every exercise
LAWS = "laws.py"  # what public laws need of properties.py
MISTAKES = "mistakes.msgpack"  # that the instructor named
DIAGNOSTICS = "diagnostics/"  # a file an exercise: diagnostic cases, and what known mistakes answer to them
#: All that a bundle may hold, beside one file an exercise in :data:`DIAGNOSTICS`.
MEMBERS = (MANIFEST, ASSIGNMENT, PUBLIC, LAWS, MISTAKES)

LARGEST = 32 << 20  # bytes of a bundle
UNPACKED = 128 << 20  # bytes of all that is in it
LARGEST_MANIFEST = 1 << 20  # bytes
MOST = 1000  # members
AGAIN = "get it again from your course"

_LISTED = b"PK\x01\x02"  # begins each entry of an archive's list
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ProtocolError)

_T = TypeVar("_T")


class BundleManifest(Record, frozen=True):
    """What ``bundle.json`` holds: whose it is, what made it, and the SHA-256 of every other member.

    ``course`` is the fingerprint of the course's secret, ``bank`` the format of the bank that it was made from,
    ``inputs_sha256`` is over the inputs of its cases.
    """

    format: int
    assignment: str
    grader: str
    bank: int
    inputs_sha256: str
    members: dict[str, str]
    course: str = ""


class Bundle(NamedTuple):
    """What a bundle holds. Its bank has no hidden case; of one that was read, diagnostics are read when asked for.

    ``sha256`` is of the very bytes that were read, whatever the file may have become since.
    """

    bank: CaseBank
    laws: str
    named: tuple[NamedMistake, ...]
    course: str = ""
    bank_format: int = BANK_FORMAT
    sha256: str = ""


class _Format(msgspec.Struct):
    """As much of a manifest as every format has."""

    format: int


class _Clues(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Diagnostics: the cases alone, packed as a bank's, and beside them what takes most room."""

    cases: bytes
    mistakes: tuple[KnownMistake, ...]
    answers: SharedAnswers


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def pack(bundle: Bundle) -> bytes:
    """The bytes of a bundle. What of a case is not public is the caller's to leave out: this refuses a hidden one."""
    bank = bundle.bank
    hidden = [case.id for cases in bank.cases.values() for case in cases if not case.public]
    if hidden:
        raise ValueError(f"{hidden[0]} is a hidden case, and a bundle has none")
    members = {
        ASSIGNMENT: msgspec.msgpack.encode(bank.assignment),
        PUBLIC: pack_cases(bank.cases),
        LAWS: bundle.laws.encode(),
        MISTAKES: msgspec.msgpack.encode({each.id: _stored(each, bank.assignment.id) for each in bundle.named}),
        **{_diagnostics_of(exercise): _pack_clues(clues) for exercise, clues in bank.diagnostics.items()},
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    manifest = BundleManifest(
        FORMAT, bank.assignment.id, __version__, bundle.bank_format, bank.inputs_sha256, hashes, bundle.course
    )
    return zipped({MANIFEST: msgspec.json.format(msgspec.json.encode(manifest), indent=1), **members})


def _pack_clues(clues: Diagnostics) -> bytes:
    cases = replace(clues, mistakes=(), answers=np.zeros((0, 0)))
    return msgspec.msgpack.encode(_Clues(pack_diagnostics(cases), clues.mistakes, shared(clues.answers)))


def _stored(mistake: NamedMistake, assignment: str) -> StoredMistake:
    cases = [
        StoredCase(case.sizes, packed(case.inputs), packed(case.answer.outputs), case.answer.ended)
        for case in mistake.cases
    ]
    return StoredMistake(MISTAKE, assignment, mistake.exercise, mistake.sentence, mistake.outputs, tuple(cases))


def _diagnostics_of(exercise: str) -> str:
    return f"{DIAGNOSTICS}{exercise}.msgpack"


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> Bundle:
    """The bundle at ``path``. Raises BundleError for what is none, is damaged, or is of a format not known here."""
    archive = _Archive(path)
    manifest = archive.manifest
    with archive.told(ASSIGNMENT):
        assignment = from_msgpack(archive.member(ASSIGNMENT), Assignment)
    with archive.told(PUBLIC):
        cases = unpack_cases(archive.member(PUBLIC))
        _check(assignment, cases, manifest)
    with archive.told(LAWS):
        laws = archive.member(LAWS).decode()
    with archive.told(MISTAKES):
        named = _named(archive.member(MISTAKES))
    readers = {
        each.id: partial(archive.later, _diagnostics_of(each.id), _unpack_clues)
        for each in assignment.exercises
        if _diagnostics_of(each.id) in manifest.members
    }
    older = (manifest.bank, manifest.grader) != (BANK_FORMAT, __version__)
    practice = Practice(manifest.grader[:40], older)
    bank = CaseBank(
        assignment, cases, inputs_sha256=manifest.inputs_sha256, diagnostics=Shelf(readers), practice=practice
    )
    return Bundle(bank, laws, named, manifest.course, manifest.bank, archive.sha256)


def read_of(path: Path, assignment: str) -> Bundle:
    """The same, where it is of the assignment of this id. Raises BundleError where it is of another one."""
    found = read(path)
    if (held := found.bank.assignment.id) != assignment:
        raise BundleError(path, f"is of {held}, and the note beside it of {assignment}: {AGAIN}")
    return found


def _check(assignment: Assignment, cases: Mapping[str, Sequence[Case]], manifest: BundleManifest) -> None:
    """Raise ProtocolError where the parts do not belong together."""
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    if assignment.id != manifest.assignment or exercises.keys() != cases.keys():
        raise ProtocolError("does not belong to its assignment")
    for name, exercise in exercises.items():
        valued = [case for case in cases[name] if case.raises is None]
        fit = all(case.public and case.expected.keys() == exercise.outputs.keys() for case in valued)
        if not fit or len(cases[name]) - len(valued) != len(exercise.refusals):
            raise ProtocolError(f"does not fit {name}")


def _unpack_clues(data: bytes) -> Diagnostics:
    rows = from_msgpack(data, _Clues)
    answers = unshared(rows.answers)
    if len(answers) != len(rows.mistakes):
        raise ProtocolError(f"answers of {len(answers)} mistakes, of which there are {len(rows.mistakes)}")
    return replace(unpack_diagnostics(rows.cases), mistakes=rows.mistakes, answers=answers)


def _named(data: bytes) -> tuple[NamedMistake, ...]:
    return tuple(
        NamedMistake(
            name,
            stored.exercise,
            stored.sentence,
            stored.outputs,
            tuple(
                NamedCase(case.sizes, unpacked(case.inputs), CaseAnswer(unpacked(case.outputs), case.ended))
                for case in stored.cases
            ),
        )
        for name, stored in from_msgpack(data, dict[str, StoredMistake]).items()
    )


class _Archive:
    """A bundle's file, held in memory, and its members, each of them checked when it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        data = content(path)
        self.sha256 = hashlib.sha256(data).hexdigest()
        if data.count(_LISTED) > 2 * MOST:  # before any of them is made an object
            raise BundleError(path, f"holds more files than any bundle: {AGAIN}")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = {info.filename: info for info in self._zip.infolist()}
        except Exception:  # noqa: BLE001 - zipfile promises nothing about how it fails on damaged archives
            raise BundleError(path, f"is no bundle, or a damaged one: {AGAIN}") from None
        self._check_list()
        self.manifest = self._manifest()
        self._check_listed()

    def member(self, name: str) -> bytes:
        """A member's content. Raises BundleError if it is not what the manifest describes."""
        data = self._read(name)
        if hashlib.sha256(data).hexdigest() != self.manifest.members.get(name):
            raise BundleError(self._path, f"was changed, or is damaged ({name}): {AGAIN}")
        return data

    def later(self, name: str, decode: Callable[[bytes], _T]) -> _T:
        """What a member holds. Raises BundleError."""
        with self.told(name):
            return decode(self.member(name))

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """What cannot be decoded becomes a sentence."""
        try:
            yield
        except _UNDECODABLE as error:
            made_by = self.manifest.grader
            also = "" if made_by == __version__ else f", made by grader {made_by[:40]}, while this is {__version__}"
            raise BundleError(self._path, f"cannot be read ({name}: {str(error)[:200]}{also}): {AGAIN}") from None

    def _manifest(self) -> BundleManifest:
        data = self._read(MANIFEST, LARGEST_MANIFEST)
        try:
            found = from_json(data, _Format).format
        except _UNDECODABLE:
            raise BundleError(self._path, f"is no bundle, or a damaged one ({MANIFEST}): {AGAIN}") from None
        if found != FORMAT:
            raise BundleError(
                self._path,
                f"has format {found}, and grader {__version__} reads {FORMAT}: "
                f"{'update grader' if found > FORMAT else 'ask your course for a newer bundle'}",
            )
        try:
            return from_json(data, BundleManifest)
        except _UNDECODABLE as error:
            raise BundleError(self._path, f"cannot be read ({MANIFEST}: {str(error)[:200]}): {AGAIN}") from None

    def _check_list(self) -> None:
        """Raise BundleError for more, or others, than a bundle may hold, by the archive's list: nothing is unpacked.

        No name ever becomes a path.
        """
        infos = self._zip.infolist()
        if strange := [name for name in self._members if not _may_be(name)]:
            raise BundleError(self._path, f"holds {strange[0][:60]!r}, which no bundle does: {AGAIN}")
        if len(infos) > MOST:
            raise BundleError(self._path, f"holds more files than any bundle: {AGAIN}")
        if sum(info.file_size for info in infos) > UNPACKED:
            raise BundleError(self._path, f"unpacks to more than {UNPACKED >> 20} MiB: {AGAIN}")

    def _check_listed(self) -> None:
        """Raise BundleError for more, or less, than the manifest lists."""
        known = {MANIFEST, *self.manifest.members}
        if self._members.keys() != known or len(self._zip.infolist()) != len(known):
            raise BundleError(self._path, f"does not hold what it lists: {AGAIN}")

    def _read(self, name: str, largest: int = UNPACKED) -> bytes:
        if name not in self._members:
            raise BundleError(self._path, f"is no bundle: it lacks {name}; {AGAIN}")
        try:
            with self._zip.open(self._members[name]) as file:
                data = file.read(largest + 1)
        except Exception:  # noqa: BLE001 - as above
            raise BundleError(self._path, f"is damaged ({name}): {AGAIN}") from None
        if len(data) > largest:
            raise BundleError(self._path, f"unpacks to more than {largest >> 20} MiB: {AGAIN}")
        return data


def _may_be(name: str) -> bool:
    exercise = name.removeprefix(DIAGNOSTICS).removesuffix(".msgpack")
    return name in MEMBERS or (name == _diagnostics_of(exercise) and exercise.replace("-", "_").isidentifier())


def content(path: Path) -> bytes:
    """The bytes of a file beside a note. Raises BundleError if it is none of this user's, or too large for a bundle."""
    try:
        if not path.is_file():  # a pipe would be waited for
            raise BundleError(path, f"is missing: {AGAIN}")
        with path.open("rb") as file:
            data, owner = file.read(LARGEST + 1), os.fstat(file.fileno()).st_uid
    except OSError as error:
        raise BundleError(path, f"cannot be read ({error.strerror}): {AGAIN}") from None
    if hasattr(os, "geteuid") and owner != os.geteuid():
        raise BundleError(path, "belongs to another user, and is not read: copy it, if you trust it")
    if len(data) > LARGEST:
        raise BundleError(path, f"has more than {LARGEST >> 20} MiB, which no bundle has: {AGAIN}")
    return data
