"""Sums that keep one part, or are products."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.sums import OVERWRITE_SUM, SWAP_REDUCTION

from .examples import changed, returned


@pytest.mark.parametrize(
    ("statement", "after"),
    [("s += x", ["s = x"]), ("s -= x", ["s = -x"]), ("s *= x", ["s = x"]), ("s += 1", []), ("s /= x", [])],
)
def test_a_sum_is_overwritten(statement, after):
    assert changed(OVERWRITE_SUM, f"def f(s, x):\n    {statement}\n    return s\n") == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.sum(x, axis=0)", ["x[-1]"]),
        ("x.sum(axis=0)", ["x[-1]"]),
        ("x.sum()", ["x[-1]"]),
        ("sum(xs)", ["list(xs)[-1]"]),
        ("np.einsum('tm,tn->mn', a, b)", ["np.einsum('tm,tn->mn', a[-1:], b[-1:])"]),
        ("np.einsum('mt,tn->mn', a, b)", []),
        ("x.sum(axis=1)", []),
        ("x.sum(axis=0, keepdims=True)", []),
        ("x.mean(axis=0)", []),
    ],
)
def test_only_the_last_term_counts(expression, after):
    assert returned(OVERWRITE_SUM, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.prod(x)", ["np.sum(x)"]),
        ("x.sum(axis=0)", ["x.prod(axis=0)"]),
        ("x.argmax()", ["x.argmin()"]),
        ("sum(xs)", []),
    ],
)
def test_a_sum_and_a_product_are_mixed_up(expression, after):
    assert returned(SWAP_REDUCTION, expression) == after
