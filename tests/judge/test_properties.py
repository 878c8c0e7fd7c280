"""Laws held against what students return, odd values too."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.judge.properties import hold, in_turn
from grader.records.assignment import Exercise, Output, PropertyCheck
from grader.records.bank import Case, Origin
from grader.records.errors import PropertyFault
from grader.records.record import Foreign
from grader.records.run import Raised, Returned, Run
from grader.records.verdict import Fault, LawBroken, LawUntried
from grader.report.words import problems

CHECK = PropertyCheck(check="sums_to_one", title="a softmax sums to 1")
EXERCISE = Exercise(
    id="softmax",
    title="Softmax",
    points=1.0,
    inputs={},
    run="p = softmax(z)",
    outputs={"p": Output()},
    properties=(CHECK,),
)
RIGHT = np.array([0.25, 0.75])
CASE = Case("softmax/1", Origin("any"), True, {"N": 2}, {"z": np.zeros(2)}, {"p": RIGHT})


def sums_to_one(student, case):
    p = student.run(case.inputs)["p"]
    return None if np.allclose(p.sum(axis=0), 1.0) else "they do not sum to 1"


def problem(value, law=sums_to_one, name="p"):
    outputs = {} if value is None else {name: value}
    found = hold(CHECK, law, EXERCISE, [CASE], lambda _: Run(outcomes=(Returned(outputs=outputs),))).problem
    return problems.problem(found)


@pytest.mark.parametrize("value", [RIGHT, [0.25, 0.75], (0.25, 0.75), RIGHT.astype(np.float32)], ids=repr)
def test_right_values_hold_whatever_holds_them(value):
    assert problem(value) == ""


def test_a_law_that_is_broken_says_so():
    assert problem(2 * RIGHT) == "they do not sum to 1"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("abc", "`p` has the type str instead of an array"),
        ([[1.0], [2.0, 3.0]], "`p` has the type list instead of an array"),
        ({"p": 1.0}, "`p` has the type dict instead of an array"),
        (Foreign(type="numpy.matrix"), "`p` is not an array"),
        (None, "`p` was never set"),
    ],
    ids=str,
)
def test_what_no_law_can_be_about_fails_it_and_leaves_the_exercise_graded(value, said):
    assert problem(value) == f"Could not be tried: {said}."


@pytest.mark.parametrize("value", [RIGHT[:0], []], ids=repr)
def test_no_law_holds_of_nothing(value):
    assert (
        problem(value, lambda student, case: student.run(case.inputs) and None) == "Could not be tried: `p` is empty."
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.array([np.nan, 1.0]), "`p` holds NaN values"),
        ([0.25, np.inf], "`p` holds infinite values"),
        (np.array([-np.inf, np.nan]), "`p` holds NaN values"),
    ],
    ids=repr,
)
def test_what_is_not_finite_obeys_no_law_unless_its_output_says_that_it_may(value, said):
    def obeyed(student, case):
        return "too large" if np.any(np.asarray(student.run(case.inputs)["p"]) > np.inf) else None

    assert problem(value, obeyed).startswith(f"Could not be tried: {said}")
    meant = replace(EXERCISE, outputs={"p": Output(nonfinite="expected")})
    assert hold(CHECK, obeyed, meant, [CASE], lambda _: Run(outcomes=(Returned(outputs={"p": value}),))).problem is None


@pytest.mark.parametrize(
    "look",
    [
        lambda outputs: outputs["p"],
        lambda outputs: outputs.get("p"),
        lambda outputs: list(outputs.values()),
        lambda outputs: dict(outputs.items()),
        lambda outputs: {**outputs},
        dict,
    ],
)
def test_what_never_changes_obeys_no_law_that_looks_at_it(look):
    def obeyed(student, case):
        assert look(student.run(case.inputs)) is not None

    def found(law, heedless):
        answer = Returned(outputs={"p": RIGHT, "q": RIGHT})
        both = replace(EXERCISE, outputs={"p": Output(), "q": Output()})
        return hold(CHECK, law, both, [CASE], lambda _: Run(outcomes=(answer,)), frozenset(heedless)).problem

    assert found(obeyed, ["p"]) == LawUntried(output="p", fault=Fault("value", "never_changes"))
    assert found(obeyed, []) is None
    assert found(lambda student, case: list(student.run(case.inputs)) and None, ["p"]) is None
    assert found(lambda student, case: look(student.snippet("p = 0", ["p"])) is None or None, ["p"]) is None


@pytest.mark.parametrize("value", [np.zeros((2, 3)), np.array([np.nan, 1.0]), 0.5, np.array([True, False])], ids=repr)
def test_a_law_that_fails_on_what_is_not_asked_for_is_the_students_matter(value):
    def careless(student, case):
        student.run(case.inputs)
        raise IndexError

    assert problem(value, careless).startswith("Could not be tried: `p` ")


@pytest.mark.parametrize(("value", "said"), [({"b": 1.0}, "lacks keys"), ({"a": 1.0, "b": 1.0}, "has keys")], ids=str)
def test_a_law_that_fails_on_other_keys_is_the_students_matter(value, said):
    case = replace(CASE, expected={"p": {"a": 1.0}})
    found = hold(
        CHECK,
        lambda student, case: {"a": 1}[max(student.run(case.inputs)["p"])] and None,
        EXERCISE,
        [case],
        lambda _: Run(outcomes=(Returned(outputs={"p": value}),)),
    )
    assert problems.problem(found.problem).startswith(f"Could not be tried: `p` {said}")


def test_laws_are_about_finite_numbers():
    odd = replace(CASE, id="odd", expected={"p": [np.array([1.0, np.nan])]})
    assert in_turn([odd, CASE]) == [CASE]


@pytest.mark.parametrize("value", [RIGHT, 2 * RIGHT, [0.25, 0.75]], ids=repr)
def test_a_law_that_fails_on_values_of_the_right_kind_is_the_authors(value):
    def broken(student, case):
        return student.run(case.inputs)["q"]

    def ending(student, case):
        raise SystemExit(0)

    with pytest.raises(PropertyFault, match="sums_to_one itself failed with SystemExit: 0"):
        problem(value, ending)
    with pytest.raises(PropertyFault, match="sums_to_one itself failed with KeyError: 'q'"):
        problem(value, broken)


@pytest.mark.parametrize("answer", [True, False, 0, np.zeros(3), np.bool_(True)], ids=repr)
def test_a_law_that_gives_no_sentence_is_the_authors_mistake(answer):
    with pytest.raises(PropertyFault, match="expected a sentence, or None where the law holds, got "):
        problem(RIGHT, lambda student, case: answer)


def test_other_sizes_have_other_shapes():
    def broken(student, case):
        student.run(case.inputs, {"N": 3})
        raise IndexError

    with pytest.raises(PropertyFault):
        problem(np.zeros(3), broken)


def test_what_other_code_leaves_may_be_anything():
    def first_weights(student, case):
        return student.snippet("W = Network().W", ["W"])["W"].sum()

    assert problem(Foreign(type="str_"), first_weights, "W") == "Could not be tried: `W` is no array of numbers."


def test_what_other_code_leaves_may_be_empty():
    assert (
        problem(np.zeros((0, 2)), lambda student, case: student.snippet("W = Network().W", ["W"]) and None, "W") == ""
    )


def test_authors_are_given_no_list_that_numpy_would_make_gigabytes_of():
    def careless(student, case):
        return str(student.run(case.inputs)["p"])

    assert problem(["a" * 100_000, ""] * 1000, careless) == str(Foreign(type="list"))


def test_what_is_found_are_facts_and_of_hidden_cases_no_more_than_that():
    def found(value, law=sums_to_one, public=True):
        case = Case("softmax/1", Origin("any"), public, {"N": 2}, {"z": np.zeros(2)}, {"p": RIGHT})
        return hold(CHECK, law, EXERCISE, [case], lambda _: Run(outcomes=(value,)))

    assert found(Returned(outputs={"p": RIGHT})).problem is None
    assert found(Returned(outputs={"p": 2 * RIGHT})).problem == LawBroken("they do not sum to 1")
    assert found(Returned(outputs={})).problem == LawUntried(output="p", fault=Fault("missing", "never_set"))
    stops = Raised(error="ValueError", message="0.12345", ancestors=("ValueError", "Exception"))
    assert found(stops).problem == LawUntried(outcome=stops)
    hidden = found(stops, public=False)
    assert (hidden.problem, hidden.hidden, hidden.hidden_failed, hidden.public) == (LawBroken(), 1, 1, 0)
