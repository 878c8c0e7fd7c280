"""What can be drawn again by whoever has the grader, a right solution and all that is public: no hidden case.

Two kinds of hidden cases are no secret, and are allowed for here: those of which nothing is drawn, such as the edge at
which every input is 0, and those of domains so small that all of it is drawn.
"""

from __future__ import annotations

import pytest

from grader.bank.author_functions import author_functions
from grader.bank.freeze import freeze
from grader.bank.layout import pack_cases
from grader.bank.plans import canonical
from grader.course.find import find_course
from grader.course.load import load
from grader.course.secret import Draws
from grader.sandbox.fake import FakeSandbox
from tests.conftest import SECRET
from tests.repository.test_repository import ROOT

FILES = find_course(ROOT).assignment("assignment3")
ASSIGNMENT = load(FILES.yaml)
DRAWS = SECRET.draws(ASSIGNMENT)
NUMBERS = {exercise.id: number for number, exercise in enumerate(ASSIGNMENT.exercises)}


@pytest.fixture(scope="module")
def drawn():
    """``drawn(exercise, draws)``: public and hidden cases, as whoever has a right solution freezes them."""
    names = {}
    exec(compile(FILES.reference.read_text(encoding="utf-8"), "reference", "exec"), names)
    sandbox, custom = FakeSandbox(names), author_functions(FILES)

    def drawn(exercise, draws):
        cases = freeze(ASSIGNMENT, NUMBERS[exercise], draws, run=lambda _, job: sandbox.run(job), custom=custom).cases
        return tuple([case for case in cases if case.public is kind] for kind in (True, False))

    return drawn


def keys(cases):
    return {canonical([case.sizes, case.inputs]) for case in cases}


def is_stated(case):
    """Whether nothing of it is drawn: every number in it is 0."""
    return case.origin.kind == "zeros" and not any(value.any() for value in case.inputs.values())


def test_with_all_that_is_public_no_hidden_case_is_drawn_again(drawn):
    public, hidden = drawn("rnn_step", DRAWS)
    assert len(hidden) == 40
    secret = [case for case in hidden if not is_stated(case)]
    assert len(secret) >= 39
    guesses = [DRAWS.public, f"hidden/{ASSIGNMENT.id}/{ASSIGNMENT.seed}", SECRET.fingerprint()]
    for guess in guesses:
        again, others = drawn("rnn_step", Draws(DRAWS.public, guess))
        assert pack_cases({"": again}) == pack_cases({"": public}), "what is public hangs on nothing hidden"
        assert not keys(secret) & keys([*again, *others]), guess


def test_another_public_secret_leaves_hidden_inputs_as_they_are_drawn(drawn):
    """Each from its own: which of the drawn ones are chosen may hang on what is public, never the other way round."""
    public, hidden = drawn("rnn_step", DRAWS)
    other, same = drawn("rnn_step", Draws("other", DRAWS.hidden))
    assert not {each.id for each in public if keys([each]) <= keys(other) and each.origin.kind != "example"}
    assert keys(hidden) == keys(same)
