"""NaN and infinities as answers, from the assignment to the report."""

from __future__ import annotations

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.records.errors import GraderError

ASSIGNMENT = """\
title: Logarithms
module: logs.py
dims: {N: 1..4}
exercises:
  - id: logs
    points: 1
    inputs: {xs: {shape: [N], range: [0, 1]}}
    outputs: {result: {shape: [N], nonfinite: expected}}
    cases: &few {public: 5, hidden: 5}
    examples:
      - {inputs: {xs: [0.0, 1.0]}, expect: {result: [-.inf, 0.0]}}
      - {inputs: {xs: [-1.0, .nan, .inf]}, expect: {result: [.nan, .nan, .inf]}}
  - id: both
    points: 1
    inputs: {a: &one {kind: choices, of: [0.0, 1.0, 2.0]}, b: *one}
    outputs: {result: {nonfinite: expected}}
    cases: *few
"""
REFERENCE = """\
import numpy as np


def logs(xs):
    return np.log(xs)


def both(a, b):
    return {"ratio": np.float64(a) / b, "others": [np.array([b]) / a, (1, a)]}
"""
LISTS = REFERENCE.replace("np.log(xs)", "[np.log(x) for x in xs]")
FINITE = REFERENCE.replace("np.log(xs)", "np.nan_to_num(np.log(xs))").replace("/ a", "/ (a or 1e-300)")
OTHERS = REFERENCE.replace("np.log(xs)", "-np.abs(np.log(xs))").replace("/ b", "/ (b or -0.0)")
NOTHING = REFERENCE.replace("np.log(xs)", "np.full(len(xs), np.nan)").replace("/ a", "* np.inf")


@pytest.fixture
def course(tmp_path):
    for name, text in (("assignments/logs/assignment.yaml", ASSIGNMENT), ("reference/logs.py", REFERENCE)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("cached")
def test_they_are_right_where_exactly_they_are_expected(course, pool):
    files = find_course(course).assignment("logs")
    bank, path = bank_for(files, pool), course / "logs.py"
    earned = {}
    for name, source in (("lists", LISTS), ("finite", FINITE), ("others", OTHERS), ("nothing", NOTHING)):
        path.write_text(source, encoding="utf-8")
        report = grade_path(files, bank, path, pool, demands=Demands(weak=True))
        earned[name] = [exercise.earned for exercise in report.exercises]
    assert earned == {"lists": [1, 1], "finite": [0, 0], "others": [0, 0], "nothing": [0, 0]}


@pytest.mark.usefixtures("cached")
def test_an_example_that_expects_them_needs_an_output_that_says_so(course, pool):
    path = course / "assignments/logs/assignment.yaml"
    path.write_text(ASSIGNMENT.replace("shape: [N], nonfinite: expected", "shape: [N]"), encoding="utf-8")
    with pytest.raises(GraderError, match="say `nonfinite: expected` at the output"):
        bank_for(find_course(course).assignment("logs"), pool)
