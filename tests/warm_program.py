"""What zygotes and workers of tests are forked from: a program that has imported what they import.

Each of them is a fresh Python that imports NumPy, which takes longer than most tests do. This program is started as
they are, with the same environment and nothing else in it, imports the same, and waits. What it forks goes on as they
begin, with streams, a session and a folder of its own, and ends as Python ends. Its parent is this program, which tells
its exit code and keeps its process id until that was heard. :mod:`tests.warm` asks for all this.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
from contextlib import suppress

import msgspec

#: By the kind of program, its module and what that imports when it gets to it.
KINDS = {
    "zygote": ("grader.sandbox.pool.zygote", ("grader.sandbox.worker.serve",)),
    "worker": ("grader.sandbox.worker.alone", ("grader.sandbox.confine.limits", "grader.sandbox.worker.serve")),
}
LARGEST = 1 << 16  # bytes of a message
KEPT = -1  # what has no place among the standard streams: its number becomes the first argument


class Beginning(msgspec.Struct):
    """What a program begins with: arguments, folder, more environment, and the places of its descriptors."""

    words: list[str]
    folder: str
    environment: dict[str, str]
    places: list[int]


class Waiting:
    """Forks programs that are asked for, and tells of their ends."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked
        self._woken, waking = os.pipe()
        for end in (self._woken, waking):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking)
        self._own = (asked.fileno(), self._woken, waking)
        self._poll = select.poll()
        self._poll.register(asked, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)
        self._living: dict[int, socket.socket] = {}  # by process ids: where the end is told
        self._ended: dict[int, int] = {}  # by the number of that socket, once it has been told: the process id

    def next(self) -> Beginning | None:
        """In a new process, what it begins with. Here None, once nobody can ask any more."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor == self._woken:
                    self._tell()
                elif descriptor in self._ended:
                    self._collect(descriptor)
                else:
                    message, given, _, _ = socket.recv_fds(self._asked, LARGEST, 4)
                    if not message:
                        return None
                    beginning = msgspec.msgpack.decode(message, type=Beginning)
                    if self._fork(beginning, *given):
                        return beginning

    def _fork(self, beginning: Beginning, *given: int) -> bool:
        """Whether this is the new process, with its descriptors in their places."""
        *streams, last = given
        telling = socket.socket(fileno=last)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            for each in (*self._own, *(each.fileno() for each in self._living.values()), last):
                os.close(each)
            for stream, place in zip(streams, beginning.places, strict=True):
                if place == KEPT:
                    beginning.words.insert(0, str(stream))
                else:
                    os.dup2(stream, place)
                    os.close(stream)
            return True
        for stream in streams:
            os.close(stream)
        self._living[pid] = telling
        telling.send(msgspec.msgpack.encode(pid))
        return False

    def _tell(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, LARGEST)
        for pid in self._living.keys() - self._ended.values():
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                telling = self._living[pid]
                with suppress(OSError):  # nobody waits for it any more
                    code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                    telling.send(msgspec.msgpack.encode(code))
                self._ended[telling.fileno()] = pid
                self._poll.register(telling, select.POLLIN)

    def _collect(self, descriptor: int) -> None:
        pid = self._ended.pop(descriptor)
        self._poll.unregister(descriptor)
        os.waitpid(pid, 0)
        self._living.pop(pid).close()


def main() -> None:
    """Wait; and in what was forked, be the program, which ends by itself."""
    kind, control = sys.argv[1:]
    name, more = KINDS[kind]
    module = importlib.import_module(name)
    for each in (*more, *getattr(module, "LATE", ())):
        importlib.import_module(each)
    beginning = Waiting(socket.socket(fileno=int(control))).next()
    if beginning is not None:
        os.chdir(beginning.folder)
        os.environ.update(beginning.environment)
        sys.argv[1:] = beginning.words
        module.main()


if __name__ == "__main__":
    gc.disable()  # as these programs begin
    main()
