"""Mutants of right solutions that are not the reference."""

from __future__ import annotations

from grader.audit.variant_mutants import mutants_of
from tests.audit.conftest import CASES, ONES, hand_in

#: Right, and with mutants that only cases with other numbers than 1 tell from it.
FOLDER = {
    "proven.py": "from parts import product\n\n\ndef affine(W, x, b):\n    y = product(W, x)\n    return y + b\n",
    "parts.py": "def product(W, x):\n    return W @ x\n",
}


def mutants(bench, course, name):
    (found,) = mutants_of(bench, course / name)
    return found


def test_the_bank_kills_those_of_other_solutions_too(make_bench, course):
    found = mutants(make_bench(), course, "tests/submissions/proven/100_loops.py")
    assert found.exercise == "affine"
    assert found.killed > 30
    assert found.escaped == ()
    assert found.made > found.killed  # such as rounding sums of numbers with two decimals


def test_those_that_get_away_are_shown_with_what_would_kill_them(make_bench, course, change):
    change(CASES, ONES)
    found = mutants(make_bench(), course, "tests/submissions/proven/100_loops.py")
    assert 0 < found.killed < found.made
    assert found.escaped
    assert {each.line for each in found.escaped} <= set(range(4, 11))
    assert all(" → " in each.change and each.advice.killing > 0 for each in found.escaped)


def test_a_variant_takes_its_other_files_along(make_bench, course):
    for name, text in FOLDER.items():
        hand_in(course, f"assignments/proven/right/folder/{name}", text)
    found = mutants(make_bench(), course, "assignments/proven/right/folder")
    assert found.killed > 2
    assert found.escaped == ()


def test_what_a_check_beside_the_cases_tells_is_killed(make_bench, course, change):
    change("    cases:", "    inputs_unchanged: required\n    cases:")
    bench = make_bench()
    hand_in(course, "assignments/proven/right/other.py", "def affine(W, x, b):\n    return b + W @ x\n")
    strict = mutants(bench, course, "assignments/proven/right/other.py")
    assert strict.killed == strict.made
