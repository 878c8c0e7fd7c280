"""Starting the program of a zygote. It imports little, so that a command can do it before it imports anything else."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from typing import NamedTuple

from grader.sandbox.environment import ENVIRONMENT

HIGHEST = 5
WRAPPED = 5  # the level at which the program runs inside bubblewrap

# Nothing that is made while importing can be thrown away, so nobody looks for garbage meanwhile.
_COMMAND = "import gc; gc.disable(); from grader.sandbox.pool.zygote import main; main()"

#: Namespaces of its own for processes, network and IPC; nothing can be written to but a /dev/shm of its own.
_BUBBLEWRAP = (
    *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)

_OWN_FOLDER = "/dev/shm"  # noqa: S108 - inside its namespace, where nobody else is


class Program(NamedTuple):
    """A program that is coming up, and this side's end of its socket."""

    control: socket.socket
    process: subprocess.Popen[bytes]
    highest: int  # the level that it is not to exceed
    wrapped: bool  # runs inside bubblewrap


def start(highest: int = HIGHEST, *, wrap: bool = True) -> Program:
    """A zygote's program, inside bubblewrap if that is there and wanted. Raises OSError."""
    wrapper = shutil.which("bwrap") if wrap and highest >= WRAPPED else None
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    python = [sys.executable, "-s", "-P", "-c", _COMMAND, str(theirs.fileno()), str(highest)]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
            [*((wrapper, *_BUBBLEWRAP) if wrapper else ()), *python],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if wrapper else None,
            cwd="/",
            env={**ENVIRONMENT, **({"TMPDIR": _OWN_FOLDER} if wrapper else {})},
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    except OSError:
        control.close()
        raise
    finally:
        theirs.close()
    return Program(control, process, highest, wrapper is not None)
