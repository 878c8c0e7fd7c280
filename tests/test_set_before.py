"""What `run` had set before it raised keeps its value, from the assignment to the report; and nobody gains by that."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.report import terminal, view
from grader.report.words.written import written
from tests.written_course import grading_of, write_course

ASSIGNMENT = """\
title: Gradients
module: grads.py
dims: {N: 2..4}
exercises:
  - id: backward
    points: 12
    inputs: {x: {shape: [N]}, w: {shape: [N]}}
    run: |
      y, cache = forward(x, w)
      grads = backward(y, cache)
      dx = grads["dx"]
      dw = grads["dw"]
      step = w - dw
      total = measure(step)
    outputs: {y: {shape: [], points: 2}, dx: [N], dw: [N], total: [], step: [N]}
    cases: {public: 4, hidden: 6}
    raises:
      - {inputs: {x: [1.0, 2.0], w: [0.0, 0.0]}, error: ValueError, points: 1}
    properties:
      - {check: scales, title: y is linear in x, points: 1}
  - id: clip
    points: 2
    inputs: {g: {shape: [N]}, bound: {range: [0.5, 1]}}
    run: |
      h = 2 * g
      clip(h, bound)
      norm = measure(h)
    outputs: {h: [N], norm: []}
    inputs_unchanged: required
    cases: {public: 4, hidden: 6}
  - id: closed
    points: 1
    inputs: {x: {shape: [N]}}
    run: |
      y = measure(x)
      done = closed(x)
    outputs: {y: []}
    cases: {public: 4, hidden: 6}
"""
PROPERTIES = """\
def scales(student, case):
    once, twice = (student.run({**case.inputs, "x": f * case.inputs["x"]})["y"] for f in (1, 2))
    return None if abs(twice - 2 * once) < 1e-9 else "y is not twice as large"
"""
REFERENCE = """\
import numpy as np


def forward(x, w):
    if not w.any():
        raise ValueError("no weights")
    return x @ w, (x, w)


def backward(y, cache):
    x, w = cache
    return {"dx": y * w, "dw": y * x}


def measure(values):
    return float(np.sum(values ** 2))


def clip(h, bound):
    np.clip(h, -bound, bound, out=h)


def closed(x):
    return True
"""
MISSPELT = REFERENCE.replace('"dw":', '"dW":')
WITHOUT_END = REFERENCE.replace("return float(", "return float(len(values) @ ")
REFUSES = REFERENCE.replace("x, w = cache\n", "raise ValueError('never')\n")
WRONG_TOO = MISSPELT.replace("y * w", "y + w")
BY_CHANCE = MISSPELT.replace("return x @ w, (x, w)", "CALLS.append(1)\n    return x @ w + len(CALLS) // 11, (x, w)")
CHANGES = REFERENCE.replace("    np.clip(h, -bound, bound, out=h)", "    h[:] = h; raise KeyError('h')")
DOES_NOTHING = REFERENCE.replace("    np.clip(h, -bound, bound, out=h)", "    raise KeyError('h')")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, pool, bank_cache):
    """Grades a source of the course above."""
    texts = {
        "assignments/grads/assignment.yaml": ASSIGNMENT,
        "assignments/grads/properties.py": PROPERTIES,
        "reference/grads.py": REFERENCE,
    }
    return grading_of(write_course(tmp_path_factory.mktemp("course"), texts), "grads", pool, bank_cache)


def earned(report, exercise=0):
    """What each part earned, as all readers see it."""
    student = view.student(report).exercises[exercise].parts
    assert [part.earned for part in student] == [part.earned for part in report.exercises[exercise].parts]
    return {part.key.name: part.earned for part in student}


def test_one_misspelt_key_costs_no_output_that_was_right_before(graded):
    report = graded(MISSPELT)
    assert earned(report) == {"y": 2, "dx": 2, "dw": 0, "total": 0, "step": 0, "ValueError": 0, "scales": 0}
    (told, *_) = written(view.student(report)).exercises
    assert told.headline == "Check what `backward` gives back: 'dw'."
    assert "`y` and `dx` are right; `dw`, `total` and `step` are not." in told.explanation
    assert [part.problem for part in told.parts][:3] == ["", "", "stops with KeyError"]
    (shown,) = told.counterexamples
    assert {output.name for output in shown.outputs if output.shown} == {"y", "dx"}
    assert "KeyError" in terminal.render(written(view.student(report)), width=100, color=False)


def test_what_a_function_that_raises_was_given_keeps_its_value(graded):
    found = earned(graded(WITHOUT_END))
    assert found == {"y": 2, "dx": 2, "dw": 2, "total": 0, "step": 2, "ValueError": 0, "scales": 0}


def test_what_is_wrong_and_was_set_is_told_by_its_own_fault(graded):
    report = graded(WRONG_TOO)
    assert earned(report)["dx"] == 0
    parts = written(report).exercises[0].parts
    assert [part.problem for part in parts if part.name in {"dx", "dw"}] == ["has wrong values", "stops with KeyError"]


def test_who_raises_whatever_is_asked_gains_no_check_and_no_law(graded):
    report = graded(REFUSES)
    assert earned(report) == {"y": 2, "dx": 0, "dw": 0, "total": 0, "step": 0, "ValueError": 0, "scales": 0}
    parts = written(view.student(report)).exercises[0].parts
    assert [part.problem for part in parts if part.name == "raises 1"] == [
        "Counts once an output is right in at least half of the cases; where the code stops it is not."
    ]


def test_who_raises_is_asked_again_all_the_same(graded):
    assert set(earned(graded(f"CALLS = []\n{BY_CHANCE}")).values()) == {0}


def test_an_output_that_what_raises_may_change_has_no_value_yet(graded):
    for source in (DOES_NOTHING, CHANGES):
        assert earned(graded(source), 1) == {"h": 0, "norm": 0}


def test_how_hidden_cases_stop_is_told_to_no_student(graded):
    hidden = {case.inputs["x"].tobytes().hex() for case in graded.bank.cases["backward"] if not case.public}
    told = []
    for ends in ("raise KeyError('1.5')", "print(values); raise OSError"):
        stops = f"SEEN = []\n\n\ndef measure(values):\n    if SEEN[-1:] and SEEN[-1] in {hidden!r}:\n        {ends}\n"
        source = REFERENCE.replace("def measure(values):\n", stops)
        seen = "def forward(x, w):\n    SEEN.append(x.tobytes().hex())\n"
        report = graded(source.replace("def forward(x, w):\n", seen))
        assert earned(report) == {"y": 2, "dx": 2, "dw": 2, "total": 0, "step": 2, "ValueError": 0, "scales": 0}
        told.append(view.student(report).exercises)
    assert told[0] == told[1]


def test_an_exception_after_all_outputs_is_a_remark(graded):
    report = graded(REFERENCE + "\n\ndef closed(x):\n    raise OSError('gone')\n")
    for results in (report.exercises, view.student(report).exercises):
        last = written(replace(report, exercises=results)).exercises[2]
        assert (last.status, last.earned, last.counterexamples, last.diagnosis) == ("right", 1, (), ())
        assert last.remarks == ("Stops with OSError once all outputs are set: they are compared all the same.",)


def test_a_change_of_an_input_is_seen_before_an_exception_too(graded):
    source = REFERENCE.replace("return float(np", "values[:] = 0; raise KeyError(np")
    assert earned(graded(source), 1) == {"h": 0, "norm": 0}
