"""The cache of case banks: where each has its folder, who may build there, and what is removed again.

The bank of an exercise lies in a folder that is named after all that decides what is in it, so it is never out of date
under its name: what its key stands for, the format, and the versions of grader, of Python, and of what draws. Other
versions of Hypothesis and NumPy draw other inputs. What is compiled of an assignment's files, and what an audit found
out, lies beside the banks.

Whoever builds holds a lock. The system releases it when its process ends, however that ends, so nobody waits for the
dead. Once a bank is built, those that nobody has used for long are removed, and the longest unused beyond a total size.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from grader import __version__
from grader.bank.store import FORMAT, MANIFEST, make_private
from grader.records.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from filelock import BaseFileLock

PATIENCE = 1800.0  # seconds; building takes a few minutes, on a crowded machine several times that
SILENCE = 1.0  # seconds of waiting that need no word
UNUSED = 30 * 86400.0  # seconds after which a bank goes
ROOM = 2**30  # bytes that all banks together may take


def bank_folder(assignment: str, exercise: str, key: str) -> Path:
    """Where the bank of an exercise is cached; ``key`` stands for whatever decides about it.

    The cache is the user's own; the environment variable ``GRADER_CACHE`` names another folder for it.
    """
    return _cache() / "banks" / f"{assignment}-{exercise}-{key[:16]}"


def compiled_file(assignment: str, made_from: object) -> Path:
    """Where something is cached that is made of an assignment's files, by what it is made from."""
    return _cache() / "compiled" / f"{assignment}-{digest(made_from)[:32]}.msgpack"


def audit_file(assignment: str, found_from: object) -> Path:
    """Where something is cached that an audit found out, by what it depends on."""
    return _cache() / "audits" / f"{assignment}-{digest(found_from)[:32]}.json"


def concluded_file(course: Path, assignment: str) -> Path:
    """Where something is kept of how the last audit of an assignment of this course ended."""
    return _cache() / "audits" / f"{assignment}-{_of_folder(course)}.concluded"


def started_file(course: Path) -> Path:
    """What is there if work was started from this course, so that what is noted of it is believed."""
    return _cache() / "started" / _of_folder(course)


def build_lock(assignment: str, sources: Mapping[str, str]) -> Path:
    """What is locked while banks are built from these sources, by role and SHA-256."""
    return _cache() / "banks" / f"{assignment}-{digest(sorted(sources.items()))[:16]}"


#: How answers of known mistakes are kept: from 2 on, those in words as well, which banks of before lack.
ANSWERS: Final = 2


def digest(value: object) -> str:
    """What stands for a value together with the format of banks and the versions that decide about them."""
    whole = [FORMAT, ANSWERS, sorted(deciding_versions().items()), value]
    return hashlib.sha256(msgspec.msgpack.encode(whole)).hexdigest()


