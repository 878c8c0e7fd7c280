"""Slopes of activation functions that are left out, there twice, or exchanged."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.slopes import slopes
from grader.records.assignment import Output, Reals
from grader.records.bank import Case, Origin
from grader.records.finding import Finding, Share, Slope
from grader.records.run import Returned
from tests.judge.examples import exercise

RNG = np.random.default_rng(0)
ASKED = exercise(inputs={"f": Reals(shape=(3,)), "g": Reals(shape=(3,))}, outputs={"df": Output(), "dg": Output()})
INPUTS = [{"f": RNG.uniform(0.1, 0.9, 3), "g": RNG.uniform(-0.9, 0.9, 3)} for _ in range(4)]
UPPER = [RNG.standard_normal(3) for _ in INPUTS]


def right(f, g, d):
    return {"df": d * f * (1 - f), "dg": d * (1 - g**2)}


def found(solution, count=4, more=()):
    given = [*zip(INPUTS, UPPER, strict=True)][:count] + [(inputs, UPPER[0]) for inputs in more]
    cases = [
        Case(f"f/{n}", Origin("any"), True, {}, inputs, expected=right(**inputs, d=d))
        for n, (inputs, d) in enumerate(given)
    ]
    return slopes(ASKED, cases, [Returned(solution(**inputs, d=d)) for inputs, d in given])


def test_slopes_that_are_left_out_are_told_together():
    assert found(lambda f, g, d: {"df": d, "dg": d}) == [
        Finding(Slope("missing", ("f", "g")), Share(4, 4, 4), ("df", "dg"))
    ]


@pytest.mark.parametrize(
    ("change", "how", "name"),
    [
        (lambda f, g, d: {"df": d * (f * (1 - f)) ** 2}, "twice", "f"),
        (lambda f, g, d: {"dg": d * (1 - g**2) ** 2}, "twice", "g"),
        (lambda f, g, d: {"df": d * (1 - f**2)}, "tanh_for_sigmoid", "f"),
    ],
)
def test_a_slope_that_is_another(change, how, name):
    (finding,) = found(lambda f, g, d: {**right(f, g, d), **change(f, g, d)})
    assert (finding.fact, finding.outputs) == (Slope(how, (name,)), (f"d{name}",))


def test_a_case_in_which_the_input_is_0_or_1_contradicts_it_or_not():
    edges = [{"f": value * np.ones(3), "g": value * np.ones(3)} for value in (0.0, 1.0)]
    (finding,) = found(lambda f, g, d: {"df": d, "dg": d}, more=edges)
    assert finding == Finding(Slope("missing", ("f", "g")), Share(6, 6, 6), ("df", "dg"))
    assert found(lambda f, g, d: {"df": d, "dg": d + (not g.any())}, more=edges)[0].outputs == ("df",)
    assert found(lambda f, g, d: {"df": d, "dg": d}, count=2, more=edges) == []


def test_of_others_nothing_is_said():
    assert found(right) == []
    assert found(lambda f, g, d: {"df": d * f, "dg": d * g}) == []
    assert found(lambda f, g, d: {"df": d[:2], "dg": np.nan * d}) == []
    assert found(lambda f, g, d: {"df": d, "dg": d}, count=2) == []
