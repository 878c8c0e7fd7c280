"""Memory of a worker, looked at from outside: for a platform whose kernel sets no limit to it.

The worker lowers a limit of its own wherever there is one (:mod:`grader.sandbox.limits`), and on Windows its job has
one. macOS has none that holds, so there the host looks, and ends a worker that has taken too much. It looks at every
tick: by then a worker may have taken more than the limit, and what it took is its again a moment later.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.records.run import OutOfMemory

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.run import Outcome

    #: Tells how many bytes a process holds; None if it has ended, or nothing says so.
    Held = Callable[[int], int | None]


def by_platform() -> Held | None:
    """What tells a process's memory where the kernel does not limit it; None where it does."""
    held: Held | None = None
    if sys.platform == "darwin":
        from grader.sandbox.libproc import held_bytes as held
    return held


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The bytes that a process may hold: ``limit`` more than the ``base`` that it held before any student code ran."""

    pid: int
    held: Held
    base: int
    limit: int

    def wait(self) -> float:
        """Seconds until it is over by itself: never."""
        return math.inf

    def passed(self) -> Outcome | None:
        """The outcome if the process holds too much."""
        if (self.held(self.pid) or 0) > self.base + self.limit:
            return OutOfMemory(limit=self.limit)
        return None
