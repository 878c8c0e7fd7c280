"""Products of matrices, transposes and powers."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.products import MATMUL_TO_ELEMENTWISE, TRANSPOSE, WRONG_POWER

from .examples import changed, returned, sentences


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x", ["W * x"]),
        ("f * x", ["f @ x"]),
        ("np.dot(W, x)", ["W * x"]),
        ("W.dot(x)", ["W * x"]),
        ("np.multiply(f, x)", ["f @ x"]),
        ("2 * x", []),
        ("W + x", []),
        ("xs[i * k]", []),
    ],
)
def test_the_two_products_are_mixed_up(expression, after):
    assert returned(MATMUL_TO_ELEMENTWISE, expression) == after


def test_a_number_times_an_array_stays():
    source = """
    def f(rate: float, W):
        return rate * W
    """

    assert changed(MATMUL_TO_ELEMENTWISE, source) == []


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x", ["W.T @ x", "W @ x.T"]),
        ("W.T @ x", ["W.T @ x.T", "W @ x"]),
        ("np.dot(W, x)", ["np.dot(W.T, x)", "np.dot(W, x.T)"]),
        ("W.dot(x)", ["W.T.dot(x)", "W.dot(x.T)"]),
        ("np.transpose(W)", ["W"]),
        ("np.outer(a, b)", ["np.outer(b, a)"]),
        ("np.einsum('tm,tn->mn', a, b)", ["np.einsum('tm,tn->nm', a, b)"]),
        ("np.einsum('tm,tm->t', a, b)", []),
        ("f * x", []),
    ],
)
def test_a_matrix_is_transposed(expression, after):
    assert returned(TRANSPOSE, expression) == after


def test_a_parameter_is_named():
    assert sentences(TRANSPOSE, "def f(W, x):\n    return W @ (x + x)\n") == [
        "It behaves as if W were transposed, or stood on the other side of a product.",
        "",
    ]


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("a ** 2", ["a * 2", "a", "np.abs(a)", "a ** 3"]),
        ("rate ** n", ["rate * n", "n ** rate"]),
        ("np.power(rate, n)", ["rate * n", "n ** rate"]),
        ("np.sqrt(a)", ["a"]),
        ("np.square(a)", ["a"]),
        ("a * 2", []),
    ],
)
def test_another_power(expression, after):
    assert returned(WRONG_POWER, expression) == after


def test_what_needs_numpy_is_left_out_where_there_is_none():
    assert returned(WRONG_POWER, "a ** 2", numpy=False) == ["a * 2", "a", "a ** 3"]


def test_a_condition_of_a_loop_keeps_base_and_exponent():
    source = """
    def f(rate, least):
        n = 0
        while rate ** n >= least:
            n += 1
        return n
    """

    assert changed(WRONG_POWER, source) == ["while rate * n >= least:"]
