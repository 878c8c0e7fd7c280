"""A case bank on disk: a folder that holds ``manifest.json``, ``public.npz`` and ``hidden.npz``.

Equal banks give equal bytes. The manifest, which a person can read, keeps a SHA-256 of both archives: a flipped bit is
found before anything is parsed. Nothing is ever unpickled. Banks are kept in the user's cache under a name that their
sources decide, so a bank in the cache is never out of date under its name.

Grading reads banks by this module, so it imports nothing that draws or freezes them.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from grader.bank.layout import flatten, restore
from grader.errors import BankError, ProtocolError
from grader.model import Case, CaseBank, Manifest, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Raised by one when a bank of an older version can no longer be read.
FORMAT = 1
MANIFEST = "manifest.json"
PUBLIC = "public.npz"
HIDDEN = "hidden.npz"
PRIVATE = 0o700
WHAT_NOW = "delete the folder, then run `grade build`"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
# What zipfile and NumPy raise for bytes that are no archive, or for one with parts that they do not take.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    NotImplementedError, RuntimeError, MemoryError, OverflowError, SyntaxError,
)  # fmt: skip


class Stored(Record, frozen=True):
    """What ``manifest.json`` holds; ``archives`` maps a file's name to its SHA-256."""

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

    archives = {
        PUBLIC: _archive({name: [case for case in cases if case.public] for name, cases in bank.cases.items()}),
        HIDDEN: _archive({name: [case for case in cases if not case.public] for name, cases in bank.cases.items()}),
    }
    stored = Stored(bank.manifest, {name: _sha256(data) for name, data in archives.items()})
    manifest = msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n"
    try:
        _make_private(folder.parent)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            new, old = Path(beside, "new"), Path(beside, "old")
            new.mkdir(PRIVATE)
            for name, data in {**archives, MANIFEST: manifest}.items():
                (new / name).touch(0o600, exist_ok=False)
                (new / name).write_bytes(data)
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
    except OSError as error:
        raise BankError(folder, f"the case bank cannot be written: {error.strerror or error}") from error


def load(folder: Path, *, hidden: bool = True) -> CaseBank:
    """The stored bank, without its hidden cases if these are not asked for. Arrays are read-only views.

    Raises BankError, which says what to do, if the folder holds no whole bank of this format.
    """
    data = _read(folder, MANIFEST)
    found = _format(data)
    if found is None:
        raise BankError(folder / MANIFEST, f"this is no manifest of a case bank: {WHAT_NOW}")
    if found != FORMAT:
        raise BankError(folder, f"the case bank has format {found}, this grader reads {FORMAT}: {WHAT_NOW}")
    try:
        stored = msgspec.json.decode(data, type=Stored)
    except _UNDECODABLE as error:
        raise BankError(folder / MANIFEST, f"the manifest cannot be read ({error}): {WHAT_NOW}") from None
    parts = [_cases(folder, name, stored) for name in (PUBLIC, HIDDEN)[: 1 + hidden]]
    names = [exercise.id for exercise in stored.manifest.assignment.exercises]
    cases = {name: tuple(case for part in parts for case in part.get(name, ())) for name in names}
    return CaseBank(manifest=stored.manifest, cases=cases)


def fetch(folder: Path, sources: Mapping[str, str], *, hidden: bool = True) -> CaseBank | None:
    """The stored bank if it was made from these sources, by role and SHA-256.

    None if there is none, or it has another format, or other sources. Raises BankError if it is damaged.
    """
    path = folder / MANIFEST
    if not path.exists() or _format(_read(folder, MANIFEST)) not in (FORMAT, None):
        return None
    bank = load(folder, hidden=hidden)
    return bank if bank.manifest.sources == dict(sources) else None


def cache_folder(assignment: str, sources: Mapping[str, str]) -> Path:
    """Where the bank of an assignment is cached. Other sources or another format lead to another folder.

    The cache is the user's own; the environment variable ``GRADER_CACHE`` names another folder for it.
    """
    digest = _sha256(msgspec.json.encode([FORMAT, assignment, sorted(sources.items())]))
    return _cache() / "banks" / f"{assignment}-{digest[:16]}"


@contextmanager
def locked(folder: Path, *, seconds: float = -1) -> Iterator[None]:
    """Hold the lock of a bank, so that one process builds it while others wait for it.

    Raises BankError if there is no folder for it, or if another process holds it for longer than ``seconds``; by
    default there is no limit.
    """
    import filelock

    path = folder.with_name(f"{folder.name}.lock")
    lock = filelock.FileLock(path, timeout=seconds, mode=0o600)
    try:
        _make_private(folder.parent)
        lock.acquire()
    except filelock.Timeout:
        problem = f"another process has been building this case bank for {seconds:g} s: wait for it, or end it"
        raise BankError(path, problem) from None
    except OSError as error:
        problem = f"the case bank cannot be locked ({error.strerror or error}): let GRADER_CACHE name another folder"
        raise BankError(path, problem) from error
    try:
        yield
    finally:
        lock.release()


def _make_private(folder: Path) -> None:
    """The folder, and those above it that are missing, for this user alone: banks hold hidden cases."""
    if not folder.is_dir():
        if folder.parent != folder:
            _make_private(folder.parent)
        folder.mkdir(PRIVATE, exist_ok=True)


def _cache() -> Path:
    if chosen := os.environ.get("GRADER_CACHE"):
        return Path(chosen)
    import platformdirs  # 5 ms

    return platformdirs.user_cache_path("grader", appauthor=False)


def _format(data: bytes) -> int | None:
    try:
        return msgspec.json.decode(data, type=_Peek).manifest.format
    except _UNDECODABLE:
        return None


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise BankError(folder / name, f"cannot be read ({error.strerror or error}): {WHAT_NOW}") from None


def _cases(folder: Path, name: str, stored: Stored) -> dict[str, tuple[Case, ...]]:
    data = _read(folder, name)
    if _sha256(data) != stored.archives.get(name):
        raise BankError(folder / name, f"is not the file that the manifest describes (SHA-256 differs): {WHAT_NOW}")
    try:
        return unarchive(data)
    except ProtocolError as error:
        raise BankError(folder / name, f"{error}: {WHAT_NOW}") from None


def _archive(cases: Mapping[str, list[Case]]) -> bytes:
    """An .npz: no dates, no compression, entries in a fixed order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, array in flatten(cases).items():
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.create_system = 3  # Unix, also where it is not
            entry.external_attr = 0o644 << 16
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    return target.getvalue()


def unarchive(data: bytes) -> dict[str, tuple[Case, ...]]:
    """The cases of an archive by exercise. Raises ProtocolError for bytes that :func:`save` does not write."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
        arrays = {
            name: np.lib.format.read_array(io.BytesIO(entry), allow_pickle=False) for name, entry in entries.items()
        }
    except _UNREADABLE as error:
        raise ProtocolError(f"is no archive of arrays ({error or type(error).__name__})") from None
    return restore(arrays)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
