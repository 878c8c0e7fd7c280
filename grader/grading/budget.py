"""The seconds of an exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.run import TimedOut
from grader.sandbox.clocks import WALL_FACTOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.assignment import Exercise
    from grader.records.run import Job, Outcome, Run


class Budget:
    """An exercise's seconds, spent by one job after the other. Its cases have one, whatever else is tried another."""

    def __init__(self, run: Callable[[Job], Run], exercise: Exercise) -> None:
        self._run = run
        self._limits = exercise.limits
        self._left = exercise.limits.seconds

    def run(self, job: Job) -> Run:
        """Run a job with what is left."""
        limited = self.limited(job)
        return self.spent(limited, self._run(limited))

    def limited(self, job: Job) -> Job:
        """The job, which may take what is left."""
        return replace(job, limits=replace(self._limits, seconds=max(self._left, 0.1)))

    def spent(self, job: Job, ran: Run) -> Run:
        """The run of a limited job, which is counted from now on."""
        self._left -= max(ran.cpu, ran.wall / WALL_FACTOR)  # who sleeps in every job would never come to an end
        if not any(isinstance(outcome, TimedOut) for outcome in ran.outcomes):
            return ran
        left = job.limits.seconds
        return replace(ran, outcomes=tuple(self._in_full(outcome, left) for outcome in ran.outcomes))

    def _in_full(self, outcome: Outcome, left: float) -> Outcome:
        """The outcome with the exercise's own limit: what was left of it says nothing, and differs from run to run."""
        if isinstance(outcome, TimedOut) and outcome.scope == "exercise":
            return replace(outcome, seconds=outcome.seconds / left * self._limits.seconds)
        return outcome
