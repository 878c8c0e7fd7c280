"""What the zygotes of commands that tests run are forked from: a program that has imported what they import.

A zygote is a fresh Python that imports NumPy, which takes longer than most commands do. This program is started as a
zygote is, with the same environment and nothing else in it, and waits. What it forks goes on as a zygote begins: it
finds out anew by what it can confine its workers. It ends as any zygote does, when its command closes the socket; but
it is no child of that command. :mod:`tests.command` asks for it.
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

from grader.sandbox.pool import zygote


def wait(asked: socket.socket) -> None:
    """Fork a zygote for each message. With the highest level come its socket, its stderr, and where its id goes."""
    gc.disable()  # as the command does that starts a zygote
    for name in zygote.LATE:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, lambda *_: collect())
    while True:
        message, descriptors, _, _ = socket.recv_fds(asked, 4096, 3)
        if not message:
            return
        control, stderr, answer = descriptors
        pid = os.fork()
        if pid == 0:
            asked.close()
            os.close(answer)
            begin(control, stderr, message.decode())
        os.write(answer, str(pid).encode())
        for descriptor in descriptors:
            os.close(descriptor)


def collect() -> None:
    """Collect all that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def begin(control: int, stderr: int, highest: str) -> None:
    """Be the program of a zygote, which ends by itself."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(stderr, 2)
        os.close(stderr)
        sys.argv[1:] = [str(control), highest]
        zygote.main()
    except BaseException:  # noqa: BLE001 - it must not go on as what it was forked from
        traceback.print_exc()
    finally:
        os._exit(70)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        wait(asked)
