"""Everything that a file holds, as deep as it is packed: archives, compressed data, msgpack, JSON, base64, hex, text.

For :mod:`grader.classroom.leaks`, which looks through files of our own making: what cannot be unpacked is looked at as
it is.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPEST = 8  # times that something lies packed in another
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
#: What lies between two lines of it, as mail has them.
_BROKEN = re.compile(r"(?<=[A-Za-z0-9+/_-])[ \t]*\r?\n[ \t]*(?=[A-Za-z0-9+/_-])")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}")
_LEAST = 8  # bytes, or characters, that may hold something packed
_FEWEST = 4  # numbers in a row


class Unpacked(NamedTuple):
    """Something that a file holds, and where: bytes, a text, or numbers that stand in a row.

    ``part``: the bytes lie as they are in others, of which they are a value of its own. ``loose`` numbers stand in a
    text, and may have nothing to do with one another.
    """

    where: str
    data: bytes = b""
    text: str = ""
    numbers: tuple[float, ...] = ()
    part: bool = False
    loose: bool = False


def pieces(where: str, data: bytes, depth: int = 0, *, part: bool = False) -> Iterator[Unpacked]:
    """Everything in ``data``, which may be ``part`` of what is looked through as well."""
    if len(data) < _LEAST:
        return
    yield Unpacked(where, data, part=part)
    if depth >= DEEPEST:
        return
    for way in (_zip, _compressed, _numpy, _structured, _text):
        found = way(where, data, depth + 1)
        if found is not None:
            yield from found
            return


def _zip(where: str, data: bytes, depth: int) -> Iterator[Unpacked] | None:
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [(f"{where}/{info.filename}", archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return None
    return _each(members, depth)


def _each(members: list[tuple[str, bytes]], depth: int) -> Iterator[Unpacked]:
    for name, content in members:
        yield from pieces(name, content, depth)


def _compressed(where: str, data: bytes, depth: int) -> Iterator[Unpacked] | None:
    ways: dict[bytes, Callable[[bytes], bytes]] = {b"\x1f\x8b": gzip.decompress, b"x": zlib.decompress}
    for magic, unpack in ways.items():
        if data.startswith(magic):
            try:
                return pieces(f"{where} (unpacked)", unpack(data), depth)
            except (zlib.error, OSError, EOFError):
                continue
    return None


def _numpy(where: str, data: bytes, _depth: int) -> Iterator[Unpacked] | None:
    """The numbers of a file that NumPy wrote, behind its head."""
    if not data.startswith(b"\x93NUMPY"):
        return None
    return iter([Unpacked(where, data[data.find(b"\n") + 1 :], part=True)])


def _structured(where: str, data: bytes, depth: int) -> Iterator[Unpacked] | None:
    """JSON, or msgpack that is more than a number."""
    for decode in (msgspec.json.decode, msgspec.msgpack.decode):
        try:
            found = decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, TypeError):
            continue
        if isinstance(found, dict | list):
            return _walked(where, found, depth)
    return None


def _walked(where: str, value: Any, depth: int) -> Iterator[Unpacked]:
    match value:
        case bytes():
            yield from pieces(where, value, depth, part=True)
        case str():
            yield from _in_text(where, value, depth)
        case dict():
            for key, item in value.items():
                yield from _walked(where, key, depth)
                yield from _walked(where, item, depth)
        case list():
            row = _row(value)
            if row is not None:
                yield from _numbers(where, row)
                return
            for item in value:
                yield from _walked(where, item, depth)
            if len(value) > 1 and all(isinstance(item, str) for item in value):  # lines, as a notebook's source is
                yield from _in_text(where, "\n".join(item.rstrip("\n") for item in value), depth)


def _numbers(where: str, row: list[float], *, loose: bool = False) -> Iterator[Unpacked]:
    if len(row) >= _FEWEST:
        yield Unpacked(where, numbers=tuple(row), loose=loose)


def _row(value: list[Any]) -> list[float] | None:
    """All numbers of nested lists of nothing else."""
    found: list[float] = []
    for item in value:
        inner = _row(item) if isinstance(item, list) else [float(item)] if isinstance(item, int | float) else None
        if inner is None:
            return None
        found += inner
    return found


def _text(where: str, data: bytes, depth: int) -> Iterator[Unpacked] | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return _in_text(where, text, depth)


def _in_text(where: str, text: str, depth: int) -> Iterator[Unpacked]:
    if len(text) < _LEAST:
        return
    yield Unpacked(where, text=text)
    yield from _numbers(where, [float(each) for each in _NUMBER.findall(text)], loose=True)
    if depth >= DEEPEST:
        return
    for run in _HEX.findall(text):
        yield from pieces(f"{where} (hex)", bytes.fromhex(run), depth)
    for run in dict.fromkeys((*_BASE64.findall(text), *_BASE64.findall(_BROKEN.sub("", text)))):
        try:
            data = base64.b64decode(f"{run.rstrip('=')}{'=' * (-len(run.rstrip('=')) % 4)}")
        except (binascii.Error, ValueError):
            continue
        yield from pieces(f"{where} (base64)", data, depth)
