"""Units of rounding, from outputs that have moved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.calibrate import NOISE, IllConditionedError, perturbed, units
from grader.bank.plans import canonical
from grader.judge.tolerance import EPS
from grader.records.assignment import DictOf, ListOf, Reals


def test_a_unit_is_one_rounding_of_the_scale_and_what_moved_scaled_back():
    expected = np.array([1.0, -8.0])
    moved = list(expected + NOISE * np.diag([-3, 4]))

    assert np.allclose(units(expected, moved), EPS * np.array([8 + 3, 8 + 4]), rtol=1e-6)
    assert units(expected, moved).dtype == np.float32
    assert np.allclose(units(np.array([1e-9]), []), EPS)  # at least one rounding of 1
    assert units(0.5, [0.5]) == EPS


def test_what_is_not_finite_has_no_part_in_the_units_of_the_other_numbers():
    expected = np.array([-4.0, np.nan, np.inf])

    assert np.array_equal(units(expected, [expected]), [4 * EPS] * 3)


def test_units_have_the_structure_of_the_output():
    expected = {"loss": 2.0, "steps": 3, "parts": [np.zeros((2, 1)), "text"]}
    found = units(expected, [expected])

    assert found["loss"] == 2 * EPS
    assert found["steps"] is None
    assert found["parts"][0].shape == (2, 1)
    assert found["parts"][1] is None


@pytest.mark.parametrize("value", [3, np.arange(3), "text", None, True, [1, 2], {"n": 1}])
def test_what_is_not_rounded_has_no_unit(value):
    assert units(value, [value]) is None


@pytest.mark.parametrize(
    ("expected", "moved"),
    [
        (np.array([1.0]), np.array([1.0 + 2e6 * NOISE])),
        (np.array([1.0]), np.array([1.0, 1.0])),
        (np.array([1.0]), np.array([np.nan])),
        (np.array([np.nan]), np.array([1.0])),
        (np.array([1.0, -np.inf]), np.array([1.0, np.inf])),
        ([1.0], [1.0, 2.0]),
        ({"a": 1.0}, {"b": 1.0}),
        (1.0, None),
    ],
)
def test_what_moves_by_much_more_than_rounding_does_is_ill_conditioned(expected, moved):
    with pytest.raises(IllConditionedError):
        units(expected, [moved])


def test_only_decimals_are_perturbed_and_zeros_stay():
    rng = np.random.default_rng(0)
    value = {"x": np.array([[1.0, 0.0], [-2.0, 1e3]]), "n": [3, "text", np.arange(4)], "rate": 0.9, "t": (1.5,)}
    noisy = perturbed(value, rng)

    assert noisy["n"][:2] == [3, "text"]
    assert np.array_equal(noisy["n"][2], np.arange(4))
    assert type(noisy["t"]) is tuple
    assert type(noisy["rate"]) is float
    shift = np.abs(noisy["x"] / np.where(value["x"] == 0, 1, value["x"]) - (value["x"] != 0))
    assert (shift[value["x"] != 0] > 0).all()
    assert shift.max() < 6 * NOISE


def test_units_of_numbers_beyond_float32_are_kept_whole():
    """As infinity they would allow anything."""
    (unit,) = units(np.array([-1e60]), [np.array([-1e60 * (1 + NOISE)])])

    assert unit == pytest.approx(2 * EPS * 1e60, rel=1e-5)


def test_complex_numbers_are_rounded_as_others_are():
    assert units(3 + 4j, [3 + 4j]) == 5 * EPS
    assert np.allclose(units(np.array([1j, 8]), [np.array([1j, 8 + 4j * NOISE])]), EPS * np.array([8, 12]))


def test_what_holds_nothing_has_units_of_its_shape():
    assert units(np.zeros((0, 3)), [np.zeros((0, 3))]).shape == (0, 3)
    assert units(np.array(4.0), []) == 4 * EPS
    assert units([], [[]]) is None
    assert units({}, [{}]) is None


outputs = hnp.arrays(np.float64, 4, elements=st.floats(1, 100))
shifts = st.lists(hnp.arrays(np.float64, 4, elements=st.floats(-50, 50)), max_size=4)


@settings(deadline=None)
@given(outputs, shifts, st.integers(0, 40))
def test_units_grow_with_the_numbers_that_they_are_of(expected, shifts, power):
    moved = [expected + NOISE * shift for shift in shifts]

    found = units(expected, moved)

    factor = 2.0**power
    assert np.array_equal(units(factor * expected, [factor * other for other in moved]), np.float32(factor) * found)
    assert np.array_equal(units(-expected, [-other for other in moved]), found)


@settings(deadline=None)
@given(outputs, shifts, st.randoms(use_true_random=False))
def test_every_run_counts_and_their_order_does_not(expected, shifts, random):
    moved = [expected + NOISE * shift for shift in shifts]
    shuffled = random.sample(moved, len(moved))

    found = units(expected, moved)

    assert np.array_equal(found, units(expected, shuffled))
    assert (found >= units(expected, moved[1:])).all()
    assert (found >= np.float32(EPS) * np.abs(expected).max() * 0.999999).all()


@pytest.mark.parametrize(
    "value", [1.5 - 2j, 2.5, np.float32(1.5), np.float64(-2.5), np.array(3.5), np.array([1j, 2]), -0.0, np.inf]
)
def test_what_is_perturbed_stays_what_it_was(value):
    noisy = perturbed(value, np.random.default_rng(0))

    assert isinstance(noisy, complex | float | np.ndarray)
    assert np.shape(noisy) == np.shape(value)
    assert np.iscomplexobj(noisy) == np.iscomplexobj(value)
    assert np.allclose(noisy, value, rtol=6 * NOISE, atol=0)
    assert np.array_equal(noisy, value) == (not np.any(value) or bool(np.isinf(value).any()))


@pytest.mark.parametrize("value", [3, True, None, "text", [], (), {}, np.arange(3), np.True_, np.zeros((0, 2))])
def test_what_is_not_rounded_is_not_perturbed(value):
    noisy = perturbed(value, np.random.default_rng(0))

    assert type(noisy) is type(value)
    assert np.array_equal(noisy, value)


@pytest.mark.parametrize("seed", range(4))
def test_at_an_end_of_its_range_a_number_is_off_inwards(seed):
    share = Reals(range=(0.0, 1.0))
    domain = DictOf({"p": share, "ps": ListOf(share, 3), "P": Reals((2,), range=(-1.0, 1.0)), "free": Reals()})
    value = {"p": 1.0, "ps": [1.0, 1.0, 0.5], "P": np.array([-1.0, 1.0]), "free": 1.0}

    noisy = perturbed(value, np.random.default_rng(seed), domain)

    assert type(noisy["p"]) is float
    assert max(noisy["p"], *noisy["ps"][:2], *np.abs(noisy["P"])) < 1
    free = perturbed(value, np.random.default_rng(seed))
    assert noisy["ps"][2] == free["ps"][2]
    assert noisy["free"] == free["free"]
    assert abs(noisy["p"] - 1) == pytest.approx(abs(free["p"] - 1), rel=1e-3)


def test_what_is_perturbed_depends_on_the_generator_alone():
    value = {"x": np.ones(3), "y": [1.0, 2.0]}
    one, again, other = (perturbed(value, np.random.default_rng(seed)) for seed in (0, 0, 1))

    assert canonical(one) == canonical(again) != canonical(other)
    assert canonical(value) == canonical({"x": np.ones(3), "y": [1.0, 2.0]})
