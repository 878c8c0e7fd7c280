"""Wrong values that something can be built on, and those that nothing can."""

from __future__ import annotations

import numpy as np
import pytest

from grader.grading.foundation import LARGEST, degenerate, solid, weighty
from grader.records.record import Foreign

MEANT = np.array([[0.25], [0.5]])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (MEANT, True),
        (-MEANT, True),
        ([[3.0], [4.0]], True),
        (np.array([[3], [4]]), True),
        (LARGEST * np.ones((2, 1)), True),
        (2 * LARGEST * np.ones((2, 1)), False),
        (np.array([[0.25], [np.nan]]), False),
        (np.array([[0.25], [-np.inf]]), False),
        (np.ones(2), False),
        (np.ones((2, 2)), False),
        ([], False),
        ("0.25", False),
        (None, False),
        (Foreign(type="generator"), False),
    ],
    ids=str,
)
def test_numbers_alone_may_differ(given, expected):
    assert solid(MEANT, given) is expected


def test_what_is_large_is_measured_by_what_is_meant():
    assert solid(np.array([1e9]), np.array([1e14]))
    assert not solid(np.array([1e-9]), np.array([1e14]))


def test_every_value_of_several_counts():
    assert solid({"h": MEANT, "n": 2}, {"h": -MEANT, "n": 3})
    assert not solid((MEANT, MEANT), (MEANT, np.nan * MEANT))
    assert not solid({"h": MEANT, "n": 2}, {"h": -MEANT})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([MEANT, 2 * MEANT, 3 * MEANT], False),
        ([-MEANT, 7 * MEANT, 0 * MEANT], False),
        ([0 * MEANT, 0 * MEANT, 1e-9 * MEANT], True),
        ([0 * MEANT + 0.5] * 3, True),
        ([MEANT, MEANT, MEANT], True),
    ],
    ids=["right", "wrong", "zero", "one number", "the same each time"],
)
def test_values_that_do_not_change_are_degenerate(given, expected):
    assert degenerate(given, [MEANT, 2 * MEANT, 3 * MEANT]) is expected


def test_values_that_should_not_change_may_stay():
    assert not degenerate([2 * MEANT] * 3, [MEANT] * 3)
    assert not degenerate([0 * MEANT] * 3, [0 * MEANT] * 3)


def test_values_of_other_sizes_are_not_held_against_each_other():
    assert degenerate([np.ones(2), np.arange(3.0), np.ones(2)], [np.zeros(2), np.zeros(3), np.ones(2)])
    assert not degenerate([np.arange(2.0), np.arange(3.0)], [np.zeros(2), np.zeros(3)])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([MEANT, -MEANT, 0.1 * MEANT, MEANT], True),
        ([0 * MEANT, -MEANT, 0.1 * MEANT, MEANT], True),
        ([0 * MEANT, 1e-3 * MEANT, 0.1 * MEANT, MEANT], False),
        ([1e-3 * MEANT] * 4, False),
    ],
    ids=["all weigh", "all but one", "half", "none"],
)
def test_what_vanishes_hides_that_nothing_was_computed(given, expected):
    assert weighty(given, [MEANT] * 4) is expected


def test_what_vanishes_when_it_is_right_need_not_weigh():
    assert weighty([0 * MEANT, MEANT], [0 * MEANT, MEANT])
    assert weighty([], [])
