"""Workers that a zygote forks: confined, each as a user of its own where that is possible, ended and seen to be gone.

A worker is ended by its pidfd, which names it even after its number has been used again. Where a worker cannot fork
(from level 3 on) that is all there is to end; otherwise its process group is killed and watched as well.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from contextlib import suppress
from itertools import chain
from typing import IO, TYPE_CHECKING, Self

from grader.records.errors import SandboxFault
from grader.records.run import SEALED_LEVEL, Isolation
from grader.sandbox.api import ALWAYS
from grader.sandbox.confine import kernel, slots
from grader.sandbox.confine.capability import Capability, LayerTrial
from grader.sandbox.groups import END_SECONDS, gone, kill_group
from grader.sandbox.pool.control import Zygote, readable
from grader.sandbox.pool.start import HIGHEST, WRAPPED, start
from grader.sandbox.queued import Queued

if TYPE_CHECKING:
    from grader.sandbox.api import WorkerPool, WorkerProcess
    from grader.sandbox.channel import PolledChannel
    from grader.sandbox.pool.control import Child
    from grader.sandbox.pool.start import Program

NOWHERE = "/"  # the working folder of a worker that can reach no file
CONFINED = 2  # from this level on, a zygote has something to confine its workers by
RESTARTS = 3  # of a zygote that broke; what breaks more of them than that is no accident

#: Layers in the words of a report; `grade doctor` says what each does.
LAYERS = {"bubblewrap": "bubblewrap", "landlock": "Landlock", "seccomp": "seccomp", "user": "own user"}


class ZygotePool:
    """A zygote, and a fresh one when it breaks. One serves any number of submissions, also from several threads.

    It begins to start at once. Where it finds nothing to confine workers by, they come from a portable pool instead.
    Raises SandboxFault when no process can be started.
    """

    def __init__(self, highest: int = HIGHEST, program: Program | None = None, *, eager: bool = False) -> None:
        """``highest``: a level that is not to be exceeded, to try out a lower one. ``program``: one started for it.

        ``eager``: whoever asks its workers has a processor while it waits for them.
        """
        self._lock = threading.Lock()
        self.eager = eager
        self._highest = highest
        self._living: set[Worker] = set()
        self._restarts = RESTARTS
        self._capability: Capability | None = None
        self._instead: WorkerPool | None = None
        program = program or self._start(wrap=True)
        self._wrapped = program.wrapped
        self._zygote = Zygote(program)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def capability(self) -> Capability:
        """What workers are confined by. Waits until the zygote is up."""
        with self._lock:
            return self._known()

    @property
    def isolation(self) -> Isolation:
        """The same in the words of a report."""
        found = self.capability
        if self._instead is not None:
            return self._instead.isolation
        layers = [words for layer, words in LAYERS.items() if found.works(layer)]
        return Isolation(level=found.level, layers=(*layers, *ALWAYS))

    def worker(self) -> WorkerProcess:
        """A new worker. Raises SandboxFault where none can be made, or too many are there."""
        capability = self.capability
        if self._instead is not None:
            return self._instead.worker()
        with self._lock:
            while True:
                if self._zygote.broken:
                    self._start_again(capability)
                try:
                    return self._fork(capability)
                except SandboxFault:
                    if not self._zygote.broken:
                        raise

    def leave(self, worker: Worker) -> None:
        """Take back the place of a worker that is gone."""
        with self._lock:
            self._living.discard(worker)

    def close(self) -> None:
        """End the zygote, and any workers that are left. Called twice it does nothing."""
        self._restarts = 0
        left = list(self._living)  # of which nobody has ended: after an interruption
        for worker in left:
            worker.kill()
        self._zygote.close()
        for worker in left:
            worker.forget()
        if self._instead is not None:
            self._instead.close()

    def _known(self) -> Capability:
        if self._capability is None:
            try:
                found = self._hear()
            except SandboxFault:
                if not self._wrapped:
                    raise
                self._wrapped = False  # bubblewrap is there but may not make namespaces
                self._zygote.close()
                self._zygote = Zygote(self._start(wrap=False))
                found = self._hear()
            if found.level < CONFINED:
                self._zygote.close()
                self._instead = _portable()
            elif found.level < SEALED_LEVEL:
                kernel.hide_memory()
            self._capability = found
        return self._capability

    def _start(self, *, wrap: bool) -> Program:
        try:
            return start(self._highest, wrap=wrap)
        except OSError as error:
            raise SandboxFault(f"could not start Python for submissions: {error}") from None

    def _hear(self) -> Capability:
        found = self._zygote.capability()
        if self._wrapped and found.level == WRAPPED - 1:
            return Capability(WRAPPED, (*found.trials, LayerTrial("bubblewrap", True)))
        return found

    def _start_again(self, before: Capability) -> None:
        """A fresh zygote in place of a broken one, whose workers end with it."""
        if not self._restarts:
            raise SandboxFault("Python for submissions has ended and is not started again")
        self._restarts -= 1
        for worker in self._living:
            worker.kill()
        self._zygote.close()
        self._zygote = Zygote(self._start(wrap=self._wrapped))
        if self._hear() != before:
            self._zygote.close()
            raise SandboxFault("Python for submissions was started again, and is not confined as it was before")

    def _fork(self, capability: Capability) -> Worker:
        slot, folder, pipes = self._free_slot(), NOWHERE, list[tuple[int, int]]()
        try:
            if capability.level < SEALED_LEVEL:
                import tempfile  # of no use where a worker can reach no file

                folder = tempfile.mkdtemp(prefix="grade-")
                if capability.works("user"):
                    os.chown(folder, slots.slot_uid(slot), slots.slot_uid(slot))
            while len(pipes) < 4:
                pipes.append(os.pipe())
            (request_read, requests), (replies, reply_write), (stdout, out_write), (stderr, err_write) = pipes
            given = [request_read, reply_write, out_write, err_write]
            child = self._zygote.fork(folder, slot, given)
        except (OSError, SandboxFault) as error:
            for descriptor in chain.from_iterable(pipes):
                os.close(descriptor)
            _remove(folder)
            raise SandboxFault(str(error)) from None
        for descriptor in given:
            os.close(descriptor)
        worker = Worker(self, child, slot, folder, (requests, replies, stdout, stderr))
        self._living.add(worker)
        return worker

    def _free_slot(self) -> int:
        """A place that no living worker has. Any of them, for another grader may use the same on this machine."""
        taken = {slots.CANARY_SLOT, *(worker.slot for worker in self._living)}
        free = [slot for slot in range(slots.SLOTS) if slot not in taken]
        if not free:
            raise SandboxFault(f"{len(self._living)} submissions are running, and there is no room for more")
        return free[int.from_bytes(os.urandom(4), "big") % len(free)]


class Worker:
    """A forked worker; see :class:`grader.sandbox.api.WorkerProcess`."""

    def __init__(
        self, pool: ZygotePool, child: Child, slot: int, folder: str, pipes: tuple[int, int, int, int]
    ) -> None:
        """``slot`` and ``folder`` are its own until it is gone; ``pipes`` are this side's ends."""
        self.pid = child.pid
        self.slot = slot
        self.requests, self.replies, stdout, stderr = pipes
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb", buffering=0)
        self.stderr: IO[bytes] = os.fdopen(stderr, "rb", buffering=0)
        self._pool = pool
        self._child = child
        self._pidfd = child.pidfd
        self._folder = folder
        self._may_fork = folder != NOWHERE  # what can reach no file cannot fork either
        self._code: int | None = None
        self._queued = Queued(child.pid)

    def channel(self) -> PolledChannel:
        """The way to talk to it, which takes over all that is open."""
        from grader.sandbox.channel import PolledChannel

        return PolledChannel(self.requests, self.replies, self.stdout, self.stderr, eager=self._pool.eager)

    def cpu_seconds(self) -> float:
        """CPU seconds that it has used; 0 once it is gone.

        Linux makes a clock's id from a process id: the complement in the upper bits, 2 (the scheduler's clock) in the
        lower three; see clock_getcpuclockid(3).
        """
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def queued_seconds(self) -> float:
        """Seconds that it has waited for a processor."""
        return self._queued.seconds()

    def limit_memory(self, _size: int) -> tuple[()]:
        """Nothing is to be watched: it has limited itself."""
        return ()

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time.

        Raises SandboxFault if it ended with its zygote, which is no doing of the submission's.
        """
        if self._code is None and self._has_ended(seconds):
            self._code = self._child.zygote.reap(self._child.there)
        return self._code

    def kill(self) -> None:
        """Kill the worker itself, without looking at what comes of it. Any thread may."""
        with suppress(OSError):  # it is gone, and collected
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self) -> None:
        """Kill the worker and what it started, and see that it is gone; twice does nothing. Raises SandboxFault."""
        if self._pidfd < 0:
            return
        try:
            self.kill()
            if self._may_fork:
                kill_group(self.pid)
            ended = self._has_ended(END_SECONDS)
            with suppress(SandboxFault):  # of a broken zygote, which collects nobody
                self.wait(0)
            if not ended or (self._may_fork and not gone(self.pid)):
                raise SandboxFault(f"process {self.pid} of the submission could not be ended")
            self._pool.leave(self)
        finally:
            pidfd, self._pidfd = self._pidfd, -1
            os.close(pidfd)
            self.forget()

    def forget(self) -> None:
        """Remove the folder that it worked in, if it had one, and ask no more of it."""
        self._queued.close()
        _remove(self._folder)

    def _has_ended(self, seconds: float) -> bool:
        return readable(self._pidfd, seconds)


def _remove(folder: str) -> None:
    if folder != NOWHERE:
        shutil.rmtree(folder, ignore_errors=True)


def _portable() -> WorkerPool:
    from grader.sandbox.portable.pool import PortablePool  # with psutil, which is of use on no other level

    return PortablePool()
