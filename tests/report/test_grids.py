import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.records.record import Foreign
from grader.report.document import WrittenDeviation
from grader.report.grids import MAX_CELLS, MAX_SLICES, NO_NUMBER, grid


def tables(expected, got, where=None, wrong=None):
    """The tables of an output in which, unless something else is said, all is wrong that differs at all."""
    deviation = WrittenDeviation(kind="value", summary="", where=where)
    return grid(expected, got, deviation, np.not_equal(expected, got) if wrong is None else np.array(wrong))


def texts(table):
    return [[cell.text for cell in cells] for _, cells in table.rows]


def test_matrix():
    expected, got = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, -4.0]])
    result = tables(expected, got, (1, 1))
    ((first, second, difference),) = result.slices
    assert [table.name for table in result.slices[0]] == ["expected", "got", "difference"]
    assert texts(first) == [["1", "2"], ["3", "4"]]
    assert texts(second) == [["1", "2"], ["3", "-4"]]
    assert texts(difference) == [["0", "0"], ["0", "-8"]]
    assert [[cell.wrong for cell in cells] for _, cells in second.rows] == [[False, False], [False, True]]
    assert [row for row, _ in second.rows] == [0, 1]
    assert second.rows[1][1][1].worst
    assert second.rows[1][1][1].shade == difference.rows[1][1][1].shade == "e4"
    assert [cell.shade for _, cells in first.rows for cell in cells] == [""] * 4
    assert result.key.shades == (("e4", 8.0),)
    assert result.note == ""


def test_vector_is_one_row_without_a_row_index():
    ((table, *_),) = tables(np.array([1.0, 2.0]), np.array([1.0, 3.0]), (1,)).slices
    assert texts(table) == [["1", "2"]]
    assert table.rows[0][0] is None
    assert table.columns == (0, 1)


def test_three_axes_are_a_table_per_first_index():
    expected = np.arange(24.0).reshape(2, 3, 4)
    result = tables(expected, expected + 1, (0, 0, 0))
    assert [group[0].indices for group in result.slices] == ["[0, :, :]", "[1, :, :]"]


def test_axes_of_size_1_are_left_out():
    ((table, *_),) = tables(np.zeros((5, 3, 1)), np.ones((5, 3, 1)), (0, 0, 0)).slices
    assert table.indices == "[:, :, 0]"
    assert len(table.rows) == 5


def test_large_arrays_are_cut_around_the_worst_element():
    expected = np.zeros((9, 50, 50))
    got = expected.copy()
    got[8, 40, 3] = 1.0
    result = tables(expected, got, (8, 40, 3))
    assert len(result.slices) == MAX_SLICES
    last = result.slices[-1][1]
    assert last.indices == "[8, :, :]"
    assert sum(cell.worst for _, cells in last.rows for cell in cells) == 1
    assert result.note == "6 of 9 slices shown; part of each shown: 12 of 50, 12 of 50"


def test_digits_show_the_difference():
    ((first, second, _),) = tables(np.array([1.0]), np.array([1.0 + 1e-9]), (0,)).slices
    assert texts(first) != texts(second)


def test_special_values():
    expected = np.array([np.nan, np.inf, 1.0, 2.0])
    ((_, second, _),) = tables(
        expected, np.array([np.nan, np.inf, np.nan, -np.inf]), (2,), [False, False, True, True]
    ).slices
    assert [cell.wrong for cell in second.rows[0][1]] == [False, False, True, True]


def test_other_shapes_stand_side_by_side_without_a_difference():
    result = grid(np.zeros((3, 1)), np.zeros(3), WrittenDeviation(kind="shape", summary=""))
    assert [[table.name for table in group] for group in result.slices] == [["expected", "got"]]


def test_nothing_came_back():
    result = grid(np.zeros((3, 1)), None, None)
    assert [[table.name for table in group] for group in result.slices] == [["expected"]]


def test_nested_lists_are_arrays():
    assert tables([[1.0], [2.0]], ((1.0,), (3.0,)), (1, 0)) is not None


def test_what_is_no_array_has_no_tables():
    for value in (None, 1.0, "text", {"a": 1}, Foreign("x"), [[1], [1, 2]], ["a"], [], np.zeros(0), np.float64(1)):
        assert grid(value, np.zeros(3), None) is None
    assert grid(np.zeros(3), Foreign("x"), None) is None


def test_booleans_and_complex_numbers():
    assert tables(np.array([True]), np.array([False]), (0,)) is not None
    ((_, _, difference),) = tables(np.array([1j]), np.array([2j]), (0,)).slices
    assert texts(difference) == [["0+1j"]]


NUMERIC = st.sampled_from(["?", "i1", "u8", "f2", "f4", "f8", "c8", "c16"])


@given(st.data(), hnp.array_shapes(min_dims=1, max_dims=6, max_side=15))
@settings(deadline=None, max_examples=60)
def test_any_two_arrays_give_bounded_tables(data, shape):
    expected = data.draw(hnp.arrays(data.draw(NUMERIC), shape))
    got = data.draw(hnp.arrays(data.draw(NUMERIC), data.draw(st.one_of(st.just(shape), hnp.array_shapes()))))
    where = data.draw(st.one_of(st.none(), st.tuples(*(st.integers(0, size) for size in shape))))
    result = tables(expected, got, where, data.draw(hnp.arrays(bool, expected.shape)))
    assert len(result.slices) <= 2 * MAX_SLICES
    for group in result.slices:
        for table in group:
            assert 1 <= len(table.rows) <= MAX_CELLS
            assert all(len(cells) == len(table.columns) <= MAX_CELLS for _, cells in table.rows)


def test_shades_tell_how_far_off_what_is_wrong_is_and_the_key_says_so():
    expected, got = np.array([1000.0, 1.0, 2.0, 3.0]), np.array([1000.5, 1.2, 2.8, 3.0])
    result = tables(expected, got, (2,), [False, True, True, False])
    ((first, second, difference),) = result.slices
    assert [cell.shade for cell in second.rows[0][1]] == ["", "e1", "e4", ""]
    assert [cell.shade for cell in difference.rows[0][1]] == ["", "e1", "e4", ""]
    assert {cell.shade for cell in first.rows[0][1]} == {""}
    (low, least), (high, most) = result.key.shades
    assert (low, high, result.key.worst) == ("e1", "e4", True)
    assert np.allclose((least, most), (0.2, 0.8))


def test_no_number_has_a_shade_of_its_own():
    result = grid(
        np.zeros(4),
        np.array([np.nan, 0.5, 1e-9, 0.0]),
        WrittenDeviation(kind="nonfinite", summary="", where=(0,), wrong=1, nans=1),
        np.array([True, True, False, False]),
    )
    (tables,) = result.slices
    assert [cell.shade for cell in tables[1].rows[0][1]] == [NO_NUMBER, "e4", "", ""]
    assert result.key.shades == (("e4", 0.5), (NO_NUMBER, None))


def test_whole_numbers_that_are_one_float_are_marked_all_the_same():
    expected = np.array([2**60, 1])
    ((_, second, _),) = tables(expected, expected + np.array([1, 0]), (0,)).slices
    assert [cell.wrong for cell in second.rows[0][1]] == [True, False]


def test_one_number_needs_no_key():
    assert tables(np.zeros(1), np.ones(1), (0,)).key is None
