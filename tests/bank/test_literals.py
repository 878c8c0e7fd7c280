import numpy as np
import pytest

from grader.bank.literals import LiteralError, bad_example, example, in_words
from grader.records.assignment import (
    Booleans,
    Choices,
    Exercise,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Output,
    Reals,
    SameAs,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.bank import Origin

DIMS = {"D": Interval(low=1, high=5), "H": Interval(low=2, high=5), "T": Interval(low=1, high=6)}


def exercise(run="y = f()", **inputs):
    return Exercise(id="f", title="f", points=1, inputs=inputs, run=run, outputs={"y": Output()}, dims=DIMS)


def one(domain, literal):
    return example(exercise(x=domain), {"x": literal}, Origin("any")).inputs["x"]


@pytest.mark.parametrize(
    ("domain", "literal", "value"),
    [
        (Reals(), 1, 1.0),
        (Reals(range=(0, 1)), 0.5, 0.5),
        (Integers((0, 9)), 3, 3),
        (Tokens("D"), 0, 0),
        (Booleans(), True, True),
        (SizeOf("D"), 4, 4),
        (Choices(("sum", 1)), 1, 1),
        (Text(), "helo", "helo"),
        (ListOf(Reals(), "T"), [1, 2.5], [1.0, 2.5]),
    ],
)
def test_plain_literals(domain, literal, value):
    found = one(domain, literal)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("domain", "literal", "dtype"),
    [
        (Reals(shape=("D", 1)), [[1], [2]], np.float64),
        (Reals(shape=("D",)), [], np.float64),
        (Reals(shape=()), 3, np.float64),
        (OneHot(("D",)), [0, 1], np.float64),
        (Integers((0, 9), shape=("D",)), [1, 2], np.int64),
        (Tokens("H", shape=("T",)), [], np.int64),
        (Booleans(shape=("D",)), [True, False], np.bool_),
    ],
)
def test_array_literals(domain, literal, dtype):
    found = one(domain, literal)

    assert found.dtype == dtype
    assert found.tolist() == literal


@pytest.mark.parametrize(
    ("domain", "literal", "problem"),
    [
        (Reals(), "abc", "expected one number, got 'abc'"),
        (Reals(), True, "expected one number, got True"),
        (Reals(), [1.0], "expected one number"),
        (Integers((0, 9)), 1.5, "expected one whole number, got 1.5"),
        (Booleans(), 1, "expected one true or false, got 1"),
        (SizeOf("D"), "D", "expected one whole number"),
        (ListOf(Reals(), 2), 3, "expected a list, got 3"),
        (ListOf(Reals(), 2), [1, "a"], "expected one number, got 'a'"),
        (Reals(shape=("D",)), ["a"], "expected nested lists of numbers"),
        (Reals(shape=("D",)), [True], "expected nested lists of numbers"),
        (Reals(shape=("D", "T")), [[1], [1, 2]], "expected nested lists of equal lengths"),
        (Integers((0, 9), shape=("D",)), [1.5], "expected nested lists of whole numbers"),
        (Booleans(shape=("D",)), [1], "expected nested lists of true and false"),
        (Reals(shape=("D", 1)), [1, 2], r"expected the shape \(D, 1\) = \(1, 1\), got \(2,\) \(sizes D = 1\)"),
        (Reals(shape=("D", "D")), [[1, 2]], r"expected the shape \(D, D\) = \(1, 1\), got \(1, 2\)"),
        (ListOf(Reals(shape=("D",)), 2), [[1], [1, 2]], r"expected the shape \(D,\) = \(1,\), got \(2,\)"),
        (ListOf(Reals(), 2), [1.0], "expected a list of length 2 = 2, got 1"),
        (SizeOf(3), 4, "expected the size 3 = 3, got 4"),
    ],
)
def test_literals_that_do_not_fit_are_told(domain, literal, problem):
    with pytest.raises(LiteralError, match=problem) as caught:
        one(domain, literal)

    assert caught.value.name == "x"


def test_sizes_follow_from_shapes_also_from_sums():
    task = exercise(W=Reals(shape=("H", "H + D")), b=SameAs("c"), c=Reals(shape=("H",)))

    found = example(task, {"W": [[1, 2, 3], [4, 5, 6]], "b": [1, 2], "c": [3, 4]}, Origin("example"))

    assert found.sizes == {"D": 1, "H": 2}
    assert found.origin == Origin("example")


@pytest.mark.parametrize(
    ("domain", "literal", "sizes"),
    [
        (Reals(shape=("2*D",)), [1.0] * 6, {"D": 3}),
        (ListOf(Reals(shape=("D",)), "T"), [[1, 2], [3, 4], [5, 6]], {"D": 2, "T": 3}),
        (ListOf(Reals(), Interval(low=0, high=5)), [1.0, 2.0], {}),
        (SizeOf("D"), 4, {"D": 4}),
        (Reals(shape=("D",)), [1.0] * 9, {"D": 9}),
    ],
)
def test_sizes_are_bound_by_every_kind_of_input(domain, literal, sizes):
    assert example(exercise(x=domain), {"x": literal}, Origin("any")).sizes == sizes


def test_a_size_that_nothing_determines_is_at_its_lowest():
    assert example(exercise(run="y = f(H)", x=Reals()), {"x": 1.0}, Origin("any")).sizes == {"H": 2}


def test_a_sum_with_two_open_dims_determines_neither():
    with pytest.raises(LiteralError, match=r"expected the shape \(H \+ D,\) = \(3,\), got \(4,\)"):
        one(Reals(shape=("H + D",)), [1, 2, 3, 4])


def test_a_multiple_that_does_not_divide_determines_nothing():
    with pytest.raises(LiteralError, match=r"expected the shape \(2\*D,\) = \(2,\), got \(3,\)"):
        one(Reals(shape=("2*D",)), [1, 2, 3])


@pytest.mark.parametrize("read", [example, bad_example])
def test_missing_and_unknown_inputs_are_told(read):
    task = exercise(x=Reals(), y=Reals())

    with pytest.raises(LiteralError, match="is missing: an example gives a value for each of x, y") as missing:
        read(task, {"x": 1.0}, Origin("any"))
    with pytest.raises(LiteralError, match="is no input: expected x, y") as unknown:
        read(task, {"x": 1.0, "y": 2.0, "z": 3.0}, "")

    assert (missing.value.name, unknown.value.name) == ("y", "z")


def test_bad_examples_keep_what_does_not_fit():
    task = exercise(n=Integers((0, 9)), x=Reals(shape=("D", 1)), s=SizeOf("D"))

    found = bad_example(task, {"n": "many", "x": [1, 2, 3], "s": 2}, Origin("bad_input", "TypeError"))

    assert found.inputs["n"] == "many"
    assert found.inputs["x"].shape == (3,)
    assert found.sizes == {"D": 2}


def test_in_words():
    assert in_words({"D": 2, "H": 3}) == "D = 2, H = 3"
    assert in_words({}) == "none"
