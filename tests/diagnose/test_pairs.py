"""Outputs beside what they should be."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.pairs import pairs_of, same
from grader.records.bank import Case, Origin
from grader.records.run import Raised, Returned

CASES = [
    Case(f"f/{number}", Origin("any"), True, {"N": number}, {}, expected={"y": np.array([1.0, number])})
    for number in range(3)
]


def test_only_what_came_back_as_numbers_has_a_pair():
    outcomes = [Returned({"y": [1, 2]}), Raised("ValueError", "no"), Returned({"y": "text"})]
    (pair,) = pairs_of(CASES, outcomes, "y")
    assert (pair.want.tolist(), pair.have.tolist(), pair.sizes) == ([1.0, 0.0], [1.0, 2.0], {"N": 0})
    assert pairs_of(CASES, [Returned({}, ("y",))] * 3, "y") == []


@pytest.mark.parametrize("expected", [np.zeros((0, 2)), np.array([True]), np.array([1.0, np.inf]), "text"])
def test_nothing_is_asked_of_what_holds_no_finite_numbers(expected):
    case = Case("f/1", Origin("any"), True, {}, {}, expected={"y": expected})
    assert pairs_of([case], [Returned({"y": expected})], "y") == []


def test_the_same_numbers_in_the_same_shape():
    one = np.array([1e6, 1.0])
    assert same(one + 0.5, one)  # in proportion to the largest
    assert not same(one + 2.0, one)
    assert not same(one[:, None], one)
    assert same(np.zeros((0, 2)), np.zeros((0, 2)))


@pytest.mark.parametrize("beyond", [np.nan, np.inf, -np.inf])
def test_nothing_is_the_same_as_what_is_not_finite(beyond):
    one, other = np.array([1e6, 1.0]), np.array([1e6, beyond])
    assert not same(other, one)
    assert not same(one, other)
    assert not same(other, other)


def test_the_right_numbers_set_the_scale():
    assert not same(np.array([1e9, 2.0]), np.array([1e9, 1.0]) * [0, 1])
    assert not same(np.array([0.0, 1.0]), np.array([0.0, 1.1]))
    assert not same(np.array([1e30, 1.0]), np.array([2.0, 1.0]))
