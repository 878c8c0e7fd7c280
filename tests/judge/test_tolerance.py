"""What is allowed, in numbers worked out by hand. How a rule reads is for ``tests/report/words``."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.tolerance import (
    CALIBRATED,
    EPS,
    OFF,
    RIGHT,
    ZERO,
    Rule,
    allowed,
    bound,
    least_unit,
    rule_of,
    scale_of,
)
from grader.records.assignment import Output, Tolerance
from grader.records.verdict import Bound
from tests.judge.examples import exercise

PRECISE = Rule(precise=True)
finite = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=3), elements=st.floats(-1e6, 1e6))
units = st.floats(EPS, 1.0)


def test_the_rule_of_an_exercise():
    own = Tolerance(rtol=1e-3)
    assert rule_of(exercise(), "h") == CALIBRATED == Rule(None, precise=False)
    assert rule_of(exercise(precision="required"), "h") == PRECISE
    assert rule_of(exercise(tolerance=own, precision="required"), "h") == Rule(own, precise=True)
    two = exercise(outputs={"h": Output(), "c": Output(extra_keys="allowed")})
    assert [rule_of(two, name).extra_keys for name in ("h", "c")] == [False, True]


@pytest.mark.parametrize(
    ("scale", "unit"), [(0.0, EPS), (1.0, EPS), (0.999, EPS), (8.0, 8 * EPS), (1e300, 1e300 * EPS)]
)
def test_the_least_unit_is_one_rounding_of_the_scale_or_of_1(scale, unit):
    assert least_unit(scale) == unit
    assert np.array_equal(least_unit(np.array([0.0, scale])), [EPS, unit])


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1.0, -8.0], 8.0),
        ([-0.0], 0.0),
        ([], 0.0),
        ([np.nan, -np.inf], 0.0),
        ([np.nan, np.inf, -3.0], 3.0),
        (-2.5, 2.5),
        ([3, -4], 4.0),
        ([True, False], 1.0),
        ([3 + 4j], 5.0),
        (np.zeros((0, 3)), 0.0),
    ],
)
def test_the_scale_is_the_largest_finite_magnitude(values, scale):
    found = scale_of(np.asarray(values))
    assert type(found) is float
    assert found == scale


@pytest.mark.parametrize(("rule", "bound"), [(CALIBRATED, OFF), (PRECISE, RIGHT)])
def test_units_are_counted_and_broadcast_to_what_is_expected(rule, bound):
    expected = np.array([[1.0, -8.0], [0.0, 2.0]])
    one, each = np.asarray(1e-15), np.array([[1.0, 2.0], [3.0, 4.0]]) * 1e-15
    assert np.array_equal(allowed(expected, one, 8.0, rule), np.full((2, 2), bound * 1e-15))
    assert np.array_equal(allowed(expected, each, 8.0, rule), bound * each)
    assert allowed(np.asarray(2.0), one, 2.0, rule).shape == ()
    assert allowed(np.zeros((0, 3)), one, 0.0, rule).shape == (0, 3)


def test_an_authors_tolerance_replaces_units_and_precision():
    expected, unit = np.array([-4.0, 0.0, -0.0, 0.5]), np.asarray(1.0)
    both, relative, absolute = Tolerance(rtol=0.25, atol=0.5), Tolerance(rtol=0.25), Tolerance(atol=0.5)
    for precise in (False, True):
        assert allowed(expected, unit, 4.0, Rule(both, precise)).tolist() == [1.5, 0.5, 0.5, 0.625]
        assert allowed(expected, unit, 4.0, Rule(relative, precise)).tolist() == [1.0, 4 * ZERO, 4 * ZERO, 0.125]
        assert allowed(expected, unit, 4.0, Rule(absolute, precise)).tolist() == [0.5] * 4


def test_rtol_alone_allows_nothing_where_all_is_zero():
    assert allowed(np.zeros(2), np.asarray(1.0), 0.0, Rule(Tolerance(rtol=1e-3))).tolist() == [0.0, 0.0]


@given(finite, units)
@settings(deadline=None)
def test_precision_asks_for_more_and_neither_looks_at_the_expected_number(expected, unit):
    wide, narrow = (allowed(expected, np.asarray(unit), 1.0, rule) for rule in (CALIBRATED, PRECISE))
    assert (narrow < wide).all()
    assert np.array_equal(wide, allowed(-expected, np.asarray(unit), 1e9, CALIBRATED))


@given(finite, st.floats(1e-12, 1e-2), st.floats(1e-12, 1e-2))
@settings(deadline=None)
def test_an_authors_tolerance_grows_with_both_its_parts(expected, rtol, atol):
    scale = scale_of(expected)
    both, one, other = (
        allowed(expected, np.asarray(1.0), scale, Rule(tolerance))
        for tolerance in (Tolerance(rtol=rtol, atol=atol), Tolerance(rtol=rtol), Tolerance(atol=atol))
    )
    nonzero = expected != 0
    assert (both >= one)[nonzero].all()
    assert (both >= other).all()


@pytest.mark.parametrize("value", [3, True, "text", None, [1.0], np.arange(3), np.zeros((0, 2)), np.array([True])])
def test_what_is_not_rounded_has_no_bound(value):
    assert bound(value, None, CALIBRATED) is None


@pytest.mark.parametrize("value", [4.0, np.float64(4.0), np.array(4.0), np.array([4j])])
def test_the_bound_of_a_number_an_array_without_dimensions_and_complex_numbers(value):
    assert bound(value, None, CALIBRATED) == Bound(within=OFF * 4 * EPS)


def test_the_bound_of_an_array_is_that_of_its_widest_unit():
    of_4, units = np.array([4.0, 1.0]), np.array([1e-15, 1e-14])
    assert bound(of_4, None, CALIBRATED) == Bound(within=OFF * 4 * EPS)
    assert bound(of_4, units, CALIBRATED) == Bound(within=OFF * 1e-14)
    assert bound(1.0, 1e-16, PRECISE) == Bound(within=RIGHT * 1e-16, precise=True)


def test_an_authors_tolerance_is_the_bound_of_whatever_it_is_about():
    assert bound(np.array([4.0, 1.0]), None, Rule(Tolerance(rtol=1e-6, atol=1e-9))) == Bound(atol=1e-9, rtol=1e-6)
    assert bound(4.0, None, Rule(Tolerance(atol=0.5))) == Bound(atol=0.5)
    assert bound(3, None, Rule(Tolerance(rtol=0.01))) == Bound(rtol=0.01)
