import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.records.record import Foreign
from grader.report.format import counted, digits_apart, listed, number, percent, points, shape_of, show, worth


@pytest.mark.parametrize(
    ("value", "expected"),
    [(12.0, "12"), (7.5, "7.5"), (10 / 3, "3.33"), (0.0, "0"), (100, "100"), (None, "–"), (0.004, "0")],
)
def test_points(value, expected):
    assert points(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "True"),
        (np.bool_(False), "False"),
        (3, "3"),
        (np.int64(-7), "-7"),
        (1.0, "1."),
        (-2.0, "-2."),
        (0.29131261, "0.291313"),
        (1e-7, "1e-07"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (1 - 2j, "1-2j"),
        (np.complex64(0.5), "0.5+0j"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_number(value, expected):
    assert number(value) == expected


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
@settings(deadline=None)
def test_numbers_that_differ_look_different(first, second):
    digits = digits_apart([(first, second)])
    assert first == second or number(first, digits) != number(second, digits)


def test_digits_grow_only_where_needed():
    assert digits_apart([]) == 6
    assert digits_apart([(0.5, 0.6), (math.nan, math.nan)]) == 6
    assert digits_apart([(0.5, 0.6), (1.0, 1.0 + 1e-9)]) == 10
    assert digits_apart([(1.0, np.nextafter(1.0, 2))]) in (16, 17)


@pytest.mark.parametrize(
    ("value", "shown", "kind"),
    [
        (np.array([[0.5], [-1.0]]), "[[0.5],\n [-1.]]", "array (2, 1) float64"),
        (np.array([1, 20, 3]), "[ 1, 20,  3]", "array (3,) int64"),
        (np.zeros((0, 3)), "[]", "array (0, 3) float64"),
        (np.float32(0.5), "0.5", "NumPy float32"),
        (2.0, "2", "float"),
        (None, "None", "None"),
        ("a\x1b[0m'b", '"a\'b"', "str"),
        ((1,), "(1,)", "tuple of 1"),
        ([1, 2.5], "[1, 2.5]", "list of 2"),
        ({"h": (1, 2)}, "{'h': (1, 2)}", "dict of 1"),
        (Foreign("numpy.matrix"), "<numpy.matrix>", "numpy.matrix"),
        (list(range(30)), "[" + ", ".join(map(str, range(24))) + ", … (6 more)]", "list of 30"),
    ],
)
def test_show(value, shown, kind):
    assert show(value, width=200) == shown
    assert shape_of(value) == kind


def test_long_arrays_are_shortened_in_the_middle():
    text = show(np.arange(10_000.0))
    assert "..." in text
    assert len(text) < 200


@given(hnp.arrays(hnp.scalar_dtypes().filter(lambda d: d.kind in "biufc"), hnp.array_shapes(min_dims=0, max_dims=5)))
@settings(deadline=None)
def test_every_array_can_be_shown(array):
    with np.errstate(all="ignore"):
        assert 0 < len(show(array)) <= 4_000


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50 %"), (0.995, "99.5 %"), (0.0, "0 %")]
)
def test_a_share_is_only_called_whole_if_it_is(share, shown):
    assert percent(share) == shown


def test_one_of_a_thing_is_not_several():
    assert (worth(1), worth(2), worth(0.5)) == ("1 point", "2 points", "0.5 points")
    assert (counted(1, "case"), counted(3, "case"), counted(0, "case")) == ("1 case", "3 cases", "0 cases")


def test_of_many_names_the_first_are_listed():
    assert listed(["a", "b"]) == "`a`, `b`"
    assert listed("abcdefghij") == "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 2 more"
