"""How much of a submission's answers is read and kept.

What student code returns is kept until its report is written, and an object of Python's takes fifty bytes where a
worker needs one to send it. So the objects of an output are counted before any of them is built. A job may say what a
right answer takes at most, case by case, which may always come; what is beyond that is taken from a room that all
answers share. An output that does not fit is not read: in its place stands what it was, and that it was too much, while
the other outputs of its case are what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.records.record import Foreign
from grader.records.values import TOO_LARGE, unpack
from grader.sandbox.items import count_objects
from grader.sandbox.protocol import decode_value

if TYPE_CHECKING:
    from msgspec import Raw

    from grader.records.record import Value

BYTES_PER_OBJECT = 16  # of what is sent for a right answer: no number of any kind takes more
BEYOND = "with more in it than can be right"


def beyond(foreign: str) -> bool:
    """Whether this stands in place of a value for no other reason than that it is too large, or too deep."""
    return foreign.endswith(BEYOND) or foreign in {TOO_LARGE, "list", "tuple", "dict"}


class Spare(NamedTuple):
    """What may come beyond what is known to be right: ``objects`` of one output, and objects and bytes ``in_all``."""

    objects: int
    objects_in_all: int
    bytes_in_all: int


#: For answers that are held against expected ones, of which all of a submission's are kept.
GRADED = Spare(objects=1000, objects_in_all=2_000_000, bytes_in_all=64 << 20)
#: For a job of which nobody knows what will come, a property's for one. It is soon done with.
UNFORESEEN = Spare(objects=200_000, objects_in_all=2_000_000, bytes_in_all=64 << 20)
#: The same for code of an author's.
AUTHORS = Spare(objects=200_000, objects_in_all=8_000_000, bytes_in_all=64 << 20)


class Room:
    """Room for answers, which gets less with each that needs any."""

    def __init__(self, spare: Spare) -> None:
        self._spare, self._objects = spare, spare.objects
        self._objects_left = spare.objects_in_all
        self._bytes_left = spare.bytes_in_all

    def used(self) -> float:
        """The share of it that answers have taken beyond what may always come."""
        left = self._objects_left / self._spare.objects_in_all, self._bytes_left / self._spare.bytes_in_all
        return 1.0 - min(left)

    def read(self, packed: Raw, extent: int = 0) -> Value:
        """The value of an output, which may take ``extent`` objects in any case. Raises ProtocolError."""
        size = memoryview(packed).nbytes
        more = max(0, size - BYTES_PER_OBJECT * extent)
        if more > self._bytes_left:
            return _too_much(packed)
        own = bytes(packed)  # a small array must not keep all that came beside it
        if size > extent:  # an object takes a byte at least, so that fewer bytes need no counting
            limit = extent + min(self._objects, self._objects_left)
            if (objects := count_objects(own, limit)) > limit:
                return _too_much(own)
            self._bytes_left -= more
            self._objects_left -= max(0, objects - extent)
        return unpack(decode_value(own))


#: How containers begin: two items, of which the first is a tag.
_BEGINS = {b"\x92\xa1l": "list", b"\x92\xa1t": "tuple", b"\x92\xa1d": "dict"}
_ARRAY = b"\xa1a"


def _too_much(packed: Raw | bytes) -> Foreign:
    """What stands in place of a value, by its first bytes."""
    begin = bytes(memoryview(packed)[:8])
    kind = _BEGINS.get(begin[:3])
    if kind is not None:
        return Foreign(type=f"{kind} of {_length(begin[3:]):,} {BEYOND}")
    return Foreign(type=f"{'array' if begin[1:3] == _ARRAY else 'text'} {BEYOND}")


def _length(header: bytes) -> int:
    """The items of a container by how it begins."""
    width = {0xDC: 2, 0xDD: 4}.get(header[0], 0)
    return int.from_bytes(header[1 : 1 + width], "big") if width else header[0] & 0x0F
