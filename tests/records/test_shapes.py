"""Sizes by name: what can be written, what it is worth, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records.shapes import SizeError, bind, dims_of, evaluate, resolve, terms, words

SIZES = {"D": 3, "H": 4, "T": 1}


@pytest.mark.parametrize(
    ("size", "value"),
    [(3, 3), ("D", 3), ("H + D", 7), ("H+D", 7), (" 2*H - 1 ", 7), ("2 * D + 3 * H", 18), ("12", 12), ("T - 1", 0)],
)
def test_what_a_size_is_worth(size, value):
    assert evaluate(size, SIZES) == value


@pytest.mark.parametrize("size", ["", "+", "D +", "2 D", "D * 2", "3 * 4", "D ** 2", "D / 2", "é?", True, 1.5, None])
def test_what_is_no_size(size):
    with pytest.raises(SizeError, match=r"expected"):
        terms(size)


def test_an_unknown_dim_and_a_negative_size_are_named():
    with pytest.raises(SizeError, match="mentions K, which is no dim"):
        evaluate("H + K", SIZES)
    with pytest.raises(SizeError, match="a size cannot be negative"):
        evaluate("T - D", SIZES)


def test_dims_shapes_and_words():
    assert dims_of("2*H + D - 1") == {"H", "D"}
    assert resolve(["T", "H + D", 1], SIZES) == (1, 7, 1)
    assert [words(shape) for shape in ([], ["T"], ["H", 1])] == ["()", "(T,)", "(H, 1)"]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("DHT")), min_size=1, max_size=4))
def test_sums_of_products_are_what_arithmetic_says(parts):
    text = " + ".join(f"{factor}*{name}" for factor, name in parts)
    assert evaluate(text, SIZES) == sum(factor * SIZES[name] for factor, name in parts)


@pytest.mark.parametrize(
    ("shape", "actual", "known", "sizes"),
    [
        (["T", "D", 1], (1, 3, 1), {}, {"T": 1, "D": 3}),
        (["H + D", "H"], (7, 4), {}, {"H": 4, "D": 3}),
        (["H + D"], (7,), {"D": 3}, {"D": 3, "H": 4}),
        (["H + D"], (7,), {}, {}),
        (["2 * H"], (8,), {}, {}),
        (["H - 1"], (3,), {}, {"H": 4}),
        ([], (), {"D": 3}, {"D": 3}),
    ],
)
def test_an_actual_shape_gives_dims(shape, actual, known, sizes):
    found = dict(known)
    bind(shape, actual, found)
    assert found == sizes


@pytest.mark.parametrize(
    ("shape", "actual", "known"),
    [(["D", 1], (3,), {}), (["D", 1], (3, 2), {}), (["D"], (4,), {"D": 3}), (["D", "D"], (3, 4), {})],
)
def test_a_shape_that_does_not_fit_is_refused(shape, actual, known):
    with pytest.raises(SizeError):
        bind(shape, actual, dict(known))
