"""What authors import: into a reference, where it changes nothing, and into the laws of properties.py."""

from __future__ import annotations

import numpy as np
import pytest

from grader.author import UnusableError, close, law, misconception, numbers, numbers_of


def test_a_misconception_is_left_as_it_is():
    def mean(values):
        return sum(values)

    assert misconception(of="mean", says="Nothing is divided.")(mean) is mean


def test_what_is_wrong_and_why_are_said_by_name():
    with pytest.raises(TypeError):
        misconception("mean", "Nothing is divided.")


@law
def rows_sum_to_1(student, case):
    totals = numbers(student, "p", case, "with 1000 among the scores").sum(axis=1)
    return None if close(totals, 1) else "rows should sum to 1"


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ([[0.25, 0.75]], None),
        (np.array([[1, 0]]), None),
        ([[0.3, 0.75]], "rows should sum to 1"),
        (None, "`p` is missing, or None: expected numbers of the shape (1, 2)"),
        ([0.25, 0.75], "`p` has the shape (2,), expected (1, 2)"),
        ([[0.25], 0.75], "`p` cannot be read as real numbers: expected numbers of the shape (1, 2)"),
        ([["a", "b"]], "`p` cannot be read as real numbers: expected numbers of the shape (1, 2)"),
        ([[0.25j, 0.75]], "`p` cannot be read as real numbers: expected numbers of the shape (1, 2)"),
        ([[np.nan, 1.0]], "with 1000 among the scores, `p` holds nan or inf"),
    ],
)
def test_a_law_takes_whatever_comes_back(p, said):
    assert rows_sum_to_1({"p": p}, (1, 2)) == said


def test_a_shape_may_be_of_numpys_numbers():
    assert rows_sum_to_1({"p": [1.0]}, tuple(np.array([1, 2]))) == ("`p` has the shape (1,), expected (1, 2)")
    assert rows_sum_to_1({"p": [[2**70, 1]]}, (1, 2)) == (
        "`p` cannot be read as real numbers: expected numbers of the shape (1, 2)"
    )


def test_what_is_missing_is_no_zero():
    assert rows_sum_to_1({}, (1, 2)) == "`p` is missing, or None: expected numbers of the shape (1, 2)"


def test_one_number_and_what_is_no_output():
    assert numbers_of(True, "a count") == 1.0
    with pytest.raises(UnusableError, match=r"^a count has the shape \(1,\), expected one number$"):
        numbers_of([2], "a count")


def test_a_fault_of_the_law_itself_is_not_a_students():
    @law
    def faulty(student, case):
        return student / case

    with pytest.raises(ZeroDivisionError):
        faulty(1, 0)
