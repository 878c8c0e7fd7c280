"""Counting objects agrees with what decoding would build."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.values import WireArray, WireText
from grader.sandbox.items import count_objects

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=300)
    | st.builds(msgspec.msgpack.Ext, st.integers(-128, 127), st.binary(max_size=40)),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(max_size=3), inner, max_size=20),
    max_leaves=40,
)


def objects_of(value) -> int:
    if isinstance(value, list):
        return 1 + sum(map(objects_of, value))
    if isinstance(value, dict):
        return 1 + sum(objects_of(key) + objects_of(item) for key, item in value.items())
    length = len(value.encode()) if isinstance(value, str) else 0
    return 3 + length // 8 if length > 1 else 1


@given(values)
@settings(deadline=None, max_examples=40)  # a few are large, and take long to be made
def test_every_object_is_counted(value):
    message = msgspec.msgpack.encode(value)
    assert count_objects(message, 10**6) == objects_of(value)
    assert objects_of(value) <= len(message), "grader.sandbox.room counts on it"


@pytest.mark.parametrize("length", [31, 32, 255, 256, 65_535, 65_536])
def test_lengths_of_every_width(length):
    for value in ("x" * length, b"x" * length, [0] * length, msgspec.msgpack.Ext(1, b"x" * length)):
        assert count_objects(msgspec.msgpack.encode(value), 10**6) == objects_of(value)


def test_counting_stops_at_the_limit():
    assert count_objects(b"\x00" * 1000, 10) == 11


@given(st.binary(max_size=200))
def test_any_bytes_can_be_counted(data):
    assert count_objects(data, 50) >= bool(data)


@pytest.mark.parametrize("length", [10, 300, 70_000])
def test_text_counts_for_its_length_and_numbers_do_not(length):
    data = b"x" * length
    array = msgspec.msgpack.encode(WireArray("|u1", [length], memoryview(data)))
    text = msgspec.msgpack.encode(WireText(data))
    assert count_objects(array, 10**6) == 9
    assert count_objects(text, 10**6) == 5 + length // 8


@pytest.mark.parametrize("length", [b"\xd9\x01", b"\xda\x00\x01", b"\xdb\x00\x00\x00\x01"])
def test_a_text_whose_length_takes_more_room_than_it_must_is_too_much(length):
    hidden = b"\x92" + length + b"s" + b"\xc6\x00\x10\x00\x00" + bytes(1 << 20)  # text that would go for bytes
    assert count_objects(hidden, 10**6) > 10**6
