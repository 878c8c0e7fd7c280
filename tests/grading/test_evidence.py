"""Seconds that the jobs of one exercise share."""

from __future__ import annotations

import pytest
from grader.grading.evidence import Allowance, papers

from grader.records.assignment import Exercise, Limits, Output, Reals
from grader.records.bank import Case
from grader.records.run import Job, NotRun, Run, Submission, TimedOut
from grader.sandbox.clocks import WALL_FACTOR
from grader.sandbox.host import ProcessSandbox

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

    allowance = Allowance(run, EXERCISE)
    for _ in range(3):
        allowance.run(JOB)
    assert given == [3.0, 0.5, 0.1]


def test_waiting_counts_as_well():
    """Less than computing; or code that sleeps would never come to an end."""
    given = []

    def run(job):
        given.append(job.limits.seconds)
        return Run(outcomes=(NotRun(),), cpu=0.0, wall=1.0 * WALL_FACTOR)

    allowance = Allowance(run, EXERCISE)
    for _ in range(4):
        allowance.run(JOB)
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

    allowance = Allowance(run, EXERCISE)
    assert allowance.run(JOB).outcomes == (outcome, NotRun())
    assert allowance.run(JOB).outcomes[0].seconds == pytest.approx(outcome.seconds)


def test_the_limit_of_a_case_stays_as_it_is():
    late = TimedOut(seconds=0.5, clock="cpu", scope="case")
    assert Allowance(lambda job: Run(outcomes=(late,), cpu=2.0), EXERCISE).run(JOB).outcomes == (late,)


def test_a_paper_packed_once_is_asked_of_every_submission_and_some_of_it_again(pool):
    cases = [
        Case(id=f"f/{n}", origin="", public=True, sizes={}, inputs={"x": float(n)}, expected={"y": 2.0 * n})
        for n in range(9)
    ]
    paper = papers(EXERCISE, cases).public
    assert paper.job.packed is paper.job.packed != b""
    for factor in (2, 3, 2):
        source = f"def f(x):\n    return {factor} * x\n"
        with ProcessSandbox(Submission(module="m.py", files={"m.py": source}), Limits(), pool) as sandbox:
            outcomes, again = (ran.outcomes for ran in sandbox.run_each([paper.job, paper.again.job]))
        assert [outcome.outputs["y"] for outcome in outcomes] == [factor * n for n in range(9)]
        assert [trial.right for trial in paper.key.trials(outcomes)] == [factor == 2 or n == 0 for n in range(9)]
        assert [outcome.outputs["y"] for outcome in again] == [factor * n for n in (0, 3, 6)]
