"""A case bank on disk: a folder that holds ``manifest.json``, ``public.npz`` and ``hidden.npz``.

Beside them lie ``proof.json``, which wrong versions of the reference the cases kill, and ``clues-<exercise>.npz``, what
a wrong solution is held against to name its mistake. Both are read only when they are asked for.

Equal banks give equal bytes. The manifest, which a person can read, keeps a SHA-256 of every other file: a flipped bit
is found before anything is parsed. Nothing is ever unpickled. Banks are kept in the user's cache under a name that
their sources and grader's version decide, so a bank in the cache is never out of date under its name.

Grading reads banks by this module, so it imports nothing that draws or freezes them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from grader import __version__
from grader.bank.archive import archive, unarchive
from grader.bank.layout import flatten, restore
from grader.records.bank import Case, CaseBank, Clue, Clues, Manifest, Suspect
from grader.records.errors import BankError, ProtocolError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Raised by one when a bank of an older version can no longer be read.
FORMAT = 2
MANIFEST = "manifest.json"
PUBLIC = "public.npz"
HIDDEN = "hidden.npz"
PROOF = "proof.json"
CLUES = "clues-{}.npz"
CASES, SUSPECTS, ANSWERS = "cases", "suspects", "answers"  # what clues are made of
PRIVATE = 0o700
WHAT_NOW = "delete the folder, then run `grade build`"

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
        **{name: archive(flatten(cases)) for name, cases in parts.items()},
        PROOF: msgspec.json.format(msgspec.json.encode(dict(bank.proof)), indent=1) + b"\n",
        **{CLUES.format(exercise): _clues_archive(clues) for exercise, clues in bank.clues.items()},
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
    return CaseBank(
        manifest=stored.manifest,
        cases={name: tuple(case for part in parts for case in part.get(name, ())) for name in names},
        proof=_Shelf(names, lambda name: _proof(folder, stored).get(name, ())),
        clues=_Shelf(
            [name for name in names if CLUES.format(name) in stored.archives],
            lambda name: _clues(folder, CLUES.format(name), stored),
        ),
    )


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
    """Where the bank of an assignment is cached. Other sources, or another format or version, lead to another folder.

    Another version of grader may know other mistakes, and choose other cases. The cache is the user's own; the
    environment variable ``GRADER_CACHE`` names another folder for it.
    """
    digest = _sha256(msgspec.json.encode([FORMAT, __version__, assignment, sorted(sources.items())]))
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


class _Shelf(Mapping[str, _T]):
    """What is read from disk by exercise when it is first asked for."""

    def __init__(self, names: list[str], read: Callable[[str], _T]) -> None:
        self._names = names
        self._read_one = read
        self._found: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = self._read_one(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _cases(folder: Path, name: str, stored: Stored) -> dict[str, tuple[Case, ...]]:
    data = _described(folder, name, stored)
    with _told(folder / name):
        return restore(unarchive(data))


def _proof(folder: Path, stored: Stored) -> dict[str, tuple[Suspect, ...]]:
    data = _described(folder, PROOF, stored)
    with _told(folder / PROOF):
        return msgspec.json.decode(data, type=dict[str, tuple[Suspect, ...]])


def _clues(folder: Path, name: str, stored: Stored) -> Clues:
    data = _described(folder, name, stored)
    with _told(folder / name):
        arrays = unarchive(data)
        try:
            answers, suspects = arrays.pop(ANSWERS), arrays.pop(SUSPECTS)
        except KeyError as missing:
            raise ProtocolError(f"there is no entry named {missing}") from None
        clues = msgspec.json.decode(suspects.tobytes(), type=tuple[Clue, ...])
        if answers.dtype != np.float32 or answers.ndim != 2 or len(answers) != len(clues):
            raise ProtocolError(f"answers of {len(clues)} suspects have the shape {answers.shape}")
        answers.setflags(write=False)
        return Clues(cases=restore(arrays).get(CASES, ()), suspects=clues, answers=answers)


def _clues_archive(clues: Clues) -> bytes:
    suspects = np.frombuffer(msgspec.json.encode(clues.suspects), np.uint8)
    return archive({**flatten({CASES: clues.cases}), SUSPECTS: suspects, ANSWERS: clues.answers})


def _described(folder: Path, name: str, stored: Stored) -> bytes:
    """The bytes of a file that is the one which the manifest describes."""
    data = _read(folder, name)
    if _sha256(data) != stored.archives.get(name):
        raise BankError(folder / name, f"is not the file that the manifest describes (SHA-256 differs): {WHAT_NOW}")
    return data


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (ProtocolError, *_UNDECODABLE) as error:
        raise BankError(path, f"{error}: {WHAT_NOW}") from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
