"""Sequences shifted or reversed."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.time import REVERSE_TIME, SHIFT_TIME

from .examples import changed, returned


def over(iterable: str) -> str:
    return f"def f(xs, n):\n    for x in {iterable}:\n        print(x)\n"


INDEXED = """
def f(xs, hs):
    for t in range(len(xs)):
        hs[t, 0] = xs[t] + hs[t - 1, 0]
    return hs
"""


def test_an_index_of_time_is_off_by_a_step():
    assert changed(SHIFT_TIME, INDEXED) == [
        "hs[t - 1, 0] = xs[t] + hs[t - 1, 0]",
        "hs[t, 0] = xs[t - 1] + hs[t - 1, 0]",
        "hs[t, 0] = xs[t] + hs[t, 0]",
    ]


@pytest.mark.parametrize(
    ("iterable", "after"),
    [
        ("xs", ["for x in np.roll(xs, 1, axis=0):"]),
        ("enumerate(xs)", ["for x in enumerate(np.roll(xs, 1, axis=0)):"]),
        ("range(n)", []),
    ],
)
def test_a_sequence_is_moved_by_a_step(iterable, after):
    assert changed(SHIFT_TIME, over(iterable)) == after


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.concatenate([h0[None], hs[:-1]])", ["np.concatenate([h0[None], hs[1:]])", "hs"]),
        ("hs[1:]", ["hs[:-1]"]),
        ("hs[2:]", []),
        ("hs[0]", []),
    ],
)
def test_slices_that_shift_a_sequence(expression, after):
    assert returned(SHIFT_TIME, expression) == after


@pytest.mark.parametrize(
    ("iterable", "after"),
    [
        ("xs", ["for x in list(xs)[::-1]:"]),
        ("range(n)", ["for x in reversed(range(n)):"]),
        ("reversed(xs)", ["for x in xs:"]),
        ("xs[::-1]", ["for x in xs:"]),
        ("enumerate(xs)", ["for x in enumerate(list(xs)[::-1]):", "for x in reversed(list(enumerate(xs))):"]),
    ],
)
def test_a_loop_runs_the_other_way_round(iterable, after):
    assert changed(REVERSE_TIME, over(iterable)) == after


def test_the_order_of_a_list_shows_and_that_of_a_sum_does_not():
    assert returned(REVERSE_TIME, "[2 * x for x in xs]") == ["[2 * x for x in list(xs)[::-1]]"]
    assert returned(REVERSE_TIME, "sum(2 * x for x in xs)") == []
