"""Whether what students are given tells what is hidden: arrays of hidden cases, statements of the reference.

Everything is unpacked (:mod:`grader.classroom.unpacked`) and searched for each hidden array of at least four elements
that are not all equal, as bytes of every type of number and byte order, and as numbers written out, be it to as few
digits as NumPy prints. An array that a
public or a diagnostic case holds as well is no secret: tables of powers have the same beginnings. One of a few small
whole numbers, a one-hot vector for instance, comes up by chance within others: it is looked for where it stands alone.
A statement is searched for as text, without spaces, and as Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.classroom.unpacked import pieces
from grader.course.disclosed import telling, without_spaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.classroom.unpacked import Unpacked
    from grader.records.bank import Case, CaseBank
    from grader.records.record import Array, Value

LEAST = 4  # elements
_BYTES = 16  # of a form that is searched for: fewer come up by chance
_SMALL, _TELLING_BITS = 9, 40  # whole numbers up to so large come up by chance, as bytes do that tell less than so many
_LEAST_WHOLE, _TELLING_WHOLE = 8, 16  # bytes, and bits, of a form that is looked for where it is all there is
_DIGITS = (4, 6, 8)  # behind the point, that an array may be printed with, also where a power of ten follows
_LEAST_TEXT = 8  # characters of a statement without spaces: fewer are part of longer words
_ORDERS = ("<", ">")
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Secrets(NamedTuple):
    """What must not be told: arrays, by a case that holds each, and statements."""

    arrays: Mapping[bytes, tuple[str, Array]]  # by their float64 bytes
    statements: frozenset[str]


def secrets_of(bank: CaseBank, statements: frozenset[str]) -> Secrets:
    """Those of a bank and its reference's ``statements``."""
    every = [case for cases in bank.cases.values() for case in cases]
    shown = [case for case in every if case.public]
    shown += [case for name in bank.cases if name in bank.diagnostics for case in bank.diagnostics[name].asked]
    held = b"".join({_plain(each).tobytes() + b"\xff" for each in _arrays(shown)})
    found: dict[bytes, tuple[str, Array]] = {}
    for case in every:
        for array in () if case.public else filter(_tells, _arrays([case])):
            found.setdefault(_plain(array).tobytes(), (case.id, array))
    return Secrets({data: each for data, each in found.items() if data not in held}, statements)


def leaks_in(files: Mapping[str, bytes], secrets: Secrets, readable: frozenset[str] = frozenset()) -> list[str]:
    """What is told, each as a sentence's end; of files that are ``readable`` anyway statements are none of it."""
    searched = _Patterns(secrets.arrays)
    statements = {each: without_spaces(each) for each in sorted(secrets.statements)}
    found: dict[str, None] = {}
    for name, data in files.items():
        for piece in pieces(name, data):
            for case in searched.within(piece):
                found[f"{piece.where} holds an array of the hidden case {case}"] = None
            for statement in () if name in readable or not piece.text else _statements(piece.text, statements):
                found[f"{piece.where} holds a statement of the reference: {statement}"] = None
    return list(found)


