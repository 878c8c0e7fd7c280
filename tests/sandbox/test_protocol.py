"""Frames: what one side encodes the other decodes, and bytes of any kind never do more than raise ProtocolError."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.errors import ProtocolError
from grader.records.values import WireArray
from grader.sandbox import protocol

WIRE = WireArray("<f8", [2], memoryview(b"0123456789abcdef"))
ANSWER = protocol.Answer(
    id=b"i" * 16,
    index=3,
    answer=protocol.Result(
        outputs={"h": msgspec.Raw(msgspec.msgpack.encode(WIRE))},
        missing=["c"],
        changed=["x"],
        aliased=[("h", "x")],
    ),
)
FAILURE = protocol.Answer(
    id=b"i" * 16,
    index=0,
    answer=protocol.Failure("ValueError", "no", ["ValueError"], [protocol.FrameLine("memory.py", 3, "f", "x")]),
)
REPLIES = [
    protocol.Ready(),
    ANSWER,
    FAILURE,
    protocol.Imported(b"i" * 16, [("f", ["x"]), ("N", None)], None, False, [], [], []),
]


def bodies(data: bytes, limit: int = 1 << 20) -> list[bytes]:
    reader = protocol.FrameReader(limit)
    reader.feed(data)
    found = []
    while (body := reader.next()) is not None:
        found.append(body)
    return found


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_replies_round_trip(reply):
    (body,) = bodies(protocol.encode(reply))
    assert protocol.decode_reply(body) == reply


@given(st.lists(st.sampled_from(REPLIES), max_size=5), st.data())
@settings(deadline=None)
def test_frames_survive_any_cutting(replies, data):
    stream = b"".join(protocol.encode(reply) for reply in replies)
    reader, found, start = protocol.FrameReader(1 << 20), [], 0
    while start < len(stream):
        size = data.draw(st.integers(1, 40))
        reader.feed(stream[start : start + size])
        start += size
        while (body := reader.next()) is not None:
            found.append(protocol.decode_reply(body))
    assert found == replies


def test_a_length_above_the_limit_is_refused_before_its_bytes_arrive():
    with pytest.raises(ProtocolError, match="1001 bytes"):
        bodies(protocol.HEADER.pack(1001), limit=1000)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=500)
def test_arbitrary_bytes_are_a_reply_or_a_protocol_error(data):
    try:
        for body in bodies(data, 200):
            protocol.decode_reply(body)
    except ProtocolError:
        pass


@given(st.sampled_from(REPLIES), st.data())
@settings(deadline=None, max_examples=500)
def test_mutated_replies_are_a_reply_or_a_protocol_error(reply, data):
    frame = bytearray(protocol.encode(reply))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(4, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = protocol.decode_reply(bytes(frame[4:]))
    except ProtocolError:
        return
    assert isinstance(decoded, protocol.Ready | protocol.Imported | protocol.Answer)


def test_an_output_is_unpacked_by_itself():
    reply = protocol.decode_reply(protocol.encode(ANSWER)[protocol.HEADER.size :])
    assert protocol.decode_value(bytes(reply.answer.outputs["h"])) == WIRE


MANY = [
    protocol.Result({str(number): 1 for number in range(300_000)}, [], [], []),
    protocol.Result({}, ["h"] * 300_000, [], []),
    protocol.Result({}, [], [], [("h", "x")] * 300_000),
    protocol.Failure("E", "", ["E"] * 300_000, []),
    protocol.Failure(
        "E", "", [], [protocol.FrameLine("m.py", 1, "f", "", dict.fromkeys(map(str, range(300_000)), True))]
    ),
    [("f", None)] * 300_000,
    [("f", ["x"] * 300_000)],
]


@pytest.mark.parametrize("held", MANY, ids=lambda held: type(held).__name__)
def test_lists_that_no_worker_makes_so_long_are_refused_before_they_are_built(held):
    reply = (
        protocol.Imported(b"i", held, None, False, [], [], [])
        if isinstance(held, list)
        else protocol.Answer(b"i", 0, held)
    )
    body = protocol.encode(reply)[protocol.HEADER.size :]
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError, match="of length <="):
            protocol.decode_reply(body)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_deeply_nested_body_is_refused():
    body = b"\x91" * 100_000 + b"\xc0"
    with pytest.raises(ProtocolError):
        protocol.decode_reply(body)


def test_requests_are_no_replies():
    limits = protocol.WorkerLimits(1, 1, 1)
    body = protocol.encode(protocol.Load(b"i" * 16, {}, {}, "m.py", [], [], [], limits, [], []))[4:]
    assert isinstance(protocol.decode_request(body), protocol.Load)
    with pytest.raises(ProtocolError, match="not a valid reply"):
        protocol.decode_reply(body)
    with pytest.raises(ProtocolError, match="not a valid request"):
        protocol.decode_request(b"\x00")
