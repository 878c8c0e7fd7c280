"""Axes that are others, missing or too few."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.axes import BROADCAST, WRONG_AXIS

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("x.sum(axis=0)", ["x.sum(axis=1)", "x.sum(axis=-1)", "x.sum()"]),
        ("np.sum(x, 0)", ["np.sum(x, 1)", "np.sum(x, -1)"]),
        (
            "x.max(axis=-1, keepdims=True)",
            ["x.max(axis=0, keepdims=True)", "x.max(keepdims=True)", "x.max(axis=-1)"],
        ),
        ("np.concatenate([a, b], axis=1)", ["np.concatenate([a, b], axis=0)", "np.concatenate([a, b])"]),
        ("x.sum()", []),
        ("x.sum(axis=axis)", ["x.sum()"]),
        ("np.clip(x, 0, 1)", []),
    ],
)
def test_another_axis(expression, after):
    assert returned(WRONG_AXIS, expression) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("W @ x + b", ["W @ x + np.ravel(b)", "np.squeeze(W @ x + b)"]),
        ("b[:, np.newaxis] @ x", ["b @ x", "np.squeeze(b[:, np.newaxis] @ x)"]),
        ("x[:, 0, None] @ x", ["x[:, 0] @ x", "np.squeeze(x[:, 0, None] @ x)"]),
        ("float(x)", []),
        ("len(x)", []),
    ],
)
def test_a_column_becomes_flat(expression, after):
    assert returned(BROADCAST, expression) == after


def test_a_number_is_no_column():
    assert changed(BROADCAST, "def f(rate: float, x):\n    return float(rate * 2.0)\n") == []
