"""What is said of a wrong shape is so in every case in which the shape is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.example import smallest
from grader.judge.minimise import minimise
from grader.judge.shape_hints import held_against
from grader.judge.trials import try_cases
from grader.report.words import problems

from .examples import case, exercise, returned

ONE = {"x": [[2.0]], "W": [[3.0]]}
TWO = {"x": [[2.0], [1.0]], "W": [[3.0, 1.0], [0.5, 2.0]]}


def tried(student, *inputs):
    cases = [case(number, **each) for number, each in enumerate(inputs)]
    return try_cases(exercise(), cases, [returned(student(each.expected["h"])) for each in cases])


def told(trial):
    return trial.comparisons[0].deviation.fault.what


@pytest.mark.parametrize(
    ("student", "what"),
    [
        (np.sum, "sum_over_everything"),
        (lambda h: np.repeat(h, len(h), axis=1), "broadcast"),
        (lambda h: h[:, 0], "lacks_a_one"),
        (np.squeeze, "lacks_a_one"),
        (lambda h: h.T, "transposed"),
        (lambda h: h[None], "a_one_too_many"),
        (lambda h: np.zeros((2 * len(h), 1)), "another"),
        (lambda h: np.zeros((2 * len(h), 1, 1)), "dimensions"),
    ],
)
def test_the_same_is_said_of_all_cases_whatever_one_alone_looks_like(student, what):
    for inputs in ([ONE, TWO], [TWO, ONE], [TWO, ONE, {}]):
        wrong = [trial for trial in tried(student, *inputs) if not trial.right]
        assert {told(trial) for trial in wrong} == {what}


def test_what_other_cases_contradict_is_no_longer_said():
    """All sizes are 1 in the case that is shown; in another one it is plain that something else is wrong."""
    shown = tried(lambda h: h[None], ONE)
    assert told(held_against(shown, tried(lambda h: h[None], TWO))[0]) == "a_one_too_many"
    wrong = held_against(shown, tried(lambda h: np.zeros((len(h), 3, 1)), TWO))
    assert told(wrong[0]) == "dimensions"
    right = tried(lambda h: h, ONE)
    assert held_against(right, tried(lambda h: h[None], TWO))[0] is right[0]


def test_of_one_case_alone_its_own_sign_is_told():
    (alone,) = tried(lambda h: h[None], ONE)
    assert told(alone) == "a_one_too_many"


def test_a_single_number_is_no_array_of_one():
    losses = [
        case(number, x=[[1.0]] * size, W=np.ones((size, size)), expected={"h": 2.0})
        for number, size in enumerate((1, 3))
    ]
    rows = [returned(np.full(len(each.inputs["x"]), 2.0)) for each in losses]
    found = try_cases(exercise(), losses, rows)
    assert {told(trial) for trial in found} == {"no_single_number"}
    assert problems.fault(found[0].comparisons[0].deviation.fault).startswith(
        "is an array where a single number is meant"
    )


def test_the_case_that_is_shown_leaves_the_fewest_explanations():
    for student in (lambda h: h + h.T, np.squeeze):
        found = tried(student, ONE, TWO, {})
        assert smallest(found) in found[1:]


def test_a_smaller_case_says_what_all_cases_say():
    def squared(cases):
        return try_cases(exercise(), cases, [returned(np.ones((2, 1, 1))) for _ in cases])

    trial = tried(lambda h: np.ones((2 * len(h), 1, 1)), ONE, {})[0]
    assert told(trial) == "dimensions"
    small = minimise(trial, exercise(), squared)
    assert told(small) == "dimensions"
    assert not small.case.inputs["x"].any()
