import numpy as np
import pytest

from grader.judge.compare import wrong_elements
from grader.judge.lengths import wrong_entries
from grader.judge.tolerance import CALIBRATED

CURVE = np.array([1.0, 0.9, 0.81, 0.729])


@pytest.mark.parametrize(
    ("expected", "got", "wrong"),
    [
        (CURVE, CURVE[:2], [False, False, True, True]),
        (CURVE, [1.0, 0.5, 0.81], [False, True, False, True]),
        (CURVE, np.array([*CURVE, 0.6, 0.5]), [False] * 4),
        (CURVE, CURVE[1:], [True] * 4),
        (CURVE, np.array([1.0, np.nan]), [False, True, True, True]),
        (CURVE, np.array([]), [True] * 4),
        (CURVE.reshape(2, 2), CURVE.reshape(2, 2)[:1], [[False, False], [True, True]]),
        ([1.0, 2.0, 3.0], [1.0, 5.0], [False, True, True]),
        ([1.0, 2.0], (1.0, 2.0, 3.0), [False, False]),
        ([np.zeros(2), np.ones(2)], np.zeros((1, 2)), [[False, False], [True, True]]),
        (np.array([2**60, 1]), np.array([2**60 + 1]), [True, True]),
        (CURVE, CURVE.reshape(4, 1), None),
        (CURVE, CURVE[:2] * 1j, None),
        (CURVE, np.array(["a"]), None),
        (CURVE, None, None),
        ([1.0, 2.0], [], None),
        ([1.0, 2.0], ["a"], None),
        ([1.0, 2.0, 3.0], [[1.0], [2.0, 3.0]], None),
        ([1.0, 2.0], 3.0, None),
        ({"a": 1.0}, [1.0], None),
    ],
)
def test_entries_that_are_missing_are_wrong_and_others_as_they_are(expected, got, wrong):
    found = wrong_entries(expected, got, CALIBRATED, None)
    assert wrong == (None if found is None else found.tolist())


def test_what_is_measured_of_each_entry_stays_with_it():
    unit = np.array([1e-20, 1e-20, 1.0, 1.0])
    assert wrong_entries(CURVE, CURVE[:3] + 0.01, CALIBRATED, unit).tolist() == [True, True, False, True]
    assert wrong_entries([1.0, 2.0, 3.0], [1.5, 2.5], CALIBRATED, [1e-20, 1.0, 1.0]).tolist() == [True, False, True]


@pytest.mark.parametrize("got", [CURVE, CURVE + 1, CURVE.tolist(), 0.5])
def test_what_is_as_long_is_compared_as_ever(got):
    theirs, ours = wrong_elements(CURVE, got), wrong_entries(CURVE, got, CALIBRATED, None)
    assert np.array_equal(theirs, ours) if theirs is not None else ours is None
