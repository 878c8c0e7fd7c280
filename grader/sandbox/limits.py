"""Limits that a worker puts on itself before any student code runs, and the environment it is started in."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.sandbox.protocol import Limited

#: The whole environment of a worker. One BLAS thread is a correctness need, not a preference: threads that may not be
#: created leave a matrix product waiting. A fixed hash seed makes the order of a student's sets repeatable, and what is
#: in fresh memory (of ``np.empty``) is the same in every run: 0x7f in every byte, about 1e306. Elsewhere than with the
#: GNU C library that setting is not read.
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
    "GLIBC_TUNABLES": "glibc.malloc.perturb=128:glibc.malloc.tcache_count=0",
}


def apply(limited: Limited) -> None:
    """Limit this process; where the platform has no such limits the host's own clocks remain."""
    if sys.platform == "win32":
        return
    import resource

    for kind, value in (
        (resource.RLIMIT_AS, address_space() + limited.memory),
        (resource.RLIMIT_CPU, limited.cpu),
        (resource.RLIMIT_FSIZE, limited.file_size),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses some limits; the host's clocks remain
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
