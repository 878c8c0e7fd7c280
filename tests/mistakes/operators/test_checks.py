"""Conditions that are wrong or never looked at."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.checks import DROP_CHECK, SWAP_COMPARISON

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("a >= b", ["a > b", "a < b"]),
        ("a < b", ["a <= b", "a >= b"]),
        ("a == b", ["a != b"]),
        ("a is b", []),
        ("a < b <= c", ["a <= b <= c", "a < b < c"]),
        ("a < b in c", ["a <= b in c"]),
    ],
)
def test_a_comparison_is_another(expression, after):
    assert returned(SWAP_COMPARISON, expression) == after


def test_the_condition_of_a_while_loop_stays():
    for condition in ("x < 1", "0 < x < 1"):
        source = f"def f(x):\n    while {condition}:\n        x *= 2\n    return x\n"
        assert changed(SWAP_COMPARISON, source) == changed(DROP_CHECK, source) == []


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("a if c else b", ["a", "b"]),
        ("np.where(c, a, b)", ["a", "b"]),
        ("a and b and c", ["b and c", "a and c", "a and b"]),
        ("a or b", ["b", "a"]),
        ("a <= b < c", ["a <= b", "b < c"]),
        ("a < b", []),
        ("a + b", []),
    ],
)
def test_a_condition_is_not_looked_at(expression, after):
    assert returned(DROP_CHECK, expression) == after


def test_an_error_is_never_raised():
    source = """
    def f(rate):
        if rate >= 1:
            raise ValueError("too large")
        assert rate
        return rate
    """

    assert changed(DROP_CHECK, source) == ["pass", "pass"]


def test_a_branch_is_taken_always_or_never():
    source = """
    def f(x):
        if x:
            x = 1
        else:
            x = 2
    """

    assert changed(DROP_CHECK, source) == ["x = 2", "x = 1"]
