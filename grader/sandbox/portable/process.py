"""Starting a worker by what Python offers on every system, and ending it so that nothing of it is left.

It has a session of its own where there are such, a scrubbed environment and an empty temporary folder to work in. It
limits itself by what Python's ``resource`` offers there (:mod:`grader.sandbox.confine.limits`); its memory, its CPU
time and what it starts are watched from here (:mod:`grader.sandbox.portable.tree`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING

import psutil

from grader.records.errors import SandboxFault
from grader.sandbox.environment import ENVIRONMENT
from grader.sandbox.groups import END_SECONDS, gone, kill_group
from grader.sandbox.portable.channel import Printed, ThreadedChannel
from grader.sandbox.portable.tree import Ceiling, Tree
from grader.sandbox.queued import Queued

if TYPE_CHECKING:
    from collections.abc import Callable

# Nothing that is made while importing can be thrown away: the worker collects garbage from its first request on.
_COMMAND = "import gc; gc.disable(); from grader.sandbox.worker.alone import main; main()"

#: What Windows needs to load a library, and so Python and NumPy.
_KEPT = ("SYSTEMROOT",)

#: How Windows starts a process that neither a Ctrl-C in the grader's console nor a window of its own reaches.
_APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)

#: Exit codes that Windows gives to a process whose own fault ended it, as the signals that they are elsewhere.
_FAULTS = {
    0xC0000005: signal.SIGSEGV,  # memory that is not its own
    0xC00000FD: signal.SIGSEGV,  # no room on the stack
    0xC000001D: signal.SIGILL,
    0xC0000094: signal.SIGFPE,
    0xC0000409: signal.SIGABRT,
}


class PortableWorker:
    """A worker that has just been started. Raises SandboxFault when no process can be."""

    def __init__(self, ended: Callable[[PortableWorker], None] = lambda _: None) -> None:
        """``ended`` is told once nothing of it runs any more."""
        try:
            with ExitStack() as undo:
                self._folder = tempfile.mkdtemp(prefix="grade-")
                undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
                self._printed = undo.enter_context(Printed()), undo.enter_context(Printed())
                self._popen = undo.enter_context(self._start())
                undo.callback(self._popen.kill)
                self._tree = Tree(self._popen.pid)
                undo.pop_all()
        except (OSError, psutil.Error) as error:
            raise SandboxFault(f"could not start Python for the submission: {error}") from None
        self.pid = self._popen.pid
        self._queued = Queued(self.pid)
        self._told = ended
        self._channel: ThreadedChannel | None = None
        self._over = False
        self._ending = Lock()

    def channel(self) -> ThreadedChannel:
        """The way to talk to it, which takes over all that is open."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._channel = ThreadedChannel(self._popen.stdin, self._popen.stdout, *self._printed)
        return self._channel

    def cpu_seconds(self) -> float:
        """CPU seconds that it has used, and what it started."""
        return self._tree.cpu_seconds()

    def queued_seconds(self) -> float:
        """Seconds that it has waited for a processor, where the system says it."""
        return self._queued.seconds()

    def limit_memory(self, size: int) -> tuple[Ceiling]:
        """Hold it to so much more memory than it has now; what the host has to watch for that."""
        return (Ceiling(self._tree, base=self._tree.memory(), limit=size),)

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""
        try:
            code = self._popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        return -_FAULTS[code] if code in _FAULTS else code

    def end(self) -> None:
        """End it and what it started; twice does nothing. Raises SandboxFault if something survives."""
        with self._ending:  # whoever comes second goes on, and may leave, once all is done
            if self._over:
                return
            self._over = True
            try:
                if not self._ended():
                    children = f"{self.pid} and what it started"
                    raise SandboxFault(f"processes of the submission ({children}) could not be ended")
            finally:
                self._queued.close()
                shutil.rmtree(self._folder, ignore_errors=True)
                for printed in self._printed:
                    printed.remove()
            self._told(self)

    def abandon(self) -> None:
        """End it although somebody may still be talking to it, or never began to. Raises SandboxFault as above."""
        try:
            self.end()
        finally:
            (self._channel or self.channel()).close()

    def _ended(self) -> bool:
        """Kill its group, and its tree, of which some may have left the group; and see whether all of it is gone."""
        self._tree.look()
        groups = hasattr(os, "killpg")
        if groups:
            kill_group(self.pid)
        return self._tree.end() and self.wait(END_SECONDS) is not None and (not groups or gone(self.pid))

    def _start(self) -> subprocess.Popen[bytes]:
        stdout, stderr = self._printed
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        home = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), self._folder)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
            [sys.executable, "-s", "-P", "-c", _COMMAND, stdout.path, stderr.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr.theirs,
            bufsize=0,
            cwd=self._folder,
            env={**ENVIRONMENT, **kept, **home},
            start_new_session=True,  # which Windows leaves out
            creationflags=_APART,
        )
