import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.report import curves, step_errors
from grader.report.curves import MOST_POINTS, Curves
from grader.report.document import WrittenDeviation, WrittenOutput
from grader.report.plots import plot
from grader.report.step_errors import MOST_STEPS, Errors
from grader.report.words.plots import along, description, parting, title, upwards
from tests.report.test_grids import NUMERIC


def output(expected, got, wrong=None, *, steps=False):
    """An output in which, unless something else is said, all is wrong that differs by more than rounding."""
    if wrong is None:
        both = min(len(expected), len(got))
        with np.errstate(over="ignore", invalid="ignore"):
            wrong = np.ones(np.shape(expected), bool)
            wrong[:both] = ~np.isclose(expected[:both], got[:both], atol=1e-6)
    deviation = WrittenDeviation(kind="value", summary="", wrong=1, total=np.size(expected))
    return WrittenOutput("h", True, expected, got, deviation, steps=steps, wrong_at=wrong)


DECAY = 0.9 ** np.arange(21)

# ── which picture ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("expected", "got", "steps"),
    [
        (DECAY[:4], DECAY[:4] ** 2, True),
        (DECAY[:4].reshape(4, 1, 1), DECAY[:4].reshape(4, 1, 1) ** 2, True),
        (list(DECAY[:5]), list(DECAY[:4]), True),
        (list(DECAY[:4].reshape(4, 1)), list(DECAY[:4].reshape(4, 1) + 1), True),
        (DECAY[:8], DECAY[:8] ** 2, False),
        (DECAY.reshape(1, 21), DECAY.reshape(1, 21) ** 2, False),
        (DECAY, DECAY[:20], False),
    ],
)
def test_a_number_for_each_step_or_entry_is_a_line(expected, got, steps):
    drawn = plot(output(expected, got, steps=steps))
    assert isinstance(drawn, Curves)
    assert (drawn.steps, drawn.norms, drawn.total) == (steps, False, np.size(expected))


def test_vectors_are_drawn_by_their_norm_where_that_is_another():
    expected = np.ones((4, 2, 1))
    got = expected * np.array([1, 1, 3, 0.5]).reshape(4, 1, 1)
    drawn = plot(output(expected, got, steps=True))
    assert isinstance(drawn, Curves)
    assert drawn.norms
    assert (upwards(drawn, "hs"), along(drawn), parting(drawn)) == ("norm of hs", "step", "first wrong: step 2")
    assert drawn.there == (pytest.approx(2**0.5), pytest.approx(3 * 2**0.5))


def test_where_norms_hide_what_is_wrong_the_error_of_each_step_is_drawn():
    expected = np.ones((4, 2, 1))
    got = expected * np.array([1, 1, -1, -1]).reshape(4, 1, 1)
    drawn = plot(output(expected, got, steps=True))
    assert isinstance(drawn, Errors)
    assert [bar.error for bar in drawn.bars] == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("expected", "got", "steps"),
    [
        (np.zeros(3), np.ones(3), True),  # a table says as much
        (np.zeros(7), np.ones(7), False),
        (np.zeros((9, 2)), np.ones((9, 2)), False),
        (np.zeros((2, 9)), np.ones((2, 9)), True),
        (np.zeros(9), np.ones((9, 1)), True),
        (np.zeros((9, 2)), np.ones((9, 3)), True),
        (np.zeros(9), np.ones(9) * 1j, True),
        (np.zeros(9, bool), np.ones(9, bool), True),
        (np.full(9, -1e308), np.full(9, 1e308), True),
        (1e6 + DECAY, 1e6 + DECAY / 2, True),  # which the numbers beside an axis cannot tell
        (DECAY, DECAY + 1e-4, True),  # which lies on each other
        (np.full(9, np.nan), np.full(9, np.nan), True),
        ({"a": 1.0}, np.ones(9), True),
        (DECAY, None, True),
        (DECAY, ["a"] * 21, True),
    ],
)
def test_no_picture(expected, got, steps):
    wrong = np.ones(np.shape(expected), bool)
    assert plot(output(expected, got, wrong, steps=steps)) is None


