"""Values that cross the boundary to a worker, as msgpack: arrays, numbers, text and containers of these.

Used on both sides, so this module imports nothing but NumPy and msgspec. Decoding never runs code: a value is a
number, a text, an array of a closed list of dtypes whose byte count must match its shape, or a container. Whatever
else a program may return becomes :class:`~grader.records.record.Foreign`, which says what it was.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import msgspec
import numpy as np

from grader.records.chance import (
    Distribution,
    GeneratorSeed,
    WireDistribution,
    WireGenerator,
    packed_chance,
    unpacked_chance,
)
from grader.records.errors import ProtocolError
from grader.records.record import Foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.record import Value

#: dtypes that cross the boundary, little endian. Nothing with object references.
DTYPES = frozenset({"|b1", "|i1", "|u1", *(f"<{kind}{size}" for kind in "iu" for size in (2, 4, 8))}) | {
    "<f2",
    "<f4",
    "<f8",
    "<c8",
    "<c16",
}
_DTYPES = {name: np.dtype(name) for name in DTYPES}
NUMBER_KINDS = "biufc"
MAX_DIMS = 32
MAX_DEPTH = 16
MAX_ITEMS = 100_000
MAX_KEYS = 1000
MAX_BYTES = 16 << 20  # of an array; no answer may take more
TOO_LARGE = "value of more than 16 MiB"
#: A dict of which nobody can say what one of its keys leads to: keys that differ by methods of their own, for one.
SAME_KEYS = "dict with keys that mean the same"
FOREIGN_KEYS = "dict with keys that are no text, no numbers and no tuples of such"
#: A masked array that masks something: there is no telling what is meant in its place.
MASKED = "masked array with masked entries"


class WireArray(msgspec.Struct, array_like=True, tag="a", forbid_unknown_fields=True):
    """An ndarray: dtype, shape, C-ordered bytes. ``scalar`` marks a NumPy scalar such as float64(0.5)."""

    dtype: str
    shape: list[int]
    data: memoryview
    scalar: bool = False


class WireList(msgspec.Struct, array_like=True, tag="l", forbid_unknown_fields=True):
    """A list."""

    items: list[Wire]


class WireTuple(msgspec.Struct, array_like=True, tag="t", forbid_unknown_fields=True):
    """A tuple."""

    items: list[Wire]


class WireDict(msgspec.Struct, array_like=True, tag="d", forbid_unknown_fields=True):
    """A dict, as pairs in order: keys need not be text."""

    pairs: list[tuple[Wire, Wire]]


class WireComplex(msgspec.Struct, array_like=True, tag="c", forbid_unknown_fields=True):
    """A Python complex number."""

    real: float
    imag: float


class WireText(msgspec.Struct, array_like=True, tag="s", forbid_unknown_fields=True):
    """Text with halves of characters (lone surrogates), which msgpack's own cannot have: UTF-8 that lets them pass."""

    data: bytes


class WireForeign(msgspec.Struct, array_like=True, tag="f", forbid_unknown_fields=True):
    """Something that does not cross, by the name of its type."""

    name: str


Wire: TypeAlias = (
    bool | int | float | str | WireArray | WireList | WireTuple | WireDict | WireComplex | WireText | WireForeign
    | WireGenerator | WireDistribution | None
)  # fmt: skip


class Reading(Protocol):
    """How values of other types are read as ones that cross: see :mod:`grader.sandbox.worker.ordinary`."""

    def plain(self, value: Any) -> Any:
        """A value of exactly a type that crosses, a Foreign that says what it was, or the value itself, unread."""

    def key(self, key: Any) -> Any:
        """The same for a key of a dict."""


def pack(value: Any, depth: int = 0, reading: Reading | None = None) -> Wire:
    """A value as wire structs. Never fails: what cannot cross becomes a WireForeign.

    The exact type decides, so that a subclass cannot pass for an array by overriding its methods. What does not cross
    as it is may do so by a ``reading``.
    """
    kind = type(value)
    if kind is np.ndarray:
        fits = reading is None or value.nbytes <= MAX_BYTES  # an answer that does not is never copied
        wire = _pack_array(value) if fits else WireForeign(TOO_LARGE)
    elif value is None or kind is bool or kind is float:
        return cast("bool | float | None", value)
    elif kind in _SCALARS:
        return _pack_array(np.asarray(value), scalar=True)
    elif kind in (list, tuple, dict) and depth < MAX_DEPTH and len(value) <= MAX_ITEMS:
        return _pack_container(value, depth + 1, reading)
    else:
        wire = _pack_plain(value)
    if reading is not None and type(wire) is WireForeign and (plain := reading.plain(value)) is not value:
        return pack(plain, depth, reading)
    return wire


