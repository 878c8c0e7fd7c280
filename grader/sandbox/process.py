"""Starting a worker process, and ending it so that nothing of it is left.

This is the portable level of isolation: a process of its own session, a scrubbed environment and an empty temporary
folder to work in. (The worker adds its limits itself, see :mod:`grader.sandbox.limits`.) Nothing here needs NumPy, so
that a worker can come up while its host is still importing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.errors import SandboxFault
from grader.model import Isolation
from grader.sandbox import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

END_SECONDS = 5.0

#: What every level has, in the words of a report.
ALWAYS = ("own process", "limits", "clean environment")

# Nothing that is made while importing can be thrown away: the worker collects garbage from its first request on.
_COMMAND = "import gc; gc.disable(); from grader.sandbox.worker import main; main()"


class Portable:
    """Starts workers as plain processes: what works on any platform, and is level 1."""

    isolation = Isolation(level=1, layers=ALWAYS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def worker(self, data: Mapping[str, bytes]) -> Process:
        """A new worker, in a folder that holds these files. Raises SandboxFault when no process can be started."""
        return Process(data)

    def close(self) -> None:
        """Nothing is left to close: each worker ends by itself."""


class Process:
    """A worker that has just been started.

    ``requests`` and ``replies`` are this side's ends of its two pipes; they belong to whoever talks to it. Raises
    SandboxFault when no process can be started.
    """

    def __init__(self, data: Mapping[str, bytes]) -> None:
        if _ending.is_set():
            raise SandboxFault("no process is started any more: the grader was told to end")
        self.folder = folder_with(data)
        request_read, self.requests = os.pipe()
        self.replies, reply_write = os.pipe()
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
                [sys.executable, "-s", "-P", "-c", _COMMAND, str(request_read), str(reply_write)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.folder,
                env={**limits.ENVIRONMENT, "HOME": self.folder, "TMPDIR": self.folder},
                pass_fds=(request_read, reply_write),
                start_new_session=True,
            )
        except OSError as error:
            os.close(self.requests)
            os.close(self.replies)
            shutil.rmtree(self.folder, ignore_errors=True)
            raise SandboxFault(f"could not start Python for the submission: {error}") from None
        finally:
            os.close(request_read)
            os.close(reply_write)
        assert popen.stdout is not None
        assert popen.stderr is not None
        self._popen = popen
        self.pid = popen.pid
        self.stdout, self.stderr = popen.stdout, popen.stderr
        _living.add(self)

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""
        try:
            return self._popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Kill the process group and see that it is gone. Raises SandboxFault if something survives."""
        try:
            kill_group(self.pid)
            self.wait(END_SECONDS)
            if not gone(self.pid):
                raise SandboxFault(f"processes of the submission (group {self.pid}) could not be ended")
        finally:
            _living.discard(self)
            shutil.rmtree(self.folder, ignore_errors=True)


_living: set[Process] = set()
_ending = threading.Event()


def end_all() -> None:
    """End every plain process that is left, whichever thread it belongs to; none can be started afterwards.

    For the end of the grader; workers of a zygote end with its socket. Raises SandboxFault if something survives.
    """
    _ending.set()
    while _living:
        next(iter(_living)).end()


def folder_with(data: Mapping[str, bytes]) -> str:
    """A new temporary folder that holds these files; the names are relative and lead nowhere else."""
    folder = Path(tempfile.mkdtemp(prefix="grade-"))
    for name, content in data.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return str(folder)


def kill_group(group: int) -> None:
    """Kill every process of a group, if there is any."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # PermissionError: macOS, when only zombies are left
        return


def gone(group: int) -> bool:
    """True once no process of the group runs any more; waits a little for the kernel."""
    limit = time.monotonic() + END_SECONDS
    while time.monotonic() < limit:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return True
        if _only_zombies(group):
            return True
        time.sleep(0.002)
    return False


def _only_zombies(group: int) -> bool:
    """True if every member of the group is dead and merely waits for a parent that does not collect it."""
    states = []
    for entry in Path("/proc").iterdir() if sys.platform == "linux" else ():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
            except OSError:  # it ended meanwhile
                continue
            if int(fields[2]) == group:
                states.append(fields[0])
    return bool(states) and set(states) <= {b"Z", b"X"}
