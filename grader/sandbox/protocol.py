"""Frames between the host and a worker.

A frame is a big-endian u32 length and that many bytes of msgpack; every message is a fixed, typed struct. Decoding
checks all of it and never runs code. The host treats a reply as an *answer*, never as a verdict: it was written by a
process in which student code runs.

::

    host                                 worker
     ── Load(id, files, module, …) ───▶
     ◀── Ready                            once, before anything of the student's runs
     ◀── Entered(id, 1)                   one a cell, where there are cells
     ◀── Imported(id, names, problem, …)
     ── Execute(id, run, outputs, cases) ▶
     ◀── Answer(id, 0, …)                 one a case, in order
     ◀── Answer(id, 1, …)

``id`` is 16 random bytes per request: an answer that was prepared before its question does not know it.

How much a reply may hold is said by its types, and checked before anything of it is built. The outputs of an answer
stay packed: :mod:`grader.sandbox.room` decides what of them is read.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Annotated, TypeAlias, cast

import msgspec
from msgspec import Meta, Raw

from grader.records.errors import ProtocolError
from grader.records.values import Wire, pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.record import Value
    from grader.records.run import Job

HEADER = struct.Struct(">I")
ID_BYTES = 16
MAX_REPLY = 16 << 20  # bytes of one reply: 2 million numbers
MAX_LOST = 200  # cells that did not come to their end, names that are defined twice
MAX_NAMES, MAX_PARAMETERS = 1000, 64  # of what a submission defines
MAX_FRAMES, MAX_FLOATS, MAX_ANCESTORS = 20, 64, 16  # of an exception
MAX_OBSERVED = 10_000  # outputs of a case, and what was observed of its inputs
#: Values of other types that a worker reads as plain ones; see :mod:`grader.sandbox.worker.ordinary`.
READ_AS = frozenset(
    {
        *("Counter", "defaultdict", "OrderedDict", "subclass of dict"),
        *("subclass of list", "array of text"),
        *("namedtuple", "subclass of tuple"),
        *("np.str_", "subclass of str"),
        *("np.matrix", "np.memmap", "masked array", "subclass of ndarray"),
        *("pandas Series", "pandas DataFrame", "pandas Index", "sparse matrix"),
        *("subclass of a number", "NumPy keys"),
    }
)
MAX_TEXT = 4000  # characters of a message or a name; the worker cuts, the host cuts again


class _Message(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    pass


class WorkerLimits(_Message, frozen=True):
    """What the worker limits itself to before it imports the submission."""

    memory: int  # bytes beyond what it has by then
    cpu: int  # seconds for all of the worker's life; the host's own clocks are finer
    file_size: int  # bytes


class Load(_Message, frozen=True, tag="load"):
    """Import a submission: its sources by path, the path of the module, and its data files by name.

    ``libraries`` are imported first, while that is still possible: what student code may import beside its own files.
    ``stand_ins`` are modules that do nothing, beside those that always do.
    ``cells`` are run in place of the module's file, if there are any. Of those in ``light`` the
    definitions, imports and constants alone are run, for they ended a worker before; if 0 is there, of all the module.
    A file without cells is then run in parts, which are numbered like cells. Those in ``skipped`` are not run at all.
    """

    id: bytes
    files: dict[str, str]
    data: dict[str, bytes]
    module: str
    cells: list[str]
    light: list[int]
    skipped: list[int]
    limits: WorkerLimits
    libraries: list[str]
    stand_ins: list[str]


class ExecuteCase(_Message, frozen=True):
    """One case: sizes and inputs by name."""

    sizes: dict[str, int]
    inputs: dict[str, Wire]


class Execute(_Message, frozen=True, tag="execute"):
    """Run a snippet on each case. It knows the names of ``helpers``, a module's text that is executed for each."""

    id: bytes
    run: str
    outputs: list[str]
    cases: list[ExecuteCase]
    salt: int
    helpers: str = ""


class FrameLine(_Message, frozen=True):
    """One line of a traceback within the submission. ``floats``: names that hold floats, and whether whole ones."""

    file: str
    line: int
    function: str
    text: str
    floats: Annotated[dict[str, bool], Meta(max_length=MAX_FLOATS)] = {}


class Failure(_Message, frozen=True, tag="failure"):
    """An exception; ``memory`` when it was a MemoryError."""

    error: str
    message: str
    ancestors: Annotated[list[str], Meta(max_length=MAX_ANCESTORS)]
    frames: Annotated[list[FrameLine], Meta(max_length=MAX_FRAMES)]
    memory: bool = False


