"""Cases as one flat array for each dtype and an index of bytes: few entries, so that a bank loads fast.

The index is msgpack: a row for each case, in which every array is a reference (dtype, offset, shape) into the flat
array of its dtype. Loaded arrays are read-only views.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
import numpy as np

from grader.records.bank import Case
from grader.records.errors import ProtocolError
from grader.records.record import Foreign, Value
from grader.records.values import (
    DTYPES,
    MAX_DIMS,
    WireArray,
    WireComplex,
    WireDict,
    WireForeign,
    WireList,
    WireTuple,
    pack,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.records.values import Wire

    Flat: TypeAlias = np.ndarray[Any, np.dtype[Any]]

INDEX = "index"
Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]


class Reference(msgspec.Struct, array_like=True, tag="a", forbid_unknown_fields=True, gc=False):
    """An array or a NumPy scalar. ``offset`` counts elements of the flat array."""

    dtype: str
    offset: Natural
    shape: Annotated[list[Natural], msgspec.Meta(max_length=MAX_DIMS)]
    scalar: bool = False


class Items(msgspec.Struct, array_like=True, tag="i", forbid_unknown_fields=True):
    """A list, a tuple, or the keys and values of a dict in turns."""

    kind: Literal["list", "tuple", "dict"]
    items: list[Node]


Node: TypeAlias = bool | int | float | str | Reference | Items | WireComplex | WireForeign | None


class Row(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A case; the fields are those of :class:`grader.records.bank.Case`."""

    id: str
    origin: str
    public: bool
    sizes: dict[str, int]
    inputs: dict[str, Node]
    expected: dict[str, Node]
    raises: str | None
    because: str
    units: dict[str, Node]


class Index(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Rows by exercise."""

    cases: dict[str, list[Row]]


def flatten(cases: Mapping[str, Iterable[Case]]) -> dict[str, Flat]:
    """The index and the flat arrays, by name."""
    flats = _Flats()
    index = Index({exercise: [_row(case, flats) for case in those] for exercise, those in cases.items()})
    return {INDEX: np.frombuffer(msgspec.msgpack.encode(index), np.uint8), **flats.arrays()}


def restore(arrays: Mapping[str, Flat]) -> dict[str, tuple[Case, ...]]:
    """The cases by exercise. Raises ProtocolError for anything that :func:`flatten` does not give."""
    for name, array in arrays.items():
        if array.ndim != 1:
            raise ProtocolError(f"entry {name} has the shape {array.shape}, expected one axis")
        array.setflags(write=False)
    if INDEX not in arrays:
        raise ProtocolError(f"there is no entry named {INDEX}")
    flats = {array.dtype.str: array for name, array in arrays.items() if name != INDEX}
    try:
        index = msgspec.msgpack.decode(arrays[INDEX].tobytes(), type=Index)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"the index cannot be read: {error}") from None
    return {exercise: tuple(_case(row, flats) for row in rows) for exercise, rows in index.cases.items()}


class _Flats:
    """Arrays on their way into one flat array for each dtype."""

    def __init__(self) -> None:
        self._parts: dict[str, list[bytes]] = {}
        self._counts: dict[str, int] = {}

    def node(self, wire: Wire) -> Node:
        match wire:
            case WireArray():
                return self._reference(wire)
            case WireList():
                return Items("list", [self.node(item) for item in wire.items])
            case WireTuple():
                return Items("tuple", [self.node(item) for item in wire.items])
            case WireDict():
                return Items("dict", [self.node(item) for pair in wire.pairs for item in pair])
        return wire

    def arrays(self) -> dict[str, Flat]:
        flats = {dtype: np.frombuffer(b"".join(parts), dtype) for dtype, parts in sorted(self._parts.items())}
        return {flat.dtype.name: flat for flat in flats.values()}

    def _reference(self, wire: WireArray) -> Reference:
        offset = self._counts.get(wire.dtype, 0)
        self._parts.setdefault(wire.dtype, []).append(bytes(wire.data))
        self._counts[wire.dtype] = offset + math.prod(wire.shape)
        return Reference(wire.dtype, offset, wire.shape, wire.scalar)


def _row(case: Case, flats: _Flats) -> Row:
    inputs = {name: flats.node(pack(value)) for name, value in case.inputs.items()}
    expected = {name: flats.node(pack(value)) for name, value in case.expected.items()}
    units = {name: flats.node(pack(value)) for name, value in case.units.items()}
    return Row(case.id, case.origin, case.public, case.sizes, inputs, expected, case.raises, case.because, units)


def _case(row: Row, flats: Mapping[str, Flat]) -> Case:
    return Case(
        id=row.id,
        origin=row.origin,
        public=row.public,
        sizes=row.sizes,
        inputs={name: _value(node, flats) for name, node in row.inputs.items()},
        expected={name: _value(node, flats) for name, node in row.expected.items()},
        raises=row.raises,
        because=row.because,
        units={name: _value(node, flats) for name, node in row.units.items()},
    )


def _value(node: Node, flats: Mapping[str, Flat]) -> Value:
    kind = type(node)
    if kind is Reference:  # most nodes are
        return _view(node, flats)  # type: ignore[arg-type]  # narrowed by ``kind``
    if isinstance(node, Items):
        return _container(node, flats)
    if isinstance(node, WireComplex):
        return complex(node.real, node.imag)
    return Foreign(type=node.name) if isinstance(node, WireForeign) else node


def _view(reference: Reference, flats: Mapping[str, Flat]) -> Value:
    flat = flats.get(reference.dtype)
    count = math.prod(reference.shape)
    if flat is None or reference.dtype not in DTYPES or reference.offset + count > flat.size:
        raise ProtocolError(f"a reference leads outside of the stored numbers: {reference}")
    if reference.scalar and reference.shape:
        raise ProtocolError(f"a scalar has a shape: {reference}")
    try:
        array = flat[reference.offset : reference.offset + count].reshape(reference.shape)
    except (ValueError, OverflowError):  # an empty array may claim sizes beyond what NumPy can count
        raise ProtocolError(f"no array has such a shape: {reference}") from None
    return array[()] if reference.scalar else array


def _container(node: Items, flats: Mapping[str, Flat]) -> Value:
    items = [_value(item, flats) for item in node.items]
    if node.kind == "list":
        return items
    if node.kind == "tuple":
        return tuple(items)
    try:
        return dict(zip(items[::2], items[1::2], strict=True))
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"a dict cannot be rebuilt: {error}") from None
