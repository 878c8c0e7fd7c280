"""A case bank on disk: a folder that holds ``manifest.json``, ``public.msgpack`` and ``hidden.msgpack``.

Beside them lie ``proof.json``, which wrong versions of the reference the cases kill, and
``diagnostics-<exercise>.msgpack``, what a wrong solution is held against to name its mistake. Both are kept open, and
read only when they are asked for: somebody may remove or replace the folder meanwhile.

Equal banks give equal bytes. The manifest, which a person can read, keeps a SHA-256 of every other file, and has one of
its own beside it: a flipped bit is found before anything is parsed. Nothing is ever unpickled. A damaged bank costs no
more than making it anew.

Grading reads banks by this module, so it imports nothing that draws or freezes them.
"""

from __future__ import annotations

import hashlib
import os
import threading
import weakref
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from grader.bank.layout import pack_cases, pack_diagnostics, unpack_cases, unpack_diagnostics
from grader.records.bank import CaseBank, Manifest, WrongVersion
from grader.records.decoding import from_json
from grader.records.errors import BankError, ProtocolError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.records.bank import Case

#: Raised by one when a bank of an older version can no longer be read.
FORMAT = 5
MANIFEST = "manifest.json"
CHECK = "manifest.sha256"  # as `sha256sum --check` reads it
PUBLIC = "public.msgpack"
HIDDEN = "hidden.msgpack"
PROOF = "proof.json"
DIAGNOSTICS = "diagnostics-{}.msgpack"
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


def save(bank: CaseBank, folder: Path) -> None:
    """Store a bank, in place of one that may be there; readers meet the old one, none, or the new one, never a half.

    Raises BankError if that cannot be done.
    """
    import tempfile

    parts = {
        name: {exercise: [case for case in cases if case.public == public] for exercise, cases in bank.cases.items()}
        for name, public in ((PUBLIC, True), (HIDDEN, False))
    }
    archives = {
        **{name: pack_cases(cases) for name, cases in parts.items()},
        PROOF: msgspec.json.format(msgspec.json.encode(dict(bank.proof)), indent=1) + b"\n",
        **{DIAGNOSTICS.format(exercise): pack_diagnostics(found) for exercise, found in bank.diagnostics.items()},
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


def load(folder: Path, *, hidden: bool = True, whole: bool = False) -> CaseBank:
    """The stored bank, without its hidden cases if these are not asked for. Arrays are read-only views.

    Raises BankError if the folder holds no whole bank of this format. Proof and diagnostics are looked at only if
    ``whole``; else damage to them is told when they are asked for, once: then they are not there, and the bank is no
    longer fetched, so that it is made anew.
    """
    stored = _stored(folder)
    parts = [_cases(folder, name, stored) for name in (PUBLIC, HIDDEN)[: 1 + hidden]]
    names = [exercise.id for exercise in stored.manifest.assignment.exercises]
    held = {
        name: _Held(folder / name, digest) for name, digest in stored.archives.items() if name not in (PUBLIC, HIDDEN)
    }
    if whole:
        for file in held.values():
            file.read()
    diagnostics = {name: held[DIAGNOSTICS.format(name)] for name in names if DIAGNOSTICS.format(name) in held}
    return CaseBank(
        manifest=stored.manifest,
        cases={name: tuple(case for part in parts for case in part.get(name, ())) for name in names},
        proof=_Shelf(names, lambda name: _later(held[PROOF], _proof).get(name, ())),
        diagnostics=_Shelf(diagnostics, lambda name: _later(diagnostics[name], unpack_diagnostics)),
    )


def fetch(folder: Path, sources: Mapping[str, str], *, hidden: bool = True, whole: bool = False) -> CaseBank | None:
    """The stored bank if it was made from these sources, by role and SHA-256; counts as its use.

    None if there is none, or it has another format, or other sources. Raises BankError if it is damaged, or cannot be
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
    if bank.manifest.sources != dict(sources):
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

    def __init__(self, path: Path, sha256: str) -> None:
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


class _Shelf(Mapping[str, _T]):
    """What is read by exercise when it is first asked for. What cannot be read is told once, and then not there."""

    def __init__(self, names: Iterable[str], read: Callable[[str], _T]) -> None:
        self._names = list(names)
        self._read_one = read
        self._found: dict[str, _T] = {}
        self._reading = threading.Lock()  # submissions of a class ask at once

    def __getitem__(self, name: str) -> _T:
        with self._reading:
            if name not in self._names:
                raise KeyError(name)
            if name not in self._found:
                try:
                    self._found[name] = self._read_one(name)
                except BankError:
                    self._names.remove(name)
                    raise
            return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._names))

    def __len__(self) -> int:
        return len(self._names)


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


def _cases(folder: Path, name: str, stored: Stored) -> dict[str, tuple[Case, ...]]:
    path = folder / name
    data = _described(_read(folder, name), path, stored.archives.get(name))
    with _told(path):
        return unpack_cases(data)


def _proof(data: bytes) -> dict[str, tuple[WrongVersion, ...]]:
    return from_json(data, dict[str, tuple[WrongVersion, ...]])


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
