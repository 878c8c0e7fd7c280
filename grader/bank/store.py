"""The frozen cases of one exercise on disk: a folder with ``manifest.json``, ``public.msgpack`` and ``hidden.msgpack``.

Beside them lie ``proof.json``, which wrong versions of the reference the cases kill, ``diagnostics.msgpack``, what a
wrong solution is held against to name its mistake, and ``sifted.msgpack``, what was drawn and is no case. They are kept
open, and read only when they are asked for: somebody may remove or replace the folder meanwhile.

Equal banks give equal bytes. The manifest, which a person can read, keeps a SHA-256 of every other file, and has one of
its own beside it: a flipped bit is found before anything is parsed. Nothing is ever unpickled. A damaged folder costs
no more than freezing its exercise anew.

Grading reads banks by this module, so it imports nothing that draws or freezes them.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from grader.bank.layout import (
    pack_cases,
    pack_diagnostics,
    pack_sifted,
    unpack_cases,
    unpack_diagnostics,
    unpack_sifted,
)
from grader.records.bank import ExerciseBank, Manifest, WrongVersion
from grader.records.decoding import from_json
from grader.records.errors import BankError, ProtocolError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.records.bank import Case

#: Raised by one when a bank of an older version can no longer be read.
FORMAT = 8
MANIFEST = "manifest.json"
CHECK = "manifest.sha256"  # as `sha256sum --check` reads it
PUBLIC = "public.msgpack"
HIDDEN = "hidden.msgpack"
PROOF = "proof.json"
DIAGNOSTICS = "diagnostics.msgpack"
SIFTED = "sifted.msgpack"
LATER = (PROOF, DIAGNOSTICS, SIFTED)  # are read when they are asked for
PRIVATE = 0o700

_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_T = TypeVar("_T")


class Stored(Record, frozen=True):
    """What ``manifest.json`` holds; ``archives`` maps every other file's name to its SHA-256."""

    manifest: Manifest
    archives: dict[str, str]


class _Peek(msgspec.Struct):
    """As much of a manifest as every format has."""

    class Format(msgspec.Struct):
        format: int

    manifest: Format


def save(bank: ExerciseBank, folder: Path) -> None:
    """Store a bank, in place of one that may be there; readers meet the old one, none, or the new one, never a half.

    Raises BankError if that cannot be done.
    """
    import tempfile

    name = bank.manifest.exercise
    archives = {
        PUBLIC: pack_cases({name: [case for case in bank.cases if case.public]}),
        HIDDEN: pack_cases({name: [case for case in bank.cases if not case.public]}),
        PROOF: msgspec.json.format(msgspec.json.encode(bank.proof()), indent=1) + b"\n",
        DIAGNOSTICS: pack_diagnostics(bank.diagnostics()),
        SIFTED: pack_sifted(bank.sifted()),
    }
    stored = Stored(bank.manifest, {name: _sha256(data) for name, data in archives.items()})
    manifest = msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n"
    try:
        make_private(folder.parent)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            new, old = Path(beside, "new"), Path(beside, "old")
            new.mkdir(PRIVATE)
            for name, data in {**archives, MANIFEST: manifest, CHECK: _check_of(manifest)}.items():
                (new / name).touch(0o600, exist_ok=False)
                (new / name).write_bytes(data)
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
    except OSError as error:
        raise BankError(folder, f"the case bank cannot be written ({error.strerror or error})") from error


def load(folder: Path, *, hidden: bool = True, whole: bool = False) -> ExerciseBank:
    """The stored bank, without its hidden cases if these are not asked for. Arrays are read-only views.

    Raises BankError if the folder holds no whole bank of this format. All but the cases is looked at only if
    ``whole``; else damage to it is told when it is asked for, and the bank is no longer fetched, so that it is
    made anew.
    """
    stored = _stored(folder)
    cases = [case for name in (PUBLIC, HIDDEN)[: 1 + hidden] for case in _cases(folder, name, stored)]
    held = {name: _Held(folder / name, stored.archives.get(name)) for name in LATER}
    if whole:
        for each in held.values():
            each.read()
    return ExerciseBank(
        manifest=stored.manifest,
        cases=tuple(cases),
        proof=partial(_later, held[PROOF], _proof),
        diagnostics=partial(_later, held[DIAGNOSTICS], unpack_diagnostics),
        sifted=partial(_later, held[SIFTED], unpack_sifted),
    )


