"""Sums and products that lose a term, a factor, a sign or their parentheses."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.terms import (
    COMPLEMENT_FACTOR,
    DROP_BIAS,
    DROP_FACTOR,
    DROP_PARENTHESES,
    DROP_TERM,
    SWAP_SIGN,
)

from .examples import changed, returned, sentences


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x + b", ["W @ x"]),
        ("b + W @ x", ["W @ x"]),
        ("W @ x + p['b']", ["W @ x"]),
        ("a + b", []),
        ("W @ x + 1.0", []),
        ("xs[i * k + n]", []),
    ],
)
def test_a_bias_is_a_plain_name_added_to_something_computed(expression, after):
    assert returned(DROP_BIAS, expression) == after


def test_the_bias_of_an_object():
    source = """
    class Layer:
        def forward(self, x):
            return self.W @ x + self.b
    """

    assert changed(DROP_BIAS, source, root="Layer") == ["return self.W @ x"]


def test_a_bias_is_named_where_students_know_its_name():
    source = """
    def affine(W, x, b):
        return W @ x + b

    def f(W, x, b_h):
        return affine(W, x, b_h) + b_h
    """

    assert sentences(DROP_BIAS, source) == ["", "It behaves as if b_h were never added."]


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("a * b + c", ["a * b", "c"]),
        ("a - b", ["a", "-b"]),
        ("a * b", []),
        ("xs[n - 1]", []),
        ("np.arange(n + 1)", []),
    ],
)
def test_a_term_is_dropped(expression, after):
    assert returned(DROP_TERM, expression) == after


LOOP = """
def f(xs):
    total = 0.0
    n = 0
    for x in xs:
        total += x
        n += 1
    return total, n
"""


def test_what_is_added_to_a_variable_is_a_term_and_a_step_of_a_counter_is_none():
    assert changed(DROP_TERM, LOOP) == ["pass"]
    assert changed(SWAP_SIGN, LOOP) == ["total -= x"]


@pytest.mark.parametrize(
    ("expression", "after"),
    [("a + b - c", ["a + b + c", "a - b - c"]), ("a * -b", []), ("xs[n - 1]", [])],
)
def test_a_sign_is_swapped(expression, after):
    assert returned(SWAP_SIGN, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [("f * c", ["f", "c"]), ("2 * c", []), ("f + c", []), ("np.zeros(n * k)", [])],
)
def test_a_factor_is_dropped(expression, after):
    assert returned(DROP_FACTOR, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("f * c", ["(1 - f) * c", "f * (1 - c)"]),
        ("(1 - z) * np.tanh(a)", ["z * np.tanh(a)"]),
        ("f + c", []),
        ("2 * c", []),
    ],
)
def test_a_factor_becomes_its_complement(expression, after):
    assert returned(COMPLEMENT_FACTOR, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("(a + b) * c", ["a + b * c"]),
        ("a / (b - c)", ["a / b - c"]),
        ("W @ (a + b)", ["W @ a + b"]),
        ("-(a - b)", ["-a - b"]),
        ("a * b + c", []),
        ("a - (b - c)", []),
        ("xs[(i + 1) * k]", []),
    ],
)
def test_parentheses_are_dropped(expression, after):
    assert returned(DROP_PARENTHESES, expression) == after
