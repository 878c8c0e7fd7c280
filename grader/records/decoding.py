"""Decoders of records, each made once, and no two at a time: msgspec can crash where threads make them at once."""

from __future__ import annotations

from threading import Lock
from typing import TypeVar, cast

from msgspec import json, msgpack

_Kind = TypeVar("_Kind")

_lock = Lock()
_json: dict[type, json.Decoder[object]] = {}
_msgpack: dict[type, msgpack.Decoder[object]] = {}


def from_json(data: bytes, kind: type[_Kind]) -> _Kind:
    """The record that JSON holds. Raises msgspec's errors where it holds none."""
    with _lock:
        decoder = _json.get(kind) or _json.setdefault(kind, json.Decoder(kind))
    return cast("_Kind", decoder.decode(data))


def from_msgpack(data: bytes, kind: type[_Kind]) -> _Kind:
    """The same for msgpack."""
    with _lock:
        decoder = _msgpack.get(kind) or _msgpack.setdefault(kind, msgpack.Decoder(kind))
    return cast("_Kind", decoder.decode(data))
