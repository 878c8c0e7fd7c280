"""A canary: a forked child that confines itself and then really tries what hostile code would.

What was refused is what the layers are worth on this machine, whatever their versions say.
"""

from __future__ import annotations

import _socket
import _thread
import mmap
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from grader.sandbox.confine import guard

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10.0  # for one canary, on a machine under load
MEMORY = 256 << 20
TAKEN = 2 << 30  # bytes that it tries to take


@dataclass(frozen=True, slots=True)
class Findings:
    """Attempts that were refused, or why there were none: the canary could not be confined, or ended early."""

    refused: frozenset[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What the canary turns on: its parent, and a file of the parent's in a folder that is the parent's alone."""

    folder: str
    secret: str
    program: str
    parent: int


def fly(uid: int | None = None, *, landlock: bool = False, seccomp: bool = False) -> Findings:
    """Confine a child by these layers, and by limits, and see what it is refused.

    Linux only. Call it while this process has one thread, since it forks. The folder it makes is removed again.
    """
    with tempfile.TemporaryDirectory(prefix="grade-canary-") as folder:
        secret = os.path.join(folder, "secret")  # noqa: PTH118 - plain paths serve the attempts
        os.close(os.open(secret, os.O_CREAT | os.O_WRONLY, 0o600))
        program = shutil.which("true") or sys.executable
        target = Target(folder, secret, program, os.getpid())
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            plan = guard.Plan(
                parent=target.parent,
                keep=(told,),
                memory=MEMORY,
                cpu=int(SECONDS),
                file_size=1 << 20,
                uid=uid,
                landlock=landlock,
                seccomp=seccomp,
            )
            _sing(plan, target, told)
        os.close(told)
        try:
            return _listen(child, heard)
        finally:
            os.close(heard)


# ── the child ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _sing(plan: guard.Plan, target: Target, told: int) -> NoReturn:
    """Say ``confined``, each attempt that was refused, and ``end``; or say why it could not be confined."""
    try:
        guard.confine(plan)
        os.write(told, b"confined\n")
        for name, attempt in ATTEMPTS.items():
            if _refused(attempt, target):
                os.write(told, f"{name}\n".encode())
        os.write(told, b"end\n")
        if _refused(_execute, target):
            os.write(told, b"exec\n")
    except BaseException as error:  # noqa: BLE001 - told to the parent, whatever it is: the child must end here
        with suppress(OSError):
            os.write(told, f"{error}\n".encode())
    finally:
        os._exit(0)


def _refused(attempt: Callable[[Target], object], target: Target) -> bool:
    try:
        attempt(target)
    except (OSError, RuntimeError, MemoryError):  # RuntimeError: no new thread
        return True
    return False


def _read(target: Target) -> None:
    os.close(os.open(target.secret, os.O_RDONLY))


def _write(target: Target) -> None:
    os.close(os.open(target.folder + "/new", os.O_CREAT | os.O_WRONLY, 0o600))


def _environment(target: Target) -> None:
    descriptor = os.open(f"/proc/{target.parent}/environ", os.O_RDONLY)
    os.read(descriptor, 1)
    os.close(descriptor)


def _bind(_: Target) -> None:
    _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM).bind(("127.0.0.1", 0))


def _fork(_: Target) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _execute(target: Target) -> None:
    os.execv(target.program, [target.program])  # noqa: S606 - no shell is wanted


ATTEMPTS: dict[str, Callable[[Target], object]] = {
    "read": _read,
    "stat": lambda target: os.stat(target.secret),  # noqa: PTH116 - as above
    "write": _write,
    "chmod": lambda target: os.chmod(target.secret, 0o600),  # noqa: PTH101 - as above
    "environment": _environment,
    "socket": lambda _: _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM),
    "bind": _bind,
    "signal": lambda target: os.kill(target.parent, 0),
    "memory": lambda _: mmap.mmap(-1, TAKEN),
    "fork": _fork,
    "thread": lambda _: _thread.start_new_thread(os.getpid, ()),  # last, since one does not fork with threads
}


# ── the parent ────────────────────────────────────────────────────────────────────────────────────────────────────


def _listen(child: int, heard: int) -> Findings:
    """Hear the canary out, within its time, and see that it has ended."""
    song = _read_all(heard, time.monotonic() + SECONDS)
    os.kill(child, signal.SIGKILL)  # where it could exec it is now another program
    _, status = os.waitpid(child, 0)
    first, *lines = song.decode().splitlines() or [""]
    if first == "confined" and "end" in lines:
        return Findings(frozenset(lines) - {"end"})
    if first and first != "confined":
        return Findings(frozenset(), first)
    return Findings(frozenset(), f"the canary was ended early, by signal {os.WTERMSIG(status)}")


def _read_all(descriptor: int, deadline: float) -> bytes:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    song = b""
    while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        data = os.read(descriptor, 4096)
        if not data:
            break
        song += data
    return song