def test_no_picture_of_what_nobody_calls_wrong():
    assert plot(output(DECAY, DECAY**2, np.zeros(21, bool), steps=True)) is None


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_part_where_the_first_is_wrong():
    got = np.where(np.arange(21) < 3, DECAY, 0.8 ** np.arange(21))
    drawn = plot(output(DECAY, got))
    assert drawn.expected.startswith(f"M{curves.CANVAS.left} {curves.CANVAS.top}L")
    assert drawn.got.startswith(drawn.expected[:20])
    assert drawn.parting == curves.CANVAS.left + 3 * (curves.CANVAS.right - curves.CANVAS.left) / 20
    assert (drawn.wrong, drawn.first_wrong, len(drawn.dots), drawn.rings) == (18, 3, 18, ())
    assert [tick.text for tick in drawn.up] == ["0", "0.25", "0.5", "0.75", "1"]
    assert [tick.text for tick in drawn.across] == ["0", "5", "10", "15", "20"]
    assert title(drawn, "table") == "table at each index: expected and got"
    assert description(drawn) == (
        "21 numbers, of which 18 are wrong. The first is at index 3: 0.729 expected, 0.512 got. "
        "Expected: between 0.122 and 1. Got: between 0.0115 and 1."
    )


def test_gaps_are_left_where_something_is_no_number():
    got = DECAY.copy()
    got[4:6], got[10], got[20] = np.nan, np.inf, 0.5
    got[2] = np.nan
    drawn = plot(output(DECAY, got, steps=True))
    assert drawn.got.count("M") == 4
    assert drawn.got.count("h1.5") == 1, "the one that stands alone is seen"
    assert len(drawn.rings) == 4
    assert len(drawn.dots) == 1
    assert drawn.there == (pytest.approx(0.9**2), None)
    said = "The first is at step 2: 0.81 expected, no number got. For 4 of them no number came."
    assert said in description(drawn)


@pytest.mark.parametrize("got", [np.full(21, np.nan), np.array([]), []])
def test_an_answer_without_any_number_leaves_the_expected_line(got):
    drawn = plot(output(DECAY, got, np.ones(21, bool), steps=True))
    if len(got) == 0:
        assert drawn is None, "nothing came that could be drawn"
        return
    assert (drawn.got, len(drawn.rings), drawn.bounds[1]) == ("", 21, None)
    assert "Got:" not in description(drawn)


def test_what_is_missing_is_wrong_and_so_is_what_is_too_much():
    short = plot(output(DECAY, DECAY[:19]))
    assert (short.wrong, short.first_wrong, len(short.rings), short.dots) == (2, 19, 2, ())
    long = plot(output(DECAY[:19], DECAY))
    assert (long.total, long.wrong, long.first_wrong, len(long.dots), long.rings) == (21, 2, 19, 2, ())
    assert "The first is at index 19: no number expected, 0.135 got" in description(long)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 1, ["0", "0.25", "0.5", "0.75", "1"]),
        (-0.5, 0.5, ["-0.5", "-0.25", "0", "0.25", "0.5"]),
        (1e-9, 9e-9, ["0", "2e-9", "4e-9", "6e-9", "8e-9", "1e-8"]),
        (0, 123456, ["0", "5e4", "1e5", "1.5e5"]),
        (98, 102, ["98", "99", "100", "101", "102"]),
        (0, 1e300, ["0", "2.5e299", "5e299", "7.5e299", "1e300"]),
    ],
)
def test_numbers_beside_the_axis_are_round(low, high, texts):
    expected = np.linspace(low, high, 9)
    drawn = plot(output(expected, expected[::-1].copy(), np.ones(9, bool)))
    assert [tick.text for tick in drawn.up] == texts
    assert (drawn.up[0].at, drawn.up[-1].at) == (curves.CANVAS.bottom, curves.CANVAS.top)


def test_level_lines_are_drawn_as_well():
    drawn = plot(output(np.zeros(9), np.full(9, np.nan), np.ones(9, bool), steps=True))
    assert [tick.text for tick in drawn.up] == ["-1", "-0.5", "0", "0.5", "1"]


