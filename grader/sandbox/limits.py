"""Limits that a worker puts on itself before any student code runs, and the environment it is started in."""

from __future__ import annotations

import os
import sys

#: The whole environment of a worker. One BLAS thread is a correctness need, not a preference: threads that may not be
#: created leave a matrix product waiting. A fixed hash seed makes the order of a student's sets repeatable.
ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


def apply(memory: int, cpu: int, file_size: int) -> None:
    """Limit this process: bytes of memory beyond what it has now, CPU seconds, bytes of any file it writes.

    Where the platform has no such limits the host's own clocks remain.
    """
    if sys.platform == "win32":
        return
    import resource

    _lower(resource.RLIMIT_AS, address_space() + memory)
    _lower(resource.RLIMIT_CPU, cpu)
    _lower(resource.RLIMIT_FSIZE, file_size)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):  # macOS refuses some limits; the host's clocks remain
        return


def address_space() -> int:
    """Bytes of address space this process has now; a fair guess where /proc is missing."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - pathlib is not needed in a worker otherwise
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 512 << 20
