"""Inputs that are written once and used in many exercises."""

from __future__ import annotations

import pytest

from grader.course.load import parse
from grader.records.assignment import Reals
from grader.records.errors import AssignmentError

ASSIGNMENT = """\
title: Shared
module: shared.py
dims: {H: 1..3, D: 1..3}
shared:
  weights:
    W: {shape: [H, D]}
    b: {shape: [H, 1]}
  states: {h: {same_as: b}}
exercises:
  - {id: f, points: 1, inputs: {x: {shape: [D, 1]}, use: weights}}
  - {id: g, points: 1, inputs: {use: [weights, states], c: {shape: [H]}}}
  - {id: k, points: 1, inputs: {use: {shape: [D]}}}
"""


def printed(source):
    with pytest.raises(AssignmentError) as caught:
        parse(source, file="a.yaml", id="short")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_they_stand_where_they_are_used():
    f, g, k = parse(ASSIGNMENT, file="a.yaml", id="short").exercises
    assert f.run == "result = f(x, W, b)"
    assert g.run == "result = g(W, b, h, c)"
    assert k.inputs == {"use": Reals(shape=("D",))}
    written_out = ASSIGNMENT.replace("use: weights", "W: {shape: [H, D]}, b: {shape: [H, 1]}", 1)
    assert parse(written_out, file="a.yaml", id="short").exercises[0] == f


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "use: weights}",
            "use: weight}",
            "10:58: exercise f: inputs.use names weight, which is not in the section shared, did you mean `weights`?",
        ),
        (
            "use: weights}",
            "uses: weights}",
            "10:53: exercise f: inputs.uses is no input: write `use` for what stands in the section shared",
        ),
        (
            "c: {shape: [H]}",
            "c: {kind: dict, entries: {with: [weights]}}",
            "11:83: exercise g: inputs.c.entries.with is no input: write `use` for what stands in the section shared",
        ),
        (
            "c: {shape: [H]}",
            "c: {kind: dict, entries: {use: weight}}",
            "11:88: exercise g: inputs.c.entries.use names weight, which is not in the section shared, did",
        ),
        (
            "c: {shape: [H]}",
            "b: {shape: [H]}",
            "11:39: exercise g: inputs.use[0] names weights, which has an input b as well: rename one of the two",
        ),
        ("b: {shape: [H, 1]}", "b: {shape: [H, 1], scale: -1}", "7:31: shared.weights.b.scale must be > 0 (got -1)"),
        (
            "W: {shape: [H, D]}",
            "W: {shape: [H, E]}",
            "6:20: exercise f: inputs.W.shape[1] mentions E, which is no dim (dims here: H, D)",
        ),
        (
            "b: {shape: [H, 1]}",
            "b: !x {shape: [H, 1]}",
            "7:8: shared.weights.b has the tag !x: tags are refused, quotes make a value text",
        ),
        (
            "  states: {h: {same_as: b}}",
            "  states: [1]",
            "8:11: shared.states must be a mapping such as {x: {shape: [D, 1]}} (got a list)",
        ),
        (
            "{h: {same_as: b}}",
            "{h: {same_as: d}}",
            "8:15: exercise g: inputs.h is the same as d, which is no input (inputs here: W, b, h, c)",
        ),
    ],
)
def test_mistakes_are_told_once_where_they_are_written(old, new, expected):
    assert f"a.yaml:{expected}" in "\n".join(printed(ASSIGNMENT.replace(old, new, 1)))
    assert len(printed(ASSIGNMENT.replace(old, new, 1))) <= (1 if "shared" in expected else 2)


def test_what_is_shared_cannot_make_a_billion_values():
    many = ASSIGNMENT.replace("    W: {", "".join(f"    v{n}: {{}}\n" for n in range(2000)) + "    W: {")
    many += "".join(f"  - {{id: f{n}, points: 1, inputs: {{use: weights}}}}\n" for n in range(60))
    assert "makes more than 100,000 values with all that is shared written out" in printed(many)[-1]


def test_entries_of_a_dict_are_shared_as_well():
    source = ASSIGNMENT.replace(
        "use: weights}", "parameters: {kind: dict, entries: {use: weights, V: {same_as: x}}}}", 1
    )
    parameters = parse(source, file="a.yaml", id="short").exercises[0].inputs["parameters"]
    assert list(parameters.entries) == ["W", "b", "V"]
    assert printed(source.replace("[H, D]", "[H, E]"))[0] == (
        "a.yaml:6:20: exercise f: inputs.parameters.entries.W.shape[1] mentions E, which is no dim (dims here: H, D)"
    )