def _pack_container(value: list[Any] | tuple[Any, ...] | dict[Any, Any], depth: int, reading: Reading | None) -> Wire:
    if isinstance(value, dict):
        keys = value if reading is None else [key if type(key) in _PLAIN else reading.key(key) for key in value]
        if sum(type(key) not in _PLAIN for key in keys) > MAX_KEYS:
            return WireForeign("dict with more than 1,000 keys that are neither text nor plain numbers")
        pairs = zip(keys, value.values(), strict=True)
        return WireDict([(pack(key, depth, reading), pack(item, depth, reading)) for key, item in pairs])
    # Numbers in nested lists are many, and a call for each would cost more than all else.
    items = [item if type(item) is float else pack(item, depth, reading) for item in value]
    return WireList(items) if isinstance(value, list) else WireTuple(items)


def _pack_plain(value: Any) -> Wire:
    kind = type(value)
    if kind is int:
        return cast("int", value) if -(2**63) <= value < 2**63 else WireForeign("int beyond 64 bits")
    if kind is str:
        return _pack_text(value) if len(value) <= MAX_ITEMS else WireForeign("text of over 100,000 characters")
    if kind is complex:
        return WireComplex(value.real, value.imag)
    if kind in _CHANCE:
        return packed_chance(value)
    return WireForeign(value.type if kind is Foreign else _type_name(kind))


def _pack_text(text: str) -> Wire:
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return WireText(data)
    return text


def unpack(wire: Wire, depth: int = 0, *, own: bool = False) -> Any:
    """The value of wire structs; arrays are read-only views of the received bytes.

    ``own``: it was packed on this side, so that it may hold a generator or a distribution, which are foreign otherwise.
    Raises ProtocolError for anything that :func:`pack` would not have made.
    """
    kind = type(wire)
    if kind is WireArray:
        return _unpack_array(wire)  # type: ignore[arg-type]  # narrowed by ``kind``, as above
    if kind in _PLAIN:
        return wire
    if isinstance(wire, WireComplex):
        return complex(wire.real, wire.imag)
    if isinstance(wire, WireText):
        return _unpack_text(wire)
    if isinstance(wire, WireForeign | WireGenerator | WireDistribution):
        return _unpack_mark(wire, own=own)
    if depth >= MAX_DEPTH:
        raise ProtocolError(f"value nested more than {MAX_DEPTH} levels deep")
    if isinstance(wire, WireList):
        return [unpack(item, depth + 1, own=own) for item in wire.items]
    if isinstance(wire, WireTuple):
        return tuple([unpack(item, depth + 1, own=own) for item in wire.items])
    if isinstance(wire, WireDict):
        return _unpack_dict(wire, depth + 1, own=own)
    raise ProtocolError(f"unexpected {kind.__name__} in a value")


def _unpack_mark(wire: WireForeign | WireGenerator | WireDistribution, *, own: bool) -> Value:
    if isinstance(wire, WireForeign):
        return Foreign(type=wire.name[:200])
    return unpacked_chance(wire) if own else Foreign(type=type(wire).__name__)


def _unpack_text(wire: WireText) -> str:
    try:
        return wire.data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise ProtocolError("text that is no UTF-8") from None


def _unpack_dict(wire: WireDict, depth: int, *, own: bool) -> dict[Any, Any] | Foreign:
    # Hashes of tuples and of complex numbers can be chosen, and keys of one hash cost quadratic time.
    if sum(type(key) not in _PLAIN for key, _ in wire.pairs) > MAX_KEYS:
        raise ProtocolError(f"dict with more than {MAX_KEYS} keys that are neither text nor plain numbers")
    try:
        found = {_unpack_key(key, depth): unpack(item, depth, own=own) for key, item in wire.pairs}
    except TypeError as error:
        raise ProtocolError(f"dict key cannot be one: {error}") from None
    if len(found) == len(wire.pairs):
        return found
    return Foreign(type=FOREIGN_KEYS if any(isinstance(key, Foreign) for key in found) else SAME_KEYS)


def _unpack_key(wire: Wire, depth: int) -> Any:
    """A key; of all floats that are not a number it is the same one, which equals itself alone."""
    key = unpack(wire, depth)
    return math.nan if type(key) is float and math.isnan(key) else key


