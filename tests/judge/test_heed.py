"""Which outputs never change, though they should; whoever is right is never among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.judge.heed import heedless
from grader.judge.trials import try_cases
from grader.records.record import Foreign
from grader.records.run import Returned

from .examples import case, exercise, raised

COLUMNS = [np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]]), np.array([[5.0]])]


def found(expected, got):
    cases = [case(number, expected={"h": value}) for number, value in enumerate(expected)]
    outcomes = [value if isinstance(value, type(raised())) else Returned(outputs={"h": value}) for value in got]
    return heedless(exercise(), try_cases(exercise(), cases, outcomes)) == {"h"}


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (COLUMNS, [np.zeros_like(each) for each in COLUMNS]),
        (COLUMNS[1:], [np.ones_like(each) for each in COLUMNS[1:]]),  # no two of one shape
        (COLUMNS, [np.full_like(each, np.nan) for each in COLUMNS]),
        (COLUMNS, [[[0.0], [0.0]]] * 2 + [[[0.0]]]),
        ([1.0, 2.0, 3.0], [0.5] * 3),
        (["a", "b"], ["", ""]),
        ([{"a": 1.0}, {"a": 2.0}], [{"a": 0.0}] * 2),
        ([{"a": 1.0}, {"a": 2.0}, {"a": 1.0, "b": 1.0}], [{"a": 0.0}, {"a": 0.0}, {"a": 0.0, "b": 0.0}]),
        ([{"a": 1}, {"b": 1}, {"a": 1, "b": 1}], [{}] * 3),
    ],
    ids=repr,
)
def test_what_never_changes(expected, got):
    assert found(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (COLUMNS, [-each for each in COLUMNS]),
        (COLUMNS, [np.zeros((2, 1)), np.ones((2, 1)), np.zeros((1, 1))]),
        ([np.ones(2), np.ones(3)], [np.zeros(2), np.zeros(3)]),  # nor should it
        ([1.0, 1.0], [0.0, 0.0]),
        ([1.0, 2.0], [None, None]),
        ([1.0, 2.0], [Foreign("set"), Foreign("set")]),
        ([1.0, 2.0], [raised(), raised()]),
        (COLUMNS, [np.zeros((2, 1)), raised(), raised()]),  # one case shows nothing
        ([1.0], [0.0]),
        # of two texts the words are sorted, which makes them alike, and those of the third are others all the same
        ([{("a", "b"): 1}, {("b", "a"): 1}, {("c", "a"): 1, ("d", "c"): 2}], [{("a", "b"): 1}] * 2 + [{("a", "c"): 3}]),
        ([["a", "b"], ["b", "a"], ["c"]], [["a", "b"], ["a", "b"], ["c"]]),
    ],
    ids=repr,
)
def test_what_changes_or_need_not(expected, got):
    assert not found(expected, got)


@given(st.lists(arrays(float, st.integers(0, 3), elements=st.sampled_from([0.0, 1.0, np.nan, 1e-9])), max_size=5))
def test_whoever_is_right_changes_with_the_inputs(expected):
    assert not found(expected, [each + 0.0 for each in expected])
