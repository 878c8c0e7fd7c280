import numpy as np
import pytest

from grader.bank.plans import Candidate, CasePlan, canonical, dims, distinct, fill, frozen
from grader.records.assignment import (
    Custom,
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
    custom_function,
)
from grader.records.bank import Origin
from grader.records.record import Foreign
from grader.records.values import leaves

DIMS = {name: Interval(low=1, high=4) for name in "BDHKTV"}


def exercise(inputs, run="y = f()", outputs=None):
    return Exercise(id="f", title="f", points=1, inputs=inputs, run=run, outputs=outputs or {"y": Output()}, dims=DIMS)


def candidate(**inputs):
    return Candidate(origin=Origin("any"), sizes={"H": 2}, inputs=inputs)


@pytest.mark.parametrize(
    ("domain", "mentioned"),
    [
        (Reals(), ""),
        (Reals(shape=("H + D", 1)), "DH"),
        (OneHot(("T", "V")), "TV"),
        (Integers((0, "V - 1"), shape=("T",)), "TV"),
        (Tokens("V"), "V"),
        (ListOf(Reals(shape=("D",)), "T"), "DT"),
        (ListOf(Tokens("V"), Interval(low=0, high=3)), "V"),
        (SizeOf("2*K"), "K"),
        (Text(), ""),
        (Custom("properties:words"), "BDHKTV"),
        (ListOf(Custom("properties:words"), 2), "BDHKTV"),
    ],
)
def test_dims_are_those_that_a_domain_mentions(domain, mentioned):
    assert "".join(dims(exercise({"x": domain}))) == mentioned


def test_dims_of_run_and_outputs_count_too():
    run = "net = Net(D, H)\ny = net.T(x.V)  # attributes are no names, nor is B here"

    assert list(dims(exercise({"x": Reals()}, run, {"y": Output(shape=("T",))}))) == ["D", "H", "T"]


def test_a_snippet_that_is_no_python_names_nothing():
    assert dims(exercise({"x": Reals(shape=("H",))}, run="y = f(D")) == {"H": DIMS["H"]}


def test_filling_follows_the_plan_and_is_the_same_each_time():
    task = exercise({"x": Reals(shape=("H",)), "again": SameAs("x"), "n": Integers((0, 9)), "q": Custom("p:q")})
    profiles = {"x": "zero", "again": "gaussian", "n": "gaussian", "q": "gaussian"}
    plan = CasePlan(origin=Origin("any"), sizes={"H": 3}, profiles=profiles, seed=5, given={"n": 7})

    first, second = fill(task, plan, str.upper), fill(task, plan, str.upper)

    assert (first.origin, first.sizes) == (Origin("any"), {"H": 3})
    assert first.inputs["x"].tolist() == [0, 0, 0]
    assert first.inputs["again"].shape == (3,)
    assert first.inputs["again"].any()
    assert (first.inputs["n"], first.inputs["q"]) == (7, "P:Q")
    assert first.key() == second.key()


def test_a_given_value_leaves_the_others_as_they_are():
    task = exercise({"n": Integers((0, 9)), "x": Reals(shape=(4,))})
    plan = CasePlan(origin=Origin("any"), sizes={}, profiles={"n": "gaussian", "x": "gaussian"}, seed=1)
    drawn = fill(task, plan, str)
    given = fill(task, CasePlan(Origin("any"), {}, plan.profiles, 1, {"n": 3}), str)

    assert np.array_equal(drawn.inputs["x"], given.inputs["x"])


def test_keys_tell_candidates_apart_by_sizes_and_inputs_only():
    one = candidate(x=np.array([1.0, 2.0]))

    assert one.key() == Candidate("elsewhere", {"H": 2}, {"x": np.array([1.0, 2.0])}).key()
    assert one.key() != Candidate("test", {"H": 3}, one.inputs).key()
    assert one.key() != candidate(x=np.array([[1.0, 2.0]])).key()
    assert one.key() != candidate(x=np.array([1, 2])).key()
    assert one.key() != candidate(x=[1.0, 2.0]).key()


def test_distinct_keeps_the_first_of_equal_candidates():
    one, same, other = candidate(x=1), Candidate("later", {"H": 2}, {"x": 1}), candidate(x=2)

    assert distinct([one, same, other]) == [one, other]
    assert distinct([one, other], without=[same]) == [other]


def test_canonical_bytes_do_not_depend_on_byte_order_or_memory_layout():
    rows = np.array([[1, 2], [3, 4]], "<i8")

    assert canonical([rows, 0.5]) == canonical([rows.astype(">i8"), 0.5]) == canonical([np.asfortranarray(rows), 0.5])
    assert canonical(["h", 1]).hex() == "92a16c92a16801"  # msgpack of ["l", ["h", 1]]


def test_frozen_arrays_are_read_only_copies():
    array = np.arange(6.0).reshape(2, 3).T
    value = frozen([array, {"a": (array,)}])

    for copy in leaves(value):
        assert np.array_equal(copy, array)
        assert not copy.flags.writeable
        assert copy.flags.c_contiguous
        assert not np.shares_memory(copy, array)


def test_what_cannot_cross_the_boundary_freezes_to_a_mark():
    assert list(leaves(frozen({"a": [1, {2}]}))) == [1, Foreign("set")]


def test_custom_function():
    assert custom_function(ListOf(ListOf(Custom("properties:f"), 2), 2)) == "f"
    assert custom_function(ListOf(Reals(), 2)) is None
