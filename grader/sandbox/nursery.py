"""The host's side of a zygote: start it, have it fork workers, end them and see that they are gone.

A worker is ended by its pidfd, which names it even after its number has been used again. Where a worker cannot fork
(from level 3 on) that is all there is to end; otherwise its process group is killed and watched as well.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Self

import msgspec

from grader.errors import GuardError, SandboxFault
from grader.model import Isolation
from grader.sandbox import limits
from grader.sandbox.process import ALWAYS, END_SECONDS, folder_with, gone, kill_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.sandbox.levels import Capability

START_SECONDS = 60.0  # for Python and NumPy, on a machine under load
HIGHEST = 5
WRAPPED = 5
NOWHERE = "/"  # the working folder of a worker that can reach no file
SEALED = 3  # from this level on, no file can be reached

# Nothing that is made while importing can be thrown away: garbage is collected once that is done.
_COMMAND = "import gc; gc.disable(); from grader.sandbox.zygote import main; main()"

#: Namespaces of its own for processes, network and IPC; nothing can be written to but a /dev/shm of its own.
_BUBBLEWRAP = (
    *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)

_OWN_FOLDER = "/dev/shm"  # noqa: S108 - inside its namespace, where nobody else is

#: Layers in the words of a report; `grade doctor` says what each does.
LAYERS = {"bubblewrap": "bubblewrap", "landlock": "Landlock", "seccomp": "seccomp", "user": "own user"}


class ZygoteNursery:
    """A zygote. One serves any number of submissions, also from several threads; it begins to start at once.

    Raises SandboxFault when no process can be started.
    """

    def __init__(self, highest: int = HIGHEST) -> None:
        """``highest``: a level that is not to be exceeded, to try out a lower one."""
        self._lock = threading.Lock()
        self._highest = highest
        self._folders: set[str] = set()
        self._capability: Capability | None = None
        self._wrapper = shutil.which("bwrap") if highest >= WRAPPED else None
        self._control, self._popen = _start(highest, self._wrapper)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def capability(self) -> Capability:
        """What workers are confined by. Waits until the zygote is up."""
        from grader.sandbox.levels import Capability, Trial

        with self._lock:
            if self._capability is None:
                try:
                    found: Capability = self._hear(Capability, START_SECONDS)[0]
                except SandboxFault:
                    if self._wrapper is None:
                        raise
                    self._wrapper = None  # bubblewrap is there but may not make namespaces
                    self.close()
                    self._control, self._popen = _start(self._highest, None)
                    found = self._hear(Capability, START_SECONDS)[0]
                if self._wrapper is not None and found.level == WRAPPED - 1:
                    found = Capability(WRAPPED, (*found.trials, Trial("bubblewrap", True)))
                if found.level < SEALED:
                    _hide_this_process()
                self._capability = found
            return self._capability

    @property
    def isolation(self) -> Isolation:
        """The same in the words of a report."""
        found = self.capability
        layers = [words for layer, words in LAYERS.items() if found.works(layer)]
        return Isolation(level=found.level, layers=(*layers, *ALWAYS))

    def worker(self, data: Mapping[str, bytes]) -> Worker:
        """A new worker, in a folder that holds these files. Raises SandboxFault when the zygote cannot make one."""
        from grader.sandbox.guard import slot_uid
        from grader.sandbox.zygote import Fork, Forked

        slot = int.from_bytes(os.urandom(2), "big")
        folder, pipes = NOWHERE, []
        try:
            if data or self.capability.level < SEALED:
                folder = folder_with(data)
                self._folders.add(folder)
                if self.capability.works("user"):
                    _give(folder, slot_uid(slot))
            pipes = [os.pipe() for _ in range(4)]
            (request_read, requests), (replies, reply_write), (stdout, out_write), (stderr, err_write) = pipes
            given = [request_read, reply_write, out_write, err_write]
            with self._lock:
                self._say(Fork(folder, slot, reads=bool(data)), given)
                forked, (pidfd,) = self._hear(Forked, END_SECONDS, 1)
        except (OSError, SandboxFault) as error:
            for descriptor in chain.from_iterable(pipes):
                os.close(descriptor)
            self.remove(folder)
            raise SandboxFault(str(error)) from None
        for descriptor in given:
            os.close(descriptor)
        return Worker(self, forked.pid, pidfd, folder, (requests, replies, stdout, stderr))

    def reap(self, pid: int) -> int:
        """The exit code of a worker that has ended."""
        from grader.sandbox.zygote import Reap, Reaped

        with self._lock:
            self._say(Reap(pid))
            reaped: Reaped = self._hear(Reaped, END_SECONDS)[0]
        return reaped.code

    def remove(self, folder: str) -> None:
        """Remove a worker's folder, if it has one."""
        if folder != NOWHERE:
            shutil.rmtree(folder, ignore_errors=True)
            self._folders.discard(folder)

    def close(self) -> None:
        """End the zygote; workers that are left end with it. Called twice it does nothing."""
        self._control.close()
        try:
            self._popen.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait(END_SECONDS)
        for folder in list(self._folders):  # of workers that nobody ended: after an interruption
            self.remove(folder)

    def _say(self, message: Any, descriptors: list[int] | None = None) -> None:
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(message)], descriptors or [])
        except OSError as error:
            raise SandboxFault(f"Python for submissions has ended: {error}") from None

    def _hear(self, kind: Any, seconds: float, descriptors: int = 0) -> tuple[Any, list[int]]:
        """The next message. After one that is late or wrong there is no next: it could answer another question."""
        try:
            message, found = self._receive(seconds, descriptors)
            return msgspec.msgpack.decode(message, type=kind), found
        except (OSError, ValueError, msgspec.MsgspecError, SandboxFault) as error:
            self._control.close()
            raise SandboxFault(f"no submission can be run any more: {error}") from None

    def _receive(self, seconds: float, descriptors: int) -> tuple[bytes, list[int]]:
        if not select.select([self._control], [], [], seconds)[0]:
            raise SandboxFault(f"Python for submissions did not answer within {seconds:g} s")
        message, found, _, _ = socket.recv_fds(self._control, 1 << 16, descriptors)
        if not message or len(found) != descriptors:
            raise SandboxFault("Python for submissions has ended")
        return message, found


