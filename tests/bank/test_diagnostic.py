"""Cases that tell mistakes apart, and ways to read inputs wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from grader.bank.diagnostic import EACH, GENERIC, PAIRS, SMALL, generic, probes, simple
from grader.bank.plans import canonical
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
    Simplex,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.bank import Condition

DIMS = {"D": Interval(1, 4), "H": Interval(1, 4), "T": Interval(1, 5)}
INPUTS = {
    "xs": Reals(shape=("T", "D", 1)),
    "h0": Reals(shape=("H", 1), range=(-1, 1)),
    "W": Reals(shape=("H", "H")),
    "b": SameAs("h0"),
}


def exercise(inputs=INPUTS, dims=DIMS, **changes):
    fields = {"id": "f", "title": "f", "points": 1, "run": "y = f()", "outputs": {"y": Output()}}
    return Exercise(**{**fields, "inputs": inputs, "dims": dims, **changes})


def generic_of(asked, seed=0):
    return generic(asked, seed, {})


def simple_of(asked, seed=0):
    return simple(asked, generic_of(asked, seed), seed, {})


def conditions(candidates):
    return list(dict.fromkeys(candidate.condition for candidate in candidates))


def bytes_of(candidates):
    return [(candidate.condition, candidate.key()) for candidate in candidates]


# ── generic cases ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_generic_cases_have_sizes_above_1_and_no_value_that_stands_out():
    cases = generic_of(exercise())
    more = 2  # in which D and H are larger than T, which is seldom
    assert len(cases) == len({case.key() for case in cases}) == GENERIC + more + SMALL
    for case in cases:
        assert min(case.sizes.values()) >= 2
        assert case.inputs["W"].shape == (case.sizes["H"], case.sizes["H"])
    for case in cases[:-SMALL]:
        assert all(value.any() for value in case.inputs.values())
        assert np.unique(case.inputs["W"]).size > 1


@pytest.mark.parametrize("last", [Interval(1, 3), Interval(4, 9), Interval(5, 5)])
def test_no_two_sizes_are_always_equal_or_ordered_alike(last):
    lists = {"xs": Reals(shape=("T", "D")), "h": Reals(shape=("H",))}
    sizes = [case.sizes for case in generic_of(exercise(lists, {"T": Interval(4, 6), "D": Interval(2, 9), "H": last}))]

    for one, other in (("T", "D"), ("D", "H"), *([("T", "H")] if last.low > 3 else [])):
        orders = {np.sign(each[one] - each[other]) for each in sizes}
        assert orders == {-1, 0, 1}, (one, other)
    assert all(len({each[name] for each in sizes}) > 1 for name in ("T", "D"))


def test_a_few_generic_cases_have_small_numbers():
    largest = [np.abs(case.inputs["W"]).max() for case in generic_of(exercise())]
    assert max(largest[-SMALL:]) < 0.2 < min(largest[:-SMALL])


def test_most_generic_cases_have_distinct_sizes_and_some_have_equal_ones():
    counts = [len(set(case.sizes.values())) for case in generic_of(exercise())]
    assert sum(count == 3 for count in counts) > len(counts) / 2
    assert 1 in counts


@pytest.mark.parametrize(
    ("interval", "sizes"), [(Interval(1, 1), {1}), (Interval(0, 1), {1}), (Interval(3, 3), {3}), (Interval(0, 0), {0})]
)
def test_sizes_stay_within_their_intervals(interval, sizes):
    cases = generic_of(
        exercise({"x": Reals(shape=("N",)), "y": Reals(shape=("M",))}, {"N": interval, "M": Interval(1, 9)})
    )
    assert {case.sizes["N"] for case in cases} == sizes
    assert min(case.sizes["M"] for case in cases) >= 2


def test_without_sizes_or_inputs_there_is_as_much_as_there_can_be():
    assert len(generic_of(exercise({"x": Reals()}, {}))) == GENERIC + SMALL
    assert len(generic_of(exercise({"c": Choices((1, 2, 3))}, {}))) == 3
    assert len(generic_of(exercise({}, {}))) == 1
    assert simple_of(exercise({}, {})) == []


def test_diagnostic_cases_are_the_same_every_time_and_differ_by_seed_and_exercise():
    asked = exercise()
    for made in (generic_of, simple_of):
        assert bytes_of(made(asked)) == bytes_of(made(exercise()))
        assert set(bytes_of(made(asked))).isdisjoint(bytes_of(made(asked, 1)))
        assert set(bytes_of(made(asked))).isdisjoint(bytes_of(made(exercise(id="g"))))


# ── simple cases ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_simple_cases_one_thing_is_simple():
    asked = exercise()
    cases = simple_of(asked)
    assert conditions(cases) == [
        Condition("zero", "xs"), Condition("zero", "h0"), Condition("zero", "W"), Condition("symmetric", "W"),
        Condition("zero", "b"), Condition("size_one", "D"), Condition("size_one", "H"), Condition("size_one", "T"),
    ]  # fmt: skip
    for case in cases:
        kind, name = case.condition.kind, case.condition.name
        zeros = {each for each, value in case.inputs.items() if not value.any()}
        assert zeros == ({name} if kind == "zero" else set())
        ones = {each for each, size in case.sizes.items() if size == 1}
        assert ones == ({name} if kind == "size_one" else set())
        if case.condition == Condition("symmetric", "W"):
            assert np.array_equal(case.inputs["W"], case.inputs["W"].T)


def test_there_are_a_few_of_each_and_none_is_generic():
    asked = exercise()
    cases, plain = simple_of(asked), generic_of(asked)
    assert {sum(case.condition == condition for case in cases) for condition in conditions(cases)} == {EACH}
    assert {case.key() for case in cases}.isdisjoint(case.key() for case in plain)


def test_what_is_made_simple_is_otherwise_a_generic_case():
    asked = exercise()
    others = [canonical({**case.inputs, "W": None}) for case in generic_of(asked)[:EACH]]
    zeroed = [case for case in simple_of(asked) if case.condition == Condition("zero", "W")]
    assert [canonical({**case.inputs, "W": None}) for case in zeroed] == others


def test_a_symmetric_matrix_keeps_its_decimals_and_its_range():
    asked = exercise({"W": Reals(shape=("H", "H"), range=(0.5, 1))}, DIMS)
    cases = [case for case in simple_of(asked) if case.condition == Condition("symmetric", "W")]
    assert len(cases) == EACH
    for case in cases:
        W = case.inputs["W"]
        assert np.array_equal(W, W.round(2))
        assert (W >= 0.5).all()
        assert (W <= 1).all()


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [
        (Reals(shape=("H",), range=(1, 2)), []),
        (Reals(shape=("H",), range=(-1, 0)), ["zero"]),
        (Reals(), []),
        (Integers((1, 9), ("H",)), []),
        (Integers((-1, 9), ("H", "H")), ["zero", "symmetric"]),
        (Booleans(("H", "H")), ["symmetric"]),
        (OneHot(("H", "H")), []),
        (Simplex(("H", "H")), []),
        (Tokens("H", ("T",)), []),
        (ListOf(Reals(shape=("H", 1)), "T"), ["zero"]),
        (ListOf(Text(), "T"), []),
        (SizeOf("H"), []),
        (Text(), []),
        (Reals(shape=(1, 1)), ["zero"]),
        (Reals(shape=(2, 2)), ["zero", "symmetric"]),
        (Reals(shape=("H", "D")), ["zero"]),
    ],
)
def test_only_what_stays_within_its_domain_is_made_simple(domain, wanted):
    asked = exercise({"x": domain}, dict.fromkeys("HDT", Interval(2, 4)))
    assert conditions(simple_of(asked)) == [Condition(kind, "x") for kind in wanted]


def test_a_list_whose_length_has_no_name_has_one_item():
    listed = ListOf(Integers((0, 9), ("H",)), Interval(0, 4))
    cases = [case for case in simple_of(exercise({"x": listed}, DIMS)) if case.condition == Condition("one_item", "x")]
    assert 1 <= len(cases) <= EACH
    assert {len(case.inputs["x"]) for case in cases} == {1}
    longer = exercise({"x": ListOf(listed.of, Interval(2, 4))}, DIMS)
    assert Condition("one_item", "x") not in conditions(simple_of(longer))


@pytest.mark.parametrize(
    ("interval", "found"),
    [(Interval(1, 3), True), (Interval(0, 3), True), (Interval(1, 1), False), (Interval(2, 3), False)],
)
def test_a_size_is_1_where_it_can_be_and_need_not_be(interval, found):
    asked = exercise({"x": Reals(shape=("N",))}, {"N": interval})
    assert (Condition("size_one", "N") in conditions(simple_of(asked))) is found


# ── probes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ids(inputs):
    return [probe.name for probe in probes(exercise(inputs))]


def probe_of(name, inputs):
    return next(probe for probe in probes(exercise(inputs)) if probe.name == name)


def test_each_way_to_read_the_inputs_wrongly():
    asked = exercise()
    found = list(probes(asked))
    assert [probe.name for probe in found] == [
        "ignored.xs", "negated.xs",
        "ignored.h0", "negated.h0",
        "ignored.W", "transposed.W", "negated.W",
        "ignored.b", "negated.b",
        "reversed.xs", "ahead.xs", "behind.xs",
        "exchanged.h0.b", "instead.b.h0", "instead.h0.b",
    ]  # fmt: skip
    for probe in found:
        assert probe.sentence.startswith("It behaves as if `")


def test_what_is_left_may_be_taken_for_what_is_lost():
    assert "complement.r" in ids({"r": Reals(range=(0, 1))})
    for domain in (Reals(), Reals(range=(-1, 1)), Reals(range=(0, 10))):
        assert "complement.r" not in ids({"r": domain})
    assert probe_of("complement.r", {"r": Reals(range=(0, 1))}).read({"r": 0.25}) == {"r": 0.75}


def test_inputs_that_are_read_wrongly_keep_their_names_shapes_and_the_others_their_values():
    asked = exercise()
    for case in generic_of(asked):
        before = canonical(case.inputs)
        for probe in probes(asked):
            read = probe.read(case.inputs)
            changed = {name for name in read if read[name] is not case.inputs[name]}
            assert list(read) == list(case.inputs)
            assert {name: value.shape for name, value in read.items()} == {
                name: value.shape for name, value in case.inputs.items()
            }
            assert changed <= set(probe.name.split("."))
            assert changed
        assert canonical(case.inputs) == before


ONE, OTHER = np.array([[1.0, -2.0], [3.0, 0.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("ignored.a", 0 * ONE, OTHER),
        ("transposed.a", ONE.T, OTHER),
        ("negated.b", ONE, -OTHER),
        ("exchanged.a.b", OTHER, ONE),
        ("instead.a.b", OTHER, OTHER),
        ("instead.b.a", ONE, ONE),
    ],
)
def test_what_is_read(name, one, other):
    read = probe_of(name, {"a": Reals(shape=("H", "H")), "b": Reals(shape=("H", "H"))}).read({"a": ONE, "b": OTHER})
    assert np.array_equal(read["a"], one)
    assert np.array_equal(read["b"], other)


def test_steps_are_read_early_or_late():
    inputs = {"xs": Reals(shape=("T",)), "words": ListOf(Text(), "T")}
    given = {"xs": np.arange(3.0), "words": ["a", "b", "c"]}
    for name, order in (("reversed", [2, 1, 0]), ("ahead", [1, 2, 0]), ("behind", [2, 0, 1])):
        read = probe_of(f"{name}.xs.words", inputs).read(given)
        assert read["xs"].tolist() == order
        assert read["words"] == ["abc"[step] for step in order]
        assert probe_of(f"{name}.words", inputs).read(given)["xs"] is given["xs"]


def test_inputs_that_belong_together_are_exchanged_together():
    inputs = {name: Reals(shape=("H", "H")) for name in ("W_f", "b_f", "W_i", "b_i", "x")}
    probe = probe_of("exchanged.W_f.b_f.W_i.b_i", inputs)
    assert probe.sentence == "It behaves as if `W_f` and `b_f` were exchanged with `W_i` and `b_i`."
    read = probe.read(dict(zip(inputs, range(5), strict=True)))
    assert read == {"W_f": 2, "b_f": 3, "W_i": 0, "b_i": 1, "x": 4}
    assert not any("x" in name.split(".") for name in ids(inputs) if len(name.split(".")) == 6)


def test_sequences_that_run_side_by_side_are_reversed_together():
    inputs = {
        "xs": Reals(shape=("T", "D", 1)),
        "words": ListOf(OneHot(("D", 1), axis=0), "T"),
        "h": Reals(shape=("H", 1)),
    }
    probe = probe_of("reversed.xs.words", inputs)
    assert probe.sentence == "It behaves as if `xs` and `words` were read from the last step to the first."
    read = probe.read({"xs": np.arange(6).reshape(3, 2, 1), "words": ["a", "b", "c"], "h": ONE})
    assert (read["xs"][:, 0, 0].tolist(), read["words"]) == ([4, 2, 0], ["c", "b", "a"])
    assert read["h"] is ONE


@pytest.mark.parametrize(
    "inputs",
    [
        {"s": Text(), "n": SizeOf("H"), "c": Choices((1, 2))},
        {"n": Integers((1, 9))},
        {"p": Simplex((1, "H"))},
        {},
    ],
)
def test_what_cannot_be_read_wrongly_is_not(inputs):
    assert ids(inputs) == []


def test_pairs_are_limited():
    found = ids({f"x{number}": Reals(shape=("H", 1)) for number in range(8)})
    assert sum(name.startswith("exchanged") for name in found) == PAIRS
    assert sum(name.startswith("instead") for name in found) == 2 * PAIRS
    assert len(set(found)) == len(found)
