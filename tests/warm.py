"""Zygotes and workers that come up at once, as often as tests like: forks of a program that has imported what they do.

What it takes to import NumPy is most of what a test of them costs. What is different from programs that start from
nothing (:mod:`tests.warm_program`): who their parent is. ``tests/sandbox/portable`` starts workers from nothing,
``tests/sandbox/pool/test_start.py`` and all that bubblewrap starts zygotes.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Self

import msgspec

from grader.sandbox.environment import ENVIRONMENT
from grader.sandbox.pool import start as starting
from grader.sandbox.portable import process
from tests.warm_program import KEPT, LARGEST, Beginning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.sandbox.portable.process import PortableWorker


class Forked:
    """A process that was forked elsewhere: as much of a Popen as is asked of it."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def __init__(self, told: socket.socket) -> None:
        self._told = told  # its process id, then its exit code
        self._waiting = Lock()
        self.returncode: int | None = None
        message = told.recv(LARGEST)
        if not message:
            raise ConnectionError("what should fork it has ended")
        self.pid: int = msgspec.msgpack.decode(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()

    def poll(self) -> int | None:
        """The exit code, negative for a signal, once it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; until then the process id is nobody else's. Raises TimeoutExpired."""
        with self._waiting:
            if self.returncode is None:
                self.returncode = self._ended(timeout)
        return self.returncode

    def _ended(self, timeout: float | None) -> int:
        self._told.settimeout(timeout)
        try:
            message = self._told.recv(LARGEST)
        except (TimeoutError, BlockingIOError):
            raise subprocess.TimeoutExpired(["fork"], timeout or 0.0) from None
        self._told.settimeout(None)
        self._told.shutdown(socket.SHUT_WR)
        self._told.recv(LARGEST)  # nothing: it has been collected
        self._told.close()
        return msgspec.msgpack.decode(message) if message else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """A signal, if it has not ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Warm:
    """The program that forks one ``kind`` of programs; close it."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._begin()

    def _begin(self) -> None:
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            program = Path(__file__).with_name("warm_program.py")
            self._program = subprocess.Popen(
                [sys.executable, "-s", "-P", program, self._kind, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def fork(
        self, words: Sequence[str], folder: str, environment: Mapping[str, str], given: Sequence[tuple[int, int]]
    ) -> Forked:
        """A program of its kind. ``given`` are descriptors and the places that they take. From any thread."""
        descriptors, places = zip(*given, strict=True)
        beginning = Beginning(list(words), folder, dict(environment), list(places))
        try:
            return self._forked(beginning, descriptors)
        except ConnectionError:  # student code that nothing confines may have ended its parent
            self.close()
            self._begin()
            return self._forked(beginning, descriptors)

    def _forked(self, beginning: Beginning, descriptors: Sequence[int]) -> Forked:
        told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with telling:
                socket.send_fds(self._asked, [msgspec.msgpack.encode(beginning)], [*descriptors, telling.fileno()])
            return Forked(told)
        except BaseException:
            told.close()
            raise

    def close(self) -> None:
        """End it."""
        self._asked.close()
        self._program.wait()


def _python() -> tuple[str, ...]:
    """What starts these programs: where a test has changed it, nothing stands in its place."""
    return sys.executable, starting._COMMAND, process._COMMAND


class WarmZygotes:
    """Starts zygotes in the place of :func:`grader.sandbox.pool.start.start`, but where bubblewrap starts them."""

    def __init__(self) -> None:
        self._really, self._python, self._warm = starting.start, _python(), Warm("zygote")
        self.close = self._warm.close

    def start(self, highest: int = starting.HIGHEST, *, wrap: bool = True) -> starting.Program:
        """The program, as the function says whose place this takes."""
        wrapped = wrap and highest >= starting.WRAPPED and shutil.which("bwrap")
        if wrapped or self._python != _python():
            return self._really(highest, wrap=wrap)
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            made = self._warm.fork([str(highest)], "/", {}, [(theirs.fileno(), KEPT), (2, 2)])
        return starting.Program(control, made, highest, wrapped=False)


class WarmWorkers:
    """Starts workers in the place of ``PortableWorker._start``."""

    def __init__(self) -> None:
        self._really, self._python, self._warm = process.PortableWorker._start, _python(), Warm("worker")
        self.close = self._warm.close

    def start(self, worker: PortableWorker) -> subprocess.Popen[bytes] | Forked:
        """The process of a worker, as the method says whose place this takes."""
        if self._python != _python():
            return self._really(worker)
        printed, errors = worker._printed
        home = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), worker._folder)
        (requests, stdin), (stdout, replies) = os.pipe(), os.pipe()
        try:
            words = [printed.path, errors.path]
            given = [(requests, 0), (replies, 1), (errors.theirs, 2)]
            made = self._warm.fork(words, worker._folder, home, given)
        finally:
            os.close(requests)
            os.close(replies)
        made.stdin, made.stdout = (os.fdopen(end, mode, buffering=0) for end, mode in ((stdin, "wb"), (stdout, "rb")))
        return made
