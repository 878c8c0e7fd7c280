"""What is asked of every submission, packed once; what of it is asked again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.grading.budget import Budget
from grader.grading.phase import Author, Phase, PublicPhase, asked
from grader.records.assignment import Exercise, Limits, Output, Reals
from grader.records.bank import Case, Origin
from grader.records.run import Raised, Submission, TimedOut
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


def test_what_hangs_waits_its_full_time_once_and_costs_no_exception_that_comes(pool):
    exercise = replace(EXERCISE, limits=Limits(seconds=1.6, case_seconds=1.0))
    cases = [
        Case(id=f"f/{n}", origin=Origin("bad_input", "ValueError"), public=True, sizes={}, inputs={"x": float(n)},
             raises="ValueError")
        for n in range(5)
    ]  # fmt: skip
    source = "def f(x):\n    while x not in (0, 4): pass\n    raise ValueError('no')\n"
    with ProcessSandbox(Submission(module="m.py", files={"m.py": source}), Limits(), pool) as sandbox:
        phase = PublicPhase(exercise, asked(exercise, cases), sandbox, Budget(sandbox.run, exercise))
        phase.finish(Author())
    assert [trial.right for trial in phase.raises] == [True, False, False, False, True]
    hanging = [trial.outcome for trial in phase.raises[1:4]]
    assert hanging == [TimedOut(seconds, "cpu", "case") for seconds in (1.0, 0.5, 0.5)]
    assert isinstance(phase.raises[4].outcome, Raised)


@pytest.mark.parametrize(
    ("body", "public", "asks"),
    [
        ("return 2 * x", True, False),
        ("return x", True, True),
        ("return x", False, False),
        ("raise ValueError", True, True),
        ("raise NotImplementedError", True, False),
        ("__import__('os')._exit(1)", True, False),
    ],
)
def test_the_reference_comes_up_only_where_a_public_case_can_be_made_smaller(pool, body, public, asks):
    cases = [Case(id="f/0", origin=Origin("any"), public=public, sizes={}, inputs={"x": 3.0}, expected={"y": 6.0})]
    source = f"def f(x):\n    {body}\n"
    with ProcessSandbox(Submission(module="m.py", files={"m.py": source}), Limits(), pool) as sandbox:
        questions = asked(EXERCISE, cases)
        phase = Phase(
            EXERCISE, questions.public if public else questions.hidden, sandbox, Budget(sandbox.run, EXERCISE)
        )
        job = phase.job()
        phase.see(job, sandbox.run(job))
    assert phase.asks_reference is asks
