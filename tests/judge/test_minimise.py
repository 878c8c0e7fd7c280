"""A counterexample is small, fails as its case did, and stays in its domain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.case_size import weight
from grader.judge.minimise import READABLE, minimise, shortened, signature
from grader.judge.trials import try_cases
from grader.records.assignment import Choices, Custom, Interval, ListOf, OneHot, Reals, SameAs, Simplex, Text
from grader.records.bank import Case
from grader.records.run import Returned
from grader.records.verdict import Fault

from .examples import case, exercise, raised, returned


def attempt_with(student, task, answers=lambda W, x: W @ x):
    """Run a wrong function and the right one on cases, as the grader does through two sandboxes."""

    def attempt(cases):
        known = [Case(**{**fields(each), "expected": {"h": answers(**each.inputs)}}) for each in cases]
        outcomes = []
        for each in known:
            try:
                outcomes.append(returned(student(**each.inputs)))
            except ZeroDivisionError:
                outcomes.append(raised("ZeroDivisionError"))
        return try_cases(task, known, outcomes)

    return attempt


def fields(each):
    return {name: getattr(each, name) for name in each.__struct_fields__}


def transposed(W, x):
    return W.T @ x


def test_a_transpose_needs_two_numbers():
    task = exercise()
    attempt = attempt_with(transposed, task)
    (trial,) = attempt([case(x=[[0.5], [-1.25], [0.75]], W=[[0.3, 2.5, 0.2], [3.7, 4.1, 0.5], [0.1, 0.9, 0.4]])])
    small = minimise(trial, task, attempt)
    assert sum(np.count_nonzero(value) for value in small.case.inputs.values()) == 2
    assert {float(number) for value in small.case.inputs.values() for number in value.flat} == {0.0, 1.0}
    assert signature(small) == signature(trial) == ("deviates", "h", Fault("value", "numbers"))
    np.testing.assert_array_equal(small.case.expected["h"], small.case.inputs["W"] @ small.case.inputs["x"])


def test_another_mistake_does_not_take_over():
    def student(W, x):
        return 1 // int(x.any()) * transposed(W, x)  # divides by zero where x is zero

    task = exercise()
    attempt = attempt_with(student, task)
    (trial,) = attempt([case()])
    small = minimise(trial, task, attempt)
    assert small.case.inputs["x"].any()
    assert isinstance(small.outcome, Returned)


def test_what_is_to_be_said_of_it_stays_the_same():
    def student(W, x):
        h = W @ x
        return np.where(h == 0, np.nan, np.where(x == 0, np.inf, h))  # zeroing all of W would make it NaN

    task = exercise()
    attempt = attempt_with(student, task)
    (trial,) = attempt([case(x=[[0.5], [0.0]])])
    assert trial.comparisons[0].deviation.fault == Fault("nonfinite", "infinite")
    small = minimise(trial, task, attempt)
    assert small is not trial
    assert small.comparisons[0].deviation.fault == Fault("nonfinite", "infinite")


def test_exceptions_are_made_small_too():
    def student(W, x):
        return 1 // int(W[0, 0] == 0) * (W @ x)

    task = exercise()
    attempt = attempt_with(student, task)
    (trial,) = attempt([case()])
    small = minimise(trial, task, attempt)
    assert small.outcome.error == "ZeroDivisionError"
    assert not small.case.inputs["x"].any()
    assert np.count_nonzero(small.case.inputs["W"]) == 1


@pytest.mark.parametrize(
    ("domain", "stays"),
    [
        (Reals(shape=("H", 1), range=(0.5, 2)), True),
        (Reals(shape=("H", 1), range=(-1, 2)), False),
        (SameAs(of="y"), True),
        (OneHot(shape=("H", 1)), True),
    ],
)
def test_inputs_stay_in_their_domain(domain, stays):
    task = exercise(inputs={"x": domain, "W": Reals(shape=("H", "H")), "y": Simplex(shape=("H",))})
    attempt = attempt_with(lambda W, x: W @ x + 1, task)
    (trial,) = attempt([case(x=[[0.75], [0.25]])])
    small = minimise(trial, task, attempt)
    assert small.case.inputs["x"].any() == stays


WORDS = ["the", "cat", "sat", "on", "the", "dog"]


def left_of(text, domain, answer, way=minimise):
    """What is left of a text where a submission gives its length, and ``answer`` would be right."""
    task = exercise(inputs={"text": domain})

    def student(text):
        return len(text)

    attempt = attempt_with(student, task, answer)
    (trial,) = attempt([Case(**{**fields(case()), "inputs": {"text": text}})])
    return way(trial, task, attempt).case.inputs["text"]


@pytest.mark.parametrize(
    ("domain", "text", "small"),
    [
        (ListOf(of=Choices(of=tuple(WORDS)), length=Interval(low=0, high=300)), WORDS * 40, []),
        (ListOf(of=Choices(of=tuple(WORDS)), length=Interval(low=3, high=6)), WORDS, ["on", "the", "dog"]),
        (ListOf(of=Choices(of=tuple(WORDS)), length=6), WORDS, WORDS),
        (Text(length=Interval(low=1, high=12)), "the cat sat", "t"),
        (Custom(function="properties:texts"), WORDS, WORDS),
    ],
)
def test_lists_and_texts_are_as_short_as_their_domain_allows(domain, text, small):
    assert left_of(text, domain, lambda text: -1) == small


def test_what_makes_a_text_fail_stays_in_it():
    domain = ListOf(of=Choices(of=tuple(WORDS)), length=Interval(low=0, high=300))
    assert left_of(["cat", *WORDS[2:] * 50], domain, lambda text: len(text) - ("cat" in text)) == ["cat"]


def test_what_can_be_read_is_not_shortened_where_it_may_tell_more():
    domain = ListOf(of=Choices(of=tuple(WORDS)), length=Interval(low=0, high=300))
    assert left_of(WORDS, domain, lambda text: -1, shortened) == WORDS
    assert 0 < len(left_of(WORDS * 40, domain, lambda text: -1, shortened)) <= READABLE


def test_where_nothing_can_be_left_out_the_trial_itself_comes_back():
    task = exercise()
    attempt = attempt_with(transposed, task)
    (trial,) = attempt([case(x=[[1.0], [0.0]], W=[[0.0, 1.0], [0.0, 0.0]])])
    assert minimise(trial, task, attempt) is trial


def test_candidates_without_an_answer_are_passed_over():
    task = exercise()
    (trial,) = attempt_with(transposed, task)([case()])
    assert minimise(trial, task, lambda cases: [None for _ in cases]) is trial


square = hnp.arrays(np.float64, (3, 3), elements=st.integers(-300, 300).map(lambda n: n / 100))
column = hnp.arrays(np.float64, (3, 1), elements=st.integers(-300, 300).map(lambda n: n / 100))


@given(square, column)
@settings(deadline=None, max_examples=50)
def test_the_result_always_fails_and_is_never_heavier(W, x):
    task = exercise()
    attempt = attempt_with(transposed, task)
    (trial,) = attempt([case(x=x, W=W)])
    if signature(trial):
        small = minimise(trial, task, attempt)
        assert signature(small) == signature(trial)
        assert weight(small.case.inputs) <= weight(trial.case.inputs)
