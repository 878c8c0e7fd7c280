"""200,000 damaged replies: the host takes each for an answer or refuses it, soon and within bounded memory.

What is damaged, and how, follows from a fixed seed: a failure names the number of the frame that caused it.
"""

from __future__ import annotations

import random
import re
import struct
import time
import tracemalloc

import msgspec
import numpy as np
import pytest

from grader.records.assignment import Limits
from grader.records.errors import ProtocolError
from grader.records.run import Job, Loaded, Outcome, texts_of
from grader.records.values import WireArray, WireComplex, WireDict, WireForeign, WireList, WireTuple, pack
from grader.sandbox import outcomes, protocol
from grader.sandbox.room import UNFORESEEN, Room

FRAMES = 200_000
SHARES = 4
LIMIT = 1 << 16  # bytes of one reply here, so that a mutated length is often too long and often not
MEMORY = 8 << 20
SECONDS = 2.0  # that a single frame of at most LIMIT bytes may take, on a machine under load
JOB = Job(run="", outputs=("y",), sizes=(), inputs=())
TEXTS = texts_of({"memory.py": "x = 1 / 2"}, ["x = 1 / 2"])
ID = b"i" * protocol.ID_BYTES

VALUES = [
    np.arange(6.0).reshape(2, 3),
    np.float32(0.5),
    [1, -2.5, "text", None, True],
    {"a": (1, 2), 3: [np.zeros(2)]},
    1 + 2j,
    2**63 - 1,
    "\u202eé😀",
    np.zeros((0, 3)),
]
FAILURE = protocol.Failure(
    "ValueError", "no", ["ValueError", "Exception"], [protocol.FrameLine("memory.py", 3, "f", "x = 1")]
)
SEEDS = [
    protocol.encode(message)
    for message in (
        protocol.Ready(),
        protocol.Entered(ID, 1, 12),
        protocol.Imported(ID, [("f", ["x", "y"]), ("N", None)], FAILURE, True, [(2, FAILURE)], ["f"], ["matplotlib"]),
        protocol.Answer(ID, 0, FAILURE),
        protocol.Answer(ID, 1, protocol.Result({"y": pack(VALUES)}, ["c"], ["x"], [("h", "x")])),
        *(protocol.Answer(ID, 2, protocol.Result({"y": pack(value)}, [], [], [])) for value in VALUES),
    )
]
#: Bytes that mean much in msgpack: lengths, types, extensions, and the tags of our own structs.
TELLING = [b"\xc0", b"\xc1", b"\xc4\xff", b"\xc7\x00\xff", b"\xca\x7f\xc0\x00\x00", b"\xcb\x7f\xf0" + bytes(6)]
TELLING += [b"\xcf" + b"\xff" * 8, b"\xd3\x80" + bytes(7), b"\xd9\xff", b"\xdc\xff\xff", b"\xdd\xff\xff\xff\xff"]
TELLING += [b"\xdf\xff\xff\xff\xff", b"\xd6\xff" + bytes(4), b"\x92\xa1l\x91" * 40, b"\xa1a", b"\xa1d", b"\xa1f", b"|O"]


def damaged(chance: random.Random) -> bytes:
    """A frame that was right once: bits turned, bytes exchanged, cut out, put in, doubled, or its length made a lie."""
    frame = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(frame)) if frame else 0
        match chance.randrange(7):
            case 0 if frame:
                frame[at] ^= 1 << chance.randrange(8)
            case 1 if frame:
                frame[at] = chance.randrange(256)
            case 2:
                del frame[at : at + chance.randrange(1, 9)]
            case 3:
                frame[at:at] = chance.choice(TELLING)
            case 4:
                frame[at:at] = frame[at : at + chance.randrange(1, 40)]
            case 5:
                frame[at : at + 1] = chance.choice(TELLING)
            case 6:
                frame[:0] = chance.randbytes(chance.randrange(5))
    if chance.random() < 0.6 and len(frame) >= protocol.HEADER.size:  # so that what is inside is looked at
        frame[: protocol.HEADER.size] = protocol.HEADER.pack(len(frame) - protocol.HEADER.size)
    return bytes(frame)


