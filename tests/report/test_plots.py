import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.report.document import WrittenDeviation, WrittenOutput
from grader.report.plots import BOTTOM, LEFT, MOST_POINTS, MOST_STEPS, RIGHT, TOP, Curves, Errors, plot
from grader.report.words.plots import description, title
from tests.report.test_grids import NUMERIC


def output(expected, got, wrong=None, *, steps=False):
    """An output in which, unless something else is said, all is wrong that differs by more than rounding."""
    if wrong is None and np.shape(expected) == np.shape(got):
        with np.errstate(over="ignore"):
            wrong = ~np.isclose(expected, got, atol=1e-6)
    deviation = WrittenDeviation(kind="value", summary="", wrong=1, total=np.size(expected))
    return WrittenOutput("h", True, expected, got, deviation, steps=steps, wrong_at=wrong)


def test_how_far_each_step_is_off():
    expected = np.zeros((4, 2, 1))
    got = expected + np.array([0, 1e-9, 0.5, -2.0]).reshape(4, 1, 1)
    drawn = plot(output(expected, got, steps=True))
    assert isinstance(drawn, Errors)
    assert [bar.wrong for bar in drawn.bars] == [False, False, True, True]
    assert [bar.height for bar in drawn.bars] == [0, 0, (BOTTOM - TOP) / 4, BOTTOM - TOP]
    assert title(drawn, "h") == "h: largest error at each time step"
    assert description(drawn) == "Step 0: 0, Step 1: 1e-09, Step 2: 0.5, Step 3: 2."


def test_a_step_that_is_no_number_reaches_the_top():
    expected = np.zeros((3, 2))
    got = expected.copy()
    got[1, 0], got[2] = np.nan, 0.5
    drawn = plot(output(expected, got, steps=True))
    assert [bar.height for bar in drawn.bars] == [0, BOTTOM - TOP, BOTTOM - TOP]
    assert [bar.wrong for bar in drawn.bars] == [False, True, True]
    assert description(drawn) == "Step 0: 0, Step 1: not a number or infinite, Step 2: 0.5."


def test_curves_of_a_long_vector_leave_gaps():
    expected = np.linspace(0, 1, 11).reshape(11, 1)
    got = expected.copy()
    got[4:6], got[10] = np.nan, 0.0
    drawn = plot(output(expected, got))
    assert isinstance(drawn, Curves)
    assert drawn.expected.startswith(f"M{LEFT} {BOTTOM}L")
    assert drawn.expected.endswith(f"L{RIGHT} {TOP}")
    assert drawn.got.count("M") == 2
    assert drawn.marks == ((RIGHT, BOTTOM),)
    assert description(drawn) == "11 numbers, which lie between 0 and 1; 3 are wrong, the first at index 4."


def test_what_is_long_is_cut_around_the_worst():
    got = np.zeros(1000)
    got[700] = 1.0
    drawn = plot(output(np.zeros(1000), got))
    assert (drawn.first, drawn.shown, drawn.marks) == (600, MOST_POINTS, ())
    assert description(drawn).startswith("Numbers 600 to 799 of 1000, which")
    steps = plot(output(np.zeros((1000, 2)), np.stack([got, got], axis=1), steps=True))
    assert (steps.first, len(steps.bars)) == (670, MOST_STEPS)
    assert description(steps) == "Steps 670 to 729 of 1000; 1 is wrong, the first is step 700; the largest error: 1."


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (np.zeros(3), np.ones(3)),  # a table says as much
        (np.zeros((9, 2)), np.ones((9, 2))),  # no steps
        (np.zeros(9), np.ones((9, 1))),
        (np.zeros(9), np.ones(9) * 1j),
        (np.zeros(9, bool), np.ones(9, bool)),
        (np.full(9, -1e308), np.full(9, 1e308)),
        ({"a": 1.0}, np.ones(9)),
    ],
)
def test_no_picture(expected, got):
    assert plot(output(expected, got)) is None


@given(st.data(), hnp.array_shapes(min_dims=1, max_dims=4, max_side=12), st.booleans())
@settings(deadline=None, max_examples=60)
def test_pictures_stay_within_their_frame(data, shape, steps):
    expected, got = (data.draw(hnp.arrays(data.draw(NUMERIC), shape)) for _ in range(2))
    drawn = plot(output(expected, got, data.draw(hnp.arrays(bool, shape)), steps=steps))
    if drawn is None:
        return
    assert description(drawn)
    assert all(LEFT <= x <= RIGHT for _, x in drawn.ticks)
    if isinstance(drawn, Errors):
        assert all(0 <= bar.height <= BOTTOM - TOP for bar in drawn.bars)
    else:
        assert all(TOP - 1 <= y <= BOTTOM + 1 for _, y in drawn.marks)
        assert "nan" not in drawn.expected + drawn.got
