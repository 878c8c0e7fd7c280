"""Inputs that are dicts, from the assignment to the report."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from grader.course.load import parse
from grader.records.entries import flat_inputs, flat_values, whole_values
from grader.records.errors import AssignmentError
from grader.report import WRITERS, view
from grader.report.words.written import written
from tests.written_course import grading_of, write_course

SCHEMA = Path(__file__).parents[1] / "grader" / "report" / "report.schema.json"
ASSIGNMENT = """\
title: Layers
module: layers.py
dims: {D: 1..4, H: 1..4}
shared:
  layer:
    W: {shape: [H, D]}
    b: {shape: [H]}
exercises:
  - id: forward
    points: 2
    inputs:
      x: {shape: [D]}
      parameters:
        kind: dict
        entries:
          use: layer
          lambda: {range: [0, 1]}
          more: {kind: dict, entries: {V: {same_as: parameters.W}, names: {kind: list, of: {kind: text}, length: 2}}}
    outputs: {result: [H]}
    inputs_unchanged: required
    cases: {public: 16, hidden: 12}
    examples:
      - inputs:
          x: [1, 2]
          parameters: {W: [[1, 0]], b: [3], lambda: 0.5, more: {V: [[0, 1]], names: [a, b]}}
        expect: {result: [5]}
    raises:
      - inputs: {x: [1], parameters: {}}
        error: KeyError
  - id: update
    points: 2
    inputs:
      parameters: {kind: dict, entries: {use: layer}}
      gradients: {same_as: parameters}
    run: |
      update(parameters, gradients)
      W, b = parameters["W"], parameters["b"]
    outputs: {W: [H, D], b: [H]}
    follow_through: [forward]
    cases: {public: 6, hidden: 6}
"""
REFERENCE = """\
import numpy as np


def forward(x, parameters):
    more = parameters["more"]
    return parameters["W"] @ x + parameters["b"] + parameters["lambda"] * more["V"] @ x


def update(parameters, gradients):
    for name, gradient in gradients.items():
        parameters[name] -= 0.5 * gradient
"""
FORGETS = REFERENCE.replace(' + parameters["b"]', "")
CHANGES = REFERENCE.replace(
    "    return parameters[", "    more = {'V': more['V'].copy()}; parameters['more']['V'] += 1\n    return parameters["
)
REPLACES = REFERENCE.replace("    return parameters[", '    more["names"][0] = "w"\n    return parameters[')
ADDS = REFERENCE.replace("-= 0.5", "+= 0.5")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, pool, bank_cache):
    """Grades a source of the course above."""
    texts = {"assignments/layers/assignment.yaml": ASSIGNMENT, "reference/layers.py": REFERENCE}
    return grading_of(write_course(tmp_path_factory.mktemp("course"), texts), "layers", pool, bank_cache)


def test_entries_are_inputs_of_their_own(graded):
    cases = [case for case in graded.bank.cases["forward"] if case.raises is None]
    assert {tuple(case.inputs["parameters"]) for case in cases} == {("W", "b", "lambda", "more")}
    assert all(case.inputs["parameters"]["W"].shape == (case.sizes["H"], case.sizes["D"]) for case in cases)
    values = [case.inputs["parameters"] for case in cases]
    assert any(one["W"].ravel()[0] != one["b"].ravel()[0] for one in values), "each is drawn by itself"
    named = {case.origin.name for case in cases if case.origin.kind == "extreme"}
    assert "parameters['lambda']" in named
    assert all(name == "x" or name.startswith("parameters['") for name in named)
    assert [case.inputs for case in graded.bank.cases["forward"] if case.raises] == [
        {"x": pytest.approx(np.ones(1)), "parameters": {}}
    ]


def test_right_is_right_and_a_dict_is_changed_in_place_where_that_is_meant(graded):
    report = graded(REFERENCE)
    assert [exercise.earned for exercise in report.exercises] == [2, 2]


def test_a_counterexample_is_small_and_can_be_pasted(graded, tmp_path, monkeypatch):
    report = written(view.student(graded(FORGETS)))
    (forward, update) = report.exercises
    jsonschema.validate(json.loads(WRITERS["json"](report)), json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert all("lambda" in str(write(report)) for name, write in WRITERS.items() if name != "junit")
    assert (forward.earned, update.earned) == (0, 2)
    assert forward.diagnosis[0].sentence == "It behaves as if `parameters['b']` were 0."
    (shown,) = forward.counterexamples
    for value in (shown.inputs["parameters"][name] for name in ("W", "b")):
        assert max(value.shape) <= 3
        assert np.array_equal(value, np.round(value, 1))
    (tmp_path / "layers.py").write_text(FORGETS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    space = {}
    exec(shown.code, space)
    assert np.array_equal(space["parameters"]["b"], shown.inputs["parameters"]["b"])


@pytest.mark.parametrize("source", [CHANGES, REPLACES])
def test_a_change_within_a_dict_is_a_change(graded, source):
    forward = written(graded(source)).exercises[0]
    assert forward.headline == "`forward` changes an input in place, which is not allowed here."
    assert "Changes its input `parameters` in place." in forward.remarks


def test_a_wrong_update_is_wrong(graded):
    assert [exercise.earned for exercise in graded(ADDS).exercises] == [2, 0]


def test_flat_and_whole_are_the_same():
    (forward, _) = parse(ASSIGNMENT, file="a.yaml", id="layers").exercises
    names = ["x", *(f"parameters[{key}]" for key in ("'W'", "'b'", "'lambda'", "'more']['V'", "'more']['names'"))]
    assert list(flat_inputs(forward.inputs)) == names
    values = {"x": 1, "parameters": {"W": 2, "b": 3, "lambda": 4, "more": {"V": 5, "names": 6}}}
    assert list(flat_values(forward.inputs, values).values()) == [1, 2, 3, 4, 5, 6]
    for given in (
        values,
        {"x": 1, "parameters": {"W": 2}},
        {"x": 1, "parameters": {**values["parameters"], "more": 7}},
    ):
        assert whole_values(forward.inputs, flat_values(forward.inputs, given)) == given


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("parameters.W}", "parameters.Q}", "V is the same as parameters.Q, which is no input, did you mean"),
        ("parameters.W}", "parameters}", "is the same as itself, by way of parameters"),
        ("parameters.W}", "parameters.more}", "is the same as itself, by way of parameters.more"),
        ("W: [[1, 0]]", "W: [[1, 0, 2]]", "parameters.W must have the shape (H, D) (got (1, 3), but D is 2 in x)"),
        ("W: [[1, 0]], ", "", "parameters must have a value for every key (missing: W)"),
        ("V: [[0, 1]], ", "V: [[0, 1]], v: 1, ", "parameters.more.v is no key of more (keys here: V, names)"),
        ("entries: {V: {", "entries: {V: {kind: dict, entries: {c: {kind: dict, entries: {d: {}}}}}, U: {", "3 deep"),
        ("kind: dict, entries: {V", "kind: dict, of: {V", "entries is missing: each key and the values"),
        ("lambda: {range: [0, 1]}", "lambda: {range: [1, 0]}", "lambda.range must not end below its start"),
        ("b: {shape: [H]}", "b: {shape: [K]}", "b.shape[0] mentions K, which is no dim"),
    ],
)
def test_mistakes_in_dicts_are_told(old, new, expected):
    with pytest.raises(AssignmentError) as caught:
        parse(ASSIGNMENT.replace(old, new, 1), file="a.yaml", id="layers")
    assert any(expected in str(mistake) for mistake in caught.value.mistakes), list(map(str, caught.value.mistakes))
