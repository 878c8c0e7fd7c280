"""Sizes that are constants."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.sizes import HARD_CODED_SIZE

from .examples import changed, returned


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("len(xs)", ["3"]),
        ("x.shape[0]", ["3"]),
        ("np.zeros((H, 1))", ["np.zeros((3, 1))"]),
        ("np.arange(n + 1)", ["np.arange(3 + 1)"]),
        ("np.zeros(x.shape)", []),
        ("x[n]", []),
        ("x.shape[n]", []),
        ("H * x", []),
    ],
)
def test_a_size_becomes_a_constant(expression, after):
    assert returned(HARD_CODED_SIZE, expression) == after


@pytest.mark.parametrize(
    ("iterable", "after"), [("xs", ["xs[:3]"]), ("enumerate(xs)", ["enumerate(xs[:3])"]), ("range(4)", [])]
)
def test_a_loop_has_so_many_rounds(iterable, after):
    source = f"def f(xs):\n    for x in {iterable}:\n        print(x)\n"

    assert changed(HARD_CODED_SIZE, source) == [f"for x in {each}:" for each in after]
