"""Mutants that cannot differ from the reference are not made; those that can are, in every exercise where they can."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.bank.prove import Prover
from grader.course.load import parse
from grader.mistakes.mutants import mutants
from grader.records.run import NotRun
from grader.sandbox.fake import FakeSandbox

COURSE = """
title: Flat and not
module: m.py
dims: {H: 1..3, N: 2..3}
exercises:
"""


class Here:
    """Runs the reference in this process."""

    def each(self, work, *given):
        return map(work, *given)

    def several(self, source, jobs):
        names = {}
        exec(source, names)
        return [FakeSandbox(names).run(job).outcomes for job in jobs]


def left_out(reference, exercise, of, runner=None):
    """What would have been made of the function ``of`` and is not, as "operator: after"."""
    source = "import numpy as np\n" + dedent(reference)
    assignment = parse(COURSE + exercise, file="assignment.yaml", id="m")
    prover = Prover(assignment, source, runner or Here(), {}, "m.py", seed=0)
    made = {version.id for version in prover.versions(assignment.exercises[0])}
    return [f"{each.operator}: {each.after}" for each in mutants(source, [of]) if each.id not in made]


STATE = """
def state(W, x, b):
    return np.tanh(W @ x + b)
"""


def test_flat_arrays_are_not_turned_and_what_a_column_shows_is_kept():
    flat = "  - {id: e, points: 1, inputs: {W: {shape: [H, N]}, x: {shape: [N]}, b: {shape: [H]}},\n"
    column = "  - {id: e, points: 1, inputs: {W: {shape: [H, N]}, x: {shape: [N, 1]}, b: {shape: [H, 1]}},\n"
    run = "     run: 'y = state(W, x, b)', outputs: {y: null}}\n"
    assert left_out(STATE, flat + run, "state") == ["transpose: x.T", "broadcast: np.ravel(b)"]
    assert left_out(STATE, column + run, "state") == []


@pytest.mark.parametrize(
    ("reference", "shape", "out"),
    [
        ("def f(x):\n    return x / x.sum(axis=-1)\n", "[N]", ["axis: 0", "axis: x.sum()", "squeeze"]),
        ("def f(x):\n    return x / x.sum(axis=-1)\n", "[N, N]", ["squeeze"]),
        ("def f(x):\n    return np.concatenate([x, x], axis=0)\n", "[N]", ["axis: -1", "squeeze"]),
        ("def f(x):\n    return x * 2\n", "[H]", []),
    ],
)
def test_an_axis_where_there_is_one_and_sizes_of_1_where_there_are_none(reference, shape, out):
    exercise = f"  - {{id: e, points: 1, inputs: {{x: {{shape: {shape}}}}}, run: y = f(x), outputs: {{y: null}}}}\n"
    found = [each.partition(":") for each in left_out(reference, exercise, "f")]
    kinds = {"wrong_axis": "axis", "broadcast": "squeeze"}
    assert len(found) == len(out)
    assert [kinds[name] for name, *_ in found] == [each.partition(":")[0] for each in out]


BUFFERS = """
def f(x):
    all_of_it = np.zeros(len(x))
    all_but_one = np.zeros(len(x))
    for i in range(len(x)):
        all_of_it[i] = x[i]
    for i in range(1, len(x)):
        all_but_one[i] = x[i]
    return all_of_it, all_but_one
"""


def test_a_buffer_is_overwritten_or_is_not():
    exercise = '  - {id: e, points: 1, inputs: {x: {shape: [N]}}, run: "y, z = f(x)", outputs: {y: null, z: null}}\n'
    found = left_out(BUFFERS, exercise, "f")
    assert [each for each in found if each.startswith("wrong_initial")] == ["wrong_initial_state: np.ones"]


def test_a_limit_that_nothing_reaches_also_beyond_the_range_of_the_inputs():
    exercise = "  - {id: e, points: 1, inputs: {x: {range: [-0.5, 0.5]}}, run: y = f(x), outputs: {y: []}}\n"
    reached = left_out("def f(x):\n    return 1.5 * x\n", exercise, "f")
    never = left_out("def f(x):\n    return np.sin(x)\n", exercise, "f")
    assert "clipping: np.clip(np.sin(x), -1, 1)" in never
    assert [each for each in reached if each.startswith("clipping")] == []


def test_what_runs_to_no_end_shows_nothing():
    class Ending(Here):
        def several(self, source, jobs):
            first, *others = super().several(source, jobs)
            return [(*first[:-1], NotRun()), *others]

    exercise = "  - {id: e, points: 1, inputs: {x: {shape: [N]}}, run: y = f(x), outputs: {y: [N]}}\n"
    reference = "def f(x):\n    return 2 * x.T\n"
    assert left_out(reference, exercise, "f")
    assert left_out(reference, exercise, "f", Ending()) == []
