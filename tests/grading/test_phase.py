"""What is asked of every submission, packed once; what of it is asked again."""

from __future__ import annotations

from grader.grading.phase import asked
from grader.records.assignment import Exercise, Limits, Output, Reals
from grader.records.bank import Case, Origin
from grader.records.run import Submission
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


def test_questions_packed_once_are_asked_of_every_submission_and_some_of_it_again(pool):
    cases = [
        Case(id=f"f/{n}", origin=Origin("any"), public=True, sizes={}, inputs={"x": float(n)}, expected={"y": 2.0 * n})
        for n in range(9)
    ]
    questions = asked(EXERCISE, cases).public
    assert questions.job.packed is questions.job.packed != b""
    for factor in (2, 3, 2):
        source = f"def f(x):\n    return {factor} * x\n"
        with ProcessSandbox(Submission(module="m.py", files={"m.py": source}), Limits(), pool) as sandbox:
            outcomes, again = (ran.outcomes for ran in sandbox.run_each([questions.job, questions.again.job]))
        assert [outcome.outputs["y"] for outcome in outcomes] == [factor * n for n in range(9)]
        assert [trial.right for trial in questions.key.trials(outcomes)] == [factor == 2 or n == 0 for n in range(9)]
        assert [outcome.outputs["y"] for outcome in again] == [factor * n for n in (0, 3, 6)]
