"""Inputs changed in place."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.inputs import CHANGE_INPUT_IN_PLACE

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x + b", ["b += W @ x; return b"]),
        ("a / b", ["a /= b; return a"]),
        ("f * c", ["f *= c; return f", "c *= f; return c"]),
        ("1 - a", []),
        ("W @ x", []),
        ("a if c else a + 1", []),
        ("[a + b for c in d]", []),
        ("x[i + 1]", []),
    ],
)
def test_a_parameter_takes_the_result(expression, after):
    assert returned(CHANGE_INPUT_IN_PLACE, expression) == after


def test_numbers_and_local_variables_are_no_inputs():
    source = """
    def f(rate: float, x: Array):
        h = np.tanh(x)
        return rate * h
    """

    assert changed(CHANGE_INPUT_IN_PLACE, source) == []
