"""Answers that are alike, and named mistakes that are met."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from msgspec.structs import replace

from grader.diagnose.same_answers import finding_of, same_answer
from grader.records.answers import CaseAnswer, NamedCase, NamedMistake
from grader.records.record import Foreign
from grader.report.words import findings

ODD = [
    0.0, 1, True, None, np.nan, np.inf, 1e308, -(2**63), 1 + 2j, "text", "", [], (), {}, [1.0, [2.0]], {"k": 1.0},
    {1: [np.zeros(2)]}, np.zeros((0, 3)), np.array([1e308, -1e308]), np.array([2**63 - 1]), np.array([True]),
    np.float32(0.1), Foreign("some.Class"), [Foreign("list")],
]  # fmt: skip


@np.errstate(all="raise")  # whoever compares sees to that
def test_whatever_code_answers_can_be_held_against_whatever_else():
    for (one, left), (other, right) in product(enumerate(ODD), repeat=2):
        found = same_answer(CaseAnswer({"y": left}), CaseAnswer({"y": right}))
        assert found or one != other


@pytest.mark.parametrize(("off", "alike"), [(1e-12, True), (1e-6, True), (1e-3, False), (np.nan, False)])
def test_rounding_parts_nobody_wherever_the_number_lies(off, alike):
    for value in (0.0, 0.125, 1.2345, -2.5e6):
        one, other = (CaseAnswer({"y": np.array([value + each * max(1, abs(value))])}) for each in (0, off))
        assert same_answer(one, other) is alike


def test_exceptions_are_alike_by_their_class():
    assert same_answer(CaseAnswer(ended="KeyError"), CaseAnswer(ended="KeyError"))
    assert not same_answer(CaseAnswer(ended="KeyError"), CaseAnswer(ended="IndexError"))
    assert not same_answer(CaseAnswer({"y": 1.0}), CaseAnswer(ended="KeyError"))


CASES = tuple(NamedCase({}, {"x": float(n)}, CaseAnswer({"y": n * 2.0, "z": 1.0})) for n in range(4))
MISTAKE = NamedMistake("f-1", "f", "You double it.", ("y",), CASES)


def given(**outputs):
    return {case.key(): CaseAnswer({**case.answer.outputs, **outputs}) for case in CASES}


def test_a_mistake_is_met_by_all_of_its_answers():
    found = finding_of(MISTAKE, given())
    assert (found.kind, found.name, found.outputs) == ("named", "f-1", ("y",))
    assert findings.sentence(found) == "You double it."
    assert findings.evidence(found) == "Gives what this mistake gives on all 4 inputs that are kept of it."
    one_off = {**given(), CASES[2].key(): CaseAnswer({"y": 4.1, "z": 1.0})}
    assert finding_of(MISTAKE, one_off) is None
    assert finding_of(MISTAKE, dict(list(given().items())[1:])) is None  # one was not run


def test_other_outputs_may_be_wrong_for_reasons_of_their_own():
    found = finding_of(MISTAKE, given(z=3.0))
    assert findings.sentence(found) == "In `y`: You double it."
    assert finding_of(replace(MISTAKE, outputs=("y", "z")), given(z=3.0)) is None
