"""Starting a worker process, and ending it so that nothing of it is left.

A process has a session of its own, a scrubbed environment and an empty temporary folder to work in. (The worker adds
its limits itself, see :mod:`grader.sandbox.limits`; where it has none to add, the host watches its memory, see
:mod:`grader.sandbox.memory`.) Nothing here needs NumPy, so that a worker can come up while its host is still importing.
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
from typing import IO, TYPE_CHECKING

from grader.records.errors import SandboxFault
from grader.sandbox import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.sandbox.channel import Channel
    from grader.sandbox.memory import Ceiling, Held
    from grader.sandbox.threaded import ThreadedChannel

END_SECONDS = 5.0

#: What every level has, in the words of a report.
ALWAYS = ("own process", "limits", "clean environment")

# Nothing that is made while importing can be thrown away: the worker collects garbage from its first request on.
_COMMAND = "import gc; gc.disable(); from grader.sandbox.worker import main; main()"


class Process:
    """A worker that has just been started, by the means that POSIX has; see also :mod:`grader.sandbox.windows`.

    ``requests`` and ``replies`` are this side's ends of its two pipes; they belong to whoever talks to it. Raises
    SandboxFault when no process can be started.
    """

    layers: tuple[str, ...] = ALWAYS
    stdout: IO[bytes]
    stderr: IO[bytes]

    def __init__(self, held: Held | None = None) -> None:
        """``held`` tells how much memory it holds, where its kernel does not limit that."""
        if _ending.is_set():
            raise SandboxFault("no process is started any more: the grader was told to end")
        self.folder = tempfile.mkdtemp(prefix="grade-")
        self._held = held
        request_read, self.requests = os.pipe()
        self.replies, reply_write = os.pipe()
        try:
            self._popen = self._start(request_read, reply_write)
        except (OSError, SandboxFault) as error:
            os.close(self.requests)
            os.close(self.replies)
            shutil.rmtree(self.folder, ignore_errors=True)
            raise SandboxFault(f"could not start Python for the submission: {error}") from None
        finally:
            os.close(request_read)
            os.close(reply_write)
        self.pid = self._popen.pid
        _living.add(self)

    def channel(self) -> Channel | ThreadedChannel:
        """The way to talk to it, which takes over all that is open."""
        from grader.sandbox.channel import Channel

        return Channel(self.requests, self.replies, self.stdout, self.stderr)

    def limit_memory(self, size: int) -> Sequence[Ceiling]:
        """Hold it to so much more memory than it has now; what the host has to watch for that."""
        if self._held is None:  # it has limited itself
            return ()
        from grader.sandbox.memory import Ceiling

        return (Ceiling(self.pid, self._held, base=self._held(self.pid) or 0, limit=size),)

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""
        try:
            return self._popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End it and what it started; twice does nothing. Raises SandboxFault if something survives."""
        if self not in _living:
            return
        try:
            if not self._ended():
                raise SandboxFault(f"processes of the submission (group {self.pid}) could not be ended")
        finally:
            _living.discard(self)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, requests: int, replies: int) -> subprocess.Popen[bytes]:
        """Start it, with these ends of its pipes."""
        popen = subprocess.Popen(  # noqa: S603 - our own interpreter and a constant command
            [sys.executable, *arguments(requests, replies)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=environment(self.folder),
            pass_fds=(requests, replies),
            start_new_session=True,
        )
        assert popen.stdout is not None
        assert popen.stderr is not None
        self.stdout, self.stderr = popen.stdout, popen.stderr
        return popen

    def _ended(self) -> bool:
        """Kill its group and see whether that is gone."""
        kill_group(self.pid)
        self.wait(END_SECONDS)
        return gone(self.pid)


def arguments(requests: int, replies: int) -> list[str]:
    """What Python is told to become a worker: to use neither the user's own libraries nor those in its folder."""
    return ["-s", "-P", "-c", _COMMAND, str(requests), str(replies)]


def environment(folder: str) -> dict[str, str]:
    """The whole environment of a worker whose home is ``folder``."""
    return {**limits.ENVIRONMENT, "HOME": folder, "TMPDIR": folder}


_living: set[Process] = set()
_ending = threading.Event()


def end_all() -> None:
    """End every plain process that is left, whichever thread it belongs to; none can be started afterwards.

    For the end of the grader; workers of a zygote end with its socket. Raises SandboxFault if something survives.
    """
    _ending.set()
    while _living:
        worker = next(iter(_living))
        worker.end()
        worker.stdout.close()  # nobody will read it; on Windows these are files, which go when they are closed
        worker.stderr.close()


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
