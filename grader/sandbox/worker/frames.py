"""The worker's ends of its two pipes: whole frames in, whole frames out."""

from __future__ import annotations

import os
from typing import Any, cast

import msgspec

from grader.records.values import TOO_LARGE, WireForeign
from grader.sandbox import protocol


def send(replies: int, message: protocol.Reply) -> None:
    """Send a reply; in place of outputs that make an answer too large, that they are."""
    try:
        frame = protocol.encode(message)
    except UnicodeEncodeError:  # a name or a message holds half a character
        frame = protocol.encode(_readable(message))
    if len(frame) > protocol.MAX_REPLY and isinstance(message, protocol.Answer):
        frame = protocol.encode(_fitting(message))
    view = memoryview(frame)
    while view:
        view = view[os.write(replies, view) :]


def _readable(part: Any) -> Any:
    """A message, or a part of one, with halves of characters written by their numbers, as Python writes them."""
    if isinstance(part, str):
        return part.encode("utf-8", "backslashreplace").decode()
    if isinstance(part, msgspec.Struct):
        return type(part)(*[_readable(getattr(part, name)) for name in part.__struct_fields__])
    if isinstance(part, list | tuple):
        return type(part)([_readable(item) for item in part])
    if isinstance(part, dict):
        return {_readable(name): _readable(item) for name, item in part.items()}
    return part


def _fitting(message: protocol.Answer) -> protocol.Answer:
    """The answer with its smallest outputs, as many as there is room for."""
    answer = message.answer
    result = cast("protocol.Result", answer.before if isinstance(answer, protocol.Interrupted) else answer)
    packed = {name: msgspec.msgpack.encode(output) for name, output in result.outputs.items()}
    left = protocol.MAX_REPLY - (1 << 20)  # for all that is no output
    for name in sorted(packed, key=lambda name: len(packed[name])):
        left -= len(packed[name])
        if left < 0:
            packed[name] = msgspec.msgpack.encode(WireForeign(TOO_LARGE))
    outputs = {name: msgspec.Raw(output) for name, output in packed.items()}
    most = protocol.MAX_OBSERVED
    observed = result.missing[:most], result.changed[:most], result.aliased[:most], result.read[:most]
    fitting = protocol.Result(outputs, *observed)
    if isinstance(answer, protocol.Interrupted):
        return protocol.Answer(message.id, message.index, protocol.Interrupted(answer.failure, fitting))
    return protocol.Answer(message.id, message.index, fitting)


def receive(requests: int) -> bytes | None:
    """The body of the next request; None once there will be none."""
    header = _read(requests, protocol.HEADER.size)
    if header is None:
        return None
    (length,) = protocol.HEADER.unpack(header)
    return _read(requests, length)


def _read(descriptor: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        data = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not data:
            return None
        parts += data
    return bytes(parts)
