"""The laws of a bundle: what cannot be used of them ends in a sentence."""

from __future__ import annotations

import pytest

from grader.bank.bundle import Bundle
from grader.grading.practice import law_functions
from grader.records.assignment import Assignment, Exercise, PropertyCheck
from grader.records.bank import CaseBank
from grader.records.errors import BundleError, UsageError

LAW = PropertyCheck(check="holds", title="It holds")
ONE = Exercise("one", "One", 1.0, inputs={}, run="y = one()", outputs={}, properties=(LAW,))
BANK = CaseBank(Assignment("week", "Week", "week.py", (ONE,)), {"one": ()}, inputs_sha256="")


def test_laws_are_found_by_their_names():
    found = law_functions(Bundle(BANK, "def holds(student, case):\n    return 'no'\n", ()))
    assert found["holds"](None, None) == "no"


@pytest.mark.parametrize("laws", ["raise SystemExit(0)", "import sys\nsys.exit()", "1 / 0", "def ("])
def test_laws_that_cannot_be_run(laws):
    with pytest.raises(UsageError, match=r"the laws in the bundle cannot be run here \((SystemExit|Zero|Syntax)"):
        law_functions(Bundle(BANK, laws, ()))


@pytest.mark.parametrize("laws", ["", "def other(student, case):\n    return None\n", "holds = 1\n"])
def test_a_law_that_is_named_and_missing(laws):
    with pytest.raises(BundleError, match=r"practice\.bundle lacks the law holds, which its assignment names: get it"):
        law_functions(Bundle(BANK, laws, ()))
