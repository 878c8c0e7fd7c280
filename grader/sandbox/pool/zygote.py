"""A warm Python that forks a confined worker for each submission.

It is a fresh program with a clean environment, so that nothing its children could find in their memory was ever there:
no reference, no expected value, no seed, no other student's file. A child reads the sources of its one submission
after the fork.

The first argument is the socket on which it is told what to do (:mod:`grader.sandbox.pool.messages`); the second is the
highest level to use, so that a lower one can be tried out.

It ends, and its children with it, when the host's end of the socket is closed.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TextIO

import msgspec

from grader.sandbox.confine import guard, kernel, levels
from grader.sandbox.confine.slots import slot_uid
from grader.sandbox.pool.messages import Fork, Forked, Reap, Reaped, Refused
from grader.sandbox.worker import late
from grader.sandbox.worker.serve import serve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import TextIOWrapper

    from grader.sandbox.confine.capability import Capability
    from grader.sandbox.protocol import WorkerLimits

#: What NumPy and Python import in the midst of an ordinary call (``np.median``, ``np.savez``, ``strptime``, a
#: traceback, the commonest of a Counter, text in another encoding), when a worker can no longer read it from disk.
LATE = (
    *("numpy.random", "numpy.ma", "numpy.fft", "numpy.polynomial", "numpy.char", "numpy.rec", "numpy.typing"),
    *("zipfile", "_strptime", "traceback", "linecache", "unicodedata", "heapq", "json"),
    *("encodings.ascii", "encodings.latin_1", "encodings.cp1252", "encodings.cp437"),
    *("encodings.utf_8_sig", "encodings.utf_16", "encodings.utf_32", "encodings.unicode_escape"),
)


def main() -> None:
    """Serve one host until it goes away."""
    control, highest = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    sys.argv[:] = [""]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the host, which then closes the socket
    with suppress(OSError):  # the host is gone, or the system refuses: both end every worker
        found = levels.best(highest)
        control.send(msgspec.msgpack.encode(found))
        _get_ready()
        _serve(control, found)
    os._exit(0)  # nothing is left to clean up, and taking the interpreter apart takes longer than grading


def _get_ready() -> None:
    """Load what most submissions want, while the host is not waiting yet."""
    for name in LATE:
        importlib.import_module(name)
    gc.freeze()  # children share these pages until they write to them
    gc.enable()


def _serve(control: socket.socket, found: Capability) -> None:
    requests = msgspec.msgpack.Decoder(Fork | Reap)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 4)
        if not message:
            return
        request = requests.decode(message)
        if isinstance(request, Fork):
            _fork(control, request, descriptors, found)
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            _, status = os.waitpid(request.pid, 0)
            control.send(msgspec.msgpack.encode(Reaped(os.waitstatus_to_exitcode(status))))


def _fork(control: socket.socket, request: Fork, descriptors: list[int], found: Capability) -> None:
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        control.send(msgspec.msgpack.encode(Refused(str(error))))
        return
    if pid == 0:
        control.close()
        _child(request, descriptors, found, parent)
    pidfd = os.pidfd_open(pid)
    socket.send_fds(control, [msgspec.msgpack.encode(Forked(pid))], [pidfd])
    os.close(pidfd)


def _child(request: Fork, descriptors: list[int], found: Capability, parent: int) -> NoReturn:
    """Become a worker. Never returns into the zygote's loop, whatever happens."""
    code = 1
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # the guard does it again, for a change of user undoes it
        if os.getppid() != parent:  # it ended before this process could ask to be told
            os._exit(code)
        requests, replies, stdout, stderr = descriptors
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        sys.stdout = sys.__stdout__ = _opened_anew(sys.stdout, 1)  # type: ignore[misc]  # which is final to no reader
        sys.stderr = sys.__stderr__ = _opened_anew(sys.stderr, 2)  # type: ignore[misc]  # as above
        os.chdir(request.folder)
        os.environ["HOME"] = os.environ["TMPDIR"] = request.folder

        before = set(sys.modules)

        def confine(limited: WorkerLimits, libraries: Sequence[str]) -> None:
            if found.works("seccomp"):
                late.hold(set(sys.modules) - before, libraries)
            guard.confine(_plan(found, limited, request, (0, 1, 2, requests, replies), parent))

        serve(requests, replies, confine)
        code = 0
    except BaseException:  # noqa: BLE001 - its text goes to the host, which tells our faults from a student's
        traceback.print_exc()
    finally:
        os._exit(code)


def _opened_anew(stream: TextIO, descriptor: int) -> TextIOWrapper:
    """The same on what its descriptor leads to by now. One that was opened on a file believes that it can seek."""
    buffering = 1 if stream is sys.stderr else -1
    return open(descriptor, "w", buffering, stream.encoding, stream.errors, closefd=False)


def _plan(found: Capability, limited: WorkerLimits, request: Fork, keep: tuple[int, ...], parent: int) -> guard.Plan:
    return guard.Plan(
        parent=parent,
        keep=keep,
        memory=limited.memory,
        cpu=limited.cpu,
        file_size=limited.file_size,
        uid=slot_uid(request.slot) if found.works("user") else None,
        landlock=found.works("landlock"),
        seccomp=found.works("seccomp"),
    )
