"""Submissions that know nothing: what they earn, which parts pay it, and that the audit fails above what may be had."""

from __future__ import annotations

import json

from grader.audit.ignorance import know_nothing
from tests.audit.conftest import add, hand_in

#: Nothing is computed here: the exception, or the input, is the answer.
REFUSES = """\
  - id: refuse
    points: 2
    inputs: {n: {kind: integers, range: [1, 999]}}
    run: refuse(n)
    outputs: {}
    raises: [{inputs: {n: 0}, error: KeyError, because: there is none}]
  - id: kept
    points: 3
    inputs: {v: {shape: [N, 1]}, w: {shape: [N, 1]}}
    run: |
      pair = Pair()
      a, b = pair.both(v, w)
    outputs: {a: [N, 1], b: [N, 1]}
    properties: [{check: obeyed, title: a is as long as b, points: 1}]
"""
REFERENCE = """

def refuse(n):
    if n == 0:
        raise KeyError(n)


class Pair:
    def both(self, v, w):
        return v, w
"""
LAW = """\
def obeyed(student, case):
    outputs = student.run(case.inputs)
    return None if len(outputs["a"]) == len(outputs["b"]) else "one is longer"
"""


def spoil(course):
    path = course / "assignments/proven/assignment.yaml"
    path.write_text(path.read_text(encoding="utf-8") + REFUSES, encoding="utf-8")
    add(course, REFERENCE)
    hand_in(course, "assignments/proven/properties.py", LAW)


def test_whoever_knows_nothing_earns_nothing(make_bench):
    found = {each.kind: (each.score, each.parts) for each in know_nothing(make_bench())}
    assert found == dict.fromkeys(("zeros", "ones", "nan", "random", "echo", "ValueError"), (0.0, ()))


def test_parts_that_can_be_had_for_nothing_are_named(make_bench, course):
    spoil(course)
    found = {each.kind: each for each in know_nothing(make_bench())}
    paid = {kind: [(part.exercise, part.name, part.points) for part in each.parts] for kind, each in found.items()}
    kept = [("kept", "a", 1.0), ("kept", "b", 1.0), ("kept", "a is as long as b", 1.0)]
    nothing = {"zeros": [], "ones": [], "nan": [], "random": [], "ValueError": []}
    assert paid == {**nothing, "echo": kept, "KeyError": [("refuse", "KeyError", 2.0)]}
    assert found["KeyError"].parts[0].because == "there is none"
    assert know_nothing(make_bench()) == tuple(found.values())  # what an earlier audit found out


def test_an_audit_fails_where_nothing_earns_more_than_the_assignment_allows(grade, course, change):
    spoil(course)
    for path in (course / "tests/submissions/proven").iterdir():
        path.unlink()
    ran = grade("audit", "proven", "--json", cwd=course)
    found = json.loads(ran.stdout)
    assert ran.returncode == 1
    said = [text for text in found["failures"] if "knows nothing" in text]
    assert said == [
        "A submission that knows nothing (an input handed back) gets 3 points; at most 1 may be had for nothing.",
        "A submission that knows nothing (always raise KeyError) gets 2 points; at most 1 may be had for nothing.",
    ]
    (refuses,) = (each for each in found["know_nothing"] if each["kind"] == "KeyError")
    paid = {"exercise": "refuse", "title": "raises KeyError: there is none", "points": 2}
    assert (refuses["score"], refuses["parts"]) == (2, [paid])

    change("exercises:\n", "audit: {know_nothing: 3}\nexercises:\n")
    ran = grade("audit", "proven", cwd=course)
    text = " ".join(ran.stdout.split())
    assert "gets 3 points" not in text
    assert "random numbers: 0; an input handed back: 3; always raise ValueError: 0; always raise KeyError: 2." in text
    assert "an input handed back: 1 point for `b` in kept" in text
