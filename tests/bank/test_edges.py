import pytest

from grader.bank.edges import MOST, plans
from grader.records.assignment import (
    Choices,
    Exercise,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Output,
    Reals,
    SameAs,
    Simplex,
    Text,
    Tokens,
)
from grader.records.bank import Origin


def exercise(inputs, **dims):
    dims = {name: Interval(low=low, high=high) for name, (low, high) in dims.items()}
    return Exercise(id="f", title="f", points=1, inputs=inputs, run="y = f()", outputs={"y": Output()}, dims=dims)


def origins(task):
    return list(dict.fromkeys(plan.origin for plan in plans(task, 0)))


def plan_of(task, origin):
    return next(plan for plan in plans(task, 0) if plan.origin == origin)


RNN = exercise({"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "D"))}, D=(1, 5), H=(1, 6))


def test_edges_of_sizes():
    assert {plan.origin: plan.sizes for plan in plans(RNN, 0)} == {
        Origin("ones"): {"D": 1, "H": 1},
        Origin("zeros"): {"D": 2, "H": 3},
        Origin("small"): {"D": 2, "H": 3},
        Origin("one_lowest", "D", "1"): {"D": 1, "H": 3},
        Origin("one_lowest", "H", "1"): {"D": 2, "H": 1},
        Origin("highest"): {"D": 5, "H": 6},
    }


def test_each_edge_comes_twice_with_other_values():
    found = plans(RNN, 0)

    assert [plan.origin for plan in found[:6]] == [plan.origin for plan in found[6:]]
    assert len({plan.seed for plan in found}) == len(found) == 12


def test_lowest_sizes_other_than_1_are_not_called_1():
    task = exercise({"x": Reals(shape=("T", "D"))}, T=(0, 3), D=(1, 3))

    assert plan_of(task, Origin("lowest")).sizes == {"T": 0, "D": 1}
    assert plan_of(task, Origin("one_lowest", "T", "0")).sizes == {"T": 0, "D": 2}


def test_a_size_that_cannot_vary_has_no_edge_of_its_own():
    task = exercise({"x": Reals(shape=("T", "D"))}, T=(2, 2), D=(1, 3))

    assert Origin("one_lowest", "T", "2") not in origins(task)


def test_numbers_near_0_only_where_the_range_allows_them():
    inputs = {
        "a": Reals(shape=("D",)),
        "b": Reals(shape=("D",), range=(0.1, 1)),
        "c": Simplex(("D",)),
        "d": ListOf(SameAs("a"), 2),
        "e": Reals(),
    }
    near = plan_of(exercise(inputs, D=(1, 3)), Origin("small")).profiles

    assert [name for name, profile in near.items() if profile == "small"] == ["a", "c", "d"]


def test_arrays_of_zeros_only_where_the_range_allows_them():
    inputs = {
        "a": Reals(shape=("D",)),
        "b": Reals(shape=("D",), range=(0.1, 1)),
        "c": Integers((-1, 3), shape=("D",)),
        "d": Integers((1, 3), shape=("D",)),
        "e": ListOf(SameAs("a"), 2),
        "f": Reals(),
        "g": OneHot(("D",)),
        "h": Integers(("D", "D + 1"), shape=("D",)),
    }
    zeros = plan_of(exercise(inputs, D=(1, 3)), Origin("zeros")).profiles

    assert [name for name, profile in zeros.items() if profile == "zero"] == ["a", "c", "e", "h"]
    assert not any(origin.kind == "zeros" for origin in origins(exercise({"x": Reals(range=(1, 2), shape=(3,))})))


def test_plain_numbers_are_at_their_lowest_highest_0_and_1_and_near_0():
    task = exercise({"rate": Reals(range=(0, 1.2)), "steps": Integers((-1, 20))})

    assert {plan.origin: dict(plan.given) for plan in plans(task, 0)} == {
        Origin("extreme", "rate", "0"): {"rate": 0.0},
        Origin("extreme", "steps", "-1"): {"steps": -1},
        Origin("extreme", "rate", "1.2"): {"rate": 1.2},
        Origin("extreme", "steps", "20"): {"steps": 20},
        Origin("extreme", "rate", "1"): {"rate": 1.0},
        Origin("extreme", "steps", "0"): {"steps": 0},
        Origin("extreme", "steps", "1"): {"steps": 1},
        Origin("extreme", "rate", "1e-06"): {"rate": 1e-6},
    }


def test_choices_texts_and_lists_have_edges():
    inputs = {"mode": Choices(("sum", "mean")), "text": Text(), "items": ListOf(Reals(), Interval(low=0, high=3))}
    task = exercise(inputs)

    assert origins(task) == [
        Origin("extreme", "mode", "'sum'"),
        Origin("shortest", "text"),
        Origin("shortest", "items"),
        Origin("extreme", "mode", "'mean'"),
    ]
    assert plan_of(task, Origin("shortest", "text")).profiles == {
        "mode": "gaussian",
        "text": "zero",
        "items": "gaussian",
    }


def test_an_input_that_is_empty_at_usual_sizes_has_no_edges():
    assert origins(exercise({"n": Integers((0, "V - 9"))}, V=(1, 10))) == [
        Origin("ones"),
        Origin("highest"),
    ]
    assert Origin("extreme", "n", "0") in origins(exercise({"n": Tokens("V")}, V=(1, 10)))


def test_there_are_at_most_16_and_the_most_telling_come_first():
    inputs = {"x": Reals(shape=("D", "H", "T", "V"))} | {name: Reals(range=(-1, 2)) for name in "abcdef"}
    found = plans(exercise(inputs, **dict.fromkeys("DHTV", (1, 4))), 0)

    assert len(found) == MOST
    assert found[0].origin == Origin("ones")
    assert {Origin("extreme", name, "-1") for name in "abcdef"} <= {plan.origin for plan in found}


@pytest.mark.parametrize("task", [RNN, exercise({"n": Reals()})])
def test_plans_do_not_depend_on_the_run(task):
    assert plans(task, 0) == plans(task, 0)
