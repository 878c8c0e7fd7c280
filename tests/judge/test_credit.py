"""Shares of an output: which cases go together, and that a share is earned whole and means something."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.judge.credit import grouped, kind_of
from grader.judge.points import score
from grader.judge.trials import try_cases
from grader.records.assignment import Interval, Output, PropertyCheck, Reals
from grader.records.bank import Origin
from grader.records.breaches import Breach, SourceBroken
from grader.records.holding import Holding
from grader.records.verdict import RuleBroken, Unearned

from .examples import case, exercise, returned

SHARED = exercise(outputs={"h": Output(credit="share")}, dims={"H": Interval(low=1, high=6)}, points=9)
LAW = PropertyCheck(check="law", title="it holds", points=1)


def of_size(number, size, **fields):
    return case(number, x=np.full((size, 1), 0.5), W=np.eye(size), **fields)


#: Three cases of each group; a third of them hidden.
CASES = [
    of_size(3 * n + m, size, public=m < 2)
    for n, size in enumerate((3, 1, 6))
    for m in range(3)
] + [replace(of_size(9 + m, 3, public=m < 2), origin=Origin("zeros")) for m in range(3)]  # fmt: skip


def answered(*wrong, task=SHARED, **more):
    """What is earned where the cases of these numbers are wrong."""
    outcomes = [returned(each.expected["h"] + (1.0 if number in wrong else 0.0)) for number, each in enumerate(CASES)]
    (part, *others), earned = score(task, try_cases(task, CASES, outcomes), (), more.pop("holdings", ()), **more)
    return part, others, earned


@pytest.mark.parametrize(
    ("sizes", "origin", "x", "kind"),
    [
        ({"H": 3}, "distinct", 0.5, "ordinary"),
        ({"H": 3}, "example", 0.5, "ordinary"),
        ({"H": 1}, "all_1", 0.5, "size_one"),
        ({"H": 6}, "highest", 0.5, "long"),
        ({"H": 5}, "any", 0.5, "long"),
        ({"H": 3}, "zeros", 0.0, "extreme"),
        ({"H": 1}, "extreme", 0.5, "extreme"),
        ({"H": 3}, "any", 9.0, "extreme"),
    ],
)
def test_what_a_case_tries(sizes, origin, x, kind):
    size = sizes["H"]
    made = replace(case(x=np.full((size, 1), x), W=np.eye(size)), origin=Origin(origin))
    assert kind_of(SHARED, made) == kind


def test_a_size_that_is_always_1_is_no_size_of_1_and_a_range_is_no_saturation():
    fixed = exercise(dims={"H": Interval(low=1, high=1)}, inputs={"x": Reals(shape=("H", 1), range=(-99.0, 99.0))})
    assert kind_of(fixed, case(x=[[50.0]], W=[[1.0]])) == "ordinary"


def test_groups_of_few_cases_count_as_ordinary():
    few = try_cases(SHARED, CASES[:5], [returned(each.expected["h"]) for each in CASES[:5]])
    assert {kind: len(trials) for kind, trials in grouped(SHARED, few).items()} == {"ordinary": 5}


def test_each_group_is_paid_whole_and_says_one_bit():
    part, _, earned = answered(4)

    assert (part.right, part.earned, earned) == (False, 6.75, 6.75)
    assert [(each.kind, each.points, each.earned, each.right) for each in part.groups] == [
        ("ordinary", 2.25, 2.25, True),
        ("size_one", 2.25, 0.0, False),
        ("long", 2.25, 2.25, True),
        ("extreme", 2.25, 2.25, True),
    ]
    assert (part.groups[1].public, part.groups[1].public_failed, part.groups[1].hidden) == (2, 1, 1)
    assert answered(3, 4, 5)[2] == 6.75
    assert answered(5)[2] == 6.75  # a hidden one alone
    assert answered()[2] == 9.0


def test_other_groups_earn_nothing_where_ordinary_cases_are_wrong():
    part, _, earned = answered(0)

    assert earned == 0.0
    assert [each.right for each in part.groups] == [False, True, True, True]


def test_thirds_add_up_exactly():
    outputs = {"h": Output(credit="share", points=1.0)}
    task = exercise(outputs=outputs, dims=SHARED.dims, points=1)
    three = [each for each in CASES if each.origin.kind != "zeros"]
    outcomes = [returned(each.expected["h"]) for each in three]

    (part,), earned = score(task, try_cases(task, three, outcomes), (), ())

    assert ([each.points for each in part.groups], part.earned, earned) == ([0.33, 0.33, 0.33], 1.0, 1.0)


def test_whole_is_the_default_and_an_output_may_say_otherwise_than_its_exercise():
    assert answered(4, task=replace(SHARED, outputs={"h": Output()}))[2] == 0.0
    by_exercise = replace(SHARED, outputs={"h": Output()}, credit="share")
    assert answered(4, task=by_exercise)[2] == 6.75
    assert answered(4, task=replace(by_exercise, outputs={"h": Output(credit="whole")}))[2] == 0.0


@pytest.mark.parametrize("broken", [RuleBroken("inputs_unchanged"), SourceBroken("m.py", (Breach("lacking", "for"),))])
def test_a_rule_that_is_broken_costs_every_share_and_no_public_count(broken):
    part, _, earned = answered(broken=broken)

    assert (earned, part.earned, [each.right for each in part.groups]) == (0.0, 0.0, [False] * 4)
    assert [each.public_failed for each in part.groups] == [0] * 4


def test_a_method_that_is_right_earns_every_share():
    part, _, earned = answered(0, 4, followed={"h": ("gate",)})
    assert (part.earned, earned, part.followed) == (9.0, 9.0, ("gate",))


def test_laws_count_beside_a_share():
    task = replace(SHARED, points=10, properties=(LAW,))
    holds = (Holding("law", public=2),)
    most = [number for number in range(len(CASES)) if number > 2]  # only the ordinary ones are right, which are few

    assert answered(*most, task=task, holdings=holds)[2] == 3.25
    _, (law,), earned = answered(0, *most, task=task, holdings=holds)
    assert (law.problem, earned) == (Unearned(), 0.0)
