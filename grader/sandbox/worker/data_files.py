"""A submission's data files, answered from memory: the worker has no disk to read them from.

For exactly the names that were handed in, as they are written or by a path that leads to the same place
(``./data.csv``, ``os.path.abspath("data.csv")``), there is an answer to

- ``open`` and ``io.open`` for reading, and so to ``pathlib``, ``csv``, ``json``, ``gzip``, ``zipfile`` and ``np.load``
  (``np.loadtxt`` and ``np.genfromtxt`` keep an ``open`` of their own, which the worker sets);
- ``os.stat``, and so to ``os.path.exists``, ``isfile``, ``getsize``, ``Path.exists`` and ``Path.is_file``.

There is none to what wants a descriptor (``os.open``, ``np.fromfile``, ``np.memmap``) or lists a folder. Opening any
path for writing raises a PermissionError that says why. Everything else is Python's own, and so the kernel's to refuse:
this module is for comfort, and keeps nobody out.
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

READING = frozenset({"r", "rt", "tr", "rb", "br"})

_open, _stat = io.open, os.stat


class DataFiles:
    """The files by their absolute paths, as if they lay in the folder that is the current one now."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """``files``: content by relative name."""
        self._folder = os.getcwd()  # noqa: PTH109 - text, as os.path wants it
        self._contents = {self._path(name): content for name, content in files.items()}

    def install(self) -> None:
        """Answer in place of Python's own functions from now on."""
        builtins.open = io.open = self.open  # type: ignore[assignment]  # theirs is overloaded by mode
        os.stat = self.stat
        os.path.exists, os.path.isfile = genericpath.exists, genericpath.isfile  # Windows has some that ask the system

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
        if path == self._path(os.devnull):
            return io.BytesIO() if "b" in mode else io.StringIO()
        if path is not None and not {"w", "a", "x", "+"}.isdisjoint(mode):
            raise PermissionError(errno.EPERM, "No file can be written while grading", os.fsdecode(file))
        if path not in self._contents or mode not in READING:
            return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        content = _Content(self._contents[path], os.fsdecode(file))
        if "b" not in mode:
            return io.TextIOWrapper(io.BufferedReader(content), encoding, errors, newline)
        return content if buffering == 0 else io.BufferedReader(content)

    def stat(self, path: Any, **named: Any) -> os.stat_result:
        """As Python's own."""
        content = self._contents.get(self._path(path))
        if content is None:
            return _stat(path, **named)
        return os.stat_result((stat.S_IFREG | stat.S_IRUSR, 0, 0, 1, 0, 0, len(content), 0, 0, 0))

    def _path(self, file: Any) -> str | None:
        """The absolute path that is meant, without looking at any disk; None for a descriptor or what is no path."""
        try:
            return os.path.normpath(os.path.join(self._folder, os.fsdecode(file)))  # noqa: PTH118 - as above
        except TypeError:
            return None


class _Content(io.BytesIO):
    """What is left to read of a file."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name

    def fileno(self) -> NoReturn:
        raise io.UnsupportedOperation(f"{self.name} is in memory while grading: read it with open(), not by descriptor")
