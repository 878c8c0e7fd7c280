"""Clocks of a worker, read from outside: what it says of its own time is not believed."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from grader.records.run import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.run import Outcome, Scope
    from grader.sandbox.api import Watched, WorkerProcess

TICK = 0.05  # seconds between looks at what a worker may not pass
MOMENT = 0.001  # the same at least: what waits for a processor has no time left and has not passed it
WALL_FACTOR = 5.0  # of the CPU limit; a machine that grades a class is busy, and that is not the student's fault


class Clock:
    """CPU and wall seconds of a process since the clock was started, measured from outside."""

    def __init__(self, process: WorkerProcess) -> None:
        self._process = process
        self.restart()

    def restart(self) -> None:
        """Count from now."""
        self._cpu0, self._wall0 = self._process.cpu_seconds(), time.monotonic()
        self._seen = self._charged = 0.0

    def charge(self, seconds: float) -> None:
        """Count CPU seconds that others spend on what the process says."""
        self._charged += seconds

    def restart_wall(self) -> None:
        """Count wall seconds from now: what went by before was not the process's doing."""
        self._wall0 = time.monotonic()

    def cpu(self) -> float:
        """CPU seconds since the start; of a process that is gone, those last seen."""
        self._seen = max(self._seen, self._process.cpu_seconds() - self._cpu0)
        return self._seen + self._charged

    def wall(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self._wall0

    def queued(self) -> float:
        """Seconds that the process spent waiting for a processor, of which other work had too many."""
        return self._process.queued_seconds()


class Total:
    """CPU seconds of all that is run of a submission, in however many processes; waiting ends at WALL_FACTOR times.

    It is counted while something is asked of a process, and reading its answers counts with it: neither the grader's
    other work nor a processor that others keep busy is a student's doing.
    """

    def __init__(self, seconds: float | None, share: float = 1.0) -> None:
        """``share`` of the seconds are for what is counted here. None: there is no end to it."""
        self._told = inf if seconds is None else seconds
        self._seconds = self._told * share
        self._cpu = self._wall = 0.0
        self._clock: Clock | None = None
        self._queued = 0.0
        self._started = False

    @contextmanager
    def counting(self, clock: Clock) -> Iterator[None]:
        """Count what the clock of one question says."""
        self._clock, self._queued = clock, clock.queued()
        try:
            yield
        finally:
            self._cpu, self._wall, self._clock = self._cpu_seconds(), self._waited(), None

    @contextmanager
    def starting(self, clock: Clock) -> Iterator[None]:
        """Count the waiting for a process and its libraries. The first is free, others follow one that ended."""
        cpu = self._cpu
        with self.counting(clock) if self._started else nullcontext():
            yield
        self._cpu, self._started = cpu, True

    def used(self) -> float:
        """The share of it that is over."""
        return max(self._cpu_seconds(), self._waited() / WALL_FACTOR) / self._seconds

    def wait(self) -> float:
        """Wall seconds that are left at most."""
        patience = self._seconds * WALL_FACTOR
        return max(patience - self._elapsed(), 0.0) or max(patience - self._waited(), 0.0)

    def passed(self) -> Outcome | None:
        """The outcome if the time is over."""
        if self._cpu_seconds() > self._seconds:
            return TimedOut(seconds=self._told, clock="cpu", scope="submission")
        patience = self._seconds * WALL_FACTOR
        if self._elapsed() > patience and self._waited() > patience:  # to ask what was waited for costs most
            return TimedOut(seconds=self._told * WALL_FACTOR, clock="wall", scope="submission")
        return None

    def _cpu_seconds(self) -> float:
        return self._cpu + (self._clock.cpu() if self._clock else 0.0)

    def _elapsed(self) -> float:
        return self._wall + (self._clock.wall() if self._clock else 0.0)

    def _waited(self) -> float:
        """What has elapsed without the waiting for a processor."""
        if self._clock is None:
            return self._wall
        return self._wall + max(0.0, self._clock.wall() - (self._clock.queued() - self._queued))


class Deadline(NamedTuple):
    """CPU seconds that a scope may take, and WALL_FACTOR times as many wall seconds."""

    clock: Clock
    seconds: float
    scope: Scope

    def wait(self) -> float:
        """Wall seconds that are left at most."""
        return max(0.0, self.seconds * WALL_FACTOR - self.clock.wall())

    def passed(self) -> Outcome | None:
        """The outcome if the time is over."""
        if self.clock.cpu() > self.seconds:
            return TimedOut(seconds=self.seconds, clock="cpu", scope=self.scope)
        patience = self.seconds * WALL_FACTOR
        if self.clock.wall() > patience and self.clock.wall() > patience + self.clock.queued():
            return TimedOut(seconds=self.seconds * WALL_FACTOR, clock="wall", scope=self.scope)
        return None


class AllWatched:
    """All that a worker may not pass. To look at it after each answer would take as long as to read that.

    ``next_look`` is when, by :func:`time.monotonic`: between one answer and the next, whichever job they
    are of.
    """

    def __init__(self, bounds: Sequence[Watched], before: float = inf) -> None:
        """``before``: when the next look at what was watched before would have been."""
        self._bounds = bounds
        self.next_look = min(before, self._later())

    def wait(self) -> float:
        """Wall seconds until it is worth a look."""
        return max(0.0, self.next_look - time.monotonic())

    def passed(self) -> Outcome | None:
        """The outcome if something has been passed, and it was time to look."""
        if time.monotonic() < self.next_look:
            return None
        beyond = next((found for bound in self._bounds if (found := bound.passed()) is not None), None)
        self.next_look = self._later()
        return beyond

    def _later(self) -> float:
        return time.monotonic() + max(MOMENT, min(TICK, *(bound.wait() for bound in self._bounds)))
