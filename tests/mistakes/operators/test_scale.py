"""Factors that are wrong or missing."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.scale import SCALE

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.sum(x)", ["np.mean(x)", "-np.sum(x)", "2 * np.sum(x)", "np.sum(x) / 2"]),
        ("x.mean()", ["x.sum()", "-x.mean()", "2 * x.mean()", "x.mean() / 2"]),
        ("np.log(x)", ["np.log2(x)", "np.log10(x)", "-np.log(x)", "2 * np.log(x)", "np.log(x) / 2"]),
        ("-x", ["x", "2 * -x", "-x / 2"]),
        ("a / b", ["a", "a * b", "b / a", "-(a / b)", "2 * (a / b)", "a / b / 2"]),
        ("0.5 * x", ["x", "-(0.5 * x)", "2 * (0.5 * x)", "0.5 * x / 2"]),
        ("len(x)", []),
        ("None", []),
    ],
)
def test_a_factor_is_wrong(expression, after):
    assert returned(SCALE, expression) == after


def test_results_are_scaled_by_the_length_of_a_sequence():
    source = """
    def f(xs, W):
        total = 0.0
        for x in xs:
            total = W @ total + x
        return total
    """

    assert changed(SCALE, source)[-2:] == ["return total / len(xs)", "return total * len(xs)"]


def test_indices_and_literals_keep_their_sign():
    assert changed(SCALE, "def f(xs):\n    xs[-1] = -1.0\n") == []


def test_the_spread_of_random_numbers():
    source = "def f(rng, n):\n    rng.normal(scale=0.01, size=n)\n"

    assert changed(SCALE, source) == ["rng.normal(size=n)"]
