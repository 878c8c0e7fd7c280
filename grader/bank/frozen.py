"""The whole case bank of an assignment in one file: what was drawn once comes to everybody, and is drawn no more.

A line of JSON says what the file is (:class:`FrozenHead`); then comes a compressed payload, with the same members for
each exercise as in the cache (:mod:`grader.bank.store`). Equal banks give equal bytes. The line has a SHA-256 of the
payload: a flipped bit is found before anything is unpacked. Nothing is ever unpickled.

An exercise's cases fit as long as what decides them is as it was. The versions of NumPy, Hypothesis and Python are no
part of that here: they decide what is drawn, and this has been.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader import __version__
from grader.bank.first_line import first_line
from grader.bank.layout import (
    pack_cases,
    pack_diagnostics,
    pack_sifted,
    unpack_cases,
    unpack_diagnostics,
    unpack_sifted,
)
from grader.bank.store import FORMAT as BANK_FORMAT
from grader.records.bank import ExerciseBank, Manifest, WrongVersion
from grader.records.decoding import from_json, from_msgpack
from grader.records.errors import BankError, ProtocolError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeVar

    _T = TypeVar("_T")

#: Raised by one when a file of an older version can no longer be read.
FORMAT = 1
KIND = "frozen cases of grader"
LARGEST = 64 << 20  # bytes of a file
UNPACKED = 512 << 20  # bytes of all that is in it
LONGEST_LINE = 1 << 20  # bytes

_AGAIN = "make it anew, or remove it"
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ProtocolError)


class FrozenHead(Record, frozen=True):
    """The first line. ``decided`` has for each exercise what stands for all that decides its cases.

    ``grader`` is the version that made it, ``bank`` the format of its members, ``draw`` the number of the draw of its
    hidden cases; older files do not say it.
    """

    kind: str
    format: int
    assignment: str
    grader: str
    bank: int
    decided: dict[str, str]
    payload: str
    draw: int | None = None


class _Members(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What an exercise's bank holds, each as :mod:`grader.bank.layout` packs it."""

    manifest: Manifest
    cases: bytes
    proof: bytes
    diagnostics: bytes
    sifted: bytes


class Frozen(NamedTuple):
    """What a file holds: of each exercise what decided its cases, and its bank; and the ``draw`` of hidden ones."""

    decided: Mapping[str, str]
    banks: Mapping[str, ExerciseBank]
    draw: int | None = None


def pack(assignment: str, frozen: Frozen) -> bytes:
    """The bytes of a file."""
    members = {name: _members(name, bank) for name, bank in sorted(frozen.banks.items())}
    payload = zlib.compress(msgspec.msgpack.encode(members), 9)
    decided = dict(sorted(frozen.decided.items()))
    head = FrozenHead(KIND, FORMAT, assignment, __version__, BANK_FORMAT, decided, _sha256(payload), frozen.draw)
    return msgspec.json.encode(head) + b"\n" + payload


def unpack(data: bytes, path: Path, assignment: str) -> Frozen:
    """What a file's bytes hold; ``path`` is where they are from.

    Raises BankError for what is none, is damaged, or is another assignment's. None of its cases fit where another
    version of grader packed its banks in another way.
    """
    line, newline, payload = data[:LONGEST_LINE].partition(b"\n")
    payload = data[len(line) + 1 :] if newline else b""
    head = _head(line, path)
    if head.assignment != assignment:
        raise BankError(path, f"is of {head.assignment[:60]}, and {assignment} is graded: {_AGAIN}")
    if _sha256(payload) != head.payload:
        raise BankError(path, f"was changed, or is damaged (SHA-256 differs): get it anew, or {_AGAIN}")
    if head.bank != BANK_FORMAT:
        return Frozen({}, {}, head.draw)
    try:
        members = from_msgpack(_inflated(payload), dict[str, _Members])
        banks = {name: _bank(name, found, path) for name, found in members.items()}
    except (zlib.error, *_UNDECODABLE) as error:
        raise BankError(path, f"cannot be read ({str(error)[:200]}): {_AGAIN}") from None
    if banks.keys() != head.decided.keys():
        raise BankError(path, f"cannot be read (its first line tells of other exercises): {_AGAIN}")
    return Frozen(head.decided, banks, head.draw)


def draw_of(path: Path) -> int | None:
    """The draw that the file at ``path`` says it holds; None where it says none, or there is no such file."""
    try:
        with path.open("rb") as file:
            return _head(file.readline(LONGEST_LINE).rstrip(b"\n"), path).draw
    except (OSError, BankError):  # which whoever uses it is told
        return None


def _members(name: str, bank: ExerciseBank) -> _Members:
    return _Members(
        bank.manifest,
        pack_cases({name: bank.cases}),
        msgspec.json.encode(bank.proof()),
        pack_diagnostics(bank.diagnostics()),
        pack_sifted(bank.sifted()),
    )


def _bank(name: str, found: _Members, path: Path) -> ExerciseBank:
    """Raises ProtocolError where its members are another exercise's."""
    cases = unpack_cases(found.cases)
    if cases.keys() != {name} or found.manifest.exercise != name:
        raise ProtocolError(f"{name[:60]} has another exercise's cases")
    return ExerciseBank(
        manifest=found.manifest,
        cases=cases[name],
        proof=partial(_later, path, _proof, found.proof),
        diagnostics=partial(_later, path, unpack_diagnostics, found.diagnostics),
        sifted=partial(_later, path, unpack_sifted, found.sifted),
    )


def _later(path: Path, decode: Callable[[bytes], _T], data: bytes) -> _T:
    try:
        return decode(data)
    except _UNDECODABLE as error:
        raise BankError(path, f"cannot be read ({str(error)[:200]}): {_AGAIN}") from None


def _proof(data: bytes) -> tuple[WrongVersion, ...]:
    return from_json(data, tuple[WrongVersion, ...])


def _head(line: bytes, path: Path) -> FrozenHead:
    peek = first_line(line, KIND)
    if peek is None:
        raise BankError(path, f"is no frozen case bank, which begins with a line that says so: {_AGAIN}")
    if peek.format != FORMAT:
        older = "update grader" if peek.format > FORMAT else _AGAIN
        raise BankError(path, f"has format {peek.format}, and grader {__version__} reads {FORMAT}: {older}")
    try:
        return from_json(line, FrozenHead)
    except _UNDECODABLE as error:
        raise BankError(path, f"cannot be read (its first line: {str(error)[:200]}): {_AGAIN}") from None


def _inflated(payload: bytes) -> bytes:
    """Raises ProtocolError for what would fill the memory, or is cut off."""
    inflating = zlib.decompressobj()
    data = inflating.decompress(payload, UNPACKED)
    if inflating.unconsumed_tail:
        raise ProtocolError(f"unpacks to more than {UNPACKED >> 20} MiB")
    if not inflating.eof or inflating.unused_data:
        raise ProtocolError("does not end where it should")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
