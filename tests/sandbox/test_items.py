"""Counting items agrees with what decoding would build."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.errors import ProtocolError
from grader.sandbox import protocol
from grader.sandbox.items import count_items

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


def items_of(value) -> int:
    if isinstance(value, list):
        return 1 + sum(map(items_of, value))
    if isinstance(value, dict):
        return 1 + sum(items_of(key) + items_of(item) for key, item in value.items())
    return 1


@given(values)
@settings(deadline=None, max_examples=40)  # a few are large, and take long to be made
def test_every_item_is_counted(value):
    assert count_items(msgspec.msgpack.encode(value), 10**6) == items_of(value)


@pytest.mark.parametrize("length", [31, 32, 255, 256, 65_535, 65_536])
def test_lengths_of_every_width(length):
    for value in ("x" * length, b"x" * length, [0] * length, msgspec.msgpack.Ext(1, b"x" * length)):
        assert count_items(msgspec.msgpack.encode(value), 10**6) == items_of(value)


def test_counting_stops_at_the_limit():
    assert count_items(b"\x00" * 1000, 10) == 11


@given(st.binary(max_size=200))
def test_any_bytes_can_be_counted(data):
    assert 0 <= count_items(data, 50) <= 51


def test_a_reply_of_too_many_items_is_refused_before_it_is_built():
    body = msgspec.msgpack.encode([["l", []]] * 200_000)
    with pytest.raises(ProtocolError, match="more than 200000 items"):
        protocol.decode_reply(body)
