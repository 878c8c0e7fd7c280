"""Deviations in units of rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.compare import compare
from grader.judge.margin import Margin, margin
from grader.judge.tolerance import EPS, OFF, RIGHT, rule_of
from grader.records.assignment import Output, Tolerance
from grader.records.run import Crashed, NotRun, Raised, Returned
from tests.judge.examples import case, exercise, returned

COLUMN = np.array([[4.0], [-1.0]])
FIRST, LAST = np.array([[1], [0]]), np.array([[0], [1]])


def of(expected, got, *, unit=None, **rules):
    units = {} if unit is None else {"h": unit}
    return margin(exercise(**rules), case(expected={"h": expected}, units=units), returned(got))


def test_the_largest_deviation_is_counted_in_units():
    assert of(COLUMN, COLUMN + 12 * EPS * LAST) == Margin(killed=False, units=3.0)  # a unit is 4 EPS here
    assert of(COLUMN, COLUMN + 8 * EPS * FIRST, unit=np.array([[EPS], [1.0]])) == Margin(killed=False, units=8.0)
    assert of(0.0, 2.0 * OFF * EPS) == Margin(killed=True, units=2 * OFF)
    assert of(COLUMN, COLUMN.copy()) == Margin(killed=False, units=0.0)
    assert of(np.array([0.0]), np.array([-0.0])) == Margin(killed=False, units=0.0)


def test_what_kills_depends_on_the_rules_and_the_units_do_not():
    got = COLUMN + 2e3 * RIGHT * 4 * EPS
    for rules, killed in (
        ({}, False),
        ({"precision": "required"}, True),
        ({"tolerance": Tolerance(rtol=1e-15)}, True),
        ({"tolerance": Tolerance(atol=1.0), "precision": "required"}, False),
    ):
        found = of(COLUMN, got, **rules)
        assert found.killed is killed
        assert found.units == pytest.approx(2e3 * RIGHT)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (COLUMN, COLUMN.T),
        (COLUMN, COLUMN.ravel()),
        (COLUMN, None),
        (COLUMN, COLUMN.astype(int) + 1),
        (COLUMN, COLUMN + 1j),
        (COLUMN, np.where(COLUMN > 0, COLUMN, np.nan)),
        (COLUMN, np.where(COLUMN > 0, COLUMN, np.inf)),
        (COLUMN, -COLUMN > 0),
        ("text", "test"),
        (3, 4),
        (np.array([3]), np.array([3.00001])),
        (np.array([3]), np.array([4])),
        (True, False),
        ([COLUMN], [COLUMN, COLUMN]),
        ({"a": 1.0}, {"a": 2.0}),
        ({"a": 1.0}, {"a": 1.0, "b": 2}),
        (np.array([0.0, -np.inf]), np.array([0.0, -1e300])),
        (np.array([0.0, -np.inf]), np.array([0.0, np.inf])),
        (np.array([np.nan]), np.array([0.0])),
        (None, 0),
    ],
)
def test_what_is_no_number_in_the_right_shape_kills_without_a_distance(expected, got):
    assert of(expected, got) == Margin(killed=True, units=None)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (COLUMN, COLUMN.tolist()),
        (COLUMN, COLUMN.astype(int)),
        (3, 3.0),
        (np.array([3]), np.array([3.0])),
        (True, np.True_),
        ("text", "text"),
        (None, None),
        ([COLUMN, 3], (COLUMN, 3)),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (2.0, np.float32(2.0)),
        (np.array(2.0), 2.0),
    ],
)
def test_what_is_right_is_no_distance_away(expected, got):
    assert of(expected, got) == Margin(killed=False, units=0.0)


@pytest.mark.parametrize("outcome", [Raised("ValueError", ""), Crashed(exit_code=1), NotRun(), Returned({}, ("h",))])
def test_what_does_not_return_kills_without_a_distance(outcome):
    assert margin(exercise(), case(), outcome) == Margin(killed=True, units=None)


def test_all_outputs_count():
    both = exercise(outputs={"h": Output(), "c": Output()})
    two = case(expected={"h": COLUMN, "c": 1.0})
    off = {"h": COLUMN, "c": 1 + 8 * EPS}
    assert margin(both, two, Returned(off)) == Margin(killed=False, units=8.0)
    assert margin(both, two, Returned({**off, "h": -COLUMN})).killed
    assert margin(both, two, Returned({**off, "h": COLUMN + 4 * 16 * EPS})) == Margin(killed=False, units=16.0)
    assert margin(both, two, Returned({"h": -COLUMN, "c": "1"})) == Margin(killed=True, units=None)
    assert margin(exercise(), case(expected={}), Returned({})) == Margin(killed=False, units=0.0)


def test_an_error_too_large_for_a_float_is_the_largest_there_is():
    most = float(np.finfo(float).max)
    assert of(np.array([1e308]), np.array([-1e308])) == Margin(killed=True, units=most)
    assert of(0.0, 1e308, unit=1e-16) == Margin(killed=True, units=most)


arrays = hnp.arrays(
    st.sampled_from([np.dtype(kind) for kind in ("f8", "f4", "i8", "?")]),
    hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
    elements=st.integers(0, 1),
)
changes = st.sampled_from([0, 1, 1e-16, 1e-13, 1e-9, 1e-5, 1e-3, -1, np.nan, np.inf, 1j])
plain = st.one_of(arrays, st.floats(-9, 9), st.integers(-9, 9), st.booleans(), st.text(max_size=1), st.none())
rules = st.sampled_from(
    [{}, {"precision": "required"}, {"tolerance": Tolerance(rtol=1e-6)}, {"tolerance": Tolerance(atol=1e-6)}]
)


@given(plain, st.one_of(plain, changes), rules)
@settings(deadline=None, max_examples=100)
def test_what_kills_is_what_a_submission_would_lose_its_points_for(expected, other, given_rules):
    try:
        got = expected + other
    except (TypeError, ValueError):
        got = other
    verdict = compare(expected, got, rule_of(exercise(**given_rules), "h"))
    assert of(expected, got, **given_rules).killed == (verdict.deviation is not None)
