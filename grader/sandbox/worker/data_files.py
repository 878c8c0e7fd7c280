"""Files, answered from memory: the worker has no disk to read them from or to write them to.

For exactly the data files that were handed in, by their names as they are written or by a path that leads to the same
place (``./data.csv``, ``os.path.abspath("data.csv")``), there is an answer to

- ``open`` and ``io.open``, and so to ``pathlib``, ``csv``, ``json``, ``gzip``, ``zipfile`` and ``np.load``
  (``np.loadtxt`` and ``np.genfromtxt`` keep an ``open`` of their own, which the worker sets);
- ``os.stat``, and so to ``os.path.exists``, ``isfile``, ``getsize``, ``Path.exists`` and ``Path.is_file``.

What is opened for writing is kept in memory under its name, where it can be read, renamed and removed, and a folder
that is made is only noted: a module that saves its weights or logs its losses goes on, and leaves nothing when its
process ends. To go to the folder where all of it lies changes nothing.

There is no answer to what wants a descriptor (``os.open``, ``np.fromfile``, ``np.memmap``) or lists a folder.
Everything else is Python's own, and so the kernel's to refuse: this module is for comfort, and keeps nobody out. Where
the kernel refuses a file, code that tries whether it is there learns that it is not.
"""

from __future__ import annotations

import builtins
import errno
import genericpath
import io
import os
import stat
from typing import IO, TYPE_CHECKING, Any, cast

from grader.sandbox.worker.memory_files import MemoryFile

if TYPE_CHECKING:
    from collections.abc import Mapping

_open, _stat, _remove, _rmdir, _replace = io.open, os.stat, os.remove, os.rmdir, os.replace
_chdir = os.chdir


class DataFiles:
    """The files by their absolute paths, as if they lay in the folder that is the current one now."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """``files``: content by relative name."""
        self._folder = os.getcwd()  # noqa: PTH109 - text, as os.path wants it
        self._stored = {self._path(name): MemoryFile(files[name]) for name in files}
        self._folders: set[str | None] = set()

    def install(self) -> None:
        """Answer in place of Python's own functions from now on."""
        own: Any = os  # its functions have more signatures than these
        builtins.open = io.open = self.open  # type: ignore[assignment]  # as above
        own.stat, own.mkdir, own.rmdir = self.stat, self.mkdir, self.rmdir
        own.remove = own.unlink = self.remove
        own.rename = own.replace = self.replace
        own.chdir = self.chdir
        os.path.exists, os.path.isfile = genericpath.exists, genericpath.isfile  # Windows has some that ask the system
        os.path.isdir = genericpath.isdir

    def open(  # noqa: PLR0913, PLR0917 - Python's own signature
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> IO[Any]:
        """As Python's own; the null device needs no file, so that output can be switched off where none is opened."""
        path = self._path(file)
        if path is None or not _is_mode(mode):
            return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if path == self._path(os.devnull):
            return io.BytesIO() if "b" in mode else io.StringIO()
        if path in self._stored or mode.strip("bt") != "r":
            found = self._buffered(path, os.fsdecode(file), mode, buffering)
            return found if "b" in mode else _text(found, mode, encoding, errors, newline, at_once=buffering == 1)
        try:
            return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        except PermissionError:
            raise FileNotFoundError(errno.ENOENT, "No such file is there while grading", os.fsdecode(file)) from None

    def stat(self, path: Any, **named: Any) -> os.stat_result:
        """As Python's own."""
        place = self._path(path)
        if place in self._stored:
            return _described(stat.S_IFREG | stat.S_IRUSR | stat.S_IWUSR, len(self._stored[place].content))
        return _described(stat.S_IFDIR | stat.S_IRWXU, 0) if place in self._folders else _stat(path, **named)

    def mkdir(self, path: Any, _mode: int = 0o777, **_named: Any) -> None:
        """Note that there is such a folder. Files can be written where there is none, too."""
        place = self._path(path)
        if place in self._folders or place in self._stored:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fsdecode(path))
        self._folders.add(place)

    def rmdir(self, path: Any, **named: Any) -> None:
        """As Python's own, of a folder that was noted."""
        if self._path(path) not in self._folders:
            _rmdir(path, **named)
        self._folders.discard(self._path(path))

    def remove(self, path: Any, **named: Any) -> None:
        """As Python's own."""
        if self._stored.pop(self._path(path), None) is None:
            _remove(path, **named)

    def replace(self, source: Any, target: Any, **named: Any) -> None:
        """As Python's own, and as its ``rename``."""
        if self._path(source) in self._stored:
            self._stored[self._path(target)] = self._stored.pop(self._path(source))
        else:
            _replace(source, target, **named)

    def chdir(self, path: Any) -> None:
        """As Python's own, and nothing where one is there already: many a module first goes to its own folder."""
        if self._path(path) != self._folder:
            _chdir(path)

    def _buffered(self, path: str, name: str, mode: str, buffering: int) -> Any:
        """A file in memory, opened in a mode that is one."""
        stored = self._stored.get(path)
        if stored is not None and "x" in mode:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        if stored is None and "r" in mode:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if stored is None:
            stored = self._stored[path] = MemoryFile(b"")
        if "w" in mode:
            stored.content = b""
        raw = stored.opened(name, mode)
        if buffering == 0:
            return raw
        if "+" in mode:
            return io.BufferedRandom(raw)
        return io.BufferedWriter(raw) if raw.writable() else io.BufferedReader(raw)

    def _path(self, file: Any) -> str | None:
        """The absolute path that is meant, without looking at any disk; None for a descriptor or what is no path."""
        try:
            return os.path.normpath(os.path.join(self._folder, os.fsdecode(file)))  # noqa: PTH118 - as above
        except TypeError:
            return None


def _is_mode(mode: Any) -> bool:
    """Whether Python would take it: one of ``rwax``, at most one of ``bt``, and perhaps a plus."""
    letters = set(mode) if isinstance(mode, str) else set()
    once = len(letters) == len(mode) and letters <= set("rwaxbt+")
    return once and len(letters & set("rwax")) == 1 and not {"b", "t"} <= letters


def _described(mode: int, size: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, 0, 0, size, 0, 0, 0))


def _text(
    found: Any, mode: str, encoding: str | None, errors: str | None, newline: str | None, *, at_once: bool
) -> io.TextIOWrapper:
    text: Any = io.TextIOWrapper(found, encoding, errors, newline, at_once)
    text.mode = mode
    return cast("io.TextIOWrapper", text)
