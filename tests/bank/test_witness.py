"""Cases that what is said of a mistake is held against: like the hidden ones, and none of them."""

from __future__ import annotations

import numpy as np
import pytest

from grader.bank.edges import plans, plans_apart
from grader.bank.strategies import draw, edges
from grader.bank.witness import witnesses
from grader.records.assignment import Cases, Exercise, Interval, Output, Reals
from grader.records.bank import Case

INPUTS = {"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "D"))}
FIELDS = {"id": "f", "title": "f", "points": 1, "run": "y = f(x, W)", "outputs": {"y": Output()}, "inputs": INPUTS}


def exercise(hidden=30, **changes):
    dims = {"D": Interval(1, 5), "H": Interval(1, 5)}
    return Exercise(**{**FIELDS, "dims": dims, "cases": Cases(public=8, hidden=hidden), **changes})


def solved(refuses=lambda candidate: False):
    """As the reference does, but for the values."""

    def solve(_, candidates):
        kept = [each for each in candidates if not refuses(each)]
        return [Case("", each.origin, True, each.sizes, each.inputs) for each in kept]

    return solve


def made(asked, seed=0, solve=None):
    return witnesses(asked, seed, {}, solve or solved())


@pytest.mark.parametrize("hidden", [0, 1, 7, 60])
def test_there_are_as_many_as_hidden_cases_with_edges_among_them(hidden):
    found = made(exercise(hidden))
    assert len(found) == hidden
    assert [case.id for case in found] == [f"f/witness{number}" for number in range(1, hidden + 1)]
    kinds = {case.origin.kind for case in found}
    assert hidden < 7 or {"ones", "zeros", "small"} <= kinds
    assert hidden < 60 or {"highest", "distinct", "one_is_1", "all_2", "equal"} <= kinds


def test_none_of_them_can_be_a_hidden_case():
    asked = exercise()
    graded = [*edges(asked, 0), *draw(asked, 400, seed=0)]

    def keys(cases):
        return {(*sorted(case.sizes.items()), *(case.inputs[name].tobytes() for name in INPUTS)) for case in cases}

    assert not keys(made(asked)) & keys(graded)
    zeros = [case for case in made(asked) if case.origin.kind == "zeros"]
    assert keys(made(asked)) & keys(made(asked, seed=1)) == keys(zeros)
    assert keys(made(asked)) == keys(made(asked))


def test_edges_are_the_same_ones_at_other_values_and_sizes():
    asked = exercise()
    assert {plan.origin.kind for plan in plans_apart(asked, "1")} == {plan.origin.kind for plan in plans(asked, 0)}
    for one, other in zip(plans_apart(asked, "1"), plans(asked, 0), strict=False):
        assert one.origin.kind == other.origin.kind
        assert one.seed != other.seed
        assert one.sizes != other.sizes or one.origin.kind in ("ones", "highest")


def test_others_are_drawn_for_what_the_reference_refuses():
    found = made(exercise(), solve=solved(lambda each: float(np.sum(each.inputs["x"])) > 0))
    assert len(found) == 30
    assert made(exercise(), solve=solved(lambda each: True)) == []
