"""Process groups, where the system has them: a submission that may fork has one, which is ended as a whole."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

END_SECONDS = 5.0  # for what was killed to be gone


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
