"""Values cross the boundary unchanged, and nothing else does."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.records.errors import ProtocolError
from grader.records.record import Foreign
from grader.records.values import DTYPES, Wire, WireArray, WireDict, WireList, pack, stacked, unpack

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Wire)


def same(first, second):
    """Equal to the last bit, NaN to NaN included, and of the same types."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray | np.generic):
        return (first.shape, first.dtype, first.tobytes()) == (second.shape, second.dtype, second.tobytes())
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        return same(list(first.items()), list(second.items()))
    return repr(first) == repr(second)


def round_trip(value):
    return unpack(DECODER.decode(ENCODER.encode(pack(value))))


arrays = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.complex_numbers()
keys = st.integers(-9, 9) | st.text(max_size=3) | st.tuples(st.text(max_size=2), st.text(max_size=2))
values = st.recursive(
    plain | arrays,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(values)
@settings(deadline=None)
def test_round_trip(value):
    assert same(round_trip(value), value)


@given(arrays, st.randoms())
@settings(deadline=None)
def test_any_memory_layout_arrives_in_order(array, random):
    axes = list(range(array.ndim))
    random.shuffle(axes)
    strided = array.transpose(axes)[tuple(slice(None, None, -1) for _ in axes)]
    assert same(round_trip(strided), strided)


def test_arrays_arrive_read_only():
    array = round_trip(np.arange(3.0))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.zeros((1, 1)).view(np.matrix), "numpy.matrix"),
        (np.ma.array([1.0], mask=[True]), "numpy.MaskedArray"),
        (np.array([object()], dtype=object), "array of objects (dtype=object)"),
        (np.array(["text"]), "array of dtype <U4"),
        (np.zeros(1, dtype=[("a", "f8")]), "array of dtype [('a', '<f8')]"),
        (2**63, "int beyond 64 bits"),
        ("x" * 100_001, "text of over 100,000 characters"),
        ({1, 2}, "set"),
        (lambda: 0, "function"),
    ],
)
def test_what_does_not_cross_says_what_it_was(value, name):
    assert round_trip(value) == Foreign(type=name)


@pytest.mark.parametrize(("wide", "narrow"), [(np.longdouble, np.float64), (np.clongdouble, np.complex128)])
def test_more_than_double_precision_crosses_as_double(wide, narrow):
    assert same(round_trip(wide(0.1)), narrow(wide(0.1)))
    array = np.array([[0.1, 3.0], [-np.inf, 1e-300]], dtype=wide)
    assert same(round_trip(array.T), array.T.astype(narrow))


def test_packing_a_number_beyond_double_precision_never_fails():
    largest = np.finfo(np.longdouble).max
    with np.errstate(all="raise"):
        got = round_trip(np.array([largest]))
    assert got.dtype == np.float64
    assert got[0] in (np.inf, largest)


def test_a_subclass_cannot_pass_for_an_array():
    class Sly(np.ndarray):
        def tobytes(self, *_):
            return np.ones(self.shape).tobytes()

    got = round_trip(np.zeros(2).view(Sly))
    assert isinstance(got, Foreign)
    assert "Sly" in got.type


def test_lying_metaclass_and_module_cannot_break_packing():
    class Meta(type):
        @property
        def __name__(cls):
            raise RuntimeError

        @property
        def __module__(cls):
            raise RuntimeError

    assert isinstance(round_trip(Meta("Odd", (), {"__module__": 3})()), Foreign)

    homeless = eval("type('Homeless', (), {})", {})  # where no module has a name
    assert round_trip(homeless()) == Foreign(type="Homeless")


def test_deep_nesting_is_cut_not_followed():
    value: list = []
    value.append(value)
    inner = round_trip(value)
    for _ in range(15):
        inner = inner[0]
    assert inner == [Foreign(type="list")]


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (WireArray("|O", [1], memoryview(b"12345678")), "not allowed"),
        (WireArray("<f8", [2], memoryview(b"12345678")), "with 8 bytes"),
        (WireArray("<f8", [-1], memoryview(b"")), "shape"),
        (WireArray("<f8", [1] * 33, memoryview(b"12345678")), "shape"),
        (WireArray("<f8", [2**40, 2**40], memoryview(b"")), "with 0 bytes"),
        (WireArray("<f8", [1], memoryview(b"12345678"), scalar=True), "scalar"),
        (WireDict([(WireList([]), 1)]), "dict key"),
    ],
)
def test_malformed_values_are_refused(wire, message):
    with pytest.raises(ProtocolError, match=message):
        unpack(DECODER.decode(ENCODER.encode(wire)))


def test_nesting_beyond_the_limit_is_refused():
    wire: Wire = 1
    for _ in range(20):
        wire = WireList([wire])
    with pytest.raises(ProtocolError, match="nested"):
        unpack(wire)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_arbitrary_bytes_give_a_value_or_a_protocol_error(data):
    with suppress(ProtocolError, msgspec.DecodeError, UnicodeDecodeError):
        unpack(DECODER.decode(data))


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(["a" * 100_000] + [""] * 99_000, id="40 GB as an array of text"),
        pytest.param([np.array(["a" * 1000]), np.array([""])], id="arrays of text"),
        pytest.param([1.0, [2.0]], id="ragged"),
        pytest.param([1.0, None], id="nothing"),
        pytest.param([1.0, Foreign("thing")], id="something else"),
        pytest.param([2**70], id="an integer beyond 64 bits"),
        pytest.param([1.0, 10**400], id="an integer beyond all decimals"),
        pytest.param([[1.0], ["1.0"]], id="text below"),
    ],
)
def test_what_is_no_array_of_numbers_is_not_stacked(items):
    assert stacked(items) is None


def test_nested_lists_of_numbers_are_stacked():
    assert stacked([[1, 2.5], (np.float32(3), True)]).tolist() == [[1, 2.5], [3, 1]]
    assert stacked([np.eye(2), np.zeros((2, 2))]).shape == (2, 2, 2)
    assert stacked([]).shape == (0,)
