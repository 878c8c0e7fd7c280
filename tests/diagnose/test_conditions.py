"""Whether something is simple in a case."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.conditions import all_so
from grader.records.bank import Case, Condition, Origin


def holds(kind, value, name="x"):
    case = Case("f/1", Origin("any"), True, {"T": 1, "H": 2}, {"x": value})
    return bool(all_so([Condition(kind, name)], case))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.zeros((2, 1)), True),
        (-0.0, True),
        (0, True),
        ([np.zeros(2), np.zeros((3, 1))], True),
        (np.array([[0.0], [1e-300]]), False),
        ([np.zeros(2), np.ones(2)], False),
        ([], False),  # nothing is no 0
        (np.zeros((0, 2)), False),
        ("0", False),
        (None, False),
    ],
)
def test_what_is_zero(value, expected):
    assert holds("zero", value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([[1.0, 2.0], [2.0, 5.0]]), True),
        (np.array([[3.0]]), True),
        (np.array([[1.0, 2.0], [3.0, 5.0]]), False),
        (np.ones((2, 3)), False),
        (np.ones(2), False),
        ("x", False),
    ],
)
def test_what_is_symmetric(value, expected):
    assert holds("symmetric", value) is expected


@pytest.mark.parametrize(("value", "expected"), [([2.0], True), ([[1, 2]], True), ([], False), ([1, 2], False)])
def test_what_has_one_item(value, expected):
    assert holds("one_item", value) is expected


def test_a_size_is_one_where_it_is_there():
    assert holds("size_one", 0.0, "T")
    assert not holds("size_one", 0.0, "H")
    assert not holds("size_one", 0.0, "N")


def test_nothing_holds_of_an_input_that_is_not_there():
    assert not holds("zero", 0.0, "y")