def take(data: bytes) -> int:
    """What the host does with bytes from a worker: records that it made of them. Raises ProtocolError."""
    reader, made, read = protocol.FrameReader(LIMIT), 0, Room(UNFORESEEN).read
    reader.feed(data)
    while (body := reader.next()) is not None:
        reply = protocol.decode_reply(body)
        if isinstance(reply, protocol.Answer):
            found = outcomes.answered(reply.answer, JOB, frozenset(), TEXTS, read)
            assert isinstance(found, Outcome)
            made += 1
        elif isinstance(reply, protocol.Imported):
            assert isinstance(outcomes.imported(reply, Limits(), TEXTS), Loaded)
            made += 1
    return made


@pytest.mark.parametrize("share", range(SHARES))
def test_damaged_frames_are_records_or_protocol_errors(share):
    records = refused = 0
    for number in range(share, FRAMES, SHARES):
        data = damaged(random.Random(number))
        began = time.thread_time()
        try:
            records += take(data)
        except ProtocolError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - the frame's number is what one wants to know
            pytest.fail(f"frame {number}, {data!r}: {type(error).__name__}: {error}")
        assert time.thread_time() - began < SECONDS, f"frame {number}"
    assert records > FRAMES // SHARES // 50, "the mutations are too wild: nothing of them is read"
    assert refused > FRAMES // SHARES // 50, "the mutations are too mild: nothing of them is wrong"


def test_damaged_frames_take_little_memory():
    for seed in SEEDS:
        take(seed)
    tracemalloc.start()
    try:
        for number in range(4000):
            try:
                take(damaged(random.Random(-number - 1)))
            except ProtocolError:
                continue
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY


def answer(value: object) -> bytes:
    return protocol.encode(protocol.Answer(ID, 0, protocol.Result({"y": value}, [], [], [])))


@pytest.mark.parametrize(
    "value",
    [
        WireArray("<f8", [0, 2**62, 2**62], memoryview(b"")),
        WireArray("|b1", [0, 2**63], memoryview(b"")),
        WireArray("|b1", [0, 2**64 - 1], memoryview(b"")),
        WireArray("<f8", [2**33, 0, 2**33], memoryview(b"")),
        WireArray("|b1", [-1, -1], memoryview(b"x")),
        WireArray("|b1", [1] * 33, memoryview(b"x")),
        WireArray("|b1", [2**63, 2], memoryview(b"")),
        WireArray("|O", [1], memoryview(bytes(8))),
        WireArray("<f8", [1], memoryview(b"short")),
        WireArray("<f8", [1], memoryview(bytes(8)), scalar=True),
        WireDict([(WireList([]), 1)]),
        WireDict([(WireArray("<f8", [0], memoryview(b"")), 1)]),
        WireDict([(WireTuple([WireDict([])]), 1)]),
    ],
    ids=lambda value: re.sub(r" at 0x[0-9a-f]+", "", repr(value)),
)
def test_values_that_no_worker_packs_are_refused(value):
    with pytest.raises(ProtocolError):
        take(answer(value))


@pytest.mark.parametrize("kind", [WireList, WireTuple])
def test_nesting_ends_somewhere(kind):
    value: object = None
    for _ in range(60):
        value = kind([value])
    with pytest.raises(ProtocolError):
        take(answer(value))


@pytest.mark.parametrize("value", [WireComplex(float("nan"), float("inf")), WireForeign("x" * 10_000), 2**64 - 1])
def test_strange_values_that_are_values_all_the_same(value):
    assert take(answer(value)) == 1


def test_a_frame_arrives_in_any_pieces_and_is_held_only_as_far_as_it_arrived():
    frame = struct.pack(">I", LIMIT) + bytes(LIMIT)
    reader = protocol.FrameReader(LIMIT)
    tracemalloc.start()
    try:
        reader.feed(frame[:4])
        assert reader.next() is None
        assert tracemalloc.get_traced_memory()[1] < 4096
    finally:
        tracemalloc.stop()
    for start in range(4, len(frame), 1000):
        assert reader.next() is None
        reader.feed(frame[start : start + 1000])
    assert reader.next() == bytes(LIMIT)


def test_a_small_body_cannot_claim_to_be_large():
    for claim in (b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"):
        with pytest.raises(ProtocolError):
            protocol.decode_reply(msgspec.msgpack.encode(["answer", ID, 0])[:-1] + claim)
