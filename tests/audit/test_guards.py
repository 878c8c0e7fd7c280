"""Parts whose points nothing guards, and what rules tell."""

from __future__ import annotations

from grader.audit.guards import told_by_rule, unguarded
from tests.audit.conftest import hand_in

COUNTS = """\
title: Counting
module: proven.py
exercises:
  - id: affine
    title: A whole number
    points: 2
    inputs: {n: {kind: integers, range: [0, 999]}}
    run: m = affine(n)
    outputs: {m: {shape: [], points: 1}}
    raises:
      - {inputs: {n: -1}, error: ValueError, because: it is below 0, points: 1}
"""
REFERENCE = '''\
"""Counting."""


def affine(n):
    """The number after n."""
    if n < 0:
        raise ValueError(n)
    return n + 1
'''
LAWS = '''\
def holds(student, case):
    """Always, whatever comes."""
    student.run(case.inputs)["y"]


def grows(student, case):
    """More b, more y."""
    more = student.run({**case.inputs, "b": case.inputs["b"] + 1})["y"]
    return None if (more > student.run(case.inputs)["y"]).all() else "y should grow with b"
'''


def parts(bench):
    (exercise,) = bench.assignment.exercises
    return [part.name for part in unguarded(bench, exercise, bench.bank.proof["affine"])]


def test_whole_numbers_are_guarded_by_versions_that_return_others(make_bench, course):
    hand_in(course, "assignments/proven/assignment.yaml", COUNTS)
    hand_in(course, "reference/proven.py", REFERENCE)
    assert parts(make_bench()) == []


def test_a_law_that_breaks_for_no_version_guards_nothing(make_bench, course, change):
    laws = "[{check: holds, title: y is there, points: 1}, {check: grows, title: y grows with b, points: 1}]"
    change("    cases:", f"    properties: {laws}\n    cases:")
    hand_in(course, "assignments/proven/properties.py", LAWS)
    assert parts(make_bench()) == ["y is there"]


def test_an_exercise_of_one_part_is_guarded_by_whatever_is_killed(make_bench):
    assert parts(make_bench()) == []


def test_rules_tell_what_changes_an_input(make_bench, change):
    change("    cases:", "    inputs_unchanged: required\n    cases:")
    bench = make_bench()
    (exercise,) = bench.assignment.exercises
    survivors = [wrong for wrong in bench.bank.proof["affine"] if not wrong.killed_by]
    assert [wrong.kind for wrong in survivors] == ["change_input_in_place"]
    assert told_by_rule(bench, exercise, survivors) == {survivors[0].id}
