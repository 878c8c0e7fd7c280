import numpy as np
import pytest

from grader.bank.domains import Filling, extremes, fill
from grader.bank.profiles import PROFILES
from grader.records.assignment import (
    Booleans,
    Choices,
    Custom,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Reals,
    SameAs,
    Simplex,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.shapes import SizeError

SIZES = {"H": 3, "T": 4, "V": 5}


def filled(domain, profile="gaussian", sizes=SIZES, seed=0):
    return fill(domain, Filling(np.random.default_rng(seed), sizes, profile, lambda function: f"drawn from {function}"))


every_profile = pytest.mark.parametrize("profile", PROFILES)
several_seeds = pytest.mark.parametrize("seed", range(8))


@every_profile
@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        (Reals(), float),
        (Reals(range=(0.1, 12)), float),
        (Integers((0, 20)), int),
        (Tokens("V"), int),
        (Booleans(), bool),
        (SizeOf("H + T"), int),
        (Text(), str),
    ],
)
def test_without_a_shape_a_value_is_plain(domain, kind, profile):
    assert type(filled(domain, profile)) is kind


@every_profile
@pytest.mark.parametrize(
    ("domain", "dtype", "shape"),
    [
        (Reals(shape=("H", 1)), np.float64, (3, 1)),
        (Reals(shape=()), np.float64, ()),
        (Integers((-1, "V"), shape=("T", "H + V")), np.int64, (4, 8)),
        (Tokens("V", shape=("T",)), np.int64, (4,)),
        (Booleans(shape=("T", "T")), np.bool_, (4, 4)),
        (OneHot(("T", "V", 1), axis=1), np.float64, (4, 5, 1)),
        (Simplex(("V", "T"), axis=0), np.float64, (5, 4)),
    ],
)
def test_with_a_shape_a_value_is_an_array(domain, dtype, shape, profile):
    value = filled(domain, profile)

    assert (type(value), value.dtype, value.shape) == (np.ndarray, dtype, shape)
    assert value.flags.owndata or value.flags.c_contiguous


@every_profile
def test_whole_numbers_lie_in_their_range_which_may_depend_on_sizes(profile):
    assert set(filled(Integers((-2, "V - 1"), shape=(200,)), profile).flat) <= {-2, -1, 0, 1, 2, 3, 4}
    assert set(filled(Tokens("V", shape=(200,)), profile).flat) <= {0, 1, 2, 3, 4}


def test_whole_numbers_reach_both_ends():
    assert set(filled(Integers((-2, 2), shape=(200,))).flat) == {-2, -1, 0, 1, 2}


def test_constant_and_zero_profiles_of_whole_numbers():
    assert len(set(filled(Integers((0, 99), shape=(50,)), "constant").flat)) == 1
    assert set(filled(Integers((-5, 5), shape=(50,)), "zero").flat) == {0}
    assert set(filled(Integers((3, 5), shape=(50,)), "zero").flat) == {3}
    assert not filled(Booleans(shape=(9,)), "zero").any()


@pytest.mark.parametrize("domain", [Integers((1, "V - 5")), Tokens("V - 5", shape=("T",))])
def test_an_empty_range_is_no_domain(domain):
    with pytest.raises(SizeError, match=r"no whole number lies between \d and -?\d \(sizes .*'V': 5"):
        filled(domain)


def test_an_empty_range_does_no_harm_where_nothing_is_drawn():
    assert filled(Tokens("V - 5", shape=(0,))).shape == (0,)


@several_seeds
@every_profile
def test_one_hot_holds_exactly_one_1_along_its_axis(profile, seed):
    value = filled(OneHot(("T", "V", 1), axis=1), profile, seed=seed)

    assert set(value.flat) <= {0.0, 1.0}
    assert (value.sum(axis=1) == 1).all()


def test_one_hot_puts_the_1_at_different_places():
    assert len(set(filled(OneHot((50, "V"))).argmax(axis=1))) == 5
    assert len(set(filled(OneHot((50, "V")), "constant").argmax(axis=1))) == 1


@several_seeds
@every_profile
@pytest.mark.parametrize(("shape", "axis"), [(("V", "T"), 0), (("T", "H", "V"), -1), ((1,), 0), ((150,), 0)])
def test_simplex_holds_hundredths_that_sum_to_1_and_parts_near_0(shape, axis, profile, seed):
    value = filled(Simplex(shape, axis), profile, seed=seed)

    assert (value >= 0).all()
    assert np.array_equal(value, np.round(value, 8 if profile == "small" else 2))
    assert np.abs(value.sum(axis=axis) - 1).max() < 1e-12


