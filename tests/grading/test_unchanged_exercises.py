"""What stands of an earlier grading: after every edit the report is that of a full run."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.bank_and_author import of_course
from grader.grading.grade import Demands, grade_again, handed_in
from grader.report import WRITERS, view
from grader.report.words.written import written

COURSES = Path(__file__).parents[1] / "courses"
WEAK = Demands(weak=True)

GATE = """\
def gate(x, W, b):
    return 1.0 / (1.0 + np.exp(-(W @ x + b)))
"""
MIXED = """\
def mixed(g, old, new):
    return g * old + (1.0 - g) * new
"""
STEP = """\
def step(x, c, W, b):
    new = mixed(gate(x, W, b), c, np.tanh(W @ x))
    return new, np.tanh(new)
"""
WALK = """\
def walk(xs, c, W, b):
    states = []
    for x in xs:
        c, _ = step(x, c, W, b)
        states.append(c)
    return np.array(states)
"""

#: Versions of each part of a file, in their order there; the first is what is there at the beginning.
PARTS = {
    "imports": ("import numpy as np\n", "# 1\n\n\nimport numpy as np\n", "from math import tau\nimport numpy as np\n"),
    "constant": ("ONE = 1.0\n", "ONE = 1.5\n", "ONE = np.ones(1)\n", "KEPT = {}\n\nONE = 1.0\n", ""),
    "helper": (
        "def sigmoid(z):\n    return ONE / (ONE + np.exp(-z))\n",
        "def sigmoid(z):\n    '''Between 0 and 1.'''\n    return ONE / (ONE + np.exp(-z))  # so it is\n",
        "def sigmoid(z):\n    return 1.0 / (1.0 + np.exp(z))\n",
        "def sigma(z):\n    return 1.0 / (1.0 + np.exp(-z))\n",
        "def sigmoid(z):\n    ONE.fill(2)\n    return np.exp(z)\n",
    ),
    "gate": (
        GATE,
        GATE.replace("1.0 / (1.0 + np.exp(-(W @ x + b)))", "sigmoid(W @ x + b)"),
        GATE.replace("W @ x + b", "W @ x"),
        GATE.replace("gate(", "gat("),
        "def gate(x, W, b):\n    raise NotImplementedError\n",
        GATE.replace("    return", "    print('here')\n    return"),
        GATE.replace("    return", "    KEPT[0] = KEPT.get(0, 0) + 1\n    return KEPT[0] *"),
        GATE.replace("    return", "    while True:\n        pass\n    return"),
    ),
    "mixed": (
        MIXED,
        MIXED.replace("(1.0 - g)", "g"),
        MIXED.replace("def mixed(g, old, new):", "def mixed(g, old, new):\n    # the share\n"),
        MIXED.replace("def mixed(g, old, new)", "def mixed(new, old)"),
        MIXED.replace("1.0 - g", "ONE - g"),
        MIXED.replace("return", "return sigmoid(0 * g) *"),
    ),
    "step": (
        STEP,
        STEP.replace("gate(x, W, b)", "sigmoid(W @ x + b)"),
        STEP.replace("np.tanh(new)", "new"),
        STEP.replace("np.tanh(W @ x)", "np.tanh(W @ y)"),
        STEP.replace("    new =", "    assert x.size < 2, 'one alone'\n    new ="),
        "",
    ),
    "walk": (
        WALK,
        WALK.replace("np.array(states)", "np.array(states[::-1])"),
        WALK.replace("c, _ = step(x, c, W, b)", "c = mixed(gate(x, W, b), c, np.tanh(W @ x))"),
        WALK.replace("for x in xs", "for x in xs[1:]"),
        WALK.replace("return np.array", "return np.arra"),
        WALK.replace("def walk", "def wander"),
    ),
    "end": (
        "",
        "",
        "print('done')\n",
        "def half(:\n",
        "walk = np.vectorize(walk)\n",
        "def reset():\n    global ONE\n    ONE = 3.0\n",
        "globals()['gate'] = mixed\n",
        "from os import *\n",
        "gate.calls = 0\n",
        "if __name__ == '__main__':\n    print(gate)\n",
    ),
}  # fmt: skip


def source(chosen: dict[str, int]) -> str:
    return "\n\n".join(PARTS[part][number] for part, number in chosen.items())


def told(report, seen) -> dict[str, object]:
    """All that a report says but times."""
    found = json.loads(WRITERS["json"](written(seen(report))))
    return {name: value for name, value in found.items() if "timing" not in name}


@pytest.fixture(scope="module")
def grading(pool, bank_cache, tmp_path_factory):
    """``grading(text, earlier)`` of the chained course, from an earlier one or in full."""
    files = find_course(COURSES / "chained").assignment("chained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        bank = bank_for(files, pool)
    path = tmp_path_factory.mktemp("work") / "chained.py"

    def graded(text: str, earlier=None):
        path.write_text(text, encoding="utf-8")
        return grade_again(of_course(files, bank), handed_in(path, bank.assignment), pool, earlier, demands=WEAK)

    return graded


def kept(graded) -> list[str]:
    return [attempt.exercise.id for attempt in graded.attempts if attempt.kept]


@pytest.mark.parametrize("seed", range(2))
def test_after_any_edit_the_report_is_that_of_a_full_run(grading, seed):
    random, chosen = Random(seed), dict.fromkeys(PARTS, 0)
    earlier, count = grading(source(chosen)), 0
    for _ in range(20):
        for part in random.sample([*PARTS, *PARTS, "gate", "step"], random.choice((1, 1, 1, 2))):
            chosen[part] = random.randrange(len(PARTS[part]))
        again = grading(source(chosen), earlier)
        if kept(again):  # else it is a full run
            whole = grading(source(chosen))
            for seen in (view.student, view.staff):
                assert told(again.report, seen) == told(whole.report, seen), source(chosen)
        count += len(kept(again))
        earlier = again if again.sound else earlier
        chosen["end"] = 0
    assert count > 12  # of 80
