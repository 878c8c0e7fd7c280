"""What a submission may cost, wherever it spends it: seconds of a whole grading, and objects that it hands over."""

from __future__ import annotations

import os
import time

import pytest

from grader.grading.grade import grade
from grader.grading.phase import Author
from grader.records.assignment import Assignment, Exercise, Limits, Output, PropertyCheck, Reals
from grader.records.bank import Case, CaseBank
from grader.records.run import Submission
from grader.report import view
from grader.sandbox.clocks import WALL_FACTOR
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.processors import processors

TOTAL = 0.5  # seconds of computing that are promised
SPARE = 2.0  # seconds that a report may come later than five times as many, on a machine that has time for it
LIMITS = Limits(seconds=1, case_seconds=0.05, load_seconds=0.1)
EXERCISES = tuple(
    Exercise(
        id=name,
        title=name,
        points=1,
        inputs={"x": Reals()},
        run=f"y, z = {name}(x), x",
        outputs={"y": Output(), "z": Output()},
        properties=(PropertyCheck(check="law", title="a law"),),
        limits=LIMITS,
    )
    for name in "fgh"
)
CASES = {
    each.id: tuple(
        Case(
            id=f"{each.id}/{number}",
            origin="random",
            public=number < 6,
            sizes={},
            inputs={"x": 1.5 + number},
            expected={"y": 2.0 * (1.5 + number), "z": 1.5 + number},
        )
        for number in range(12)
    )
    for each in EXERCISES
}
ASSIGNMENT = Assignment(id="a", title="Bounded", module="m.py", exercises=EXERCISES)
BANK = CaseBank(assignment=ASSIGNMENT, cases=CASES, inputs_sha256="0" * 64)
#: What sleeps just under each limit: 0.5 s of importing, 0.25 s of a case, wherever student code is run.
SLEEPS = {
    "in imports and in every call": "time.sleep(0.4)\ndef f(x):\n    time.sleep(0.2)\n    return x",
    "while its objects go, and in its end": (
        "import atexit\natexit.register(time.sleep, 60)\nclass Slow:\n    def __del__(self): time.sleep(0.2)\n"
        "def f(x):\n    Slow()\n    print('x' * 9999)\n    return x"
    ),
    "before each of its many ends": "import os\ndef f(x):\n    time.sleep(0.2)\n    os._exit(0)",
    "when hidden cases come": "def f(x):\n    if x > 7: time.sleep(0.2)\n    return 2 * x",
    "for as long as it likes": "def f(x): time.sleep(60)",
}


def graded(source: str, pool, total: float | None = None):
    """The report on a submission, with an author's side that takes part in all there is."""
    submission = Submission(module="m.py", files={"m.py": f"import time\n{source}\ng = h = f\n"})
    laws = {"law": lambda student, case: student.run(case.inputs) and None}
    answers = lambda _, cases: [{"y": 2 * case.inputs["x"], "z": case.inputs["x"]} for case in cases]  # noqa: E731
    with ProcessSandbox(submission, LIMITS, pool, total=total) as sandbox:
        return grade(BANK, submission, sandbox, Author(laws, answers))


@pytest.mark.parametrize("where", SLEEPS)
def test_a_report_comes_in_time_wherever_a_submission_sleeps(where, pool):
    assert pool.isolation.level  # it is up
    began = time.monotonic()
    report = graded(SLEEPS[where], pool, TOTAL)
    took = time.monotonic() - began
    busy = max(1.0, os.getloadavg()[0] / processors())  # waiting for a processor counts for nobody
    assert took < TOTAL * WALL_FACTOR + SPARE * busy
    assert took > TOTAL, "it has not waited at all, so that nothing was shown"
    assert report.score is not None
    assert report.score < 3 * 0.7, "what is late is not right"


def test_what_holds_too_much_is_told_and_takes_no_mark_from_what_came_beside_it(pool):
    report = graded("MANY = [[] for _ in range(9_000)]\ndef f(x): return MANY", pool)
    for exercise in view.student(report).exercises:
        assert [part.right for part in exercise.parts] == [False, True, True]
        (example, *_) = exercise.counterexamples
        assert example.outputs[0].deviation.came.type == "list of 9,000 with more in it than can be right"


@pytest.mark.parametrize(
    "form",
    ["[np.float64(2 * x)][0]", "np.array([[2 * x]])[0, 0]", "(2 * x, [[np.zeros(3) + n] for n in range(60)])"],
    ids=["a NumPy number", "an element", "with what it was worked out from"],
)
def test_whatever_form_it_comes_in_a_right_answer_is_right(form, pool):
    assert graded(f"import numpy as np\ndef f(x): return {form}", pool).score == 3
