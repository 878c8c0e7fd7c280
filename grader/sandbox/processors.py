"""How many workers can compute at the same time."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: What a container of Linux may use of each so many microseconds of all processors; "max" for all of it.
QUOTA = Path("/sys/fs/cgroup/cpu.max")


def processors() -> int:
    """The number of processors that this process may use, which in a container can be fewer than there are."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError, ZeroDivisionError):  # elsewhere nothing says so; "max" is no number
        quota, period = map(int, QUOTA.read_text(encoding="ascii").split())
        return max(1, min(allowed, quota // period))
    return allowed
