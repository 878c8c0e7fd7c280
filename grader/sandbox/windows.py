"""A worker on Windows: a plain process in a job of its own (:mod:`grader.sandbox.kernel32`).

The job takes it in as soon as it is started, not before it runs: ``subprocess`` offers no other way. Until then it is
no more than Python coming up, for nothing of a submission has been sent yet.
"""

from __future__ import annotations

import io
import msvcrt
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from grader.records.errors import SandboxFault
from grader.sandbox import kernel32
from grader.sandbox.process import ALWAYS, END_SECONDS, Process, arguments, environment
from grader.sandbox.threaded import ThreadedChannel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.sandbox.memory import Ceiling

assert sys.platform == "win32" or not TYPE_CHECKING  # what follows is checked by `mypy --platform win32`

#: Exit codes that Windows gives to a process whose own fault ended it, as the signals that they are elsewhere.
SIGNALS = {
    0xC0000005: signal.SIGSEGV,  # memory that is not its own
    0xC00000FD: signal.SIGSEGV,  # no room on the stack
    0xC000001D: signal.SIGILL,
    0xC0000094: signal.SIGFPE,
    0xC0000409: signal.SIGABRT,
}


class WindowsProcess(Process):
    """A worker that has just been started."""

    layers = ("job object", *ALWAYS)

    def channel(self) -> ThreadedChannel:
        """The way to talk to it, which takes over all that is open."""
        return ThreadedChannel(self.requests, self.replies, self.stdout, self.stderr)

    def limit_memory(self, size: int) -> Sequence[Ceiling]:
        """Have the job refuse it more memory than that, beyond what it has committed by now."""
        try:
            self._job.limit_memory(kernel32.committed_bytes(self.pid) + size)
        except SandboxFault:
            if self.wait(0) is None:  # else it has ended by itself
                raise
        return ()

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""
        code = super().wait(seconds)
        return -SIGNALS[code] if code in SIGNALS else code

    def _start(self, requests: int, replies: int) -> subprocess.Popen[bytes]:
        handles = [msvcrt.get_osfhandle(end) for end in (requests, replies)]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        with ExitStack() as undo:
            self._job = kernel32.Job()
            undo.callback(self._job.close)
            self.stdout, self.stderr = stdout, stderr = _Output(), _Output()
            undo.callback(stderr.close)
            undo.callback(stdout.close)
            # Python of a virtual environment is a program that starts another one, which the job would not let it.
            base: str = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001 - multiprocessing's way too
            popen = subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
                [base, *arguments(*handles)],
                stdin=subprocess.DEVNULL,
                stdout=stdout.theirs,
                stderr=stderr.theirs,
                cwd=self.folder,
                env=_environment(self.folder, base),
                startupinfo=subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles}),
                # Without a console: nothing reaches that of the grader, and none takes a process to serve it.
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS,
            )
            try:
                self._job.take(popen.pid)
            except SandboxFault:
                popen.kill()
                popen.wait(END_SECONDS)
                raise
            stdout.give()
            stderr.give()
            undo.pop_all()
        return popen

    def _ended(self) -> bool:
        """End the process. There is no other in its job."""
        try:
            self._job.end()
            return self.wait(END_SECONDS) is not None
        finally:
            self._job.close()


def _environment(folder: str, base: str) -> dict[str, str]:
    """A clean environment; without SYSTEMROOT neither Python nor NumPy comes up."""
    found = {**environment(folder), "USERPROFILE": folder, "TEMP": folder, "TMP": folder}
    found["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", r"C:\Windows")
    if base != sys.executable:
        found["__PYVENV_LAUNCHER__"] = sys.executable  # whose libraries it is to use
    return found


class _Output(io.FileIO):
    """A file for what a worker prints, open for reading; it goes when it is closed."""

    def __init__(self) -> None:
        self.theirs, path = tempfile.mkstemp(prefix="grade-")  # the descriptor to write to
        self._given = False
        super().__init__(path, "rb")

    def give(self) -> None:
        """The worker holds its end by now: close ours."""
        if not self._given:
            self._given = True
            os.close(self.theirs)

    def close(self) -> None:
        """Close and remove it; called twice it does nothing."""
        if not self.closed:
            super().close()
            self.give()
            with suppress(OSError):  # a virus scanner may be looking at it
                os.unlink(self.name)  # noqa: PTH108 - a name of FileIO's, as it was given