class Result(_Message, frozen=True, tag="result"):
    """The snippet ran to its end. ``read`` are outputs and the ways in ``READ_AS`` by which they were read."""

    outputs: Annotated[dict[str, Raw], Meta(max_length=MAX_OBSERVED)]
    missing: Annotated[list[str], Meta(max_length=MAX_OBSERVED)]
    changed: Annotated[list[str], Meta(max_length=MAX_OBSERVED)]
    aliased: Annotated[list[tuple[str, str]], Meta(max_length=MAX_OBSERVED)]
    read: Annotated[list[tuple[str, str]], Meta(max_length=MAX_OBSERVED)] = []


class Interrupted(_Message, frozen=True, tag="interrupted"):
    """The snippet raised after it had set outputs: those are in ``before``, whose ``missing`` says nothing."""

    failure: Failure
    before: Result


_Parameters: TypeAlias = Annotated[list[str], Meta(max_length=MAX_PARAMETERS)]


class Ready(_Message, frozen=True, tag="ready"):
    """The worker is up: from here on a failure is the submission's."""


class Entered(_Message, frozen=True, tag="entered"):
    """A cell is about to be run: where the worker ends, should it end before the next.

    ``line`` is where it begins in its file; 0 for a notebook.
    """

    id: bytes
    cell: int
    line: int


class Imported(_Message, frozen=True, tag="imported"):
    """What importing gave. ``names`` maps what is defined to its parameters; None for what cannot be called.

    ``problem`` is that of a file without cells, below which it was ``resumed`` with definitions and the like; ``lost``
    those of cells by their number, ``twice`` what two define.
    """

    id: bytes
    names: Annotated[list[tuple[str, _Parameters | None]], Meta(max_length=MAX_NAMES)]
    problem: Failure | None
    resumed: bool
    lost: Annotated[list[tuple[int, Failure]], Meta(max_length=MAX_LOST)]
    twice: Annotated[list[str], Meta(max_length=MAX_LOST)]
    stand_ins: Annotated[list[str], Meta(max_length=MAX_OBSERVED)]


class Answer(_Message, frozen=True, tag="answer"):
    """What one case gave."""

    id: bytes
    index: int
    answer: Result | Failure | Interrupted


Request: TypeAlias = Load | Execute
Reply: TypeAlias = Ready | Entered | Imported | Answer

_MALFORMED = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

_encoder = msgspec.msgpack.Encoder()
_values: msgspec.msgpack.Decoder[Wire] = msgspec.msgpack.Decoder(Wire)
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    """A message as a whole frame."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body


def decode_request(body: bytes) -> Request:
    """The request in a frame's body. Raises ProtocolError."""
    try:
        return _requests.decode(body)
    except _MALFORMED as error:
        raise ProtocolError(f"not a valid request: {error}"[:300]) from None


def decode_reply(body: bytes) -> Reply:
    """The reply in a frame's body. Raises ProtocolError."""
    try:
        return _replies.decode(body)
    except _MALFORMED as error:
        raise ProtocolError(f"not a valid reply: {error}"[:300]) from None


def decode_value(packed: bytes) -> Wire:
    """The value of an output. Raises ProtocolError."""
    try:
        return _values.decode(packed)
    except _MALFORMED as error:
        raise ProtocolError(f"not a valid value: {error}"[:300]) from None


def pack_cases(sizes: Sequence[Mapping[str, int]], inputs: Sequence[Mapping[str, Value]]) -> bytes:
    """The cases of an ``Execute``, packed."""
    return _encoder.encode(
        [
            ExecuteCase(sizes=dict(each), inputs={name: pack(value) for name, value in given.items()})
            for each, given in zip(sizes, inputs, strict=True)
        ]
    )


def execute(request_id: bytes, job: Job) -> bytes:
    """An ``Execute``, packed."""
    cases = cast("list[ExecuteCase]", msgspec.Raw(job.packed or pack_cases(job.sizes, job.inputs)))  # copied as it is
    return encode(Execute(request_id, job.run, list(job.outputs), cases, job.salt, job.helpers))


class FrameReader:
    """Cuts a stream of bytes into frames. Holds no more than the bytes that have arrived."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive."""
        self._buffer += data

    def next(self) -> bytes | None:
        """The body of the next whole frame, None if it has not arrived. Raises ProtocolError for one too long."""
        if len(self._buffer) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._buffer)
        if length > self._limit:
            raise ProtocolError(f"a frame of {length} bytes, more than the {self._limit} allowed")
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        return body
