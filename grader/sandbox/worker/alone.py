"""A worker that is a program of its own, for systems on which none is forked: they have three pipes for it at most.

Requests come on stdin and replies go to stdout, so both move to other descriptors before anything else is done. In
their places student code finds the null device, and a file that takes what it prints. stderr is such a file from the
start, so that what goes wrong before is heard; it is opened again to have every line go to its end, wherever that is.
The host empties a file that grows too large, but may be late: what finds no room by then is dropped before the system
makes an error of it.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ROOM = 8 << 20  # bytes in a file of what is printed: below what :mod:`grader.sandbox.confine.limits` lets a file have


def main() -> None:
    """Serve. The arguments are the paths of the files for stdout and stderr."""
    requests, replies = os.dup(0), os.dup(1)  # which nothing that student code starts inherits
    _put(0, os.devnull, os.O_RDONLY)
    for descriptor, path in enumerate(sys.argv[1:], 1):
        _put(descriptor, path, os.O_WRONLY | os.O_APPEND)
    sys.argv[:] = [""]
    sys.stdout = sys.__stdout__ = _text(1, line_buffering=False)  # type: ignore[misc]  # which is final to no reader
    sys.stderr = sys.__stderr__ = _text(2, line_buffering=True)  # type: ignore[misc]  # as above

    from grader.sandbox.confine import limits
    from grader.sandbox.worker.serve import serve

    gc.freeze()
    gc.enable()
    serve(requests, replies, lambda limited, _libraries: limits.apply(limited))


class _Roomy(io.FileIO):
    """A file that takes whatever comes, and keeps what it has room for."""

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        room = ROOM - os.fstat(self.fileno()).st_size
        if room > 0:
            super().write(view[:room])
        return len(view)


def _text(descriptor: int, *, line_buffering: bool) -> io.TextIOWrapper:
    raw = io.BufferedWriter(_Roomy(descriptor, "wb", closefd=False))
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=line_buffering)


def _put(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags)
    os.dup2(opened, descriptor)
    os.close(opened)
