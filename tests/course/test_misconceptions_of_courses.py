"""The wrong versions beside the reference of assignment 3: each one runs, is wrong, and is wrong in its own way."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.bank.strategies import draw
from grader.course.load import load
from grader.course.misconceptions import misconceptions

if TYPE_CHECKING:
    from grader.bank.plans import Candidate
    from grader.course.misconceptions import Misconception

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference" / "assignment3.py"
SOURCE = REFERENCE.read_text(encoding="utf-8")
WRONG = misconceptions(SOURCE, file=str(REFERENCE))
EXERCISES = {each.id: each for each in load(ROOT / "assignments" / "assignment3" / "assignment.yaml").exercises}

LARGE = ("rnn_step", "rnn_forward", "simple_rnn", "lstm_step", "bptt", "clip_gradients")
CASES = 40
TELLING = 4  # on so many of them two versions must differ; some mistakes show only where numbers meet a bound
CODE = ("@", "np.", "*", "(", "[", "=", "⊙", "²", "ᵀ", "σ", "1 -", "1 −", " / ")

each_wrong = pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
each_exercise = pytest.mark.parametrize("exercise", EXERCISES)


def exercise_of(wrong: Misconception) -> str:
    """Exercises bear the names of their functions; only the class has another one."""
    return "simple_rnn" if wrong.of == "SimpleRNN" else wrong.of


def wrong_versions(exercise: str) -> list[Misconception]:
    return [wrong for wrong in WRONG if exercise_of(wrong) == exercise]


@cache  # whoever runs them works on copies
def drawn(exercise: str, cases: int) -> list[Candidate]:
    return list(draw(EXERCISES[exercise], cases, seed=0))


def run(exercise: str, source: str, *, cases: int = CASES) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """For each case its inputs and what the snippet made of them: all names, with a module of that source in scope."""
    module: dict[str, Any] = {"__name__": "reference"}
    exec(source, module)
    found = []
    for case in drawn(exercise, cases):
        names = module | dict(case.sizes) | deepcopy(dict(case.inputs))
        exec(EXERCISES[exercise].run, names)
        found.append((dict(case.inputs), names))
    return found


@cache
def outputs(exercise: str, source: str = SOURCE) -> list[list[Any]]:
    return [[names[name] for name in EXERCISES[exercise].outputs] for _, names in run(exercise, source)]


def differing(one: list[list[Any]], other: list[list[Any]]) -> int:
    """On how many cases two versions clearly differ, in any output."""
    return sum(not all(map(close, *both)) for both in zip(one, other, strict=True))


def close(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-3, atol=1e-3)


@each_exercise
def test_every_exercise_has_some(exercise: str) -> None:
    assert len(wrong_versions(exercise)) >= (4 if exercise in LARGE else 3)


@each_wrong
def test_names_begin_with_the_exercise(wrong: Misconception) -> None:
    assert wrong.name.startswith(f"{exercise_of(wrong)}_")


@each_wrong
def test_each_runs_and_is_wrong(wrong: Misconception) -> None:
    exercise = exercise_of(wrong)
    assert differing(outputs(exercise), outputs(exercise, wrong.source)) >= TELLING


@each_exercise
def test_no_two_are_wrong_alike(exercise: str) -> None:
    for one, other in combinations(wrong_versions(exercise), 2):
        alike = f"{one.name} and {other.name}"
        assert differing(outputs(exercise, one.source), outputs(exercise, other.source)) >= TELLING, alike


@each_wrong
def test_none_changes_its_inputs(wrong: Misconception) -> None:
    for inputs, names in run(exercise_of(wrong), wrong.source, cases=3):
        np.testing.assert_equal({name: names[name] for name in inputs}, inputs)


@each_wrong
def test_sentences_are_for_people(wrong: Misconception) -> None:
    assert wrong.says.endswith(".")
    assert wrong.says.count(". ") <= 1, "one or two sentences"
    assert len(wrong.says.split()) >= 5
    assert not [sign for sign in CODE if sign in wrong.says]


@each_exercise
def test_no_two_mistakes_share_a_sentence(exercise: str) -> None:
    sentences = [wrong.says for wrong in wrong_versions(exercise)]
    assert len(set(sentences)) == len(sentences)
