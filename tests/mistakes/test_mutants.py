"""All mutants of a source, and those of the reference of assignment 3."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from grader.course.load import load
from grader.course.snippet import needed_names
from grader.mistakes.mutants import mutants
from grader.mistakes.registry import OPERATORS

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "reference/assignment3.py").read_text(encoding="utf-8")
EXERCISES = load(ROOT / "assignments/assignment3/assignment.yaml").exercises

AFFINE = """
import numpy as np

def affine(W, x, b):
    return W @ x + b

def twice(W, x, b):
    return affine(W, affine(W, x, b), b)
"""

#: Hardly any variable there has its gradient beside it, and no logarithm is taken of what is averaged.
NOT_IN_ASSIGNMENT_3 = {"use_gradient", "swap_order"}


@pytest.fixture(scope="module")
def of_assignment_3():
    return {exercise.id: mutants(REFERENCE, needed_names(exercise)) for exercise in EXERCISES}


def test_a_mutant_says_what_it_is():
    first = next(each for each in mutants(AFFINE, ["affine"]) if each.operator == "drop_bias")

    assert re.fullmatch(r"affine\.drop_bias\.[0-9a-f]{6}", first.id)
    assert (first.former, first.function, first.line) == ("affine.drop_bias.1", "affine", 5)
    assert (first.before, first.after) == ("W @ x + b", "W @ x")
    assert first.sentence == "It behaves as if b were never added."
    assert ast.dump(ast.parse(first.source)) == ast.dump(ast.parse(AFFINE.replace("W @ x + b", "W @ x")))


def test_names_of_a_helper_stay_secret():
    drop = [each for each in mutants(AFFINE, ["twice"]) if each.operator == "drop_bias"]

    assert [each.sentence for each in drop] == ["It behaves as if a bias were never added."]


def test_the_same_change_is_made_once_and_the_first_operator_names_it():
    found = [each.operator for each in mutants(AFFINE, ["affine"]) if "return W @ x\n" in each.source]

    assert found == ["drop_bias"]


def test_where_there_are_very_many_some_are_picked_always_the_same():
    names = ", ".join(f"a{number}" for number in range(12))
    source = f"def f({names}):\n    return g({names})\n"
    few = [each.id for each in mutants(source, ["f"], per_operator=5) if each.operator == "swap_names"]
    many = [each.id for each in mutants(source, ["f"], per_operator=50) if each.operator == "swap_names"]

    assert (len(few), len(many)) == (5, 50)
    assert set(few) < set(many)
    assert few != many[:5]
    assert few == [identity for identity in many if identity in few]


def test_ids_hold_whatever_is_edited_elsewhere():
    source = """
import numpy as np

def f(x, W):
    if x.sum() > 0:
        h = np.tanh(W @ x)
    return h + x
"""
    edited = source.replace("import numpy as np", "import numpy as np\n\nSCALE = 2").replace(
        "        h =", "        # so\n        x = x - 1\n        h ="
    )
    before, after = ({each.id: each for each in mutants(text, ["f"])} for text in (source, edited))
    moved = {name for name in before if name not in after}
    inside = {name for name in moved if "if x.sum() > 0" in before[name].before}  # the branch as a whole is another
    assert inside
    all_over = {name for name in moved if ".float32." in name or ".swap_gates." in name}  # each in several statements
    assert moved == inside | all_over
    assert all(before[name].after == after[name].after for name in before if name not in moved)
    assert all(before[name].line < after[name].line for name in before if name not in moved)


def test_of_two_changes_that_read_alike_the_second_is_counted():
    alike = mutants("def f(x):\n    y = x + 1\n    x = 2 * x\n    y = x + 1\n    return y\n", ["f"])
    names = [each.id for each in alike if each.operator == "swap_sign"]
    assert names == [names[0], f"{names[0]}-2"]


def test_nothing_to_change():
    assert mutants(AFFINE, []) == mutants(AFFINE, ["np", "missing"]) == []
    assert mutants("def f():\n    pass\n", ["f"]) == []


def test_before_and_after_are_one_short_line():
    long = " + ".join(f"np.exp(parameter_{number})" for number in range(50))
    found = mutants(f"import numpy as np\n\ndef f(x):\n    if x > 1:\n        x = 2\n    return {long}\n", ["f"])

    assert found
    assert all(
        "\n" not in each.before + each.after and max(map(len, (each.before, each.after))) <= 200 for each in found
    )


# ── assignment 3 ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_exercise_has_its_mutants(of_assignment_3):
    numbers = {name: len(found) for name, found in of_assignment_3.items()}

    assert {name: number for name, number in numbers.items() if number} == numbers
    assert min(numbers.values()) >= 8
    assert numbers["bptt"] > numbers["rnn_forward"] > numbers["rnn_step"] > 40
    assert 300 <= sum(numbers.values()) <= 3000


def test_every_operator_finds_something(of_assignment_3):
    made = {each.operator for found in of_assignment_3.values() for each in found}

    assert made | NOT_IN_ASSIGNMENT_3 == {operator.name for operator in OPERATORS}


def test_no_two_are_the_same(of_assignment_3):
    for found in of_assignment_3.values():
        assert len({each.id for each in found}) == len({each.source for each in found}) == len(found)


def test_one_definition_of_the_reference_changes_and_compiles(of_assignment_3):
    original = {ast.unparse(node) for node in ast.parse(REFERENCE).body}
    for source in {each.source for found in of_assignment_3.values() for each in found}:
        (mutated,) = (text for text in source.rstrip().split("\n\n\n") if text not in original)
        compile(mutated, "mutant", "exec")


def test_they_are_the_same_in_every_run_and_in_every_exercise(of_assignment_3):
    assert mutants(REFERENCE, needed_names(EXERCISES[-1])) == of_assignment_3[EXERCISES[-1].id]
    by_id = {}
    for found in of_assignment_3.values():
        for each in found:
            assert by_id.setdefault(each.id, each.source) == each.source


def test_sentences_name_no_variable_but_parameters_of_the_exercise(of_assignment_3):
    for exercise in EXERCISES:
        known = {*exercise.inputs, "hidden_size", "input_size", "output_size"}
        for each in of_assignment_3[exercise.id]:
            assert re.fullmatch(r"It behaves as if [^`]+\.", each.sentence)
            assert set(re.findall(r"\w*_\w*", each.sentence)) <= known, each.sentence


def test_of_many_exchanged_names_those_that_students_confuse_are_made():
    given = ", ".join(f"a{number}" for number in range(12))
    source = f"""
import numpy as np

def f({given}, Wf, dWf, c_prev):
    cct = np.tanh(g({given}))
    c_next = c_prev + cct
    h = g({given}, Wf, c_next)
    return dWf + h, c_next
"""
    swapped = {(each.before, each.after) for each in mutants(source, ["f"]) if each.operator == "swap_names"}
    assert len(swapped) <= 40
    assert ("dWf", "Wf") in swapped  # the other way round it is a gradient's own mistake
    assert {("cct", "c_next"), ("c_next", "cct")} & swapped
    assert {("c_prev", "c_next"), ("c_next", "c_prev")} & swapped
