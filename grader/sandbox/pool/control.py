"""The host's end of a zygote: ask it, end it. What is said is in :mod:`grader.sandbox.pool.messages`."""

from __future__ import annotations

import os
import select
import socket
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from grader.records.decoding import from_msgpack
from grader.records.errors import SandboxFault
from grader.sandbox.groups import END_SECONDS
from grader.sandbox.pool.messages import Capability, Fork, Forked, Reap, Reaped, Refused

if TYPE_CHECKING:
    from grader.sandbox.pool.start import Program

START_SECONDS = 60.0  # for Python and NumPy, on a machine under load
ANSWER_SECONDS = 60.0  # for a fork, likewise


class Zygote:
    """A zygote. Any thread may ask it, one at a time.

    It is ``broken`` once it has ended, or said something late or wrong: the next message could answer another question,
    so nothing is asked any more.
    """

    def __init__(self, program: Program) -> None:
        """``program``: its process and its socket, which are its own from now on."""
        self._broken = False
        self._lock = threading.Lock()
        self._control, self._popen = program.control, program.process

    @property
    def broken(self) -> bool:
        """True once nothing can be asked any more."""
        return self._broken or self._popen.poll() is not None

    def capability(self) -> Capability:
        """What workers are confined by, which is asked once. Waits until the zygote is up."""
        with self._lock:
            found: Capability = self._hear(Capability, START_SECONDS)[0]
        return found

    def fork(self, folder: str, slot: int, descriptors: list[int]) -> Child:
        """Make a worker. Raises SandboxFault."""
        with self._lock:
            self._say(Fork(folder, slot), descriptors)
            answer, pidfds = self._hear(Forked | Refused, ANSWER_SECONDS)
            if isinstance(answer, Refused):
                raise SandboxFault(f"the system refuses a process for the submission: {answer.reason}")
            if not pidfds:
                self._break()
                raise SandboxFault("too many descriptors are open to take one more, by which a process is ended")
            pid = _process_of(pidfds[0])
            if pid is None:
                os.close(pidfds[0])
                self._break()
                raise SandboxFault("Python for submissions failed: the process that it made is gone")
        return Child(self, pid, answer.pid, pidfds[0])

    def reap(self, pid: int) -> int:
        """The exit code of a worker that has ended. Raises SandboxFault."""
        with self._lock:
            self._say(Reap(pid))
            reaped: Reaped = self._hear(Reaped, ANSWER_SECONDS)[0]
        return reaped.code

    def close(self) -> None:
        """End it; workers that are left end with it. Called twice it does nothing."""
        self._break()
        if self._popen.poll() is None and not self._ends():
            self._popen.kill()
        self._popen.wait(END_SECONDS)

    def _ends(self) -> bool:
        """Whether it does so by itself, seen at once: who waits for a process by Popen sleeps between looks."""
        try:
            pidfd = os.pidfd_open(self._popen.pid)
        except ProcessLookupError:  # gone, and collected
            return True
        try:
            return readable(pidfd, END_SECONDS)
        finally:
            os.close(pidfd)

    def _break(self) -> None:
        self._broken = True
        self._control.close()

    def _say(self, message: Any, descriptors: list[int] | None = None) -> None:
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(message)], descriptors or [])
        except OSError as error:
            self._break()
            raise SandboxFault(f"Python for submissions failed: it has ended: {error}") from None

    def _hear(self, kind: Any, seconds: float) -> tuple[Any, list[int]]:
        """The next message, and the descriptor that comes with a ``Forked``."""
        try:
            message, descriptors = self._receive(seconds)
            return from_msgpack(message, kind), descriptors
        except (OSError, ValueError, msgspec.MsgspecError, SandboxFault) as error:
            self._break()
            raise SandboxFault(f"Python for submissions failed: {error}") from None

    def _receive(self, seconds: float) -> tuple[bytes, list[int]]:
        if not readable(self._control.fileno(), seconds):
            raise SandboxFault(f"it did not answer within {seconds:g} s")
        message, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        if not message:
            raise SandboxFault("it has ended")
        return message, descriptors


class Child(NamedTuple):
    """A worker that a zygote made."""

    zygote: Zygote
    pid: int
    there: int  # its process id where the zygote is, which in a namespace is another one
    pidfd: int


def readable(descriptor: int, seconds: float) -> bool:
    """True once there is something to read, or the end; False if there is not within that time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _process_of(pidfd: int) -> int | None:
    """The process id that a pidfd stands for, as this side of any namespace knows it; None if it stands for none.

    Whoever has ended is there until its zygote collects it, which that does when it is asked to, or ends.
    """
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as info:  # noqa: PTH123 - a descriptor, not a file
        pids = [int(line.split()[1]) for line in info if line.startswith("Pid:")]
    return pids[0] if pids and pids[0] > 0 else None
