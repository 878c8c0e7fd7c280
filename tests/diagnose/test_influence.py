"""Inputs without influence, and outputs that are there where nothing of them is left."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.circumstances import refuted
from grader.diagnose.conditions import all_so
from grader.diagnose.influence import no_effect, not_zero
from grader.judge.trials import try_cases
from grader.records.assignment import Output
from grader.records.bank import Case, Condition, Origin
from grader.records.finding import Finding, NoEffect, NotZero, Share
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

RNG = np.random.default_rng(0)
INPUTS = [{name: RNG.standard_normal(3) for name in "abc"} for _ in range(3)]
ASKED = exercise(outputs={"y": Output(), "z": Output()})


def right(a, b, c):
    return {"y": a * b + c, "z": a * b * c}


def found(solution, names="abc", told=no_effect):
    """Findings for a solution, which returns outputs or an outcome, where each of some inputs was set to 0."""
    plain = [(None, inputs) for inputs in INPUTS]
    zero = [(Condition("zero", name), {**inputs, name: np.zeros(3)}) for name in names for inputs in INPUTS]

    def trials(drawn):
        cases = [
            Case(f"f/{n}", Origin("any"), True, {}, inputs, expected=right(**inputs), condition=condition)
            for n, (condition, inputs) in enumerate(drawn)
        ]
        given = [solution(**inputs) for _, inputs in drawn]
        return try_cases(ASKED, cases, [Returned(each) if isinstance(each, dict) else each for each in given])

    generic, simple = trials(plain), trials(zero)
    if told is no_effect:
        return list(told(ASKED, [*generic, *simple]))
    asked = [Condition("zero", name) for name in names]
    return list(told(ASKED, simple, generic, {id(each): all_so(asked, each.case) for each in (*generic, *simple)}))


def test_an_input_that_is_not_used_is_told_for_all_outputs():
    (finding,) = found(lambda a, b, c: right(a, b, 1.0))
    assert finding == Finding(NoEffect(("c",)), Share(3, 3, 12), ("y", "z"))
    assert (finding.kind, finding.name) == ("relation", "no_effect")


def test_inputs_of_the_same_outputs_are_told_together_and_others_apart():
    findings = found(lambda a, b, c: {"y": c, "z": a * b})
    assert [(finding.fact, finding.outputs) for finding in findings] == [
        (NoEffect(("a", "b")), ("y",)),
        (NoEffect(("c",)), ("z",)),
    ]


@pytest.mark.parametrize(
    "solution",
    [
        right,
        lambda a, b, c: {"y": np.zeros(3), "z": np.zeros(3)},  # of what never changes no input is to blame
        lambda a, b, c: right(a, b, 2.0 * c),
        lambda a, b, c: Raised("ValueError", "no"),
    ],
)
def test_nothing_is_said_of_what_has_influence(solution):
    assert found(solution) == []


def test_without_cases_in_which_an_input_is_0_nothing_is_known():
    assert found(lambda a, b, c: right(a, b, 1.0), names="") == []


def test_an_output_that_should_be_0_and_is_not():
    (finding,) = found(lambda a, b, c: {**right(a, b, c), "z": a * b + c}, names="b", told=not_zero)
    assert finding == Finding(NotZero("b"), Share(3, 3, 3), ("z",))
    assert (finding.kind, finding.name) == ("circumstance", "not_zero")
    assert found(right, told=not_zero) == []
    assert found(lambda a, b, c: {**right(a, b, c), "y": c + 1}, names="a", told=not_zero) == []  # it need not be 0
    hidden = [
        Case("f/h", Origin("any"), False, {}, inputs, expected=right(**inputs))
        for inputs in [{**each, "b": np.zeros(3)} for each in INPUTS]
    ]
    for outputs, is_refuted in ((lambda case: {**case.expected, "z": np.ones(3)}, False), (lambda c: c.expected, True)):
        trials = try_cases(ASKED, hidden, [Returned(outputs(case)) for case in hidden])
        assert refuted(finding, ASKED, trials) == is_refuted
    assert found(lambda a, b, c: {**right(a, b, c), "z": np.full(3, np.nan)}, told=not_zero) == []
