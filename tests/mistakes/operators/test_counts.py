"""Counting that is off by one, and sizes that are constants."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.counts import HARD_CODED_SIZE, OFF_BY_ONE

from .examples import changed, returned, sentences


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.arange(n + 1)", ["np.arange(n)", "np.arange(n + 2)", "np.arange(1, n + 1)"]),
        ("range(1, n)", ["range(1, n - 1)", "range(1, n + 1)", "range(2, n)"]),
        ("range(len(x))", ["range(len(x) - 1)", "range(len(x) + 1)", "range(1, len(x))"]),
        ("len(x)", ["len(x) - 1"]),
        ("enumerate(x)", ["enumerate(x, 1)"]),
        ("enumerate(x, 1)", []),
        ("xs[:-1]", ["xs[:-2]", "xs[:]"]),
        ("xs[1:]", ["xs[2:]", "xs[:]"]),
        ("xs[:k]", ["xs[:k + 1]"]),
        ("xs[0]", []),
        ("n + 1", []),
    ],
)
def test_ends_of_ranges_and_slices(expression, after):
    assert returned(OFF_BY_ONE, expression) == after


def test_a_counter_and_the_boundary_of_its_loop():
    source = """
    def f(rate, least):
        n = 0
        while rate ** n >= least:
            n += 1
        return n
    """

    assert changed(OFF_BY_ONE, source) == ["while rate ** n > least:", "n = 1", "return n - 1", "return n + 1"]


def test_a_constant_is_no_counter():
    assert changed(OFF_BY_ONE, "def f(x):\n    n = 2\n    return n\n") == []


@pytest.mark.parametrize("expression", ["[x for x in {}]", "list({})", "[x for x in enumerate({})]"])
def test_an_end_of_a_sequence_is_left_out(expression):
    source = f"def f(xs):\n    return {expression.format('xs')}\n"

    after = changed(OFF_BY_ONE, source)

    assert after[-2:] == [f"return {expression.format(rest)}" for rest in ("xs[1:]", "xs[:-1]")]
    assert sentences(OFF_BY_ONE, source)[-2:] == [
        "It behaves as if the first element were left out.",
        "It behaves as if the last element were left out.",
    ]


# ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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
