"""What is right, what is wrong, and in which order that is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.bulk import Sheet
from grader.judge.compare import compare, wrong_elements
from grader.judge.tolerance import CALIBRATED, OFF, RIGHT, ZERO, Rule, least_unit
from grader.records.assignment import Tolerance
from grader.records.record import Foreign
from grader.records.values import MASKED, SAME_KEYS
from grader.records.verdict import Fault, Remark, ValueForm
from grader.report.words import problems

COLUMN = np.array([[0.5], [-1.25], [2.0]])


def at_once(expected, got, rule=CALIBRATED, units=None):
    return Sheet(expected, units or [None] * len(expected), [rule] * len(expected)).verdicts(got)


def kind(expected, got, tolerance=None, unit=None):
    deviation = compare(expected, got, Rule(tolerance), unit).deviation
    return deviation and deviation.kind


@pytest.mark.parametrize(
    ("expected", "got", "wanted"),
    [
        (COLUMN, None, "type"),
        (COLUMN, "text", "type"),
        (COLUMN, {"h": COLUMN}, "type"),
        (COLUMN, Foreign(type="numpy.matrix"), "type"),
        (COLUMN, Foreign(type="array of objects (dtype=object)"), "type"),
        (COLUMN, [[1.0], [1.0, 2.0]], "type"),
        (COLUMN, COLUMN.ravel(), "shape"),
        (COLUMN, COLUMN.T, "shape"),
        (COLUMN, 0.5, "shape"),
        (COLUMN, COLUMN.astype(complex), "dtype"),
        (COLUMN, COLUMN > 0, "dtype"),
        (COLUMN, np.array([[0], [-1], [2]]), "dtype"),
        (COLUMN, np.array([[0.5], [np.nan], [2.0]]), "nonfinite"),
        (COLUMN, np.array([[0.5], [np.inf], [2.0]]), "nonfinite"),
        (COLUMN, COLUMN + 1e-3, "value"),
        (0.5, [0.5], "type"),
        (0.5, np.array([0.5]), "shape"),
        (3, 4, "value"),
        (3, 3.0000001, "value"),
        (True, False, "value"),
        ("abc", "abd", "value"),
        ("abc", 3, "type"),
        (None, 0, "type"),
        ([COLUMN, COLUMN], [COLUMN], "shape"),
        ([COLUMN, COLUMN], [COLUMN, -COLUMN], "value"),
        ([COLUMN], "x", "type"),
        ({"a": 1.0}, {"b": 1.0}, "missing"),
        ({"a": 1.0}, {"a": 2.0}, "value"),
        ({"a": 1.0}, [1.0], "type"),
    ],
)
def test_wrong(expected, got, wanted):
    assert kind(expected, got) == wanted


@pytest.mark.parametrize(
    ("expected", "got", "remark"),
    [
        (COLUMN, COLUMN.copy(), None),
        (COLUMN, COLUMN * (1 + 1e-15), None),
        (COLUMN, COLUMN.tolist(), Remark("is_a_sequence", got="list")),
        (COLUMN, tuple(COLUMN), Remark("is_a_sequence", got="tuple")),
        (COLUMN, [np.array([0.5]), [-1.25], (2,)], Remark("is_a_sequence", got="list")),
        (COLUMN, COLUMN.astype(np.float32), Remark("single_precision", got="float32")),
        (COLUMN, COLUMN + 1e-8, Remark("few_digits")),
        (COLUMN, (COLUMN, "cache"), Remark("first_of_several")),
        (np.array([1.0, 2.0]), np.array([1, 2]), Remark("other_dtype", got="int64", wanted="float64")),
        (np.array([1, 2]), np.array([1.0, 2.0]), Remark("other_dtype", got="float64", wanted="int64")),
        (0.5, 0.5, None),
        (0.5, np.float64(0.5), None),
        (2.0, 2, Remark("other_dtype", got="int", wanted="float64")),  # as Python names it
        (2.0, np.int64(2), Remark("other_dtype", got="int64", wanted="float64")),
        (0.5, np.array(0.5), Remark("zero_dimensional")),
        (np.float64(2.0), 2.0, None),
        (3, np.int64(3), None),
        (True, np.True_, None),
        ([COLUMN, COLUMN], (COLUMN, COLUMN), None),
        ([1.0, 2.0], np.array([1.0, 2.0]), Remark("is_an_array", wanted="list")),
        (np.zeros((0, 3)), np.zeros((0, 3)), None),
        (np.zeros((0, 3), dtype=int), np.zeros((0, 3)), None),  # no numbers are of no kind
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), None),
        ("abc", "abc", None),
        (None, None, None),
    ],
)
def test_right(expected, got, remark):
    verdict = compare(expected, got)
    assert verdict.deviation is None
    assert verdict.remarks == ((remark,) if remark else ())


def test_nothing_is_ever_broadcast():
    assert kind(np.ones((3, 3)), np.ones((3, 1))) == "shape"
    assert kind(np.ones((3, 1)), np.ones((1,))) == "shape"
    assert kind(np.ones(3), 1.0) == "shape"


def test_the_worst_element_and_the_counts():
    expected = np.zeros((2, 3))
    got = expected.copy()
    got[1, 2], got[0, 1] = 0.5, 0.25
    deviation = compare(expected, got).deviation
    assert (deviation.where, deviation.expected, deviation.got) == ((1, 2), 0.0, 0.5)
    assert (deviation.wrong, deviation.total) == (2, 6)


def test_nan_and_inf_are_counted():
    got = np.array([np.nan, np.inf, -np.inf, 1.0])
    deviation = compare(np.ones(4), got).deviation
    assert (deviation.nans, deviation.infs, deviation.wrong, deviation.where) == (1, 2, 3, (0,))


def test_the_allowance_depends_on_the_expected_value_alone():
    unit = float(least_unit(1.0))
    assert kind(np.array([1.0]), np.array([1e12])) == "value"
    assert kind(np.array([1e6, 0.0]), np.array([1e6, 0.9e6 * OFF * unit])) is None
    assert kind(np.array([1.0, 0.0]), np.array([1.0, 1.1 * OFF * unit])) == "value"
    assert kind(np.array([0.0]), np.array([0.9 * OFF * unit])) is None
    assert kind(np.array([0.0]), np.array([1.1 * OFF * unit])) == "value"


def test_three_bands_counted_in_what_was_measured():
    expected, unit = np.array([1.0, 100.0]), np.array([1e-14, 1e-16], np.float32)
    remark = (Remark("few_digits"),)
    for units, remarks in ((0.9 * RIGHT, ()), (1.1 * RIGHT, remark), (0.9 * OFF, remark)):
        for got in expected + units * np.diag([1e-14, 1e-16]):
            assert compare(expected, got, unit=unit) == at_once([expected], [got], units=[unit])[0] == (None, remarks)
    for got in expected + 1.1 * OFF * np.diag([1e-14, 1e-16]):
        assert kind(expected, got, unit=unit) == "value"
        assert at_once([expected], [got], units=[unit])[0].deviation.kind == "value"


def test_an_exercise_may_ask_for_precision():
    precise = Rule(precise=True)
    expected, unit = np.array([1.0]), np.array([1e-16])
    assert compare(expected, expected + 0.9 * RIGHT * unit, precise, unit).deviation is None
    off = compare(expected, expected + 1e6 * unit, precise, unit).deviation
    assert off.fault == Fault("precision", "digits")
    assert compare(expected, expected + 1.1 * OFF * unit, precise, unit).deviation.kind == "value"


def test_units_follow_the_structure_of_what_is_expected():
    expected = [np.array([1.0]), {"a": 1.0, "n": 3}]
    unit = [np.array([1e-9]), {"a": 1e-16, "n": None}]
    near = 100.0
    assert compare(expected, [np.array([1 + near]), {"a": 1.0, "n": 3}], unit=unit).deviation is None
    deviation = compare(expected, [np.array([1.0]), {"a": 1 + near, "n": 3}], unit=unit).deviation
    assert deviation.path == (1, "'a'")
    assert problems.detail(deviation) == "item 1: key 'a': the number differs"


@pytest.mark.parametrize("expected", [{}, {"a": 1.0}, [{"a": 1.0}]], ids=str)
def test_keys_that_nobody_asked_for_are_wrong_unless_the_author_allows_them(expected):
    got = [{**expected[0], "b": 2}] if isinstance(expected, list) else {**expected, "b": 2}
    found = compare(expected, got)
    assert (found.deviation.kind, found.deviation.extra, found.deviation.extra_keys) == ("shape", ("'b'",), 1)
    allowed = compare(expected, got, Rule(extra_keys=True))
    assert (allowed.deviation, allowed.remarks) == (None, (Remark("extra_keys"),))


def test_a_few_keys_are_named_and_none_at_length():
    got = {"a": 1.0, "x" * 99_999: 0, ("y" * 99_999,) * 9: 0, Foreign(type="set"): 0, **dict.fromkeys(range(9), 0)}
    found = compare({"b": 1.0}, got).deviation
    assert (found.fault, found.keys, found.extra_keys) == (Fault("missing", "keys"), ("'b'",), 13)
    assert (len(found.extra), found.extra[0], found.extra[3]) == (5, "'a'", "set")
    assert max(map(len, found.extra)) < 500


@pytest.mark.parametrize("meant", [-np.inf, np.inf, np.nan])
@pytest.mark.parametrize(
    "rule", [CALIBRATED, Rule(precise=True), Rule(Tolerance(1.0)), Rule(Tolerance(atol=9.0))], ids=str
)
def test_nothing_is_nearly_infinite_or_nearly_no_number(meant, rule):
    expected = np.array([1.0, meant, 4.0])
    others = {-np.inf, np.inf, 1e300, -690.0, 0.0} - {meant}
    wrong = [np.array([1.0, other, 4.0]) for other in others] + [np.array([1.0, meant, 99.0])]
    for got in (expected, expected.tolist(), *wrong):
        verdict = compare(expected, got, rule)
        assert (verdict.deviation is None) == (got is expected or isinstance(got, list))
        assert repr(at_once([expected], [got], rule)) == repr([verdict])
        items = [verdict.deviation for verdict in map(compare, expected.tolist(), list(got))]
        assert (items == [None] * 3) == (verdict.deviation is None)


def test_zero_has_no_sign():
    assert kind(np.array([0.0]), np.array([-0.0])) is None


def test_an_authors_tolerance_is_meant_literally():
    strict = Tolerance(rtol=1e-9)
    assert kind(np.array([1.0]), np.array([1 + 2e-9]), strict) == "value"
    assert kind(np.array([1.0]), np.array([1 + 0.5e-9]), strict) is None
    assert kind(np.array([0.0]), np.array([1e-300]), strict) == "value"
    loose = Tolerance(atol=0.5)
    assert kind(np.array([0.0, 9.0]), np.array([0.5, 9.4]), loose) is None


def test_rtol_alone_allows_what_rounding_leaves_of_a_zero():
    expected, relative = np.array([0.0, -4.0]), Tolerance(rtol=1e-9)
    near = expected + np.array([3.9 * ZERO, 0])
    assert kind(expected, near, relative) is None
    assert kind(expected, expected + np.array([4.1 * ZERO, 0]), relative) == "value"
    assert kind(expected, near, Tolerance(rtol=1e-9, atol=1e-15)) == "value"
    assert kind(expected + 0j, expected + np.array([3.9e-12j, 0]), relative) is None
    assert at_once([expected], [near], Rule(relative))[0].deviation is None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (np.uint64(10**15), np.uint64(10**15 + 10**9)),
        (2**53 + 1, 2**53),
        (np.array([2**53 + 1, 1]), np.array([2**53, 1])),
        (np.uint64(2**63), np.int64(-(2**63))),
        (np.uint64(2**64 - 1), -1),
        (np.int64(2**62 + 1), np.uint64(2**62)),
    ],
)
def test_integers_are_compared_exactly(expected, got):
    assert kind(expected, got) == kind(got, expected) == "value"
    assert kind(expected, expected) is None
    assert kind(expected, got, Tolerance(atol=0.5)) == "value"


def test_equal_integers_of_other_types_are_right():
    for make in (np.uint8, np.int16, np.uint64, np.int64, float):
        assert kind(7, make(7)) is None
    assert kind(np.uint64(2**62 + 1), 2**62 + 1) is None
    assert kind(True, 1) is None


def test_an_authors_tolerance_holds_for_expected_integers():
    nearly = 2.9999999999999996
    assert kind(3, nearly, Tolerance(atol=1e-6)) is None
    assert kind(3, nearly) == "value"
    assert kind(3, 2.9, Tolerance(atol=1e-6)) == "value"
    assert kind(np.array([7, 2**62]), np.array([8, 2**62 - 1]), Tolerance(atol=1)) is None
    assert kind(np.array([7, 2**62]), np.array([8, 2**62 - 2]), Tolerance(atol=1)) == "value"
    assert kind(True, 0, Tolerance(atol=1)) == "value"


def test_faults_hold_no_numbers_of_the_case():
    for got in (COLUMN.ravel(), COLUMN + 1, COLUMN * np.nan, None, "0.5", [0.5], Foreign(type="x=0.5")):
        fault = compare(COLUMN, got).deviation.fault
        summary = problems.fault(fault)
        assert not any(number in summary for number in ("0.5", "1.25", "2.0", "3")), summary
        assert not any(number in repr(fault) for number in ("0.5", "1.25", "2.0", "3")), fault


@pytest.mark.parametrize(
    ("expected", "got", "fault"),
    [
        (COLUMN, None, Fault("type", "none")),
        (COLUMN, "text", Fault("type", "named", ValueForm("array"), "str")),
        (0.5, [0.5], Fault("type", "named", ValueForm("number"), "list")),
        (COLUMN, Foreign(type=MASKED), Fault("type", "named", ValueForm("array"), MASKED)),
        (COLUMN, Foreign(type="Secret025"), Fault("type", "other", ValueForm("array"))),
        (COLUMN, Foreign(type="matplotlib.plot (switched off)"), Fault("type", "stand_in", got="matplotlib")),
        (0.5, [Foreign(type="google.upload (switched off)")], Fault("type", "stand_in", got="google.colab")),
        ({"a": 1.0}, {"a": Foreign(type="Secret025 (switched off)")}, Fault("type", "stand_in", within=True)),
        ([COLUMN, COLUMN], "x", Fault("type", "named", ValueForm("container", "list"), "str")),
        ("abc", 3, Fault("type", "other", ValueForm("text"))),
        (None, 0, Fault("type", "other", ValueForm("none"))),
        (COLUMN, COLUMN.astype(complex), Fault("dtype", "dtype", ValueForm("array", "f"), "c")),
        (COLUMN, COLUMN > 0, Fault("dtype", "dtype", ValueForm("array", "f"), "b")),
        (COLUMN, np.array([[0], [-1], [2]]), Fault("dtype", "cut")),
        (COLUMN, np.array([[0.5], [np.nan], [2.0]]), Fault("nonfinite", "nan")),
        (COLUMN, np.array([[0.5], [np.inf], [2.0]]), Fault("nonfinite", "infinite")),
        (COLUMN, np.array([[0.5], [np.inf], [np.nan]]), Fault("nonfinite", "nan_or_infinite")),
        (COLUMN, COLUMN + 1e-3, Fault("value", "numbers")),
        ("abc", "abd", Fault("value", "value")),
        ([COLUMN, COLUMN], [COLUMN], Fault("shape", "items")),
        ({"a": 1.0}, {"b": 1.0}, Fault("missing", "keys")),
        ([["a"], "b"], [["a", "a"], "b"], Fault("shape", "items", within=True)),
        ([["a"], "b"], ["a", "b"], Fault("type", "named", ValueForm("container", "list"), "str", within=True)),
        ([COLUMN, COLUMN], [COLUMN, -COLUMN], Fault("value", "numbers")),
        ({"a": 1.0}, {"a": 1.0, "b": 1.0}, Fault("shape", "extra_keys")),
        (
            {"a": 1.0},
            Foreign(type=SAME_KEYS),
            Fault("type", "named", ValueForm("container", "dict"), SAME_KEYS),
        ),
    ],
)
def test_of_which_class_a_deviation_is(expected, got, fault):
    assert compare(expected, got).deviation.fault == fault


finite = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


STYLES = (lambda array: array, np.ndarray.tolist, lambda array: array.astype(np.float32), lambda array: (array, 0))
changed = st.tuples(finite, st.sampled_from([0.0, 1e-12, 1e-7, 1e-3, np.nan, np.inf]), st.sampled_from(STYLES))


@given(st.lists(changed, max_size=6))
@settings(deadline=None)
def test_comparing_all_at_once_gives_what_comparing_one_by_one_gives(cases):
    expected = [array for array, _, _ in cases]
    got = [style(array + change) for array, change, style in cases]
    one_by_one = [compare(want, have) for want, have in zip(expected, got, strict=True)]
    assert repr(at_once(expected, got)) == repr(one_by_one)  # as text, because NaN is not equal to itself


@given(finite)
@settings(deadline=None)
def test_an_array_is_right_to_itself_in_any_container(array):
    for form in (array, array.tolist(), tuple(array)):
        assert compare(array, form).deviation is None


@given(finite, st.data())
@settings(deadline=None)
def test_one_wrong_element_is_found(array, data):
    index = data.draw(st.sampled_from(list(np.ndindex(array.shape))))
    got = array.copy()
    got[index] += 1 + abs(array).max()
    deviation = compare(array, got).deviation
    assert (deviation.where, deviation.wrong) == (index, 1)


@pytest.mark.parametrize(
    ("expected", "got", "what", "hint"),
    [
        ((3, 1), (3,), "lacks_a_one", "lacks a size of 1"),
        ((3, 1), (1, 3), "transposed", "is transposed"),
        ((3,), (3, 1), "a_one_too_many", "a size of 1 too many"),
        ((2, 3), (), "sum_over_everything", "a sum over everything"),
        ((1, 1, 1), (), "ones_became_a_number", "np.squeeze"),
        ((3, 1), (3, 3), "broadcast", "was broadcast"),
        ((5, 3, 1), (3, 1), "one_step", "holds one step"),
        ((5, 3), (6, 3), "one_longer", "is one longer"),
        ((5, 3), (4, 3), "one_shorter", "is one shorter"),
        ((2, 3, 4), (5, 6), "dimensions", "has 2 dimensions instead of 3"),
        ((1, 3, 1, 2), (3, 1, 1, 2), "ones_elsewhere", "its sizes of 1 in another place"),
        ((2, 3), (4, 7), "another", "has another shape"),
    ],
)
def test_shapes_say_what_they_are_a_sign_of(expected, got, what, hint):
    deviation = compare(np.ones(expected), np.ones(got)).deviation
    assert deviation.fault.what == what
    assert hint in problems.fault(deviation.fault)
    assert problems.detail(deviation) == f"expected shape {expected}, got {got}"


@pytest.mark.parametrize(
    ("expected", "got", "rule", "wrong"),
    [
        (np.array([1.0, 2.0, 3.0]), [1.0, 2.5, 3.0], CALIBRATED, [False, True, False]),
        (np.array([1.0, np.nan, np.inf]), np.array([np.nan, np.nan, -np.inf]), CALIBRATED, [True, False, True]),
        (np.array([0.0, 1000.0]), np.array([0.5, 1000.5]), Rule(Tolerance(rtol=1e-3)), [True, False]),
        (np.array([2**60, 7]), np.array([2**60 + 1, 7]), CALIBRATED, [True, False]),
        ([np.zeros(2), np.ones(2)], np.array([[0.0, 1.0], [1.0, 1.0]]), CALIBRATED, [[False, True], [False, False]]),
        ((1.0, 2.0), (1.0, 3.0), CALIBRATED, [False, True]),
        (1.5, 2.5, CALIBRATED, True),
        (np.zeros(2), np.zeros((2, 1)), CALIBRATED, None),
        (np.zeros(2), None, CALIBRATED, None),
        (np.zeros(2), np.array(["a", "b"]), CALIBRATED, None),
        ([np.zeros(2), np.ones(3)], [np.ones(2), np.ones(3)], CALIBRATED, None),
        ([np.zeros(2)], np.array(0.0), CALIBRATED, None),
        ([], [], CALIBRATED, None),
        ({"a": 1.0}, {"a": 2.0}, CALIBRATED, None),
        ("a", "b", CALIBRATED, None),
    ],
)
def test_which_elements_are_wrong(expected, got, rule, wrong):
    found = wrong_elements(expected, got, rule)
    assert wrong == (None if found is None else found.tolist())
    deviation = compare(expected, got, rule).deviation
    if isinstance(expected, np.ndarray) and found is not None and deviation.kind == "value":
        assert found.sum() == deviation.wrong
