"""Outputs with an axis too few or too many."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.over_axis import over_axis
from grader.diagnose.pairs import Pair
from grader.records.finding import OverAxis

RNG = np.random.default_rng(0)
ARRAYS = [RNG.standard_normal((rows, 3)) for rows in (2, 3, 4, 5)]


def first(wanted, given):
    return next(over_axis([Pair(want, have, {}) for want, have in zip(wanted, given, strict=True)]), None)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("how", ["first", "last", "sum", "mean"])
def test_what_is_made_of_the_other_along_an_axis(how, axis):
    def made(array):
        if how in ("sum", "mean"):
            return getattr(array, how)(axis=axis)
        return np.take(array, 0 if how == "first" else -1, axis)

    less = [made(each) for each in ARRAYS]
    assert first(ARRAYS, less) == OverAxis(how, axis, left_out=False)
    assert first(less, ARRAYS) == OverAxis(how, axis, left_out=True)


def test_a_single_number():
    assert first([np.float64(each[:, 0].mean()) for each in ARRAYS], [each[:, 0] for each in ARRAYS]) == OverAxis(
        "mean", 0, left_out=True
    )


def test_nothing_where_a_case_contradicts_it_or_no_case_shows_it():
    sums = [each.sum(axis=0) for each in ARRAYS]
    assert first(ARRAYS, [*sums[:-1], sums[-1] + 1]) is None
    assert first([each[:1] for each in ARRAYS], [each[0] for each in ARRAYS]) is None
    assert first([np.zeros((0, 3))] * 4, [np.zeros(3)] * 4) is None
    assert first(ARRAYS, ARRAYS) is None
    assert first(ARRAYS, [each.sum() for each in ARRAYS]) is None
