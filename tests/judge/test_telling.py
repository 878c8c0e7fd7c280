"""A shown case tells mistakes apart: small sizes and numbers, nothing made zero, and it fails as its case did."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.minimise import signature
from grader.judge.telling import telling
from grader.records.assignment import OneHot, Reals, SameAs

from .examples import case, exercise
from .test_minimise import attempt_with

LARGE = {"x": [[0.51], [-1.25], [0.0], [2.125], [1.5]], "W": np.linspace(-2, 2, 25).reshape(5, 5)}


def told(student, task=None, **inputs):
    task = task or exercise()
    attempt = attempt_with(student, task)
    (trial,) = attempt([case(**(inputs or LARGE))])
    return trial, telling(trial, task, attempt)


def test_sizes_and_numbers_become_small_and_none_becomes_zero():
    trial, shown = told(lambda W, x: W.T @ x)
    assert signature(shown) == signature(trial)
    assert shown.case.sizes["H"] in (2, 3)
    for value in shown.case.inputs.values():
        assert value.all()
        assert np.abs(value).max() <= 10
        np.testing.assert_array_equal(value, np.round(value, 1))
        assert len(set(np.abs(value).flat)) == value.size  # whatever stands in another place is seen
    np.testing.assert_allclose(shown.case.expected["h"], shown.case.inputs["W"] @ shown.case.inputs["x"])


def test_inputs_of_one_shape_are_not_made_the_same():
    zeros = {"x": np.zeros((3, 1)), "W": np.zeros((3, 3))}
    _, shown = told(lambda W, x: W @ x + 1, **zeros)
    x, W = shown.case.inputs["x"], shown.case.inputs["W"]
    assert all(not np.array_equal(x[:, 0], row) for row in [*W, *W.T])


def test_what_fails_for_large_sizes_alone_keeps_them():
    _, shown = told(lambda W, x: W @ x + (len(x) > 4))
    assert shown.case.sizes["H"] == 5


def test_what_fails_at_zero_alone_keeps_it():
    _, shown = told(lambda W, x: W @ x + (not x.all()))
    assert not shown.case.inputs["x"].all()


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (0.5, 2.0), (3.0, 9.0)])
def test_numbers_stay_inside_their_range(low, high):
    task = exercise(inputs={"x": Reals(shape=("H", 1), range=(low, high)), "W": Reals(shape=("H", "H"))})
    _, shown = told(lambda W, x: W.T @ x, task, x=np.linspace(low, high, 4)[:, None], W=np.eye(4) + 0.25)
    assert ((low <= shown.case.inputs["x"]) & (shown.case.inputs["x"] <= high)).all()


def test_what_has_to_fit_together_stays_as_it_is():
    one_hot = np.eye(2)[:, :1]
    inputs = {"x": OneHot(shape=("H", 1), axis=0), "W": Reals(shape=("H", "H")), "y": SameAs(of="x")}
    task = exercise(inputs={name: inputs[name] for name in ("x", "W")})
    _, shown = told(lambda W, x: W.T @ x, task, x=one_hot, W=[[1.25, 2.5], [0.5, 3.0]])
    np.testing.assert_array_equal(shown.case.inputs["x"], one_hot)


def test_without_a_reference_the_trial_itself_comes_back():
    task = exercise()
    (trial,) = attempt_with(lambda W, x: W.T @ x, task)([case()])
    assert telling(trial, task, lambda cases: [None for _ in cases]) is trial