_PLAIN = frozenset({type(None), bool, int, float, str})
_CHANCE = frozenset({GeneratorSeed, Distribution})
_SCALARS = frozenset(
    {np.bool_, np.float16, np.float32, np.float64, np.complex64, np.complex128}
    | {np.dtype(f"{kind}{size}").type for kind in "iu" for size in (1, 2, 4, 8)}
    | {np.longlong, np.ulonglong, np.longdouble, np.clongdouble}
)
#: What crosses in place of floating point of more than 64 bits, whose layout is the machine's own.
_NARROWED = {"f": "<f8", "c": "<c16"}


def _pack_array(array: np.ndarray[Any, Any], *, scalar: bool = False) -> Wire:
    dtype = array.dtype.str
    if dtype not in DTYPES:
        little = array.dtype.newbyteorder("<").str
        if little not in DTYPES:
            if array.dtype.kind == "O":
                return WireForeign("array of objects (dtype=object)")
            if array.dtype.kind not in _NARROWED:
                return WireForeign(f"array of dtype {array.dtype}"[:200])
            little = _NARROWED[array.dtype.kind]
        with np.errstate(all="ignore"):  # student code may have had NumPy raise where a number becomes infinite
            array, dtype = array.astype(little), little
    # ``tobytes`` copies, and is still twice as fast on small arrays as a memoryview cast to bytes.
    return WireArray(dtype, list(array.shape), cast("memoryview", array.tobytes()), scalar)


def _unpack_array(wire: WireArray) -> Any:
    dtype = _DTYPES.get(wire.dtype)
    if dtype is None:
        raise ProtocolError(f"array of dtype {wire.dtype[:40]!r}, which is not allowed")
    claim = wire.shape
    try:
        array: np.ndarray[Any, Any] = np.ndarray(claim, dtype, wire.data)
    except (TypeError, ValueError, OverflowError) as error:  # too few bytes, or a size below 0 or beyond all memory
        raise ProtocolError(f"{_claimed(wire)}: {error}") from None
    if array.nbytes != len(wire.data) or list(array.shape) != claim or array.ndim > MAX_DIMS:
        raise ProtocolError(_claimed(wire))
    if not array.size and math.prod(length or 1 for length in claim) > MAX_ITEMS:  # no bytes, and yet endless as lists
        raise ProtocolError(_claimed(wire))
    if wire.scalar:
        if claim:
            raise ProtocolError(f"scalar of shape {claim}")
        return array[()]
    return array


def stacked(items: list[Any] | tuple[Any, ...]) -> np.ndarray[Any, Any] | None:
    """Nested lists of numbers and arrays as one array; None if they are ragged or hold anything else."""
    if not _all_numbers(items):  # first of all: NumPy would make room for the longest of all texts at each place
        return None
    try:
        array = np.array(items)
    except (ValueError, OverflowError):  # ragged, or an integer beyond all decimals
        return None
    return array if array.dtype.kind in NUMBER_KINDS else None  # integers beyond 64 bits are objects


def leaves(value: Any) -> Iterator[Any]:
    """Everything in a value that is no list, tuple or dict."""
    if isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield value


def is_finite(value: Any) -> bool:
    """Whether no number of a value is NaN or infinite."""
    if isinstance(value, np.ndarray):
        return bool(np.isfinite(value).all())
    if isinstance(value, list | tuple):
        return all(map(is_finite, value))
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    return not isinstance(value, np.generic | float | complex) or bool(np.isfinite(value))


def holds_nan(value: Any) -> bool:
    """Whether a number of a value is NaN."""
    if isinstance(value, list | tuple):
        return any(map(holds_nan, value))
    if isinstance(value, dict):
        return any(map(holds_nan, value.values()))
    return isinstance(value, np.ndarray | np.generic | float | complex) and bool(np.any(np.isnan(value)))


def _all_numbers(items: list[Any] | tuple[Any, ...]) -> bool:
    return all(
        _all_numbers(item)
        if isinstance(item, list | tuple)
        else isinstance(item, bool | int | float | complex)
        or (isinstance(item, np.ndarray | np.generic) and item.dtype.kind in NUMBER_KINDS)
        for item in items
    )


def _claimed(wire: WireArray) -> str:
    return f"array of shape {wire.shape[:40]} and dtype {wire.dtype} with {len(wire.data)} bytes"


def _type_name(kind: type) -> str:
    """``package.Class`` of a type that student code may have made: every step of it can lie or fail."""
    name = type.__dict__["__name__"].__get__(kind)
    try:
        module = type.__dict__["__module__"].__get__(kind)  # that of deque is in no dict before Python 3.13
    except AttributeError:  # who made the type has taken it away
        module = None
    home = module.partition(".")[0] if isinstance(module, str) else ""
    return f"{home}.{name}"[:200] if home and home not in ("builtins", "__main__") else str(name)[:200]
