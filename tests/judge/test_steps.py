"""The axis of time."""

from __future__ import annotations

import pytest

from grader.judge.steps import has_steps
from grader.records.assignment import Integers, ListOf, Output, Reals
from tests.judge.examples import exercise

XS = {"xs": Reals(shape=("T", "D", 1))}


@pytest.mark.parametrize(
    ("inputs", "shape", "expected"),
    [
        (XS, ("T", "H"), True),
        (XS, ("D", "H"), False),
        (XS, (3, "H"), False),
        (XS, (), False),
        (XS, None, False),
        ({"tokens": Integers(range=(0, 9), shape=("T",))}, ("T", "H"), True),
        ({"xs": ListOf(of=Reals(shape=("D", 1)), length="T")}, ("T", "H"), True),
        ({"x": Reals(shape=("D", 1))}, ("D", 1), False),  # a column
        ({"X": Reals(shape=("N", "D")), "labels": Integers(range=(0, 9), shape=("N",))}, ("N", "D"), False),
        ({"W": Reals(shape=("D", "H")), "b": Reals(shape=("H",))}, ("H", 1), False),
        ({"rate": Reals()}, ("T", 1), False),
    ],
)
def test_only_as_long_as_a_sequence_that_is_read_it_has_steps(inputs, shape, expected):
    assert has_steps(exercise(inputs=inputs, outputs={"y": Output(shape=shape)}), "y") == expected
