"""Many versions of a reference at once, each as wrong as it likes."""

from __future__ import annotations

import numpy as np
import pytest

from grader.mistakes import runner
from grader.mistakes.runner import ENDINGS, VersionRunner
from grader.records.assignment import Limits
from grader.records.run import Crashed, Job, NotRun, OutOfMemory, Raised, Returned, Submission, TimedOut

RIGHT = "def f(n):\n    return 2 * n\n"
CASES = 5


@pytest.fixture(autouse=True)
def short_limits(monkeypatch):
    monkeypatch.setattr(runner, "CASE_SECONDS", 0.2)
    monkeypatch.setattr(runner, "LOAD_SECONDS", 1.0)


def made(pool, preload=(), data=None, **files):
    texts = {"ref.py": RIGHT, **{f"{name}.py": text for name, text in files.items()}}
    return VersionRunner(Submission(module="ref.py", files=texts, data=data or {}), pool, preload)


def job(count=CASES, **limits):
    numbers = tuple({"n": np.float64(number)} for number in range(count))
    return Job(run="y = f(n)", outputs=("y",), sizes=({},) * count, inputs=numbers, limits=Limits(**limits))


def in_f(*lines):
    """A version whose function begins with these lines."""
    return "\n    ".join(["import os\nimport numpy as np\n\n\ndef f(n):", *lines, "return 2 * n\n"])


def kinds(outcomes):
    return [type(outcome) for outcome in outcomes]


def is_right(outcomes):
    return [outcome.outputs["y"] for outcome in outcomes] == [2 * number for number in range(CASES)]


#: What becomes of five cases of a version; None where that depends on how well it is kept apart.
WRONG = {
    "hangs": (in_f("while True:", "    pass"), [TimedOut] * ENDINGS + [NotRun] * 2),
    "hangs once": (in_f("while n == 1:", "    pass"), [Returned, TimedOut, Returned, Returned, Returned]),
    "exits": (in_f("os._exit(0)"), [Crashed] * ENDINGS + [NotRun] * 2),
    "exits late": (in_f("if n > 2:", "    os._exit(3)"), [Returned] * 3 + [Crashed] * 2),
    "kills itself": (in_f("os.kill(os.getpid(), 9)"), None),
    "eats memory": (in_f("big = np.ones(1 << 28)"), [OutOfMemory] * CASES),
    "prints": (in_f("while True:", "    print('x' * 10_000)"), [TimedOut] * ENDINGS + [NotRun] * 2),
    "raises": (in_f("raise ValueError(n)"), [Raised] * CASES),
    "quits": (in_f("raise SystemExit"), [Raised] * CASES),
    "interrupts": (in_f("raise KeyboardInterrupt"), [Raised] * CASES),
    "forks": (in_f("os.fork()"), None),
    "recurses": (in_f("return f(n)"), [Raised] * CASES),
    "is no Python": ("def f(n:\n", [Raised] * CASES),
    "fails at import": ("1 / 0\n" + RIGHT, [Returned] * CASES),  # with the definitions below
    "exits at import": ("import os\nos._exit(0)\n" + RIGHT, [Returned] * CASES),  # with its definitions alone
    "hangs at import": ("while True:\n    pass\n" + RIGHT, [Returned] * CASES),
    "has no function": ("", [Raised] * CASES),
}


def test_wrong_versions_end_and_cost_no_other_anything(pool):
    sources = [version for source, _ in WRONG.values() for version in (source, RIGHT)]
    runs = list(made(pool).run(sources, [job()] * len(sources)))
    assert all(len(outcomes) == CASES for outcomes in runs)
    for (name, (_, wanted)), outcomes in zip(WRONG.items(), runs[::2], strict=True):
        assert wanted in (None, kinds(outcomes)), name
    assert all(is_right(outcomes) for outcomes in runs[1::2])


def test_a_version_may_take_no_longer_for_a_case_than_it_may_for_one(pool):
    (outcomes,) = made(pool).run([in_f("while True:", "    pass")], [job(seconds=99, case_seconds=99)])
    assert {(outcome.scope, outcome.seconds) for outcome in outcomes[:ENDINGS]} <= {("case", 0.2), ("case", 1.0)}


def test_outcomes_come_in_the_order_of_the_versions_with_jobs_of_their_own(pool):
    sources = [RIGHT.replace("2", str(factor)) for factor in range(6)]
    runs = made(pool).run(sources, [job(count) for count in range(6)])
    for factor, outcomes in enumerate(runs):
        assert [outcome.outputs["y"] for outcome in outcomes] == [factor * number for number in range(factor)]


def test_no_versions_make_no_outcomes(pool):
    assert list(made(pool).run([], [])) == []


def test_versions_know_nothing_of_one_another(pool):
    source = "import numpy as np\nnp.seen = getattr(np, 'seen', 0) + 1\n\n\ndef f(n):\n    return float(np.seen)\n"
    runs = made(pool).run([source] * 4, [job(2)] * 4)
    assert [outcome.outputs["y"] for outcomes in runs for outcome in outcomes] == [1.0] * 8


def test_whoever_stops_asking_leaves_nothing_behind(pool):
    runs = made(pool).run([RIGHT, *[WRONG["hangs"][0]] * 20], [job()] * 21)
    assert is_right(next(runs))
    runs.close()
    assert is_right(next(made(pool).run([RIGHT], [job()])))


# ── what a version has beside it ──────────────────────────────────────────────────────────────────────────────────


def test_helpers_and_data_of_the_reference(pool):
    files = {"helper": "from deeper import factor\n", "deeper": "factor = float(open('factor.txt').read())\n"}
    beside = made(pool, data={"factor.txt": b"2.0"}, **files)
    source = "from helper import factor\n\n\ndef f(n):\n    return factor * n\n"
    assert [is_right(outcomes) for outcomes in beside.run([source, RIGHT], [job()] * 2)] == [True, True]
    with beside.open(source) as sandbox:
        assert is_right(sandbox.run(job()).outcomes)


def test_libraries_that_are_loaded_for_it(pool):
    source = "from grader.author import misconception\n\n\ndef f(n):\n    return 2 * n\n"
    assert is_right(next(made(pool, preload=("grader.author",)).run([source], [job()])))


def test_an_opened_version_is_asked_as_often_as_one_likes(pool):
    with made(pool).open(WRONG["exits late"][0]) as sandbox:
        assert [kinds(sandbox.run(job()).outcomes)[3] for _ in range(2)] == [Crashed] * 2
