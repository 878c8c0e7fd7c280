"""What :mod:`grader.sandbox.channel` does, for any system: Windows can neither poll a pipe nor read it without waiting.

One thread waits for replies, another for the worker to take requests. What the worker prints goes to files: a thread
that reads a pipe could not say whether all that was printed before a reply has reached it, and a file holds it.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from threading import RLock, Thread
from typing import IO, Self

from grader.sandbox.channel import KEPT, Channel

CHUNK = 1 << 16
WAITING = 16  # chunks of replies that are read ahead
CLOSE_SECONDS = 5.0
SPARE = 4 << 20  # bytes that a file with what was printed may take; the worker itself stops at twice as many


class ThreadedChannel(Channel):
    """The two pipes of a worker and the files that it prints to. It closes all four, and removes the files."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes], stdout: Printed, stderr: Printed) -> None:
        super().__init__()
        self._printed = (stdout, stderr)
        self._closed = False
        self._sent: SimpleQueue[bytes | None] = SimpleQueue()
        self._arrived: Queue[bytes] = Queue(WAITING)
        self._threads = (
            Thread(target=_write_all, args=(requests, self._sent), daemon=True),
            Thread(target=_read_all, args=(replies, self._arrived), daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def send(self, frame: bytes) -> None:
        """Send a request, as fast as the worker takes it."""
        self._sent.put(frame)

    def allow(self, output: int) -> None:
        """Bytes that count of each of stdout and stderr from now on."""
        for printed in self._printed:
            printed.allow(output)

    def beyond(self) -> bool:
        """Whether more than that has come since, of either."""
        return any(printed.beyond() for printed in self._printed)

    def _turn(self, seconds: float) -> None:
        """Wait for replies once, and empty files that have grown too large meanwhile."""
        try:
            data = self._arrived.get(timeout=seconds)
        except Empty:
            data = None
        for printed in self._printed:
            printed.trim()
        if data == b"":
            self._arrived.put(data)  # whoever asks again hears the same
            raise EOFError("the worker ended")
        self._reader.feed(data or b"")

    def printed(self) -> tuple[str, str]:
        """What was printed since the last call: stdout and stderr, the first bytes of each."""
        stdout, stderr = (printed.take() for printed in self._printed)
        return stdout, stderr

    def close(self) -> None:
        """Close everything, once the worker has ended; called twice it does nothing."""
        if self._closed:
            return
        self._closed = True
        self._sent.put(None)
        limit = time.monotonic() + CLOSE_SECONDS  # for all that comes: what escaped its end could write without one
        with suppress(Empty):
            while self._arrived.get(timeout=max(0.0, limit - time.monotonic())):  # the thread may be waiting for room
                if time.monotonic() > limit:
                    break
        for thread in self._threads:
            thread.join(CLOSE_SECONDS)
        for printed in self._printed:
            printed.close()


class Printed:
    """A file to which a worker prints, by its ``path`` or by the descriptor ``theirs``; it goes when it is closed."""

    def __init__(self) -> None:
        descriptor, self.path = tempfile.mkstemp(prefix="grade-")
        self._stream = os.fdopen(descriptor, "rb", buffering=0)
        self.theirs = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        self._kept = bytearray()
        self._left = 1 << 20  # bytes that still count of what comes
        self._busy = RLock()  # an interruption closes it in one thread while another looks at it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def allow(self, output: int) -> None:
        """Count from now on what is printed, up to so many bytes. The worker must be idle."""
        self._collect()
        self._left = output

    def beyond(self) -> bool:
        """Whether more has been printed since."""
        return self._size() > self._left

    def trim(self) -> None:
        """Empty a file that takes much room, but for what will be told."""
        if self._size() > SPARE:
            self._collect()

    def take(self) -> str:
        """The first of what was printed since the last call. The worker must be idle."""
        self._collect()
        text = self._kept.decode("utf-8", "replace").replace("\r\n", "\n")
        self._kept.clear()
        return text

    def close(self) -> None:
        """Close and remove the file, whose end can still be taken; called twice it does nothing."""
        with self._busy:
            if self._stream.closed:
                return
            self._collect()
            self._stream.close()
            os.close(self.theirs)
        self.remove()

    def remove(self) -> None:
        """Remove the file, which stays open; Windows does so only once it is closed."""
        with suppress(OSError):  # it is gone, by student code perhaps, or a virus scanner is looking at it
            Path(self.path).unlink()

    def _collect(self) -> None:
        """Keep the first of what the file holds and have it begin anew: its size has a limit."""
        with self._busy:
            if size := self._size():
                self._stream.seek(0)
                self._kept += self._stream.read(max(0, min(KEPT - len(self._kept), self._left)))
                os.ftruncate(self.theirs, 0)
                self._left -= size

    def _size(self) -> int:
        with self._busy:
            return 0 if self._stream.closed else os.fstat(self._stream.fileno()).st_size


def _write_all(requests: IO[bytes], sent: SimpleQueue[bytes | None]) -> None:
    """Write what comes until None comes, or nobody reads it any more: the end of the replies tells that story."""
    with suppress(OSError):
        while (frame := sent.get()) is not None:
            view = memoryview(frame)
            while view:
                view = view[requests.write(view[: 1 << 20]) :]
    with suppress(OSError):
        requests.close()


def _read_all(replies: IO[bytes], arrived: Queue[bytes]) -> None:
    """Read to the end, which is no bytes; what cannot be read has ended as well."""
    data = b"-"
    while data:
        try:
            data = replies.read(CHUNK)
        except OSError:
            data = b""
        arrived.put(data)
    replies.close()
