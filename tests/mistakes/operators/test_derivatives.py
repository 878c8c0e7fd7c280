"""Derivatives of tanh and of the sigmoid that are wrong."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.derivatives import WRONG_DERIVATIVE

from .examples import returned

OF_TANH = [
    "(1 - h) * d",
    "h * (1 - h) * d",
    "(1 - h) ** 2 * d",
    "(1 + h ** 2) * d",
    "(1 - np.tanh(h) ** 2) * d",
    "1 * d",
    "-h ** 2 * d",
    "d",
    "1 - h ** 2 * d",
]


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("(1 - h ** 2) * d", OF_TANH),
        ("(1 - h * h) * d", OF_TANH[:3] + OF_TANH[3:8] + ["1 - h * h * d"]),
        ("d * s * (1 - s)", ["d * s * (1 - s ** 2)", "d * s * (1 + s)", "d * s", "d * s * 1 - s"]),
        ("(1 - s) * s", ["(1 - s ** 2) * s", "(1 + s) * s", "s", "1 - s * s"]),
    ],
)
def test_a_derivative_is_written_with_the_value_of_its_function(expression, after):
    assert returned(WRONG_DERIVATIVE, expression) == after


def test_the_square_moves_into_the_tanh():
    after = returned(WRONG_DERIVATIVE, "1 - np.tanh(a) ** 2")

    assert after[-2:] == ["1 - np.tanh(a ** 2)", "1 - a ** 2"]


@pytest.mark.parametrize("expression", ["1 - z", "d * (1 - z)", "(2 - h ** 2) * d", "1 + h ** 2", "h ** 2 - 1"])
def test_other_differences_are_no_derivatives(expression):
    assert returned(WRONG_DERIVATIVE, expression) == []
