"""The worker's ends of its two pipes: whole frames in, whole frames out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from grader.records.values import WireForeign
from grader.sandbox import protocol

if TYPE_CHECKING:
    from grader.records.values import Wire


def send(replies: int, message: protocol.Reply) -> None:
    """Send a reply; in place of an answer that is too large, that it is."""
    frame = protocol.encode(message)
    if len(frame) > protocol.MAX_REPLY and isinstance(message, protocol.Answer):
        frame = protocol.encode(_too_large(message))
    view = memoryview(frame)
    while view:
        view = view[os.write(replies, view) :]


def _too_large(message: protocol.Answer) -> protocol.Answer:
    result = cast("protocol.Result", message.answer)
    outputs: dict[str, Wire] = dict.fromkeys(result.outputs, WireForeign(protocol.TOO_LARGE))
    return protocol.Answer(message.id, message.index, protocol.Result(outputs, result.missing, [], []))


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
