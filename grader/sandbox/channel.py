"""Bytes to and from a worker: requests out, replies in, and what it prints kept apart and bounded.

Where pipes can be polled there is one poll over all of it, so that a worker that prints without end, or does not read,
cannot make the host wait. :mod:`grader.sandbox.portable.channel` has no need of that.
"""

from __future__ import annotations

import os
import select
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import IO

from grader.sandbox import protocol

KEPT = 64 << 10  # bytes of stdout, and of stderr, that are kept for the report
#: Seconds for which who is eager looks for an answer before it sleeps. Most are there by then, and to fall asleep
#: and be woken takes longer than to read one, on a virtual machine several times as long.
EAGERLY = 200e-6


class Channel(ABC):
    """The way to a worker and back. What is done with the bytes of replies is the same for all."""

    def __init__(self) -> None:
        self._reader = protocol.FrameReader(protocol.MAX_REPLY)
        self.idle = 0.0  # CPU seconds of this side while it looked for what had not come yet: nobody's doing

    def receive(self, seconds: float) -> protocol.Reply | None:
        """The next reply; None if none is there within ``seconds``, or something else happened first.

        Raises EOFError when the worker has closed its side, and ProtocolError for bytes that are no reply.
        """
        reply = self.next()
        if reply is None:
            self._turn(seconds)
            reply = self.next()
        return reply

    def next(self) -> protocol.Reply | None:
        """The next reply that has arrived already. Raises ProtocolError as above."""
        body = self._reader.next()
        if body is None:
            return None
        return protocol.decode_reply(body)

    @abstractmethod
    def send(self, frame: bytes) -> None:
        """Send a request, without waiting for the worker to take it."""

    @abstractmethod
    def allow(self, output: int) -> None:
        """Bytes that count of each of stdout and stderr from now on; what comes beyond them is taken, and dropped."""

    @abstractmethod
    def beyond(self) -> bool:
        """Whether more than that has come since, of either."""

    @abstractmethod
    def printed(self) -> tuple[str, str]:
        """What was printed since the last call: stdout and stderr, the first bytes of each. The worker is idle."""

    @abstractmethod
    def close(self) -> None:
        """Close everything; called twice it does nothing."""

    @abstractmethod
    def _turn(self, seconds: float) -> None:
        """Wait for the worker once, and feed its replies to the reader."""


class PolledChannel(Channel):
    """The four pipes of a worker."""

    def __init__(
        self, requests: int, replies: int, stdout: IO[bytes], stderr: IO[bytes], *, eager: bool = False
    ) -> None:
        """``eager``: there is a processor for this side as long as it waits."""
        super().__init__()
        self.eager = eager
        self._requests = requests
        self._replies = replies
        self._printed = {stdout.fileno(): _Printed(stdout), stderr.fileno(): _Printed(stderr)}
        self._outgoing = memoryview(b"")
        self._closed = False
        self._poll = select.poll()
        for descriptor in (replies, *self._printed):
            os.set_blocking(descriptor, False)
            self._poll.register(descriptor, select.POLLIN)
        os.set_blocking(requests, False)

    def send(self, frame: bytes) -> None:
        """Send as much of a request as the pipe takes; the rest leaves while replies are awaited."""
        self._outgoing = memoryview(frame)
        self._push()
        if self._outgoing:
            self._poll.register(self._requests, select.POLLOUT)

    def allow(self, output: int) -> None:
        """Bytes that count of each of stdout and stderr from now on."""
        for printed in self._printed.values():
            printed.allow(output)

    def beyond(self) -> bool:
        """Whether more than that has come since, of either."""
        return any(printed.beyond for printed in self._printed.values())

    def _turn(self, seconds: float) -> None:
        """Wait for the pipes once and do what they are ready for."""
        for descriptor, _ in self._ready(seconds):
            if descriptor == self._requests:
                self._push()
                if not self._outgoing:
                    self._poll.unregister(descriptor)
            elif descriptor == self._replies:
                data = _read(descriptor)
                if data == b"":
                    self._drain_all()
                    raise EOFError("the worker ended")
                self._reader.feed(data or b"")
            else:
                self._drain(descriptor)  # never left standing, or the worker would wait for room in the pipe

    def _ready(self, seconds: float) -> list[tuple[int, int]]:
        """The pipes that have something to be done, as :func:`select.poll` has them."""
        ready = self._looked_for(seconds) if self.eager else []
        return ready or self._poll.poll(seconds * 1000)

    def _looked_for(self, seconds: float) -> list[tuple[int, int]]:
        began, until = time.thread_time(), time.perf_counter() + min(seconds, EAGERLY)
        ready: list[tuple[int, int]] = []
        while not ready and time.perf_counter() < until:
            ready = self._poll.poll(0)
        self.idle += time.thread_time() - began
        return ready

    def printed(self) -> tuple[str, str]:
        """What was printed since the last call: stdout and stderr, the first bytes of each."""
        for descriptor, _ in () if self._closed else self._poll.poll(0):
            if descriptor in self._printed:
                self._drain(descriptor)
        stdout, stderr = (printed.take() for printed in self._printed.values())
        return stdout, stderr

    def close(self) -> None:
        """Close every descriptor; called twice it does nothing."""
        if self._closed:
            return
        self._drain_all()
        self._closed = True
        os.close(self._requests)
        os.close(self._replies)
        for printed in self._printed.values():
            printed.stream.close()

    def _push(self) -> None:
        try:
            self._outgoing = self._outgoing[os.write(self._requests, self._outgoing[: 1 << 20]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._outgoing = memoryview(b"")  # the end of the replies tells the story

    def _drain(self, descriptor: int) -> None:
        """Take what stands in a pipe now, at most what a pipe holds."""
        printed = self._printed[descriptor]
        for _ in range(16):
            data = _read(descriptor)
            if not data:
                break
            printed.add(data)
        else:
            return
        if data == b"":
            with suppress(KeyError):
                self._poll.unregister(descriptor)

    def _drain_all(self) -> None:
        if not self._closed:
            for descriptor in self._printed:
                self._drain(descriptor)


class _Printed:
    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self._kept = bytearray()
        self._left = 1 << 20

    @property
    def beyond(self) -> bool:
        return self._left < 0

    def allow(self, output: int) -> None:
        self._left = output

    def add(self, data: bytes) -> None:
        self._kept += data[: max(0, min(KEPT - len(self._kept), self._left))]
        self._left -= len(data)

    def take(self) -> str:
        text = self._kept.decode("utf-8", "replace")
        self._kept.clear()
        return text


def _read(descriptor: int) -> bytes | None:
    """Bytes that are there; none at the end of the stream, None when there is nothing yet."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""
