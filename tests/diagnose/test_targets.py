"""Outputs that are off where an input names an entry."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.diagnose.targets import off_at_target
from grader.records.bank import Case, Origin
from grader.records.finding import AtTarget
from grader.records.run import Returned

RNG = np.random.default_rng(0)
TARGETS = [np.array(each) for each in ([0, 2], [1, 1, 0], [2], [0, 1, 2, 1])]


def found(change, shape=lambda count: (count, 3), *, more=()):
    """What is told where ``change`` makes the outputs of right ones and of marks at the targets."""
    cases, outcomes = [], []
    for number, targets in enumerate([*TARGETS, *more]):
        want, marks = RNG.standard_normal(shape(len(targets))), np.zeros((len(targets), 3))
        marks[np.arange(len(targets)), targets] = 1.0
        marks = marks.sum(axis=0) if want.ndim == 1 else marks.reshape(want.shape)
        sizes = {"N": len(targets), "V": 3}
        case = Case(f"f/{number}", Origin("any"), True, sizes, {"targets": targets}, expected={"y": want})
        cases.append(case)
        outcomes.append(Returned({"y": change(want, marks, len(targets))}))
    return off_at_target(cases, outcomes, "y")


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda y, marks, n: y + marks, AtTarget("targets", 1)),
        (lambda y, marks, n: y - marks, AtTarget("targets", -1)),
        (lambda y, marks, n: y + 2 * marks / n, AtTarget("targets", 2, "N")),
    ],
)
@pytest.mark.parametrize("shape", [lambda n: (n, 3), lambda n: (n, 3, 1), lambda n: (3,)])
def test_off_at_the_targets_alone(change, fact, shape):
    assert found(change, shape) == replace(fact, each_time=len(shape(2)) == 1)


def test_a_single_class_and_no_target_contradict_nothing():
    ones = Case("f/o", Origin("any"), True, {"N": 2}, {"targets": np.array([0, 0])}, expected={"y": np.zeros((2, 1))})
    known = [
        Case("f/1", Origin("any"), True, {"N": len(each)}, {"targets": each}, expected={"y": np.zeros((len(each), 3))})
        for each in TARGETS
    ]
    given = [Returned({"y": np.eye(3)[case.inputs["targets"]]}) for case in known]
    assert off_at_target([*known, ones], [*given, Returned({"y": np.ones((2, 1))})], "y") == AtTarget("targets", 1)
    assert off_at_target([*known, ones], [*given, Returned({"y": np.zeros((2, 1))})], "y") is None
    none = [np.array([], int)]
    assert found(lambda y, marks, n: y + marks, lambda n: (3,), more=none) == AtTarget("targets", 1, each_time=True)
    assert found(lambda y, marks, n: y + (marks if n else 1), lambda n: (3,), more=none) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda y, marks, n: y + 3 * marks,
        lambda y, marks, n: y + marks + 0.5,
        lambda y, marks, n: y[:, :2],
        lambda y, marks, n: y + np.roll(marks, 1, axis=-1),
    ],
)
def test_of_others_nothing_is_said(change):
    assert found(change) is None