def deciding_versions() -> dict[str, str]:
    """The versions that decide which cases an assignment gets.

    Another grader may know other mistakes. Python's patch releases and whatever else the reference imports change
    neither what is drawn nor how wrong versions are made.
    """
    return {
        "grader": __version__,
        "hypothesis": _installed("hypothesis"),
        "numpy": np.__version__,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


@contextmanager
def locked(path: Path, *, seconds: float = PATIENCE, doing: str = "making this case bank") -> Iterator[None]:
    """Hold the lock of a bank, so that one process builds it while others wait for it, and say for whom they do.

    Another file can be locked as well, by whoever is ``doing`` something to it.

    Where there can be no lock, nobody waits. Raises GraderError if another process holds it longer than ``seconds``.
    """
    import filelock

    holder = path.with_name(f"{path.name}.pid")
    lock = filelock.FileLock(_lock_of(path), mode=0o600)
    with suppress(OSError, NotImplementedError):  # no such folder, a full disk, a file system without locks
        make_private(path.parent)
        _acquire(lock, holder, seconds, doing)
        holder.write_text(str(os.getpid()), encoding="ascii")
    try:
        yield
    finally:
        if lock.is_locked:
            with suppress(OSError):
                holder.unlink()
        lock.release()


def prune(*kept: Path) -> None:
    """Remove what lies beside the banks ``kept`` and is unused for 30 days, and the longest unused beyond 1 GiB in all.

    A process that has one of them open goes on reading it where files can be removed while they are open; elsewhere
    (on Windows) the system refuses, and the bank stays. One that is being built stays, too.
    """
    with suppress(OSError):  # whatever cannot be looked at or removed stays
        beside = kept[0].parent
        banks = [(_last_used(folder), folder) for folder in beside.iterdir() if folder.is_dir() and folder not in kept]
        total = sum(map(_size, kept))
        for used, folder in sorted(banks, reverse=True):
            total += _size(folder)
            if used < time.time() - UNUSED or (total > ROOM and not folder.name.startswith(".")):
                _remove(folder)
        for folder in (beside, beside.with_name("compiled"), beside.with_name("audits")):
            _remove_unused_files(folder)


def _remove_unused_files(folder: Path) -> None:
    """Locks that nobody has held for long, and small files that nobody has read."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_mtime < time.time() - UNUSED:
                path.unlink()


def _acquire(lock: BaseFileLock, holder: Path, seconds: float, doing: str) -> None:
    """Raises GraderError when time is up, OSError and NotImplementedError where there can be no lock."""
    import filelock

    with suppress(filelock.Timeout):
        lock.acquire(timeout=min(SILENCE, seconds))
        return
    import logging  # takes as long as a worker takes to start

    waiting = logging.getLogger(__name__)
    waiting.warning("%s is %s: waiting for it, %s at most", _who(holder), doing, _span(seconds))
    try:
        lock.acquire(timeout=max(0.0, seconds - SILENCE))
    except filelock.Timeout:
        problem = f"{_who(holder)} has been {doing} for {_span(seconds)}: wait for it, or end it"
        raise GraderError(f"{holder.with_suffix('')}: {problem}") from None


def _who(holder: Path) -> str:
    try:
        return f"process {int(holder.read_text(encoding='ascii'))}"
    except (OSError, ValueError):  # it has only just begun, or has just come to its end
        return "another process"


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} s"


def _remove(folder: Path) -> None:
    """Remove a bank, unless a process is building under its name. Raises OSError."""
    import shutil

    import filelock

    lock = filelock.FileLock(_lock_of(folder), timeout=0, mode=0o600)
    with suppress(filelock.Timeout), lock:
        # Renamed first: nobody meets half a bank, and where files that are open stay, so does the whole bank.
        gone = folder.with_name(f".{folder.name.lstrip('.')}.{os.getpid()}.gone")
        with suppress(OSError):
            folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
            _lock_of(folder).unlink()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _last_used(folder: Path) -> float:
    """When a bank was last opened, which touches its manifest. A folder without one is what an ended process left."""
    manifest = folder / MANIFEST
    return (manifest if manifest.exists() else folder).stat().st_mtime


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _of_folder(course: Path) -> str:
    return hashlib.sha256(os.fsencode(course)).hexdigest()[:32]


def _installed(package: str) -> str:
    """The version of a package, from the name of a folder beside it: to import it, or what reads metadata, is slow."""
    spec = PathFinder.find_spec(package)
    if spec is not None and spec.origin is not None:
        start, end = f"{package}-", ".dist-info"
        beside = os.listdir(Path(spec.origin).parent.parent)  # noqa: PTH208 - a path for each of hundreds takes 0.5 ms
        found = [name[len(start) : -len(end)] for name in beside if name.startswith(start) and name.endswith(end)]
        if len(found) == 1:
            return found[0]
    from importlib import metadata  # 30 ms

    with suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    return "unknown"


def _cache() -> Path:
    if chosen := os.environ.get("GRADER_CACHE"):
        return Path(chosen)
    import platformdirs  # 5 ms

    return platformdirs.user_cache_path("grader", appauthor=False)
