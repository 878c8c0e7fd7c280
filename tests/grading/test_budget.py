"""Seconds that the jobs of one exercise share."""

from __future__ import annotations

import pytest

from grader.grading.budget import Budget
from grader.records.assignment import Exercise, Limits, Output, Reals
from grader.records.run import Job, NotRun, Run, TimedOut
from grader.sandbox.clocks import WALL_FACTOR

EXERCISE = Exercise(
    id="f",
    title="f",
    points=1,
    inputs={"x": Reals()},
    run="y = f(x)",
    outputs={"y": Output()},
    limits=Limits(seconds=3.0, case_seconds=0.5),
)
JOB = Job(run=EXERCISE.run, outputs=("y",), sizes=({},), inputs=({"x": 1.0},), limits=EXERCISE.limits)


def test_jobs_share_the_seconds_of_their_exercise_but_never_get_none():
    given = []

    def run(job):
        given.append(job.limits.seconds)
        return Run(outcomes=(NotRun(),), cpu=2.5)

    budget = Budget(run, EXERCISE)
    for _ in range(3):
        budget.run(JOB)
    assert given == [3.0, 0.5, 0.1]


def test_waiting_counts_as_well():
    """Less than computing; or code that sleeps would never come to an end."""
    given = []

    def run(job):
        given.append(job.limits.seconds)
        return Run(outcomes=(NotRun(),), cpu=0.0, wall=1.0 * WALL_FACTOR)

    budget = Budget(run, EXERCISE)
    for _ in range(4):
        budget.run(JOB)
    assert given == [3.0, 2.0, 1.0, 0.1]


@pytest.mark.parametrize(
    ("factor", "outcome"),
    [
        (1, TimedOut(seconds=3.0, clock="cpu", scope="exercise")),
        (2, TimedOut(seconds=6.0, clock="wall", scope="exercise")),
    ],
)
def test_a_limit_is_told_as_it_was_set_whatever_was_left_of_it(factor, outcome):
    def run(job):
        late = TimedOut(seconds=job.limits.seconds * factor, clock=outcome.clock, scope="exercise")
        return Run(outcomes=(late, NotRun()), cpu=2.8123)

    budget = Budget(run, EXERCISE)
    assert budget.run(JOB).outcomes == (outcome, NotRun())
    assert budget.run(JOB).outcomes[0].seconds == pytest.approx(outcome.seconds)


def test_the_limit_of_a_case_stays_as_it_is():
    late = TimedOut(seconds=0.5, clock="cpu", scope="case")
    assert Budget(lambda job: Run(outcomes=(late,), cpu=2.0), EXERCISE).run(JOB).outcomes == (late,)
