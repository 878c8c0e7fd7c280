"""``helpers.py``: what `run` may call that is no student's to write, from the assignment to the report."""

from __future__ import annotations

import pytest

from grader.bank.build import bank_for
from grader.bank.compiled import assignment_of
from grader.course.find import find_course
from grader.course.load import load
from grader.grading.grade import Demands, grade_path
from grader.records.errors import AssignmentError, GraderError
from grader.report import WRITERS, view
from grader.report.words.written import written
from tests.written_course import write_course

ASSIGNMENT = """\
title: Layers
module: layers.py
dims: {N: 2..4}
exercises:
  - id: backward
    points: 2
    inputs: {x: {shape: [N]}}
    run: |
      y, cache = forward(x)
      dx = backward(upstream(y), cache)
    outputs: {dx: [N]}
    cases: {public: 3, hidden: 3}
    properties:
      - {check: is_odd, title: the gradient is linear in what comes from above}
  - id: forward
    points: 2
    inputs: {x: {shape: [N]}}
    run: y, cache = forward(x)
    outputs: {y: [N]}
    cases: {public: 3, hidden: 3}
"""
HELPERS = '''\
"""Not in any report: SENTINEL."""
from __future__ import annotations

import json
from dataclasses import dataclass
import numpy as np

CALLS = []


@dataclass
class Above:
    """Annotations that are text have dataclasses ask for the module that they stand in."""

    calls: int


def upstream(y):
    CALLS.append(json.dumps(len(y)))
    return np.cos(y) + Above(len(CALLS)).calls - 1


def another(y):
    return y
'''
PROPERTIES = """\
def is_odd(student, case):
    found = student.run(case.inputs)
    return None if found["dx"].shape == case.inputs["x"].shape else "another shape"
"""
REFERENCE = """\
def forward(x):
    return 3 * x, x


def backward(dy, cache):
    return 3 * dy
"""
WRONG = REFERENCE.replace("return 3 * dy", "return dy")
OF_THE_SAME_NAME = "from helpers import upstream\n" + REFERENCE
TAMPERS = """\
import sys


def zero(y):
    return 0 * y


def forward(x):
    above = sys._getframe(1).f_globals
    if "upstream" in above:
        above["upstream"].__code__ = zero.__code__
        above["upstream"].__globals__["CALLS"] = [1, 2, 3]
    return 3 * x, x


def backward(dy, cache):
    return {returned}
"""


@pytest.fixture
def course(tmp_path):
    beside = {"assignment.yaml": ASSIGNMENT, "properties.py": PROPERTIES, "helpers.py": HELPERS}
    texts = {f"assignments/layers/{name}": text for name, text in beside.items()}
    return write_course(tmp_path, {**texts, "reference/layers.py": REFERENCE})


@pytest.mark.usefixtures("cached")
def test_they_run_beside_student_code_and_cannot_be_replaced_by_it(course, pool):
    files = find_course(course).assignment("layers")
    bank, folder = bank_for(files, pool), course / "handed in"
    folder.mkdir()

    def graded(**sources):
        for name, source in sources.items():
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return grade_path(files, bank, folder, pool, demands=Demands(weak=True))

    assert graded(layers=REFERENCE).score == 4
    own = "def upstream(y):\n    return 0 * y\n"
    assert graded(layers=REFERENCE + own).score == 4
    assert graded(layers=OF_THE_SAME_NAME, helpers=own).score == 4
    (folder / "helpers.py").unlink()
    assert [exercise.earned for exercise in graded(layers=TAMPERS.format(returned="0 * dy")).exercises] == [0, 2]
    assert [exercise.earned for exercise in graded(layers=TAMPERS.format(returned="3 * dy")).exercises] == [0, 2]

    report = graded(layers=WRONG)
    shown = written(view.student(report))
    assert "from helpers import upstream\n" in shown.exercises[0].counterexamples[0].code
    assert not any("SENTINEL" in str(write(written(report))) for write in WRITERS.values())


@pytest.mark.usefixtures("cached")
def test_an_edit_makes_the_cases_anew_of_those_that_reach_it(course, pool):
    files = find_course(course).assignment("layers")
    before = bank_for(files, pool)
    files.helpers.write_text(
        HELPERS.replace("return y", "return 2 * y").replace("Not in", "# not in"), encoding="utf-8"
    )
    assert bank_for(files, pool).keys == before.keys
    files.helpers.write_text(HELPERS.replace("np.cos", "np.sin"), encoding="utf-8")
    after = bank_for(files, pool)
    assert {name for name in after.keys if after.keys[name] != before.keys[name]} == {"backward"}
    assert "np.sin" in assignment_of(files, files.sources()).exercises[0].helpers
    assert load(files.yaml).exercises[1].helpers == ""
    assert load(files.yaml).preload == ("dataclasses", "dataclasses.dataclass", "json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def backward(dy, cache):\n    return 3 * dy\n", "helpers.py:1:1: defines `backward`, which an exercise asks"),
        ("def f():\n    def forward(x): pass\n", "helpers.py:2:1: defines `forward`, which an exercise asks for"),
        ("from layers import backward as b\n", "helpers.py:1:1: imports layers, which holds what exercises ask for"),
        ("import numpy as backward\n", "helpers.py:1:1: defines `backward`"),
        ("from .layers import f\n", "helpers.py:1:1: imports by a dot or a star"),
        ("from math import *\n", "helpers.py:1:1: imports by a dot or a star"),
        ("import torch\n", "helpers.py:1:1: imports torch: it may import NumPy, Python's own modules and what preload"),
        ("x = (\n", "helpers.py:1:5: is no valid Python: '(' was never closed"),
    ],
)
def test_what_must_not_be_there_is_told(course, pool, text, expected):
    files = find_course(course).assignment("layers")
    files.helpers.write_text(text, encoding="utf-8")
    with pytest.raises((AssignmentError, GraderError)) as caught:
        bank_for(files, pool)
    assert expected in str(caught.value)
