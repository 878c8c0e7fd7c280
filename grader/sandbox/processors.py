"""How many workers can compute at the same time."""

from __future__ import annotations

import os


def processors() -> int:
    """The number of processors that this process may use, which in a container can be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
