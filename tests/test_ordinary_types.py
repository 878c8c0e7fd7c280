"""Results as students have them at hand, from the path that is handed in to the report."""

from __future__ import annotations

import re

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.report import view
from grader.report.words.written import written

ASSIGNMENT = """\
title: Letters
module: letters.py
dims: {N: 2..6}
exercises:
  - id: histogram
    points: 2
    inputs: &text {text: {kind: text, alphabet: abc, length: 2..6}}
    outputs: {result: null}
    cases: &few {public: 4, hidden: 6}
  - id: loose_histogram
    points: 2
    inputs: *text
    outputs: {result: {extra_keys: allowed}}
    cases: *few
  - id: ends
    points: 2
    inputs: *text
    outputs: {result: null}
    cases: *few
  - id: logs
    points: 2
    inputs: {xs: {kind: list, length: N, of: {kind: choices, of: [0.0, 0.5, 2.0]}}}
    outputs: {result: [N]}
    cases: *few
  - id: twice
    points: 2
    inputs: {xs: {shape: [N]}}
    outputs: {result: [N]}
    cases: *few
"""

REFERENCE = """\
from collections import Counter, namedtuple

import numpy as np

Ends = namedtuple("Ends", "first last")


def histogram(text):
    return Counter(text)


def loose_histogram(text):
    return {letter: text.count(letter) for letter in text}


def ends(text):
    return Ends(min(text), max(text))


def logs(xs):
    with np.errstate(divide="ignore"):
        return np.log(xs)


def twice(xs):
    return np.matrix(2 * xs).A1
"""

RIGHT = """
from collections import OrderedDict, defaultdict

import numpy as np


class Histogram(dict):
    __iter__ = keys = items = values = None


def histogram(text):
    found = defaultdict(int)
    for letter in text:
        found[np.str_(letter)] += np.int64(1)
    return found


def loose_histogram(text):
    return Histogram((letter, text.count(letter)) for letter in "abcxyz")


def ends(text):
    return tuple(np.sort(list(text))[[0, -1]])


def logs(xs):
    return [-np.inf if x == 0 else np.log(x) for x in xs]


def twice(xs):
    return np.ma.array(xs + xs)
"""

WRONG = """
import numpy as np


class Letter(str):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


def histogram(text):
    return {letter: text.count(letter) for letter in "abc" if letter in text} | {"total": len(text)}


def loose_histogram(text):
    return {Letter(letter): text.count(letter) for letter in text} | {Letter(letter): 0 for letter in text}


def ends(text):
    return {min(text), max(text)}


def logs(xs):
    return np.log(np.maximum(xs, 1e-300))


def twice(xs):
    return np.ma.array(2 * xs, mask=xs == xs.max())
"""


@pytest.fixture
def graded(tmp_path, cached, pool):
    course = tmp_path / "course"
    for name, text in (("assignments/letters/assignment.yaml", ASSIGNMENT), ("reference/letters.py", REFERENCE)):
        (course / name).parent.mkdir(parents=True)
        (course / name).write_text(text)

    def graded(source):
        path = tmp_path / "letters.py"
        path.write_text(source)
        files = find_course(course).assignment("letters")
        report = grade_path(files, bank_for(files, pool), path, pool, demands=Demands(weak=True))
        return {exercise.id: exercise for exercise in written(view.student(report)).exercises}

    return graded


def test_what_holds_the_right_values_is_right(graded):
    for source in (REFERENCE, RIGHT):
        found = graded(source)
        assert [(exercise.headline, exercise.earned) for exercise in found.values()] == [("Right.", 2.0)] * 5
    assert {name: exercise.remarks for name, exercise in found.items()} == {
        "histogram": (
            "`result`: a defaultdict was read as a dict.",
            "`result`: NumPy's text (np.str_) was read as text.",
        ),
        "loose_histogram": (
            "`result` has keys beyond those asked for.",
            "`result`: a dict of a class of its own was read as a dict.",
        ),
        "ends": ("`result`: NumPy's text (np.str_) was read as text.",),
        "logs": ("`result`: a list was read as an array.",),
        "twice": ("`result`: a masked array that masks nothing was read as an array.",),
    }


def test_what_holds_something_else_is_wrong_and_the_report_says_what(graded):
    found = graded(WRONG)
    assert [exercise.earned for exercise in found.values()] == [0.0] * 5
    assert {name: re.sub(r"dict of \d+", "dict of 3", exercise.headline) for name, exercise in found.items()} == {
        "histogram": "Check `result`: it has keys that it should not have.",
        "loose_histogram": "Check `result`: it is a dict with keys that mean the same.",
        "ends": "Check `result`: it has the type set instead of a tuple.",
        "logs": "Check `result`: it has wrong values.",
        "twice": "Check `result`: it has the type masked array with masked entries instead of an array.",
    }
    assert "Keys that were not asked for: 'total'." in found["histogram"].explanation
