"""Which failing case is shown."""

from __future__ import annotations

import numpy as np

from grader.judge.example import counterexample, smallest
from grader.judge.trials import try_cases
from grader.records.run import NotRun, TimedOut

from .examples import case, exercise, raised, returned

ONE = {"x": [[2.0]], "W": [[3.0]]}


def tried(student, *cases):
    return try_cases(exercise(), cases, [student(each) for each in cases])


def test_the_smallest_of_those_that_tell_most():
    large, zero = {"x": [[1.5], [2.0], [3.0]], "W": np.full((3, 3), 0.5)}, {"x": [[0.0], [2.0]]}
    found = tried(
        lambda each: returned(-each.expected["h"]), case(0, **large), case(1, **ONE), case(2), case(3, **zero)
    )
    assert smallest(found) is found[2]
    assert smallest(found[:2]) is found[0]  # where a size is 1, much looks alike
    assert smallest(found[1:2]) is found[1]


def test_nothing_of_those_that_pass():
    assert smallest(tried(lambda each: returned(each.expected["h"]), case(0))) is None


def test_what_was_not_tried_is_shown_only_if_nothing_was():
    ends = TimedOut(seconds=1, clock="cpu", scope="case")
    found = try_cases(exercise(), [case(0), case(1, **ONE), case(2, **ONE)], [ends, NotRun(), NotRun()])
    assert smallest(found) is found[0]
    assert smallest(found[1:]) is found[1]


def test_exceptions_are_told_apart_by_their_class():
    errors = {0: "ValueError", 1: "IndexError", 2: "IndexError"}
    found = tried(lambda each: raised(errors[int(each.id[-3:])]), case(0, **ONE), case(1), case(2))
    assert smallest(found) is found[1]


def test_what_is_shown_says_which_elements_are_wrong():
    shown = case(0, x=[[1.0], [2.0]], W=np.eye(2))
    h = np.asarray(shown.expected["h"]) * 1.0
    h[1] += 0.5
    (trial,) = tried(lambda each: returned(h), shown)
    details = {detail.name: detail for detail in counterexample(trial, exercise(), "m", minimised=False).outputs}
    assert details["h"].wrong.tolist() == (np.arange(h.size).reshape(h.shape) >= h.size // 2).tolist()


def test_of_what_ends_early_all_that_is_missing_is_wrong():
    shown = case(0, x=[[1.0], [2.0], [3.0]], W=np.eye(3))
    (trial,) = tried(lambda each: returned(np.asarray(each.expected["h"])[:2]), shown)
    details = {detail.name: detail for detail in counterexample(trial, exercise(), "m", minimised=False).outputs}
    assert details["h"].deviation.kind == "shape"
    assert details["h"].wrong.tolist() == [[False], [False], [True]]
