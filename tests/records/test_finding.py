"""What is known of a mistake, by kind and name: as JSON tells it."""

from __future__ import annotations

import pytest

from grader.records.bank import Condition, KnownMistake, MistakeKind
from grader.records.finding import (
    Alike,
    Beyond,
    Changed,
    EqualSizes,
    Exchanged,
    Factor,
    Finding,
    Length,
    Limited,
    OutputsRight,
    Predicted,
    Rounded,
    Share,
    Shift,
    Steps,
    When,
)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (MistakeKind.MISCONCEPTION, "misconception"),
        (MistakeKind.INHERITED, "misconception"),
        (MistakeKind.PROBE, "probe"),
        (MistakeKind.MUTANT, "mutant"),
    ],
)
def test_a_known_mistake_has_its_own_name(kind, told):
    finding = Finding(Predicted(KnownMistake(kind, "its_name", "What it does.")), Share(4, 4, 4))
    assert (finding.kind, finding.name) == (told, "its_name")


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        (Changed("transposed"), "transposed"),
        (Factor("-1"), "factor"),
        (Factor("1/size", "N"), "factor"),
        (Shift(late=True, along="rows"), "shift"),
        (Length(lacks=True, end="last"), "length"),
        (Rounded(2, cut=True), "rounded"),
        (Limited(both=True), "limit"),
        (Exchanged("c"), "exchanged"),
        (Alike("any_factor"), "any_factor"),
        (Beyond(-1, 1), "beyond_-1_1"),
    ],
)
def test_a_relation(fact, name):
    finding = Finding(fact, Share(4, 4, 4), ("h",))
    assert (finding.kind, finding.name) == ("relation", name)


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        (When(right=True, conditions=(Condition("zero", "b"),)), "right_when"),
        (When(right=False, conditions=(Condition("zero", "b"),)), "wrong_when"),
        (EqualSizes(right=True, sizes=("D", "H")), "equal_sizes"),
        (Steps("h", right=True, end="first", along="steps"), "steps"),
        (OutputsRight(("c",)), "outputs"),
    ],
)
def test_a_circumstance(fact, name):
    finding = Finding(fact, Share(4, 4, 4))
    assert (finding.kind, finding.name) == ("circumstance", name)
