"""Units of rounding, from outputs that have moved."""

import numpy as np
import pytest

from grader.bank.calibrate import EPS, NOISE, IllConditionedError, perturbed, units


def test_a_unit_is_one_rounding_of_the_scale_and_what_moved_scaled_back():
    expected = np.array([1.0, -8.0])
    moved = [expected + [0, 4 * NOISE], expected - [3 * NOISE, 0]]

    assert np.allclose(units(expected, moved), EPS * np.array([8 + 3, 8 + 4]), rtol=1e-6)
    assert units(expected, moved).dtype == np.float32
    assert np.allclose(units(np.array([1e-9]), []), EPS)  # at least one rounding of 1
    assert units(0.5, [0.5]) == EPS


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
