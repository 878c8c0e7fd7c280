"""Numbers less exact than they could be."""

from __future__ import annotations

import numpy as np
import pytest

from grader.mistakes.mutants import mutants
from grader.mistakes.operators.numerics import ADD_EPSILON, CLIPPING, FLOAT32, ROUNDING

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.log(x)", ["np.log(x + 1e-08)"]),
        ("np.sqrt(x)", ["np.sqrt(x + 1e-08)"]),
        ("a / b", ["a / (b + 1e-08)"]),
        ("a / 2", []),
        ("np.exp(x)", []),
    ],
)
def test_a_small_constant_is_added(expression, after):
    assert returned(ADD_EPSILON, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [("W @ x", ["np.round(W @ x, 2)", "np.round(W @ x, 3)"]), ("len(x)", []), ("'text'", [])],
)
def test_results_are_rounded(expression, after):
    assert returned(ROUNDING, expression) == after


def test_nothing_is_rounded_without_numpy():
    assert returned(ROUNDING, "W @ x", numpy=False) == []


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x", ["np.clip(W @ x, -1, 1)"]),
        ("np.exp(x)", ["np.clip(np.exp(x), -1, 1)", "np.exp(np.clip(x, -1, 1))"]),
        ("np.log(x)", ["np.clip(np.log(x), -1, 1)", "np.log(np.clip(x, 0.01, 1))"]),
        ("o * np.tanh(x)", []),
        ("len(x)", []),
    ],
)
def test_values_are_cut_off(expression, after):
    assert returned(CLIPPING, expression) == after


SUM = """
import numpy as np

def f(x, rate, steps):
    \"\"\"The power.\"\"\"
    return x.sum(), rate * rate, steps * x
"""


def test_a_whole_function_in_single_precision():
    (mutant,) = [each for each in mutants(SUM, ["f"]) if each.operator == "float32"]
    scope = {}
    exec(mutant.source, scope)  # our own text
    total, square, array = scope["f"](np.full(3, 0.1), 0.1, 2)

    assert [each.dtype for each in (total, square, array)] == [np.float32] * 3
    assert total == np.full(3, 0.1, dtype=np.float32).sum()
    assert square == np.float32(0.1) * np.float32(0.1)
    assert mutant.before.startswith("return ")


@pytest.mark.parametrize("source", ["def f(x):\n    return len(x)\n", "def f(x):\n    print(x)\n"])
def test_a_function_without_real_results_stays(source):
    assert changed(FLOAT32, source) == []
