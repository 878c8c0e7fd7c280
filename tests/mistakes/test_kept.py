"""Processes that are kept answer as new ones would, whatever was asked before."""

from __future__ import annotations

import numpy as np
import pytest

from grader.mistakes.runner import VersionRunner
from grader.records.run import Crashed, Job, NotRun, Raised, Returned, Submission

RIGHT = """
from functools import lru_cache

import numpy as np
from helper import seen

SEEN = []
READY = True


@lru_cache
def noted(n):
    SEEN.append(n)
    seen.append(n)
    return len(SEEN)


def f(n):
    return noted(n) + len(seen)
"""
REFERENCE = Submission(module="ref.py", files={"ref.py": RIGHT, "helper.py": "seen = []\n"})


@pytest.fixture
def runner(pool):
    with VersionRunner(REFERENCE, pool, ()) as entered:
        yield entered


def job(*numbers, run="y = f(n)"):
    return Job(run=run, outputs=("y",), sizes=({},) * len(numbers), inputs=tuple({"n": number} for number in numbers))


def values(outcomes):
    return [outcome.outputs["y"] if isinstance(outcome, Returned) else type(outcome) for outcome in outcomes]


def processes(pool):
    return len(pool._living)


def test_nothing_is_left_of_what_was_asked_before(runner, pool):
    before = processes(pool)
    first = [values(found) for found in runner.right([RIGHT] * 6, [job(1, 2, 2)] * 6)]
    assert first == [[2, 4, 4]] * 6
    assert 1 <= processes(pool) - before <= 6  # and they are there still
    with runner.running(RIGHT) as one:
        assert [values(one.run(job(1)).outcomes), values(one.run(job(2)).outcomes)] == [[2], [4]]
    with runner.running("def f(n):\n    return READY\n") as other:
        assert values(other.run(job(1)).outcomes) == [Raised]  # a name of the text before


def test_a_definition_takes_the_place_of_another(runner):
    with runner.running(RIGHT, "def noted(n):\n    return 10\n") as version:
        assert values(version.run(job(1, 2)).outcomes) == [10, 10]
    assert values(next(runner.right([RIGHT], [job(1)]))) == [2]


@pytest.mark.parametrize("text", [RIGHT.replace("return noted", "return 0 * noted"), f"{RIGHT}\nx = '{'a' * 200_000}'"])
def test_after_its_end_a_process_runs_the_same_text_again(runner, text):
    """And not what it had imported first, which would be taken for an answer of that text."""
    right = values(next(runner.right([text], [job(1)])))
    with runner.running(text) as version:
        ended = version.run(job(1, 2, 3, run="import os\nif n == 2:\n    os._exit(1)\ny = f(n)"))
        assert [type(outcome) for outcome in ended.outcomes] == [Returned, Crashed, NotRun]
        assert values(version.run(job(1)).outcomes) == right
    assert values(next(runner.right([RIGHT], [job(1)]))) == [2]


def test_what_harms_a_process_is_met_by_nobody_else(runner):
    with runner.running(RIGHT) as version:
        version.run(job(1, run="import numpy\nnumpy.harmed = True\ny = 0"))
        version.harmless = False
    asked = job(1, run="import numpy\ny = hasattr(numpy, 'harmed')")
    assert [values(found) for found in runner.right([RIGHT] * 4, [asked] * 4)] == [[False]] * 4


def test_a_text_that_ends_its_process_is_not_run(runner):
    with runner.running("import os\nos._exit(1)\n") as version:
        assert values(version.run(job(1, 2)).outcomes) == [NotRun, NotRun]


def test_memory_that_was_never_filled_holds_the_same(runner):
    text = "import numpy as np\n\n\ndef f(n):\n    return np.empty(8)\n"
    fill = "import numpy as np\n\n\ndef f(n):\n    return np.full(8, float(n))\n"
    first, _, second = (values(next(runner.right([each], [job(1, 2)]))) for each in (text, fill, text))
    assert np.array_equal(first[0], second[0], equal_nan=True)


def test_whoever_asks_after_the_end_gets_no_answer(pool):
    before = processes(pool)
    with VersionRunner(REFERENCE, pool, ()) as entered:
        list(entered.right([RIGHT] * 3, [job(1)] * 3))
    assert processes(pool) == before
    with pytest.raises(RuntimeError, match="shutdown"):
        list(entered.right([RIGHT], [job(1)]))
