"""Cases, and what names mistakes, as bytes: rows in msgpack, their values packed as for the wire to a worker.

One packing serves both (:mod:`grader.records.values`), so what a bank holds comes back as what crosses to a worker
does: never unpickled, arrays as read-only views of the bytes, dtypes of a closed list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np

from grader.records.bank import Case, Condition, Diagnostics, KnownMistake, LeftOut, Origin, Sifted, Unfit
from grader.records.decoding import from_msgpack
from grader.records.errors import ProtocolError
from grader.records.values import Wire, WireArray, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.records.record import Value

_T = TypeVar("_T")


class Row(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A case; the fields are those of :class:`grader.records.bank.Case`."""

    id: str
    origin: Origin
    public: bool
    sizes: dict[str, int]
    inputs: dict[str, Wire]
    expected: dict[str, Wire]
    raises: str | None
    because: str
    units: dict[str, Wire]
    condition: Condition | None = None
    written: int | None = None


class ClueRows(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Diagnostics; the fields are those of :class:`grader.records.bank.Diagnostics`."""

    cases: list[Row]
    mistakes: tuple[KnownMistake, ...]
    answers: WireArray
    witnesses: list[Row]


class LeftOutRow(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Inputs that are no case; the fields are those of :class:`grader.records.bank.LeftOut`."""

    why: Unfit
    about: str
    message: str
    count: int
    sizes: dict[str, int]
    inputs: dict[str, Wire]


class SiftedRows(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What was tried; the fields are those of :class:`grader.records.bank.Sifted`."""

    tried: int
    left_out: list[LeftOutRow]


def pack_cases(cases: Mapping[str, Iterable[Case]]) -> bytes:
    """Cases by exercise; equal ones give equal bytes."""
    return msgspec.msgpack.encode({exercise: [_row(case) for case in those] for exercise, those in cases.items()})


def unpack_cases(data: bytes) -> dict[str, tuple[Case, ...]]:
    """The cases by exercise. Raises ProtocolError for anything that :func:`pack_cases` does not give."""
    rows = _decoded(data, dict[str, list[Row]])
    return {exercise: tuple(map(_case, those)) for exercise, those in rows.items()}


def pack_diagnostics(diagnostics: Diagnostics) -> bytes:
    """The diagnostics of an exercise."""
    cases, witnesses = ([_row(case) for case in those] for those in (diagnostics.cases, diagnostics.witnesses))
    return msgspec.msgpack.encode((cases, diagnostics.mistakes, pack(diagnostics.answers), witnesses))


def unpack_diagnostics(data: bytes) -> Diagnostics:
    """The diagnostics. Raises ProtocolError for anything that :func:`pack_diagnostics` does not give."""
    rows = _decoded(data, ClueRows)
    answers = np.asarray(unpack(rows.answers))
    if answers.dtype != np.float64 or answers.ndim != 2 or len(answers) != len(rows.mistakes):
        raise ProtocolError(f"answers of {len(rows.mistakes)} mistakes have the shape {answers.shape}")
    cases, witnesses = (tuple(map(_case, those)) for those in (rows.cases, rows.witnesses))
    return Diagnostics(cases, rows.mistakes, answers, witnesses)


def pack_sifted(sifted: Sifted) -> bytes:
    """What an exercise's cases were chosen from."""
    rows = [
        (each.why, each.about, each.message, each.count, each.sizes, _packed(each.inputs)) for each in sifted.left_out
    ]
    return msgspec.msgpack.encode((sifted.tried, rows))


def unpack_sifted(data: bytes) -> Sifted:
    """The same again. Raises ProtocolError for anything that :func:`pack_sifted` does not give."""
    rows = _decoded(data, SiftedRows)
    left_out = [
        LeftOut(row.why, row.about, row.message, row.count, row.sizes, _unpacked(row.inputs)) for row in rows.left_out
    ]
    return Sifted(rows.tried, tuple(left_out))


def _decoded(data: bytes, kind: type[_T]) -> _T:
    try:
        return from_msgpack(data, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"cannot be read: {error}") from None


def _row(case: Case) -> Row:
    inputs, expected, units = map(_packed, (case.inputs, case.expected, case.units))
    return Row(
        id=case.id,
        origin=case.origin,
        public=case.public,
        sizes=case.sizes,
        inputs=inputs,
        expected=expected,
        raises=case.raises,
        because=case.because,
        units=units,
        condition=case.condition,
        written=case.written,
    )


def _case(row: Row) -> Case:
    inputs, expected, units = map(_unpacked, (row.inputs, row.expected, row.units))
    return Case(
        id=row.id,
        origin=row.origin,
        public=row.public,
        sizes=row.sizes,
        inputs=inputs,
        expected=expected,
        raises=row.raises,
        because=row.because,
        units=units,
        condition=row.condition,
        written=row.written,
    )


def _packed(values: Mapping[str, Value]) -> dict[str, Wire]:
    return {name: pack(value) for name, value in values.items()}


def _unpacked(wires: Mapping[str, Wire]) -> dict[str, Any]:
    return {name: unpack(wire, own=True) for name, wire in wires.items()}
