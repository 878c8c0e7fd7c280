"""Answers as rows of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.diagnose.rows import as_numbers, places, right_row, row
from grader.records.bank import Case, Origin
from grader.records.record import Foreign
from grader.records.run import Raised, Returned, TimedOut

values = st.one_of(
    st.floats(-1e6, 1e6),
    st.integers(-99, 99),
    st.booleans(),
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3), elements=st.floats(-9, 9)),
)


def case(**expected):
    return Case(id="f/1", origin=Origin("any"), public=True, sizes={}, inputs={}, expected=expected)


TWO = [case(y=np.array([[1.0, 2.0]]), n=3), case(y=np.array([[4.0], [5.0]]), n=6)]


def test_outputs_stand_one_after_the_other_case_by_case():
    assert right_row(TWO).tolist() == [1, 2, 3, 4, 5, 6]
    assert [tuple(place) for place in places(TWO)] == [(0, "y", 0, 2), (0, "n", 2, 3), (1, "y", 3, 5), (1, "n", 5, 6)]


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (Returned({"y": [[10.0, 20.0]], "n": np.int8(30)}), [10, 20, 30]),
        (Returned({"n": True, "y": np.array([[10, 20]], np.uint8), "other": 5}), [10, 20, 1]),
        (Returned({"y": np.array([10.0, 20.0]), "n": 30}), [np.nan, np.nan, 30]),
        (Returned({"y": np.array([[10.0, 20.0]]).T, "n": [30]}), [np.nan] * 3),
        (Returned({"y": [[10.0], [20.0, 30.0]], "n": "30"}), [np.nan] * 3),
        (Returned({"n": Foreign("set")}, missing=("y",)), [np.nan] * 3),
        (Returned({"y": np.array([[np.nan, -np.inf]]), "n": -0.0}), [np.nan, -np.inf, 0]),
        (Returned({"y": np.array([[1j, 2]]), "n": None}), [np.nan] * 3),
        (Raised("ValueError", "no"), [np.nan] * 3),
        (TimedOut(1.0, "cpu", "case"), [np.nan] * 3),
    ],
)
def test_what_is_not_there_in_its_shape_is_nan(outcome, wanted):
    found = row(TWO[:1], [outcome])
    assert found.dtype == np.float64
    assert np.array_equal(found, wanted, equal_nan=True)


def test_what_is_no_number_takes_one_place_and_what_is_empty_none():
    mixed = [case(s="text", y=np.zeros((0, 3)), d={"a": 1}, z=1.0)]
    assert right_row(mixed)[-1] == 1.0
    assert np.all((right_row(mixed)[:2] >= 1) & (right_row(mixed)[:2] < 2))
    assert [place.stop - place.start for place in places(mixed)] == [1, 0, 1, 1]


WORDS = ["the", "cat"]


@pytest.mark.parametrize(
    ("expected", "alike", "others"),
    [
        (WORDS, [("the", "cat"), WORDS], [["cat", "the"], ["the"], "thecat", [], None, 3, [["the", "cat"]]]),
        ("ab", ["ab"], ["ba", "", ["a", "b"], None]),
        ([], [(), np.zeros((0, 3))], [["a"], "", [0], None]),
        (
            {("a",): 2, "b": 1},
            [{"b": True, ("a",): 2}],
            [{("a",): 2}, {("a",): 1, "b": 1}, {"b": 1.01, ("a",): 2}, {}],
        ),
        ([("a", [1, 2])], [[["a", (1, 2)]]], [[("a", [1])], [("a", [1, 3])], [("a", [10**5000, 2])]]),
        ([["a"], ["b", "c"]], [[("a",), ("b", "c")]], [[["a", "b"], ["c"]], Foreign("set"), [["a"], ["b", 0.5]]]),
    ],
)
def test_what_is_no_numbers_is_told_from_all_that_means_something_else(expected, alike, others):
    cases = [case(y=expected)]
    right = right_row(cases)
    assert right.shape == (1,)
    for value in alike:
        assert np.array_equal(row(cases, [Returned({"y": value})]), right)
    for value in others:
        assert not np.allclose(row(cases, [Returned({"y": value})]), right, rtol=0, atol=1e-4)
    assert np.isnan(row(cases, [Raised("ValueError", "")])).all()


def test_of_what_is_longer_than_any_answer_nothing_is_made():
    for value in (
        "a" * 100_001,
        ["a"] * 50_001,
        [10**9] * 100_001,
        {"a": ["b" * 100_000]},
        [[]] * 50_001,
        {"a" * 100_001: 1},
    ):
        assert np.isnan(row([case(y="a")], [Returned({"y": value})])).all()


def test_no_cases_and_no_outputs_make_an_empty_row():
    assert row([], []).shape == right_row([]).shape == row([case()], [Returned({})]).shape == (0,)
    assert places([]) == places([case()]) == []


@pytest.mark.parametrize("value", ["3", None, 1j, Foreign("x"), [[1], [1, 2]], {"a": 1}, [1, "a"], np.array(["a"])])
def test_no_numbers(value):
    assert as_numbers(value) is None


@pytest.mark.parametrize("value", [3, 2.5, True, [], (1, 2), [[1.0], [True]], np.float32(1), np.array(3), np.nan])
def test_numbers(value):
    assert np.array_equal(as_numbers(value), np.asarray(value), equal_nan=True)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), values, max_size=3), max_size=4))
@settings(deadline=None)
def test_places_say_where_each_output_stands(given_cases):
    cases = [case(**expected) for expected in given_cases]
    right, found = right_row(cases), places(cases)
    assert sum(place.stop - place.start for place in found) == right.size
    for place in found:
        expected = np.asarray(cases[place.case].expected[place.output], float).ravel()
        assert np.array_equal(right[place.start : place.stop], expected)
