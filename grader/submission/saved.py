"""Versions of work that is being written: what lies at a path, read each time that it has come to rest.

Files are looked at, a few times a second, and not reported by the system: that is the same everywhere, also for files
on a network, and sees what an editor does whichever way it saves: in place, by a rename, or by taking the file away
for a moment. Modification time, size and inode of all files beside the module tell that something was saved; the text
itself, whether there is anything new.
"""

from __future__ import annotations

import ast
import os
import stat
import warnings
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias

from grader.records.errors import GraderError
from grader.submission.locate import ARCHIVE, entries_below, find_module
from grader.submission.places import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from grader.records.run import Submission

State: TypeAlias = frozenset[tuple[str, int, int, int]]

LOOK = 0.2  # seconds from one look to the next; longer where a look takes long
IDLE = 20  # times as long as a look takes nothing is done after it
QUIET = 0.15  # seconds without a change after which a save is complete
HALF_SAVED = 1.0  # the same where it looks as if the rest was still to come
PATIENCE = 10.0  # seconds after which what never comes to rest is read all the same
MAX_FILES = 2_000  # that are looked at: PATH may lie in somebody's home folder


class Pace(Protocol):
    """What :mod:`time` has."""

    def monotonic(self) -> float:
        """Seconds since some time."""

    def sleep(self, seconds: float, /) -> None:
        """Do nothing for so long."""


def versions(
    look: Callable[[], State], read: Callable[[], Submission], clock: Pace
) -> Iterator[Submission | GraderError]:
    """What is there at first, then each other version, or why it cannot be read; without an end.

    While a version is looked at by the caller, others may come and go: the last is the next.
    """
    seen: State | None = None
    last: Submission | str | None = None
    while True:
        began = clock.monotonic()
        state = look()
        if state == seen:
            clock.sleep(max(LOOK, IDLE * (clock.monotonic() - began)))
            continue
        if seen is not None:
            state = _rest(look, clock, QUIET)
        found = _read(read)
        if _is_half_saved(found):
            state = _rest(look, clock, HALF_SAVED)
            found = _read(read)
        seen = state
        told = str(found) if isinstance(found, GraderError) else found
        if told != last:
            last = told
            yield found


def taken(path: Path, module: str, submission: Submission | None = None) -> tuple[Path, ...]:
    """The files that a ``submission`` was read from, or the one that would be read; none where that cannot be told.

    They are to be looked at wherever they lie: in a full folder, the listing may end before it comes to them.
    """
    try:
        found = find_module(path, module)
    except (GraderError, OSError):
        return ()
    if submission is None or found.file.suffix.lower() == ARCHIVE:
        return (found.file,)
    places = places_of(found, module, submission.files[submission.module])
    beside = (places.find(name) for name in submission.files if name != submission.module)
    return (found.file, *filter(None, beside), *(places.home / name for name in submission.data))


def state_of(path: Path, known: Iterable[Path] = ()) -> State:
    """What tells a change of the files at, below and beside a path; folders and links are followed to files alone.

    ``known`` ones are looked at as well, however many others there are.
    """
    found: set[tuple[str, int, int, int]] = set()
    for each in {path, *known, *_around(path)}:
        try:
            status = os.stat(each)  # noqa: PTH116 - of thousands of files
        except OSError:  # it has gone since
            continue
        if stat.S_ISREG(status.st_mode):
            found.add((str(each), status.st_mtime_ns, status.st_size, status.st_ino))
    return frozenset(found)


def _around(path: Path) -> Iterable[Path]:
    try:
        return list(islice(entries_below(path if path.is_dir() else path.parent), MAX_FILES))
    except (GraderError, OSError):  # a folder has gone for a while
        return []


def _rest(look: Callable[[], State], clock: Pace, quiet: float) -> State:
    """Wait until nothing has changed for so long. The last state that was seen."""
    state, since = look(), clock.monotonic()
    began = since
    while clock.monotonic() - since < quiet and clock.monotonic() - began < PATIENCE:
        clock.sleep(quiet / 3)
        if (now := look()) != state:
            state, since = now, clock.monotonic()
    return state


def _read(read: Callable[[], Submission]) -> Submission | GraderError:
    try:
        return read()
    except GraderError as error:
        return error


def _is_half_saved(found: Submission | GraderError) -> bool:
    """Whether an editor may be about to write more: nothing is there, or no Python."""
    if isinstance(found, GraderError):
        return True
    text = found.files[found.module]
    return not text.strip() or (not found.cells and not _is_python(text))


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError):
        pass  # which says nothing of whether it is complete
    return True