def _start(highest: int, wrapper: str | None) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """A zygote and this side's end of its socket."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    python = [sys.executable, "-s", "-P", "-c", _COMMAND, str(theirs.fileno()), str(highest)]
    with theirs:
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
                [*((wrapper, *_BUBBLEWRAP) if wrapper else ()), *python],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL if wrapper else None,
                cwd="/",
                env={**limits.ENVIRONMENT, **({"TMPDIR": _OWN_FOLDER} if wrapper else {})},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            control.close()
            raise SandboxFault(f"could not start Python for submissions: {error}") from None
    return control, popen


class Worker:
    """A forked worker; see :class:`grader.sandbox.WorkerProcess`."""

    def __init__(
        self, nursery: ZygoteNursery, child: int, pidfd: int, folder: str, pipes: tuple[int, int, int, int]
    ) -> None:
        """``child`` is the process id by which the zygote knows it, which in a namespace is not this side's."""
        self.pid = _process_of(pidfd)
        self._child = child
        self.requests, self.replies, stdout, stderr = pipes
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb", buffering=0)
        self.stderr: IO[bytes] = os.fdopen(stderr, "rb", buffering=0)
        self._nursery = nursery
        self._pidfd = pidfd
        self._folder = folder
        self._may_fork = nursery.capability.level < SEALED
        self._code: int | None = None

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""
        if self._code is None and select.select([self._pidfd], [], [], seconds)[0]:
            self._code = self._nursery.reap(self._child)
        return self._code

    def end(self) -> None:
        """Kill the worker and what it started, and see that it is gone; twice does nothing. Raises SandboxFault."""
        if self._pidfd < 0:
            return
        try:
            if self._code is None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            if self._may_fork:
                kill_group(self.pid)
            if self.wait(END_SECONDS) is None or (self._may_fork and not gone(self.pid)):
                raise SandboxFault(f"process {self.pid} of the submission could not be ended")
        finally:
            os.close(self._pidfd)
            self._pidfd = -1
            self._nursery.remove(self._folder)


def _hide_this_process() -> None:
    """Keep this process's memory and environment from others of the same user, where nothing stronger does."""
    from grader.sandbox import kernel

    with suppress(OSError, GuardError):
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _give(folder: str, uid: int) -> None:
    """Make a folder, with all in it, another user's own."""
    for parent, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(os.path.join(parent, name), uid, uid)  # noqa: PTH118 - os.walk's own words


def _process_of(pidfd: int) -> int:
    """The process id that a pidfd stands for, as this side of any namespace knows it."""
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as info:  # noqa: PTH123 - a descriptor, not a file
        return next(int(line.split()[1]) for line in info if line.startswith("Pid:"))
