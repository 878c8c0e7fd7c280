"""In which rows of an output a solution is right."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.circumstances import circumstances, refuted
from grader.judge.trials import try_cases
from grader.records.assignment import Output, Reals, Tolerance
from grader.records.bank import Case, Origin
from grader.records.finding import FirstWrong, Share, Steps
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

XS = {"xs": Reals(shape=("T", "D", 1))}
SEQUENCE = exercise(inputs=XS, outputs={"y": Output(shape=("T", "H"))})
ROWS = exercise(outputs={"y": Output(shape=("H", 1))})


def trials(wrong, lengths, asked, change=lambda row: row + 1.0, **fields):
    """Cases in which the rows for which ``wrong(step, count)`` holds are changed."""
    rng, cases, outcomes = np.random.default_rng(0), [], []
    for count in lengths:
        expected = rng.standard_normal((count, 2))
        got = [change(row) if wrong(step, count) else row for step, row in enumerate(expected)]
        cases.append(Case("f/1", Origin("any"), True, {}, {}, expected={"y": expected}, **fields))
        outcomes.append(Returned({"y": np.array(got)}))
    return try_cases(asked, cases, outcomes)


def steps(wrong, *, lengths=(2, 3, 5), asked=SEQUENCE, graded=(), **changes):
    return circumstances(asked, trials(wrong, lengths, asked, **changes), [], graded)


FIRST_ONLY = lambda step, count: step > 0  # noqa: E731 - read beside the others below


@pytest.mark.parametrize(
    ("wrong", "right", "end"),
    [
        (FIRST_ONLY, True, "first"),
        (lambda step, count: step < count - 1, True, "last"),
        (lambda step, count: step == 0, False, "first"),
        (lambda step, count: step == count - 1, False, "last"),
    ],
)
def test_rows_in_which_an_output_is_right(wrong, right, end):
    (finding,) = steps(wrong, lengths=(3, 3, 5))
    assert (finding.kind, finding.name, finding.outputs) == ("circumstance", "steps", ())
    assert finding.fact == Steps("y", right=right, end=end, along="steps")
    assert finding.rests == Share(shown=3, asked=3, tried=3)
    (finding,) = steps(wrong, lengths=(3, 3, 5), asked=ROWS)
    assert finding.fact == Steps("y", right=right, end=end, along="rows")


@pytest.mark.parametrize(
    ("wrong", "lengths"),
    [
        (lambda step, count: True, (3, 4, 5)),
        (lambda step, count: False, (3, 4, 5)),
        (lambda step, count: step == count // 2, (3, 4, 5)),
        (FIRST_ONLY, (1, 1, 3)),
        (lambda step, count: step > 0 if count > 3 else step == 0, (3, 4, 5)),
        (lambda step, count: True, (0, 0, 0)),
    ],
)
def test_other_rows_say_nothing(wrong, lengths):
    assert steps(wrong, lengths=lengths) == []


@pytest.mark.parametrize("shape", [("H", 1), (3, "H"), ("T",), (), None])
def test_only_a_named_first_axis_of_several_has_rows(shape):
    found = steps(FIRST_ONLY, asked=exercise(outputs={"y": Output(shape=shape)}))
    assert bool(found) == (shape == ("H", 1))


def test_another_case_may_refute_it():
    same, other = trials(FIRST_ONLY, (4,), SEQUENCE), trials(lambda step, count: step == 2, (4,), SEQUENCE)
    right, single = trials(lambda step, count: False, (4,), SEQUENCE), trials(lambda step, count: True, (1,), SEQUENCE)
    assert len(steps(FIRST_ONLY, graded=[*same, *right, *single])) == 1
    assert steps(FIRST_ONLY, graded=[*same, *other]) == []
    generic = trials(FIRST_ONLY, (2, 3, 5), SEQUENCE)
    assert circumstances(SEQUENCE, generic, other) == []


@pytest.mark.parametrize(
    ("wrong", "right", "end"),
    [
        (lambda step, count: step == 1, 1, "first"),
        (lambda step, count: step == 2 or step > 3, 2, "first"),
        (lambda step, count: step == count - 2, 1, "last"),
    ],
)
def test_the_step_from_which_on_an_output_is_wrong(wrong, right, end):
    (finding,) = steps(wrong, lengths=(4, 5, 6))
    assert (finding.fact, finding.outputs) == (FirstWrong("y", right, end), ())
    assert finding.rests == Share(shown=3, asked=3, tried=3)
    assert steps(wrong, lengths=(4, 5, 6), asked=ROWS) == []
    witnesses, others = trials(wrong, (7,), SEQUENCE), trials(lambda step, count: True, (5,), SEQUENCE)
    (told,) = steps(wrong, lengths=(4, 5, 6), graded=witnesses)
    assert (told.fact, told.rests) == (finding.fact, Share(shown=4, asked=4, tried=4))
    assert steps(wrong, lengths=(4, 5, 6), graded=others) == []
    assert [refuted(finding, SEQUENCE, each) for each in (witnesses, others)] == [False, True]


def test_rows_are_held_to_the_rule_of_the_exercise():
    off = {"wrong": FIRST_ONLY, "change": lambda row: row + 1e-6}
    strict = exercise(inputs=XS, outputs=SEQUENCE.outputs, tolerance=Tolerance(atol=1e-9))
    precise = exercise(inputs=XS, outputs=SEQUENCE.outputs, precision="required")
    assert steps(**off) == []
    assert len(steps(**off, asked=strict)) == len(steps(**off, asked=precise)) == 1
    assert steps(**off, asked=precise, units={"y": np.asarray(1e-6)}) == []
    assert len(steps(FIRST_ONLY, change=lambda row: row * np.nan)) == 1


def test_rows_of_truths_and_of_what_is_not_there():
    truths = [np.array([[True, False], [True, True]])] * 3
    cases = [Case("f/1", Origin("any"), True, {}, {}, expected={"y": truth}) for truth in truths]
    inverted = [Returned({"y": np.array([truth[0], ~truth[1]])}) for truth in truths]
    (finding,) = circumstances(SEQUENCE, try_cases(SEQUENCE, cases, inverted), [])
    assert finding.fact == Steps("y", right=True, end="first", along="steps")
    others = [Returned({"y": truths[0][:, :1]}), Returned({}, ("y",)), Raised("ValueError", "")]
    assert circumstances(SEQUENCE, try_cases(SEQUENCE, cases, others), []) == []


def test_whole_numbers_of_a_row_are_right_only_if_they_are_equal():
    def asked(lengths, change):
        cases = [Case("a/1", Origin("any"), True, {"N": n}, {}, {"y": np.full((n, 2), 10**6)}) for n in lengths]
        task = exercise(outputs={"y": Output(shape=("N", 2))})
        return circumstances(task, try_cases(task, cases, [Returned({"y": change(case)}) for case in cases]), ())

    def off(case):
        y = case.expected["y"].copy()
        y[1] += 1
        y[2:] += 1000
        return y

    facts = [finding.fact for finding in asked((3, 4, 5), off)]
    assert [fact for fact in facts if isinstance(fact, Steps)] == [Steps("y", right=True, end="first", along="rows")]
