"""Simple relations to the right output."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.diagnose.relations import relations
from grader.records.assignment import ListOf, Output, Reals
from grader.records.bank import Case, Origin
from grader.records.finding import Changed, Columns, Exchanged, Factor, Finding, Length, Limited, Rounded, Share, Shift
from grader.records.record import Foreign
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

RNG = np.random.default_rng(0)
SEQUENCES = [RNG.standard_normal((steps, 3)) for steps in (2, 3, 4, 5)]
RAISED = Raised("ValueError", "no")


def cases_of(*expected, **sizes):
    """A case for each dict of outputs; ``N`` differs from case to case."""
    return [
        Case(f"f/{number}", Origin("any"), True, {"N": number + 2, **sizes}, {}, expected=each)
        for number, each in enumerate(expected)
    ]


def found(expected, got, names="y"):
    """The findings for dicts of outputs, or outcomes."""
    outcomes = [Returned(each) if isinstance(each, dict) else each for each in got]
    asked = exercise(outputs={name: Output() for name in names})
    return relations(asked, cases_of(*expected), outcomes)


def of_y(change, sequences=SEQUENCES):
    """The one finding, if any, where ``y`` is changed; ``change`` is given N as well if it takes it."""
    changed = [{"y": change(y, number + 2)} for number, y in enumerate(sequences)]
    findings = found([{"y": y} for y in sequences], changed)
    assert len(findings) <= 1
    return findings[0] if findings else None


def test_one_minus_what_another_output_should_be():
    pairs = [{"y": RNG.uniform(size=3), "z": RNG.uniform(size=3)} for _ in range(4)]
    (finding,) = found(pairs, [{**each, "y": 1 - each["z"]} for each in pairs], names="yz")
    assert finding == Finding(Exchanged("z", rest=True), Share(4, 4, 4), ("y",))
    assert found(pairs, [{**each, "z": 1 - each["z"]} for each in pairs], names="yz")[0].fact == Changed("complement")


def test_shares_of_all_numbers_where_those_of_rows_are_asked():
    rows = [np.exp(each) / np.exp(each).sum(axis=1, keepdims=True) for each in SEQUENCES]
    (finding,) = found([{"y": each} for each in rows], [{"y": each / each.sum()} for each in rows])
    assert finding.fact == Factor("1/size", "N")  # says more, where it is so
    weighted = [each * np.arange(1, len(each) + 1)[:, None] for each in rows]
    (finding,) = found([{"y": each} for each in rows], [{"y": each / each.sum()} for each in weighted])
    assert finding.fact == Columns(whole=True)


def test_one_size_for_another():
    cases = cases_of(*({"y": each} for each in SEQUENCES), V=7)
    given = [Returned({"y": case.expected["y"] * case.sizes["N"] / 7}) for case in cases]
    (finding,) = relations(exercise(outputs={"y": Output()}), cases, given)
    assert finding.fact == Factor("sizes", "N", "V")


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda y, N: -y, Factor("-1")),
        (lambda y, N: 2 * y, Factor("2")),
        (lambda y, N: y / 2, Factor("1/2")),
        (lambda y, N: y / log(2), Factor("1/log 2")),
        (lambda y, N: y / log(10), Factor("1/log 10")),
        (lambda y, N: y / N, Factor("1/size", "N")),
        (lambda y, N: y * N, Factor("size", "N")),
        (lambda y, N: abs(y), Changed("absolute")),
        (lambda y, N: y.T, Changed("transposed")),
        (lambda y, N: y[::-1], Changed("reversed")),
        (lambda y, N: 1 - y, Changed("complement")),
        (lambda y, N: np.exp(y), Changed("exponential")),
        (lambda y, N: np.concatenate([0 * y[:1], y[:-1]]), Shift(late=True, along="rows")),
        (lambda y, N: np.concatenate([y[1:], 0 * y[:1]]), Shift(late=False, along="rows")),
        (lambda y, N: y.ravel(), Changed("shape")),
        (lambda y, N: y[:, :, None].tolist(), Changed("shape")),
    ],
)
def test_a_relation_that_holds_in_every_case(change, fact):
    finding = of_y(change)
    assert finding == Finding(fact, Share(shown=4, asked=4, tried=4), ("y",))
    assert finding.kind == "relation"


@pytest.mark.parametrize(
    "change",
    [
        lambda y, N: y,
        lambda y, N: y + 1e-9,
        lambda y, N: 3 * y,
        lambda y, N: -y if N > 2 else 2 * y,
        lambda y, N: y.ravel() if N > 2 else y,
        lambda y, N: -y if N > 2 else y * np.nan,
        lambda y, N: y * np.inf,
        lambda y, N: np.full(y.shape, np.inf),
        lambda y, N: np.where(np.arange(3) == 0, np.inf, y),
        lambda y, N: y[:1],
        lambda y, N: "text",
        lambda y, N: None,
        lambda y, N: Foreign("set"),
        lambda y, N: [[1.0], [1.0, 2.0]],
        lambda y, N: -y * (1 + 1e-3),
    ],
)
def test_nothing_is_said_where_no_relation_holds(change):
    assert of_y(change) is None


SHARES = [np.exp(y) / np.exp(y).sum(axis=1, keepdims=True) for y in SEQUENCES]
DOWN = [np.exp(y) / np.exp(y).sum(axis=0) for y in SEQUENCES]


def test_logarithms_of_what_is_asked_for():
    assert of_y(lambda y, N: np.log(y), SHARES).fact == Changed("logarithm")


def test_shares_along_the_wrong_axis():
    wanted = [{"y": y} for y in SHARES]
    (finding,) = found(wanted, [{"y": y} for y in DOWN])
    assert finding == Finding(Columns(), Share(shown=4, asked=4, tried=4), ("y",))
    assert found(wanted, [*({"y": y} for y in DOWN[:3]), {"y": 2 * DOWN[3]}]) == []
    assert found([{"y": y} for y in DOWN], [{"y": y[::-1] / 3} for y in DOWN]) == []
    square = [np.full((3, 3), 1 / 3)] * 4
    assert found([{"y": y} for y in square], [{"y": np.eye(3)} for _ in square]) == []


def test_a_single_size_is_no_factor_where_it_never_changes():
    expected = [{"y": y} for y in SEQUENCES]
    cases = [case for y in SEQUENCES for case in cases_of({"y": y}, N=3)]
    assert relations(exercise(outputs={"y": Output()}), cases, [Returned({"y": y["y"] / 3}) for y in expected]) == []


def test_a_relation_needs_three_cases_and_speaks_of_those_that_return():
    expected = [{"y": y} for y in SEQUENCES]
    negative = [{"y": -y} for y in SEQUENCES]
    assert found(expected[:2], negative[:2]) == []
    assert found(expected, [*negative[:2], RAISED, RAISED]) == []
    assert found(expected, [*negative[:2], {}, {"y": "text"}]) == []
    (finding,) = found(expected, [*negative[:3], RAISED])
    assert finding.rests == Share(shown=3, asked=3, tried=4)


def test_a_shift_must_hold_in_every_case_whatever_its_shape():
    late = [np.concatenate([0 * y[:1], y[:-1]]) for y in SEQUENCES]
    assert found([{"y": y} for y in SEQUENCES], [*({"y": y} for y in late[:3]), {"y": late[3][:2]}]) == []


@pytest.mark.parametrize(
    ("inputs", "y", "along"),
    [
        ({"xs": Reals(shape=("T", "D"))}, SEQUENCES, "rows"),
        ({"xs": Reals(shape=("T", "D", 1))}, SEQUENCES, "steps"),
        ({"xs": ListOf(of=Reals(), length="T")}, SEQUENCES, "steps"),
        ({}, [y[:, 0] for y in SEQUENCES], "entries"),
    ],
)
def test_only_where_a_sequence_is_read_are_there_steps(inputs, y, along):
    asked = exercise(inputs=inputs, outputs={"y": Output(shape=("T", "H"))})
    late = [Returned({"y": np.concatenate([0 * each[:1], each[:-1]])}) for each in y]
    (finding,) = relations(asked, cases_of(*({"y": each} for each in y)), late)
    assert finding.fact == Shift(late=True, along=along)


def test_steps_must_be_several_for_a_shift():
    single = [RNG.standard_normal((1, 3)) for _ in range(4)]
    assert of_y(lambda y, N: y + 1, single) is None


def test_each_output_has_its_first_relation():
    expected = [{"y": y, "z": y[0], "s": float(N), "t": "text"} for N, y in enumerate(SEQUENCES)]
    got = [{"y": -y, "z": y[0], "s": 2 * N, "t": "tex"} for N, y in enumerate(SEQUENCES)]
    facts = [(finding.fact, finding.outputs) for finding in found(expected, got, "yzst")]
    assert facts == [(Factor("-1"), ("y",)), (Factor("2"), ("s",))]


def test_whole_numbers_and_truths():
    whole = [{"y": np.array([1, 2, N])} for N in range(3)]
    assert found(whole, [{"y": -each["y"]} for each in whole])[0].fact == Factor("-1")
    unsigned = [{"y": each["y"].astype(np.uint8)} for each in whole]
    assert found(unsigned, [{"y": -each["y"]} for each in whole])[0].fact == Factor("-1")
    truths = [{"y": np.array([True, False])}] * 3
    assert found(truths, [{"y": ~each["y"]} for each in truths]) == []
    assert found([{"y": np.zeros((0, 2))}] * 3, [{"y": np.zeros((2, 0))}] * 3) == []


# ── outputs that stand for one another ────────────────────────────────────────────────────────────────────────────


def two(one, other):
    return [{"a": one(y), "b": other(y)} for y in SEQUENCES]


def test_exchanged_outputs():
    (finding,) = found(two(np.sin, np.cos), two(np.cos, np.sin), "ba")
    assert finding == Finding(Exchanged("b"), Share(shown=4, asked=4, tried=4), ("a", "b"))


def test_an_output_in_place_of_another():
    (finding,) = found(two(np.sin, np.cos), two(np.cos, np.cos), "ab")
    assert (finding.fact, finding.outputs) == (Exchanged("b"), ("a",))
    (finding,) = found(two(np.sin, np.cos), [*two(np.cos, np.cos)[:3], RAISED], "ab")
    assert finding.rests == Share(shown=3, asked=3, tried=4)


def test_what_is_told_of_a_pair_is_told_once():
    findings = found(two(np.sin, lambda y: -np.sin(y)), two(lambda y: -np.sin(y), np.sin), "ab")
    assert [(finding.fact, finding.outputs) for finding in findings] == [(Exchanged("b"), ("a", "b"))]


@pytest.mark.parametrize("beyond", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_holds_nothing_that_another_should_hold(beyond):
    expected = two(np.sin, np.cos)
    assert found(expected, two(lambda y: beyond * np.sin(y), lambda y: beyond * np.cos(y)), "ab") == []
    assert found(expected, two(np.sin, lambda y: np.full(y.shape, beyond)), "ab") == []
    assert found(expected, two(lambda y: np.where(np.arange(3), np.sin(y), beyond), np.cos), "ab") == []


def test_an_infinite_output_beside_a_wrong_one_is_not_taken_for_right():
    findings = found(two(np.sin, np.cos), two(lambda y: np.full(y.shape, np.inf), lambda y: -np.cos(y)), "ab")
    assert [(finding.fact, finding.outputs) for finding in findings] == [(Factor("-1"), ("b",))]


def test_a_single_entry_that_is_lacking_says_nothing_of_others():
    assert of_y(lambda y, N: y[:0], [RNG.standard_normal((1, 3)) for _ in range(4)]) is None


def test_zeros_are_zeros_and_not_numbers_cut_off():
    assert of_y(lambda y, N: 0 * y, [y / 10 for y in SEQUENCES]).fact == Changed("zero")


def test_two_numbers_that_are_left_are_too_few_for_all_to_be_cut_off():
    small = [y / 10 for y in SEQUENCES]
    small[0][0, 0], small[1][0, 0] = 1.7, -2.7
    assert of_y(lambda y, N: np.trunc(y), small) is None
    small[2][0, 0] = 3.7
    assert of_y(lambda y, N: np.trunc(y), small).fact == Rounded(0, cut=True)


def test_equal_outputs_are_not_taken_for_one_another():
    assert found(two(np.sin, np.sin), two(np.sin, np.sin), "ab") == []
    assert found(two(np.sin, np.sin), two(np.sin, np.cos), "ab") == []


def test_one_case_that_contradicts_is_enough_even_where_both_should_be_the_same():
    expected = [*two(np.sin, np.cos), {"a": np.ones(2), "b": np.ones(2)}]
    got = [*two(np.cos, np.sin), {"a": np.zeros(2), "b": np.ones(2)}]
    facts = [(finding.fact, finding.outputs) for finding in found(expected, got, "ab")]
    assert facts == [(Exchanged("a"), ("b",))]


def test_a_number_where_a_dict_should_be():
    """As ``gradients, loss = f()`` gives it where ``loss, gradients = f()`` is meant."""
    expected = [{"a": float(N), "b": {"W": np.ones(2)}} for N in range(4)]
    got = [{"a": {"W": np.ones(2)}, "b": float(N)} for N in range(4)]
    (finding,) = found(expected, got, "ab")
    assert (finding.fact, finding.outputs) == (Exchanged("a"), ("b",))


def test_truths_in_place_of_one_another():
    masks = two(lambda y: y > 0, lambda y: y < 0)
    assert found(masks, two(lambda y: y < 0, lambda y: y > 0), "ab") == []


arrays = hnp.arrays(np.float64, (2, 2), elements=st.floats(-10, 10))


@given(st.lists(st.tuples(arrays, arrays), min_size=3, max_size=5))
@settings(deadline=None)
def test_what_is_right_has_no_relation_whatever_it_is(outputs):
    expected = [{"a": one, "b": other} for one, other in outputs]
    assert found(expected, expected, "ab") == []


@given(st.lists(arrays, min_size=3, max_size=5), st.sampled_from([-1.0, 2.0, 0.5]))
@settings(deadline=None)
def test_a_factor_is_found_wherever_it_can_be_seen(outputs, factor):
    findings = found([{"y": y} for y in outputs], [{"y": factor * y} for y in outputs])
    seen = any(abs(y).max() > 1e-5 for y in outputs)
    assert not seen or findings[0].name in ("factor", "shape")
    assert len(findings) <= 1


# ── an entry, some digits, what lies beyond a limit ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda y, N: y[1:], Length(lacks=True, end="first")),
        (lambda y, N: y[:-1], Length(lacks=True, end="last")),
        (lambda y, N: np.concatenate([y[:1] + 1, y]), Length(lacks=False, end="first")),
        (lambda y, N: np.concatenate([y, y[:1] + 1]), Length(lacks=False, end="last")),
        (lambda y, N: np.round(y, 2), Rounded(2, cut=False)),
        (lambda y, N: np.round(y), Rounded(0, cut=False)),
        (lambda y, N: np.trunc(10 * y) / 10, Rounded(1, cut=True)),
        (lambda y, N: np.clip(y, -0.5, 0.5), Limited(both=True)),
        (lambda y, N: np.minimum(y, 0.5), Limited(both=False)),
        (lambda y, N: 1e-17 * y, Changed("zero")),
    ],
)
def test_what_is_lost(change, fact):
    finding = of_y(change)
    assert (finding.fact, finding.outputs) == (fact, ("y",))


@pytest.mark.parametrize(
    "change",
    [
        lambda y, N: y[1:] if N > 2 else y[:-1],
        lambda y, N: y[2:],
        lambda y, N: np.round(y, 2) + 0.01,
        lambda y, N: np.clip(y, -0.5, 0.5) + (N == 3),
        lambda y, N: np.full(y.shape, 0.5),  # nothing lies within the limits
        lambda y, N: y[:0],
        lambda y, N: np.zeros(0),
        lambda y, N: np.zeros((2, 2)),
    ],
)
def test_nothing_is_said_to_be_lost_that_is_otherwise_wrong(change):
    assert of_y(change) is None


def test_outputs_of_which_the_same_is_true_are_told_together():
    expected = [{"y": y, "z": y + 1} for y in SEQUENCES]
    (finding,) = found(expected, [{"y": each["y"][::-1], "z": each["z"][::-1]} for each in expected], "yz")
    assert (finding.fact, finding.outputs) == (Changed("reversed"), ("y", "z"))
