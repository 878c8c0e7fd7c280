"""The hunt through one exercise, with answers that no submission would give so reliably."""

from __future__ import annotations

import itertools

import pytest

from grader.bank.hunt import Hunt
from grader.bank.strategies import NONE
from grader.explore import hunter as hunting
from grader.explore.hunter import Hunter
from grader.judge.trials import try_cases
from grader.records.assignment import Custom, Exercise, Interval, Output, Reals
from grader.records.bank import Case, Origin
from grader.records.errors import ReferenceFault, SandboxFault
from grader.records.run import BadReply, Crashed, OutOfMemory, Returned, TimedOut

EXERCISE = Exercise(
    id="total",
    title="A sum",
    points=1,
    inputs={"x": Reals(shape=("N",))},
    run="y = x.sum()",
    outputs={"y": Output()},
    dims={"N": Interval(low=1, high=5)},
)
WRONG = Returned(outputs={"y": 1e9})


class Sides:
    """Answers ``answer(case)`` in a batch and ``alone(case)`` by itself; None is the right answer."""

    exercise = EXERCISE

    def __init__(self, answer, alone=None):
        self._answer = answer
        self._alone = alone or answer

    def cases(self, candidates):
        return [
            Case("total", Origin("any"), False, each.sizes, each.inputs, {"y": float(each.inputs["x"].sum())})
            for each in candidates
        ]

    def trials(self, cases):
        return [self._trial(case, self._answer(case)) for case in cases]

    def alone(self, case):
        return self._trial(case, self._alone(case))

    def _trial(self, case, outcome):
        return try_cases(self.exercise, [case], [outcome or Returned(outputs=case.expected)])[0]


def explored(sides, exercise=EXERCISE, custom=NONE, **bounds):
    return Hunter(sides, Hunt(exercise, 0, custom), lambda _: None).explore(**{"until": None, "inputs": 200, **bounds})


def long(case):
    return WRONG if case.inputs["x"].size > 2 else None


def test_nothing_is_found_of_what_is_right():
    found = explored(Sides(lambda _: None))
    assert (found.tried, found.found, found.everything, found.interrupted) == (200, None, False, False)


def test_what_is_wrong_is_found_and_made_small():
    found = explored(Sides(long)).found
    assert found.again
    assert found.trial.case.sizes == {"N": 3}
    assert not found.trial.case.inputs["x"].any()
    assert found.trial.outcome == WRONG


def test_time_that_is_over_leaves_one_batch():
    assert explored(Sides(lambda _: None), until=0.0).tried == hunting.BATCH


def test_what_does_not_come_again_is_told_apart_and_gives_up_soon():
    asked = []
    found = explored(Sides(lambda case: asked.append(case) or WRONG, alone=lambda _: None))
    assert not found.found.again
    assert len(asked) == hunting.BATCH


def test_what_comes_again_now_and_then_is_unstable_and_no_fault_of_hypothesis():
    chance = itertools.cycle([None, WRONG, WRONG, None, WRONG])
    found = explored(Sides(long, alone=lambda _: next(chance)))
    assert found.found is not None
    assert not found.found.again


@pytest.mark.parametrize("ending", [OutOfMemory(1), BadReply(""), TimedOut(1, "wall", "case")])
def test_what_a_process_comes_to_by_all_that_it_was_asked_is_not_held_against_one_input(ending):
    found = explored(Sides(lambda _: ending, alone=lambda _: None))
    assert found.found is None
    assert found.tried == 200


def test_an_input_that_ends_the_process_is_made_small_with_few_processes():
    asked = []
    crash = Crashed(signal="SIGSEGV")
    found = explored(Sides(lambda _: crash, alone=lambda case: asked.append(case) or crash))
    assert found.found.trial.outcome == crash
    assert len(asked) <= 1 + hunting.ENDINGS + hunting.REPEATS


def test_making_small_is_bounded(monkeypatch):
    monkeypatch.setattr(hunting, "ATTEMPTS", 5)
    asked = []

    def steep(case):
        return WRONG if abs(case.inputs["x"]).max() > 1.11 else None

    assert explored(Sides(steep, alone=lambda case: asked.append(case) or steep(case))).found.again
    assert len(asked) <= 1 + 5 + 3 * hunting.REPEATS


def test_an_interruption_while_it_is_made_small_keeps_what_was_found():
    asked = []

    def alone(case):
        asked.append(case)
        if len(asked) > 4:
            raise KeyboardInterrupt
        return long(case)

    found = explored(Sides(long, alone))
    assert found.interrupted
    assert found.found.again
    assert found.found.trial.case.inputs["x"].size > 2


def test_an_interruption_of_the_search_ends_it():
    def answer(_):
        raise KeyboardInterrupt

    found = explored(Sides(answer))
    assert found.interrupted
    assert found.found is None


def test_a_fault_of_the_sandbox_is_not_made_small():
    asked = []

    def alone(case):
        asked.append(case)
        if len(asked) > 4:
            raise SandboxFault("no more processes")
        return long(case)

    with pytest.raises(SandboxFault, match="no more processes"):
        explored(Sides(long, alone))
    assert len(asked) == 5


def test_a_strategy_that_fails_is_its_authors_mistake():
    def broken(_):
        raise ZeroDivisionError("of mine")

    exercise = Exercise(
        id="total", title="", points=1, inputs={"x": Custom("broken")}, run="y = x", outputs={"y": Output()}
    )
    sides = Sides(lambda _: None)
    sides.exercise = exercise
    with pytest.raises(ReferenceFault, match="total a strategy fails: ZeroDivisionError: of mine"):
        explored(sides, exercise, {"broken": broken})


def test_inputs_without_an_answer_and_ill_conditioned_ones_are_counted():
    sides = Sides(lambda _: None)
    cases, trials = sides.cases, sides.trials
    sides.cases = lambda candidates: [None, *cases(candidates)[1:]]
    sides.trials = lambda those: [None, None, *trials(those)[2:]]
    found = explored(sides, inputs=10)
    assert (found.tried, found.unanswered, found.ill) == (7, 1, 2)