def test_what_is_long_is_cut_to_where_the_two_part():
    got = np.zeros(1000)
    got[700] = 1.0
    drawn = plot(output(np.zeros(1000), got))
    assert (drawn.first, drawn.shown, drawn.dots) == (600, MOST_POINTS, ())
    assert drawn.parting is not None
    assert description(drawn) == (
        "1000 numbers, of which 1 is wrong. The first is at index 700: 0 expected, 1 got. "
        "Expected: 0 throughout. Got: between 0 and 1. Shown: 600 to 799."
    )
    got[3] = 1e-5  # wrong, and not to be seen
    assert plot(output(np.zeros(1000), got)).parting is None
    steps = plot(output(np.zeros((1000, 2)), np.stack([got, -got], axis=1), steps=True))
    assert description(steps).endswith("Shown: 600 to 799.")


# ── bars ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_how_far_each_step_is_off():
    expected = np.zeros((3, 2, 1))
    got = expected + np.array([1e-9, 0.5, -2.0]).reshape(3, 1, 1)
    drawn = plot(output(expected, got, steps=True))
    assert isinstance(drawn, Errors)
    assert [bar.wrong for bar in drawn.bars] == [False, True, True]
    height = step_errors.CANVAS.bottom - step_errors.CANVAS.top
    assert [bar.height for bar in drawn.bars] == [0, height / 4, height]
    assert title(drawn, "h") == "h: largest error at each time step"
    assert description(drawn) == "Step 0: 1e-09, Step 1: 0.5, Step 2: 2."


def test_a_step_that_is_no_number_reaches_the_top():
    expected = np.zeros((3, 2))
    got = expected.copy()
    got[1, 0], got[2] = np.nan, 0.5
    drawn = plot(output(expected, got, steps=True))
    height = step_errors.CANVAS.bottom - step_errors.CANVAS.top
    assert [bar.height for bar in drawn.bars] == [0, height, height]
    assert [bar.wrong for bar in drawn.bars] == [False, True, True]
    assert description(drawn) == "Step 0: 0, Step 1: not a number or infinite, Step 2: 0.5."


def test_bars_that_are_many_are_cut_around_the_worst():
    got = np.ones((1000, 2))
    got[700] = -1.0
    drawn = plot(output(np.ones((1000, 2)), got, steps=True))
    assert (drawn.first, len(drawn.bars)) == (670, MOST_STEPS)
    assert description(drawn) == "Steps 670 to 729 of 1000; 1 is wrong, the first is step 700; the largest error: 2."


# ── whatever comes ────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.data(), hnp.array_shapes(min_dims=1, max_dims=4, max_side=12), st.integers(1, 14), st.booleans())
@settings(deadline=None, max_examples=100)
def test_pictures_stay_within_their_frame(data, shape, length, steps):
    expected, got = (data.draw(hnp.arrays(data.draw(NUMERIC), each)) for each in (shape, (length, *shape[1:])))
    drawn = plot(output(expected, got, data.draw(hnp.arrays(bool, shape)), steps=steps))
    if drawn is None:
        return
    assert description(drawn)
    if isinstance(drawn, Errors):
        assert all(0 <= bar.height <= step_errors.CANVAS.bottom - step_errors.CANVAS.top for bar in drawn.bars)
        assert all(step_errors.CANVAS.left <= x <= step_errors.CANVAS.right for _, x in drawn.ticks)
        return
    assert all(curves.CANVAS.left <= tick.at <= curves.CANVAS.right for tick in drawn.across)
    points = [*drawn.dots, *drawn.rings]
    for path in (drawn.expected, drawn.got):
        assert re.fullmatch(r"(M[\d.]+ [\d.]+(h1\.5|(L[\d.]+ [\d.]+)+))*", path)
        points += [tuple(map(float, point.split(" "))) for point in re.findall(r"[\d.]+ [\d.]+", path)]
    assert points
    assert all(
        curves.CANVAS.left <= x <= curves.CANVAS.right and curves.CANVAS.top <= y <= curves.CANVAS.bottom
        for x, y in points
    )
