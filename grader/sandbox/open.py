"""Which of the pools of workers a machine has use for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from grader.sandbox.api import WorkerPool
    from grader.sandbox.pool.start import Program


def open_pool(highest: int = 5, program: Program | None = None, *, alone: bool = False) -> WorkerPool:
    """The strongest pool that this platform has, of a level of at most ``highest``. It begins to start at once.

    ``program``: one that was started before, which is taken if it fits, and ended if it does not. ``alone``: one worker
    is asked at a time, and somebody is waiting for what it says.
    """
    if program is not None and program.highest != highest:
        program.control.close()  # which ends it
        program = None
    if highest > 1 and hasattr(os, "pidfd_open"):  # Linux
        from grader.sandbox.pool.forked import ZygotePool

        return ZygotePool(highest, program, eager=alone and processors() > 1)
    from grader.sandbox.portable.pool import PortablePool

    return PortablePool()