def _statements(text: str, secret: Mapping[str, str]) -> Iterator[str]:
    """Those that the text holds, of secret ones that are known with and without spaces."""
    packed = without_spaces(text)
    yield from (each for each, bare in secret.items() if len(bare) >= _LEAST_TEXT and bare in packed)
    try:
        told = telling(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (each for each in told if each in secret)


# ── arrays ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _arrays(cases: Iterable[Case]) -> Iterator[Array]:
    for case in cases:
        for value in (*case.inputs.values(), *case.expected.values()):
            yield from _of_value(value)


def _of_value(value: Value) -> Iterator[Array]:
    """Every array of a value, and of lists what they are as one."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _of_value(item)
    elif isinstance(value, list | tuple):
        inner = [array for item in value for array in _of_value(item)]
        yield from inner
        numbers = [item for item in value if isinstance(item, int | float | np.number)]
        if numbers and len(numbers) == len(value):
            yield np.asarray(numbers, float)
        elif inner and len(inner) == len(value):
            yield np.concatenate([_plain(array) for array in inner])


def _tells(array: Array) -> bool:
    return array.size >= LEAST and bool(np.ptp(_plain(array)) != 0)


def _plain(array: Array) -> Array:
    """Its numbers in a row, as float64."""
    flat = np.ascontiguousarray(array).ravel()
    return flat.view(flat.real.dtype).astype(float) if flat.dtype.kind == "c" else flat.astype(float)


def _is_common(array: Array) -> bool:
    """Whether it is so few small whole numbers that they come up by chance: the bits that tell them apart are few."""
    numbers = _plain(array)
    if not (np.abs(numbers) <= _SMALL).all() or (numbers != np.rint(numbers)).any():
        return False
    return _bits(numbers) < _TELLING_BITS


def _bits(items: Array) -> float:
    """How many bits it takes to tell the order of items from others with the same items in it, about."""
    shares = np.unique(items, return_counts=True)[1] / items.size
    return float(-items.size * (shares * np.log2(shares)).sum())


def _forms(array: Array) -> Iterator[bytes]:
    """An array as bytes: of every type that may hold it, in both byte orders, by rows and by columns."""
    rows = _plain(array)
    orders = [rows] if array.ndim < 2 or array.dtype.kind == "c" else [rows, _plain(array.T)]
    kinds = ["f8", "f4", "f2", *_whole_kinds(rows)]
    with np.errstate(all="ignore"):
        for numbers in orders:
            for kind in kinds:
                form = numbers.astype(kind)
                if np.unique(form).size > 1 and form.nbytes >= _LEAST_WHOLE:
                    yield from (form.astype(f"{order}{kind}").tobytes() for order in _ORDERS)
            if np.unique(numbers).size > 1:
                yield numbers.astype(np.longdouble).tobytes()  # of which each kind of machine has a form of its own
            yield from _printed(numbers)


def _whole_kinds(numbers: Array) -> list[str]:
    """The types of whole numbers that hold these exactly; those without a sign have the same bytes where both do."""
    if not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any():
        return []
    low, high = numbers.min(), numbers.max()
    fitting = ("i1", "u1", "i2", "u2", "u4")
    return ["i8", "i4", *(kind for kind in fitting if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)]


def _printed(numbers: Array) -> Iterator[bytes]:
    """As they are read from what NumPy prints, which rounds; nothing of them that comes up by chance."""
    for digits in _DIGITS:
        scientific = np.array([float(f"{number:.{digits}e}") for number in numbers.tolist()])
        for rounded in (np.round(numbers, digits), scientific):
            if np.unique(rounded).size > 1 and not _is_common(rounded):
                yield rounded.tobytes()


class _Patterns:
    """The forms of all secret arrays, found in bytes by a hash of sixteen of them and then compared.

    Those that come up by chance are found where they are all there is: as an array, or a list, of its own.
    """

    def __init__(self, arrays: Mapping[bytes, tuple[str, Array]]) -> None:
        self._hashed: dict[int, list[tuple[int, bytes, str]]] = {}
        self._whole: dict[bytes, str] = {}
        for case, array in arrays.values():
            if _is_common(array):
                self._whole |= dict.fromkeys((_plain(array).tobytes(), array.tobytes()), case)
                continue
            for form in dict.fromkeys(_forms(array)):
                bits = _bits(np.frombuffer(form, np.uint8))
                if len(form) < _BYTES or bits < _TELLING_BITS:  # 0.5 and zeros, say: hardly more than zeros
                    if bits >= _TELLING_WHOLE or len(form) == array.nbytes:  # a byte 17 and zeros are a number as well
                        self._whole[form] = case
                    continue
                at = max(range(0, len(form) - _BYTES + 1, 2), key=lambda start: -form.count(0, start, start + _BYTES))
                self._hashed.setdefault(int(_hashes(form[at : at + _BYTES])[0]), []).append((at, form, case))
        self._anchors = np.array(sorted(self._hashed), np.uint64)

    def within(self, piece: Unpacked) -> Iterator[str]:
        """The cases of which an array is held."""
        if piece.data in self._whole:
            yield self._whole[piece.data]
        if piece.data and not piece.part:
            yield from self._in_bytes(piece.data)
        if not piece.numbers:
            return
        row = np.array(piece.numbers)
        if not piece.loose and row.tobytes() in self._whole:
            yield self._whole[row.tobytes()]
        with np.errstate(all="ignore"):
            for kind in ("<f8", "<f4"):
                yield from self._in_bytes(row.astype(kind).tobytes())

    def _in_bytes(self, data: bytes) -> Iterator[str]:
        for shift in range(8):
            hashes = _hashes(data[shift:])
            if not hashes.size:
                return
            places = np.minimum(np.searchsorted(self._anchors, hashes), self._anchors.size - 1)
            for place in np.flatnonzero(self._anchors[places] == hashes) if self._anchors.size else ():
                start = shift + 8 * int(place)
                for at, form, case in self._hashed[int(hashes[place])]:
                    if start >= at and data[start - at : start - at + len(form)] == form:
                        yield case


def _hashes(data: bytes) -> Array:
    """A number for each sixteen bytes that begin at every eighth."""
    words = np.frombuffer(data[: len(data) // 8 * 8], "<u8")
    with np.errstate(over="ignore"):
        return np.asarray(words[:-1] * _MIX + words[1:])
