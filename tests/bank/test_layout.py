import math

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.layout import INDEX, Index, Items, Reference, Row, flatten, restore
from grader.bank.plans import canonical
from grader.records.bank import Case
from grader.records.errors import ProtocolError
from grader.records.record import Foreign
from grader.records.values import DTYPES

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
    origin=st.text(max_size=5),
    public=st.booleans(),
    sizes=st.dictionaries(st.sampled_from("DHT"), st.integers(0, 9)),
    inputs=st.dictionaries(st.text(max_size=3), values, max_size=3),
    expected=st.dictionaries(st.text(max_size=3), values, max_size=3),
    raises=st.none() | st.just("ValueError"),
    because=st.text(max_size=5),
)
banks = st.dictionaries(st.text(max_size=3), st.lists(cases, max_size=3), max_size=3)


def case(**inputs):
    return Case(id="a/1", origin="test", public=True, sizes={}, inputs=inputs)


def everything(case):
    """Bytes that are equal only if every value and every type in a case is, NaN and -0.0 included."""
    fields = [case.id, case.origin, case.public, case.sizes, case.raises, case.because]
    return canonical([*fields, case.inputs, case.expected])


@settings(deadline=None)
@given(banks)
def test_round_trip_is_exact(bank):
    back = restore(flatten(bank))

    assert list(back) == list(bank)
    for exercise, those in bank.items():
        assert [everything(one) for one in back[exercise]] == [everything(one) for one in those]


@settings(deadline=None)
@given(st.lists(arrays, max_size=5))
def test_arrays_come_back_read_only_with_dtype_and_shape(found):
    back = restore(flatten({"a": [case(x=found)]}))["a"][0].inputs["x"]

    for one, other in zip(found, back, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert not other.flags.writeable


def test_there_is_one_flat_array_for_each_dtype_and_arrays_are_views_of_it():
    flats = flatten({"a": [case(x=np.ones((2, 3)), y=np.zeros(4), n=np.arange(3)), case(x=np.full(1, 7.0))]})
    x = restore(flats)["a"][0].inputs["x"]

    assert {name: array.size for name, array in flats.items() if name != INDEX} == {"float64": 11, "int64": 3}
    assert np.shares_memory(x, flats["float64"])


def test_foreign_values_stay_foreign():
    assert restore(flatten({"a": [case(x={1})]}))["a"][0].inputs["x"] == Foreign("set")


def index(node):
    row = Row("a/1", "test", True, {}, {"x": node}, {}, None, "", {})
    return np.frombuffer(msgspec.msgpack.encode(Index({"a": [row]})), np.uint8).copy()


NUMBERS = np.arange(6.0)


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        (Reference("<f8", 0, [7]), "outside of the stored numbers"),
        (Reference("<f8", 6, [1]), "outside of the stored numbers"),
        (Reference("<f8", 2**62, [1]), "outside of the stored numbers"),
        (Reference("<f8", -1, [1]), "the index cannot be read"),
        (Reference("<f8", 0, [-1, -6]), "the index cannot be read"),
        (Reference("<f8", 0, [1] * 33), "the index cannot be read"),
        (Reference("<f4", 0, [1]), "outside of the stored numbers"),
        (Reference("|O", 0, [0]), "outside of the stored numbers"),
        (Reference("<f8", 0, [2**62, 2**62, 0]), "no array has such a shape"),
        (Reference("<f8", 0, [2**63, 0]), "no array has such a shape"),
        (Reference("<f8", 0, [1], True), "a scalar has a shape"),
        (Items("dict", ["a"]), "a dict cannot be rebuilt"),
        (Items("dict", [Items("list", []), 1]), "a dict cannot be rebuilt"),
    ],
)
def test_references_that_lead_nowhere_are_refused(reference, problem):
    with pytest.raises(ProtocolError, match=problem):
        restore({INDEX: index(reference), "float64": NUMBERS.copy()})


def test_object_arrays_are_refused():
    with pytest.raises(ProtocolError, match="outside of the stored numbers"):
        restore({INDEX: index(Reference("|O", 0, [1])), "object": np.array([None])})


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({}, "there is no entry named index"),
        ({INDEX: np.zeros((1, 1), np.uint8)}, r"entry index has the shape \(1, 1\)"),
        ({INDEX: np.zeros(3, np.uint8)}, "the index cannot be read"),
        ({INDEX: np.frombuffer(b"\x91" * 5000, np.uint8).copy()}, "the index cannot be read"),
    ],
)
def test_what_is_no_layout_is_refused(arrays, problem):
    with pytest.raises(ProtocolError, match=problem):
        restore(arrays)


WHOLE = flatten({"a": [case(x=np.ones((2, 3)), y=[np.zeros(4), {"k": (1, 2.5)}], n=np.int64(3)), case(s="helo")]})


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, WHOLE[INDEX].size - 1), st.integers(0, 255)), min_size=1, max_size=4))
@example([(3, 0x80)])  # an exercise's name that is no UTF-8
def test_any_change_of_the_index_is_refused_or_stays_within_bounds(changes):
    broken = WHOLE[INDEX].copy()
    for place, byte in changes:
        broken[place] = byte
    try:
        back = restore({**WHOLE, INDEX: broken})
    except ProtocolError:
        return
    for those in back.values():
        for one in those:
            for value in one.inputs.values():
                assert not isinstance(value, np.ndarray) or value.nbytes == math.prod(value.shape) * value.itemsize
                assert (
                    not isinstance(value, np.ndarray)
                    or value.size == 0
                    or any(np.shares_memory(value, flat) for flat in WHOLE.values())
                )
