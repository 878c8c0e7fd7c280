from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.judge.case_size import elements, weight
from grader.judge.example import smallest
from grader.judge.properties import in_turn
from grader.records.run import Raised
from grader.records.verdict import Trial

from .examples import case


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (np.zeros((2, 3)), 6),
        (1.5, 1),
        ("abc", 3),
        ([np.zeros(2), 1], 4),
        ((), 1),
        ({"W": np.zeros(4), "b": [0.0]}, 7),
        (None, 1),
    ],
)
def test_elements(value, count):
    assert elements({"x": value}) == count


def test_of_as_many_elements_zeros_and_short_numbers_weigh_less():
    lists = [[0.25, np.ones(2)], [1.0, np.ones(2)], [1.0, np.array([1.0, 0.0])], [0.0, np.zeros(2)]]

    weights = [weight({"x": each}) for each in lists]

    assert {first for first, *_ in weights} == {4}
    assert sorted(weights, reverse=True) == weights
    assert len(set(weights)) == len(weights)


def test_a_list_is_as_large_as_what_is_in_it():
    """Three vectors are more to read than one, for whoever looks for a small case."""
    cases = [
        replace(case(number), inputs={"xs": [np.ones(2)] * count}, sizes={"T": count + 1})
        for number, count in enumerate((3, 1, 2))
    ]

    assert smallest([Trial(each, Raised("ValueError", "no")) for each in cases]).case is cases[1]
    assert [len(each.inputs["xs"]) for each in in_turn(cases)] == [1, 2, 3]
