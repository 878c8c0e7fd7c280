"""Items of a list that share one array."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.items import shared_items
from grader.records.assignment import Output
from grader.records.bank import Case, Origin
from grader.records.finding import Finding, Repeated, Share, Twin
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

RNG = np.random.default_rng(0)
ASKED = exercise(outputs={"steps": Output()})
RIGHT = [[{"h": RNG.standard_normal(2), "kept": (RNG.standard_normal(2), 1.0)} for _ in range(n)] for n in (1, 2, 3, 4)]


def found(change, expected=RIGHT):
    cases = [Case(f"f/{n}", Origin("any"), True, {}, {}, expected={"steps": each}) for n, each in enumerate(expected)]
    given = [change(each) for each in expected]
    outcomes = [each if isinstance(each, Raised) else Returned({"steps": each}) for each in given]
    return list(shared_items(ASKED, cases, outcomes))


def test_one_array_in_all_items_is_told_with_its_place():
    last = found(lambda steps: [{**step, "h": steps[-1]["h"]} for step in steps])
    assert last == [Finding(Repeated((("h",),)), Share(3, 3, 4), ("steps",))]
    deep = found(lambda steps: [{**step, "kept": steps[0]["kept"]} for step in steps])
    assert [finding.fact for finding in deep] == [Repeated((("kept", 0),))]
    assert (deep[0].kind, deep[0].name) == ("relation", "repeated")


def test_an_item_that_holds_another_one_twice():
    twice = found(lambda steps: [{**step, "h": step["kept"][0]} for step in steps])
    assert twice == [Finding(Twin(("h",), ("kept", 0)), Share(3, 3, 4), ("steps",))]


def test_steps_that_should_be_alike_and_lists_without_one_contradict_nothing_unless_they_are_wrong():
    still = [{"h": np.zeros(2), "kept": (np.zeros(2), 1.0)}] * 2
    expected = [*RIGHT, still, []]
    (finding,) = found(lambda steps: [{**step, "h": steps[-1]["h"]} for step in steps], expected)
    assert finding == Finding(Repeated((("h",),)), Share(4, 4, 6), ("steps",))
    twice = found(lambda steps: [{**step, "h": step["kept"][0]} for step in steps], expected)
    assert [each.fact for each in twice] == [Twin(("h",), ("kept", 0))]

    def but_there(steps):
        repeated = [{**step, "h": steps[-1]["h"]} for step in steps]
        return [{**step, "h": step["h"] + n} for n, step in enumerate(repeated)] if steps is still else repeated

    assert found(but_there, expected) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda steps: steps,
        lambda steps: [{**step, "h": step["h"] + 1} for step in steps],
        lambda steps: [{"h": step["h"]} for step in steps],
        lambda steps: steps[:-1],
        lambda steps: "text",
        lambda steps: Raised("ValueError", "no"),
    ],
)
def test_of_others_nothing_is_said(change):
    assert found(change) == []


def test_what_may_be_the_same_everywhere_is_no_mistake():
    same = [[{"h": np.ones(2)}] * n for n in (2, 3, 4)]
    assert found(lambda steps: steps, same) == found(lambda steps: [{"h": 0 * step["h"]} for step in steps], same) == []
