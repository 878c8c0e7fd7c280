"""Files that are kept in memory, as those see them who have them open."""

from __future__ import annotations

import errno
import io
import os
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class MemoryFile:
    """What a file holds, for all that have it open. What was handed in is copied when it is first written to."""

    def __init__(self, content: bytes) -> None:
        self.content: bytes | bytearray = content

    def opened(self, name: str, mode: str) -> io.RawIOBase:
        """Without a buffer, in a mode that Python takes; ``name`` is what whoever opens it calls it."""
        return _Handle(self, name, mode)

    def changing(self) -> bytearray:
        """What it holds, to be changed."""
        if isinstance(self.content, bytes):
            self.content = bytearray(self.content)
        return self.content


class _Handle(io.RawIOBase):
    """A file in memory, as somebody opened it."""

    def __init__(self, stored: MemoryFile, name: str, mode: str) -> None:
        super().__init__()
        self._stored, self._position = stored, 0
        self._reads, self._writes = "r" in mode or "+" in mode, mode.strip("bt") != "r"
        self._appends = "a" in mode
        self.name, self.mode = name, "rb+" if "+" in mode else f"{mode.strip('bt')}b"
        if self._appends:
            self.seek(0, io.SEEK_END)

    def readable(self) -> bool:
        return self._reads

    def writable(self) -> bool:
        return self._writes

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._reads:
            raise io.UnsupportedOperation("not readable")
        view = memoryview(buffer).cast("B")
        found = self._stored.content[self._position : self._position + len(view)]
        view[: len(found)] = found
        self._position += len(found)
        return len(found)

    def readall(self) -> bytes:
        if not self._reads:
            raise io.UnsupportedOperation("not readable")
        found = bytes(self._stored.content[self._position :])
        self._position += len(found)
        return found

    def write(self, data: ReadableBuffer, /) -> int:
        if not self._writes:
            raise io.UnsupportedOperation("not writable")
        content, new = self._stored.changing(), memoryview(data).cast("B")
        if self._appends:
            self._position = len(content)
        content.extend(bytes(max(0, self._position - len(content))))
        content[self._position : self._position + len(new)] = new
        self._position += len(new)
        return len(new)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._stored.content)}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = start + offset
        return self._position

    def truncate(self, size: int | None = None, /) -> int:
        if not self._writes:
            raise io.UnsupportedOperation("truncate")
        size, content = self._position if size is None else size, self._stored.changing()
        del content[size:]
        content.extend(bytes(max(0, size - len(content))))
        return size

    def fileno(self) -> NoReturn:
        raise io.UnsupportedOperation(f"{self.name} is in memory while grading: read it with open(), not by descriptor")
