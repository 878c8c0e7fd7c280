"""Memory that nobody has filled, the same whatever ran before: a wrong version may read it."""

from __future__ import annotations

import numpy as np

KEPT = 7  # blocks of one size that NumPy keeps
LARGEST_KEPT = 1024  # bytes of one
FRESH = 0x7F  # what the sandbox has glibc fill memory with: see grader.sandbox.environment


_BLOCKS = [np.full(size, FRESH, np.uint8) for size in range(8, LARGEST_KEPT, 8)]


def forget_memory() -> None:
    """Have arrays that are made without being filled hold what they hold in a process of their own.

    NumPy keeps small blocks for later, and with them what other versions computed: right answers, it may be.
    """
    held = [block.copy() for block in _BLOCKS for _ in range(KEPT)]
    del held
