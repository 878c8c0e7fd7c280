"""Limits that a worker puts on itself before any student code runs."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.sandbox.protocol import WorkerLimits


def apply(limited: WorkerLimits) -> None:
    """Limit this process; where the platform has no such limits, or refuses one, the host's own watch remains."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, value in (
        (resource.RLIMIT_AS, address_space() + limited.memory),
        (resource.RLIMIT_CPU, limited.cpu),
        (resource.RLIMIT_FSIZE, limited.file_size),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses some
            lower(kind, value)


def lower(kind: int, value: int) -> None:
    """Lower one of this process's limits, for good. Raises what ``setrlimit`` raises."""
    import resource

    last = value + 1 if kind == resource.RLIMIT_CPU else value  # SIGXCPU, which says why, goes before SIGKILL
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value, last = min(value, hard), min(last, hard)
    resource.setrlimit(kind, (value, last))


def address_space() -> int:
    """Bytes of address space this process has now; a fair guess where /proc is missing."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - pathlib is not needed in a worker otherwise
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 512 << 20