@several_seeds
def test_generic_simplex_has_no_zeros(seed):
    assert (filled(Simplex((100, 7)), seed=seed) > 0).all()


def test_special_simplex_profiles():
    assert (filled(Simplex((9, "V")), "saturating").max(axis=-1) == 1).all()
    assert sorted(filled(Simplex((3,)), "constant")) == [0.33, 0.33, 0.34]
    assert (filled(Simplex((100, 7)), "sparse") == 0).any()
    near = filled(Simplex((100, 7)), "small")
    assert (near == 0).any()
    assert ((near > 0) & (near <= 1e-6)).mean() > 0.1


@pytest.mark.parametrize("domain", [OneHot(("T", 0)), Simplex((0,)), OneHot(("T",), axis=1), Simplex((), axis=-1)])
def test_nothing_can_sum_to_1_along_an_empty_or_missing_axis(domain):
    with pytest.raises(SizeError, match="nothing along axis"):
        filled(domain)


def test_choices_come_as_they_were_written():
    drawn = {filled(Choices((1, 2.5, "sum", None)), seed=seed) for seed in range(40)}

    assert drawn == {1, 2.5, "sum", None}


@several_seeds
@every_profile
def test_text_is_made_of_its_alphabet(profile, seed):
    value = filled(Text("helo", Interval(low=2, high=6)), profile, seed=seed)

    assert 2 <= len(value) <= 6
    assert set(value) <= set("helo")
    assert len(value) == 2 or profile != "zero"
    assert len(set(value)) == 1 or profile not in ("constant", "zero")


def test_lists_have_a_size_or_a_drawn_length():
    fixed = filled(ListOf(Reals(shape=("H",)), "T"))
    lengths = {len(filled(ListOf(Reals(), Interval(low=0, high=3)), seed=seed)) for seed in range(40)}

    assert [item.shape for item in fixed] == [(3,)] * 4
    assert not np.array_equal(fixed[0], fixed[1])
    assert lengths == {0, 1, 2, 3}
    assert filled(ListOf(Reals(), Interval(low=0, high=3)), "zero") == []


def test_a_size_is_passed_as_a_number():
    assert filled(SizeOf("2*H + T")) == 10


def test_an_authors_strategy_is_drawn_from_wherever_it_stands():
    assert filled(Custom("properties:words")) == "drawn from words"
    assert filled(ListOf(Custom("properties:words"), 2)) == ["drawn from words"] * 2


def test_same_as_must_be_resolved_before_filling():
    with pytest.raises(TypeError, match="expected a resolved domain, got SameAs"):
        filled(SameAs("a"))


@pytest.mark.parametrize(
    ("domain", "values"),
    [
        (Reals(), [0.0, 1.0, 1e-6]),
        (Reals(range=(0, 1.2)), [0.0, 1.2, 1.0, 1e-6]),
        (Reals(range=(0.1, 12)), [0.1, 12.0, 1.0]),
        (Reals(range=(-1, 1)), [-1.0, 1.0, 0.0, 1e-6]),
        (Reals(range=(-1, 0)), [-1.0, 0.0]),
        (Integers((0, 20)), [0, 20, 1]),
        (Integers((3, "V")), [3, 5]),
        (Tokens("V"), [0, 4, 1]),
        (Booleans(), [False, True]),
        (Choices(("sum", "mean", "max")), ["sum", "max"]),
        (Choices(("sum",)), ["sum"]),
        (Reals(shape=("H",)), []),
        (Tokens("V", shape=("T",)), []),
        (SizeOf("H"), []),
    ],
)
def test_extremes_of_plain_inputs(domain, values):
    found = [value for _, value in extremes(domain, SIZES)]

    assert found == values
    assert all(type(value) is type(expected) for value, expected in zip(found, values, strict=True))


def test_extremes_are_named():
    assert extremes(Reals(range=(0, 1.2)), {})[1] == ("1.2", 1.2)
    assert extremes(Choices(("sum",)), {}) == [("'sum'", "sum")]


def test_an_empty_range_has_no_extremes():
    assert extremes(Integers((1, "V - 5")), SIZES) == []
