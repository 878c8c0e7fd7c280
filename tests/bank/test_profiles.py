import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.bank.profiles import GENERIC, PROFILES, decimals, reals

shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
profiles = st.sampled_from(sorted(PROFILES))
seeds = st.integers(0, 2**32 - 1)
ends = st.decimals(-100, 100, places=2).map(float)


def fill(profile, shape=(40, 25), seed=0, **kwargs):
    return reals(np.random.default_rng(seed), shape, profile, **{"between": None, **kwargs})


def short(value):
    """Whether a number is exactly one with two decimals, or with two digits where it is below 0.01."""
    written = f"{value:.2f}" if abs(value) >= 0.01 or value == 0 else f"{value:.1e}"
    return float(written) == value


@settings(deadline=None)
@given(profiles, shapes, seeds, st.sampled_from([0.5, 1.0, 2.0, 30.0]))
def test_numbers_have_the_shape_and_two_decimals_or_digits(profile, shape, seed, scale):
    values = fill(profile, shape, seed, scale=scale)

    assert values.shape == shape
    assert values.dtype == np.float64
    assert all(map(short, values.flat))
    assert (np.abs(values) <= 10 * scale).all()
    assert not np.signbit(values[values == 0]).any()


@settings(deadline=None)
@given(profiles, shapes, seeds, ends, ends)
def test_ranges_hold_after_rounding(profile, shape, seed, one, other):
    low, high = min(one, other), max(one, other)
    values = fill(profile, shape, seed, between=(low, high))

    assert values.shape == shape
    assert ((values >= low) & (values <= high)).all()
    if high - low >= 0.1:
        assert all(map(short, values.flat))


@settings(deadline=None)
@given(profiles, seeds, st.floats(-3, 3), st.floats(1e-9, 3))
def test_ranges_of_any_ends_hold_too(profile, seed, low, width):
    high = low + width
    assume(high - low > 1e-9)
    values = fill(profile, (5,), seed, between=(low, high))

    assert ((values >= low) & (values <= high)).all()


def test_a_range_of_one_number_is_that_number():
    assert fill("gaussian", (2,), between=(0.125, 0.125)).tolist() == [0.125, 0.125]


def test_ends_with_more_decimals_than_are_kept_are_approached_from_inside():
    values = fill("saturating", between=(-0.996, 1.004))

    assert set(np.unique(values)) == {-0.99, 1.0}


@pytest.mark.parametrize(("spread", "places"), [(100.0, 2), (0.1, 2), (0.05, 4), (0.001, 5)])
def test_small_spreads_get_more_decimals(spread, places):
    assert decimals(spread) == places


def test_a_small_scale_does_not_round_everything_to_zero():
    values = fill("gaussian", scale=0.001)

    assert np.unique(values).size > 100
    assert 0.0008 < values.std() < 0.0012


def test_generic_profiles_spread_by_the_scale():
    assert 1.8 < fill("gaussian", scale=2.0).std() < 2.2
    assert set(GENERIC) < set(PROFILES)


def test_mixed_numbers_are_of_several_magnitudes():
    values = np.abs(fill("mixed"))

    assert (values < 0.1).mean() > 0.2
    assert (values > 3).mean() > 0.05


def test_positive_numbers_are_not_negative():
    assert (fill("positive") >= 0).all()


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_integers_are_whole(scale):
    values = fill("integer", scale=scale)

    assert np.array_equal(values, np.round(values))
    assert np.unique(values).size == 7


def test_saturating_numbers_drive_a_sigmoid_to_its_ends():
    values = fill("saturating")

    assert (np.abs(values) >= 8).all()
    assert {-1.0, 1.0} == set(np.sign(values).flat)


def test_sparse_numbers_are_mostly_zero():
    assert 0.6 < (fill("sparse") == 0).mean() < 0.8


def test_one_hot_has_a_single_1():
    values = fill("one-hot", (3, 4))

    assert values.sum() == 1
    assert np.count_nonzero(values) == 1


def test_tiny_numbers_are_small_and_not_all_zero():
    values = fill("tiny")

    assert np.abs(values).max() < 0.2
    assert np.count_nonzero(values) > 500


def test_constant_numbers_are_one_number_other_than_zero():
    values = np.unique(fill("constant"))

    assert values.size == 1
    assert abs(values[0]) >= 0.25


def test_zero_is_zero():
    assert not fill("zero").any()


@pytest.mark.parametrize("profile", ["zero", "one-hot", "sparse"])
def test_zeros_keep_their_meaning_in_a_range_that_holds_them(profile):
    free, within = fill(profile, (50,), seed=3), fill(profile, (50,), seed=3, between=(-2.0, 2.0))

    assert np.array_equal(free == 0, within == 0)
    assert (free == 0).any()


def test_small_numbers_keep_their_meaning_in_a_range_that_holds_them():
    assert 0.01 < np.abs(fill("tiny", between=(-2.0, 2.0))).max() < 0.3


def test_saturating_numbers_sit_at_the_ends_of_a_range():
    assert set(fill("saturating", between=(0.0, 1.0)).flat) == {0.0, 1.0}


def test_a_range_is_filled_from_end_to_end():
    values = fill("gaussian", between=(0.0, 1.0))

    assert np.unique(values).size > 95
    assert 0.3 < values.mean() < 0.7


def test_a_range_far_from_zero_is_filled_as_well():
    assert np.unique(fill("gaussian", between=(100.0, 101.0))).size > 50


@pytest.mark.parametrize("between", [None, (0.0, 1.0), (-3.0, 0.5)])
def test_small_numbers_lie_near_0_and_at_it(between):
    sizes = np.abs(fill("small", between=between))

    assert 0.05 < (sizes == 0).mean() < 0.3
    assert (sizes[sizes > 0] <= 1e-6).mean() > 0.1
    assert sizes[sizes > 0].min() >= 1e-9
    assert (sizes > 0.01).mean() > 0.2


@pytest.mark.parametrize("between", [(0.0012, 0.0013), (1e-7, 1e-6), (-0.00123, 0.001)])
def test_a_narrow_range_near_0_holds_after_rounding(between):
    values = fill("gaussian", between=between)

    assert values.min() >= between[0]
    assert values.max() <= between[1]
    assert np.unique(values).size > 5


def test_no_scale_draws_further_than_ten_times_as_far():
    for scale in (0.01, 0.3, 5.0):
        farthest = {profile: np.abs(fill(profile, scale=scale)).max() / scale for profile in PROFILES}
        assert max(farthest.values()) <= 10 + 1e-9
        assert farthest["saturating"] > 9.5
