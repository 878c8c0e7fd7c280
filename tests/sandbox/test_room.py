"""What of a submission's answers is read: all that can be right, and of the rest as much as there is room for."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import Raw
from msgspec.msgpack import encode

from grader.records.record import Foreign
from grader.records.values import pack
from grader.sandbox.room import BEYOND, Room, Spare

WIDE = Spare(objects=10**6, objects_in_all=10**6, bytes_in_all=1 << 30)


def packed(value) -> Raw:
    return Raw(encode(pack(value)))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([[] for _ in range(60_000)], "list of 60,000"),
        ([[[] for _ in range(200)]], "list of 1"),
        ((0.5,) * 600, "tuple of 600"),
        ({str(number): number for number in range(300)}, "dict of 300"),
        ([np.zeros(1) for _ in range(100)], "list of 100"),
        ("x" * 90_000, "text"),
        ("x" * 90_000 + "\U0001f600", "text"),
        ("x" * 90_000 + "\ud83d", "text"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 99 else "",
)
def test_what_holds_too_much_is_told_by_what_it_is(value, told):
    assert Room(WIDE._replace(objects=400)).read(packed(value), extent=100) == Foreign(type=f"{told} {BEYOND}")
    assert Room(WIDE._replace(objects=400)).read(packed(value), extent=500_000) == value


def test_outputs_that_can_be_right_take_no_room():
    room = Room(WIDE._replace(objects_in_all=30, bytes_in_all=200))
    for _ in range(50):
        assert room.read(packed([0.5, 1.5]), extent=10) == [0.5, 1.5]
    assert room.read(packed([0.5] * 30), extent=10) == [0.5] * 30
    assert room.read(packed([0.5] * 30), extent=10) == Foreign(type=f"list of 30 {BEYOND}"), "there is room for no more"
    assert room.read(packed([0.5, 1.5]), extent=10) == [0.5, 1.5]


def test_arrays_take_room_by_their_bytes_alone():
    room = Room(Spare(objects=20, objects_in_all=20, bytes_in_all=20_000))
    found = [room.read(packed(np.zeros(1000))) for _ in range(3)]
    assert [type(each) for each in found] == [np.ndarray, np.ndarray, Foreign]
    assert found[-1] == Foreign(type=f"array {BEYOND}")


def test_a_small_output_does_not_keep_a_large_reply():
    reply = memoryview(encode(pack(np.zeros(2))) + bytes(1 << 20))
    kept = Room(WIDE).read(Raw(reply[: len(encode(pack(np.zeros(2))))]))
    assert len(kept.base.obj if isinstance(kept.base, memoryview) else kept.base) < 1000
