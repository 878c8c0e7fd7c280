"""Cases that must raise, one after the other: one that hangs costs no other, and is waited for in full only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.grading.budget import Budget
from grader.records.run import TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.records.assignment import Exercise
    from grader.records.run import Job, Outcome, Run

#: What is left once one has hung, of the time for a case and in seconds at least: an exception comes soon or never.
SHARE, LEAST = 0.25, 0.5


def each_by_itself(
    jobs: Sequence[Job], exercise: Exercise, run: Callable[[Job], Run], anew: Callable[[Job], Run]
) -> list[Outcome]:
    """What comes of jobs of one case each. ``run`` has the exercise's seconds; ``anew`` has what is given to it.

    What comes after one that hung has less time for each case, but not what that has left of the exercise's.
    """
    full = exercise.limits.case_seconds
    soon = replace(exercise, limits=replace(exercise.limits, case_seconds=min(full, max(SHARE * full, LEAST))))
    found: list[Outcome] = []
    hung = False
    for job in jobs:
        (outcome,) = (Budget(anew, soon).run(job) if hung else run(job)).outcomes
        hung = hung or isinstance(outcome, TimedOut)
        found.append(outcome)
    return found
