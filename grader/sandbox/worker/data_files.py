"""Files, answered from memory: the worker has no disk to read them from or to write them to.

For exactly the data files that were handed in, by their names as they are written or by a path that leads to the same
place (``./data.csv``, ``os.path.abspath("data.csv")``), there is an answer to

- ``open`` and ``io.open``, and so to ``pathlib``, ``csv``, ``json``, ``gzip``, ``zipfile`` and ``np.load``
  (``np.loadtxt`` and ``np.genfromtxt`` keep an ``open`` of their own, which the worker sets);
- ``os.stat``, and so to ``os.path.exists``, ``isfile``, ``getsize``, ``Path.exists`` and ``Path.is_file``.

What is opened for writing is kept in memory under its name, and a folder that is made is only noted: a module that
saves its weights or logs its losses goes on, can read again what it wrote, and leaves nothing when its process ends.

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
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import ReadableBuffer

_open, _stat = io.open, os.stat


class DataFiles:
    """The files by their absolute paths, as if they lay in the folder that is the current one now."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """``files``: content by relative name."""
        self._folder = os.getcwd()  # noqa: PTH109 - text, as os.path wants it
        self._contents: dict[str | None, bytes | _Written] = {self._path(name): files[name] for name in files}
        self._folders: set[str | None] = set()

    def install(self) -> None:
        """Answer in place of Python's own functions from now on."""
        builtins.open = io.open = self.open  # type: ignore[assignment]  # theirs is overloaded by mode
        os.stat, os.mkdir = self.stat, self.mkdir  # type: ignore[assignment]  # theirs name all that may be given
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
        if path in self._contents or mode.strip("bt") != "r":
            found = self._buffered(path, os.fsdecode(file), mode, buffering)
            return found if "b" in mode else io.TextIOWrapper(found, encoding, errors, newline, buffering == 1)
        try:
            return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        except PermissionError:
            raise FileNotFoundError(errno.ENOENT, "No such file was handed in", os.fsdecode(file)) from None

    def stat(self, path: Any, **named: Any) -> os.stat_result:
        """As Python's own."""
        place = self._path(path)
        if place in self._contents:
            return _described(stat.S_IFREG | stat.S_IRUSR, len(self._content(place)))
        return _described(stat.S_IFDIR | stat.S_IRWXU, 0) if place in self._folders else _stat(path, **named)

    def mkdir(self, path: Any, _mode: int = 0o777, **_named: Any) -> None:
        """Note that there is such a folder. Files can be written where there is none, too."""
        place = self._path(path)
        if place in self._folders or place in self._contents:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fsdecode(path))
        self._folders.add(place)

    def _buffered(self, path: str, name: str, mode: str, buffering: int) -> Any:
        """A file in memory, opened in a mode that is one."""
        there = path in self._contents
        if there and "x" in mode:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        if not there and "r" in mode:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        content = self._content(path) if there and "w" not in mode else b""
        if mode.strip("bt") == "r":
            reading = _Content(content, name)
            return reading if buffering == 0 else io.BufferedReader(reading)
        writing = self._contents[path] = _Written(content, name, appends="a" in mode)
        if buffering == 0:
            return writing
        buffered: Any = (
            io.BufferedRandom if "+" in mode else io.BufferedWriter
        )  # either takes what has a raw file's methods
        return buffered(writing)

    def _content(self, path: str | None) -> bytes:
        content = self._contents[path]
        return content if isinstance(content, bytes) else content.so_far()

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


class _Content(io.BytesIO):
    """What is left to read of a file."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name

    def fileno(self) -> NoReturn:
        raise io.UnsupportedOperation(f"{self.name} is in memory while grading: read it with open(), not by descriptor")


class _Written(_Content):
    """A file that is being written, or was: what it holds outlives its being closed."""

    def __init__(self, content: bytes, name: str, *, appends: bool) -> None:
        super().__init__(content, name)
        self._appends = appends
        self._last = b""
        if appends:
            self.seek(0, io.SEEK_END)

    def write(self, data: ReadableBuffer, /) -> int:
        if self._appends:
            self.seek(0, io.SEEK_END)
        return super().write(data)

    def close(self) -> None:
        self._last = self.so_far()
        super().close()

    def so_far(self) -> bytes:
        return self._last if self.closed else self.getvalue()
