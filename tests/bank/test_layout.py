import math

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.layout import Row, pack_cases, pack_diagnostics, unpack_cases, unpack_diagnostics
from grader.bank.plans import canonical
from grader.records.bank import Case, Condition, Diagnostics, KnownMistake, MistakeKind, Origin
from grader.records.errors import ProtocolError
from grader.records.record import Foreign
from grader.records.values import DTYPES, WireArray, WireDict

arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)).map(np.dtype), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | arrays
    | arrays.filter(lambda array: array.ndim == 0).map(lambda array: array[()])
)
keys = st.text(max_size=3) | st.integers(0, 9) | st.tuples(st.integers(0, 9))
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)
cases = st.builds(
    Case,
    id=st.text(max_size=5),
    origin=st.builds(Origin, st.sampled_from(("distinct", "extreme")), *[st.text(max_size=3)] * 3),
    public=st.booleans(),
    sizes=st.dictionaries(st.sampled_from("DHT"), st.integers(0, 9)),
    inputs=st.dictionaries(st.text(max_size=3), values, max_size=3),
    expected=st.dictionaries(st.text(max_size=3), values, max_size=3),
    raises=st.none() | st.just("ValueError"),
    because=st.text(max_size=5),
    condition=st.none() | st.builds(Condition, kind=st.sampled_from(("zero", "size_one")), name=st.text(max_size=3)),
)
banks = st.dictionaries(st.text(max_size=3), st.lists(cases, max_size=3), max_size=3)


def case(**inputs):
    return Case(id="a/1", origin=Origin("any"), public=True, sizes={}, inputs=inputs)


def everything(case):
    """Bytes that are equal only if every value and every type in a case is, NaN and -0.0 included."""
    fields = [case.id, str(case.origin), case.public, case.sizes, case.raises, case.because, str(case.condition)]
    return canonical([*fields, case.inputs, case.expected])


@settings(deadline=None)
@given(banks)
def test_round_trip_is_exact(bank):
    back = unpack_cases(pack_cases(bank))

    assert list(back) == list(bank)
    for exercise, those in bank.items():
        assert [everything(one) for one in back[exercise]] == [everything(one) for one in those]


@settings(deadline=None)
@given(st.lists(arrays, max_size=5))
def test_arrays_come_back_read_only_with_dtype_and_shape(found):
    back = unpack_cases(pack_cases({"a": [case(x=found)]}))["a"][0].inputs["x"]

    for one, other in zip(found, back, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert not other.flags.writeable


def test_arrays_are_views_of_the_bytes():
    data = pack_cases({"a": [case(x=np.arange(9.0))]})

    assert np.shares_memory(unpack_cases(data)["a"][0].inputs["x"], np.frombuffer(data, np.uint8))


def test_equal_arrays_are_equal_bytes_however_they_lie_in_memory():
    rows = np.arange(6.0).reshape(2, 3)

    for other in (np.asfortranarray(rows), rows.T.copy().T, np.repeat(rows, 2, axis=1)[:, ::2]):
        assert pack_cases({"a": [case(x=other)]}) == pack_cases({"a": [case(x=rows)]})


def test_foreign_values_stay_foreign():
    assert unpack_cases(pack_cases({"a": [case(x={1})]}))["a"][0].inputs["x"] == Foreign("set")


def rows(value):
    """A bank of one case whose input is these wire structs."""
    return msgspec.msgpack.encode({"a": [Row("a/1", Origin("any"), True, {}, {"x": value}, {}, None, "", {})]})


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (WireArray("<f8", [2], bytes(8)), r"array of shape \[2\]"),
        (WireArray("<f8", [-1], bytes(8)), r"array of shape \[-1\]"),
        (WireArray("<f8", [1] * 65, bytes(8)), r"array of shape \[1, "),
        (WireArray("<f8", [2**62, 2**62], bytes(8)), "array of shape"),
        (WireArray("<f8", [2**62, 0], b""), "array of shape"),
        (WireArray("|O", [1], bytes(8)), "which is not allowed"),
        (WireArray("<f8", [1], bytes(8), True), "scalar of shape"),
        (WireDict([(WireDict([]), 1)]), "dict key cannot be one"),
        ("\ud800", "cannot be read"),
    ],
)
def test_values_that_nobody_packs_are_refused(value, problem):
    data = rows("??").replace(b"??", b"\xff\xff") if value == "\ud800" else rows(value)

    with pytest.raises(ProtocolError, match=problem):
        unpack_cases(data)


@pytest.mark.parametrize(
    "data", [b"", b"\x80\x80", b"\xc1", b"no cases", b"\x81\xa1a\x91" + b"\x91" * 5000, rows(1)[:-1]]
)
def test_what_holds_no_cases_is_refused(data):
    with pytest.raises(ProtocolError, match="cannot be read"):
        unpack_cases(data)


WHOLE = pack_cases({"a": [case(x=np.ones((2, 3)), y=[np.zeros(4), {"k": (1, 2.5)}], n=np.int64(3)), case(s="helo")]})


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@example([(2, 0x80)])  # an exercise's name that is no UTF-8
def test_any_change_of_the_bytes_is_refused_or_gives_plain_arrays(changes):
    broken = bytearray(WHOLE)
    for place, byte in changes:
        broken[place] = byte
    try:
        back = unpack_cases(bytes(broken))
    except ProtocolError:
        return
    for value in (value for those in back.values() for one in those for value in one.inputs.values()):
        if isinstance(value, np.ndarray):
            assert value.nbytes == math.prod(value.shape) * value.itemsize <= len(WHOLE)
            assert not value.flags.writeable
            assert not value.dtype.hasobject


# ── what names mistakes ───────────────────────────────────────────────────────────────────────────────────────────


def some_diagnostics(answers):
    known = (KnownMistake(MistakeKind.MUTANT, "transpose", "As if transposed.", "step"),)
    return Diagnostics((case(x=np.ones(2)),), known, answers, (case(x=np.zeros(3)),))


def test_diagnostics_come_back():
    given = some_diagnostics(np.array([[1, np.nan, 2.5]]))
    back = unpack_diagnostics(pack_diagnostics(given))

    assert [everything(one) for one in back.cases] == [everything(one) for one in given.cases]
    assert [everything(one) for one in back.witnesses] == [everything(one) for one in given.witnesses]
    assert back.mistakes == given.mistakes
    assert back.answers.tobytes() == given.answers.tobytes()
    assert (back.answers.dtype, back.answers.shape) == (np.float64, (1, 3))
    assert not back.answers.flags.writeable


@pytest.mark.parametrize("answers", [np.zeros((2, 3)), np.zeros(1), np.zeros((1, 3), np.float32), np.float64(1)])
def test_answers_are_a_row_of_numbers_for_each_mistake(answers):
    with pytest.raises(ProtocolError, match=r"answers of 1 mistakes have the shape \("):
        unpack_diagnostics(pack_diagnostics(some_diagnostics(answers)))


def test_cases_are_no_diagnostics():
    with pytest.raises(ProtocolError, match="cannot be read"):
        unpack_diagnostics(WHOLE)