def fetch(folder: Path, key: str, *, hidden: bool = True, whole: bool = False) -> ExerciseBank | None:
    """The stored bank if it was made from what this key stands for; counts as its use.

    None if there is none, or it has another format, or another key. Raises BankError if it is damaged, or cannot be
    read.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(folder / MANIFEST, error) from None
    if _format(data) not in (FORMAT, None):
        return None
    bank = load(folder, hidden=hidden, whole=whole)
    if bank.manifest.key != key:
        return None
    with suppress(OSError):  # a cache that is only read
        os.utime(folder / MANIFEST)
    return bank


def make_private(folder: Path) -> None:
    """The folder, and those above it that are missing, for this user alone: banks hold hidden cases."""
    if not folder.is_dir():
        if folder.parent != folder:
            make_private(folder.parent)
        folder.mkdir(PRIVATE, exist_ok=True)


class _Held:
    """A file that is kept open: what it held can be read also when somebody has removed or replaced it since.

    Windows removes no file, and so no bank, that is open. Raises BankError.
    """

    def __init__(self, path: Path, sha256: str | None) -> None:
        self.path = path
        self._sha256 = sha256
        try:
            self._number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise _unreadable(path, error) from None
        weakref.finalize(self, os.close, self._number)

    def read(self) -> bytes:
        """All of it, if it is what the manifest describes. Raises BankError."""
        try:
            with open(self._number, "rb", closefd=False) as file:
                file.seek(0)
                data = file.read()
        except OSError as error:
            raise _unreadable(self.path, error) from None
        return _described(data, self.path, self._sha256)


def _stored(folder: Path) -> Stored:
    """The manifest of a whole bank of this format. Raises BankError."""
    data = _read(folder, MANIFEST)
    found = _format(data)
    if found is None:
        raise BankError(folder / MANIFEST, "is no manifest of a case bank")
    if found != FORMAT:
        raise BankError(folder, f"has format {found}, and this grader reads {FORMAT}")
    if _read(folder, CHECK) != _check_of(data):
        raise BankError(folder / MANIFEST, f"is not the file that {CHECK} describes")
    try:
        return from_json(data, Stored)
    except _UNDECODABLE as error:
        raise BankError(folder / MANIFEST, f"cannot be read ({error})") from None


def _format(data: bytes) -> int | None:
    try:
        return from_json(data, _Peek).manifest.format
    except _UNDECODABLE:
        return None


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise _unreadable(folder / name, error) from None


def _unreadable(path: Path, error: OSError) -> BankError:
    return BankError(path, f"cannot be read ({error.strerror or error})")


def _later(file: _Held, decode: Callable[[bytes], _T]) -> _T:
    """What a file holds. If that is damaged, the bank is fetched no more. Raises BankError."""
    try:
        with _told(file.path):
            return decode(file.read())
    except BankError:
        with suppress(OSError):
            file.path.with_name(MANIFEST).unlink()
        raise


def _cases(folder: Path, name: str, stored: Stored) -> tuple[Case, ...]:
    path = folder / name
    data = _described(_read(folder, name), path, stored.archives.get(name))
    with _told(path):
        return unpack_cases(data).get(stored.manifest.exercise, ())


def _proof(data: bytes) -> tuple[WrongVersion, ...]:
    return from_json(data, tuple[WrongVersion, ...])


def _described(data: bytes, path: Path, sha256: str | None) -> bytes:
    if _sha256(data) != sha256:
        raise BankError(path, "is not the file that the manifest describes (SHA-256 differs)")
    return data


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (ProtocolError, *_UNDECODABLE) as error:
        raise BankError(path, str(error)) from None


def _check_of(manifest: bytes) -> bytes:
    return f"{_sha256(manifest)}  {MANIFEST}\n".encode("ascii")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
