"""What is kept of a graded hand-in for the staff: its whole report as facts, with hidden cases, and how it is stored.

From it every page can be written anew without running the submission again. Values in it, of hidden cases and of
student code, are packed as for the wire to a worker, and read as strictly. A first line says what the rest must be, so
that damage is met as damage.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import fields, replace

from grader.records.decoding import from_msgpack
from grader.records.errors import ProtocolError
from grader.records.record import Foreign, Record
from grader.records.report import Report
from grader.records.run import CellFrame, Frame, cell_name
from grader.records.schemas import RECORD
from grader.records.values import Wire, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.record import Value
    from grader.records.verdict import Counterexample

LARGEST = 64 << 20  # bytes
_CELL = re.compile(re.escape(cell_name(0)).replace("0", "[0-9]+"))  # no file's name: those end in .py


class StaffRecord(Record, frozen=True):
    """A hand-in's report as the staff sees it, and the draw that its hidden cases are of (``Assignment.draw``)."""

    report: Report
    draw: int = 0


def packed_record(record: StaffRecord) -> bytes:
    """The bytes of its file."""
    report = _with_values(replace(record.report, answers=()), lambda value: msgspec.msgpack.encode(pack(value)))
    data = msgspec.msgpack.encode(replace(record, report=_rebuilt(report, _whole_text)))
    return b"%b %b\n%b" % (RECORD.encode(), hashlib.sha256(data).hexdigest().encode(), data)


def unpacked_record(data: bytes) -> StaffRecord:
    """The record that a file holds. Raises ProtocolError, which says in the end of a sentence what is wrong with it."""
    head, _, body = data.partition(b"\n")
    schema, _, digest = head.partition(b" ")
    if not schema.startswith(b"grader/record/"):
        raise ProtocolError("is no record of `grade class`")
    if schema != RECORD.encode():
        raise ProtocolError(f"was written by another version of grader ({schema[:40].decode('ascii', 'replace')})")
    if digest != hashlib.sha256(body).hexdigest().encode():
        raise ProtocolError("is damaged (SHA-256 differs)")
    try:
        found = from_msgpack(body, StaffRecord)
        report: Report = _rebuilt(_with_values(found.report, _value), _line_of_a_cell)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"was written by another version of grader ({str(error)[:200]})") from None
    return replace(found, report=report)


def _value(data: Any) -> Value:
    if not isinstance(data, bytes):
        raise ProtocolError("holds a value that is not packed")
    return unpack(from_msgpack(data, Wire), own=True)  # type: ignore[arg-type]  # a union, which msgspec takes for a type


def _with_values(report: Report, read: Callable[[Any], Any]) -> Report:
    """The report with each value of its counterexamples read otherwise."""

    def example(found: Counterexample) -> Counterexample:
        outputs = tuple(
            replace(each, expected=read(each.expected), got=read(each.got), wrong=read(each.wrong))
            for each in found.outputs
        )
        return replace(found, inputs={name: read(value) for name, value in found.inputs.items()}, outputs=outputs)

    return replace(
        report,
        **{
            of: tuple(
                replace(result, counterexamples=tuple(map(example, result.counterexamples)))
                for result in getattr(report, of)
            )
            for of in ("exercises", "students")
        },
    )


def _rebuilt(found: Any, change: Callable[[Any], Any]) -> Any:
    """The same with everything in it changed that is to be, the outermost first."""
    if (changed := change(found)) is not found:
        return changed
    if isinstance(found, Record) and not isinstance(found, Foreign):
        new = {each.name: _rebuilt(getattr(found, each.name), change) for each in fields(found)}
        return replace(found, **{name: each for name, each in new.items() if each is not getattr(found, name)})
    if isinstance(found, tuple):
        return tuple([_rebuilt(each, change) for each in found])
    return {name: _rebuilt(each, change) for name, each in found.items()} if isinstance(found, dict) else found


def _whole_text(found: Any) -> Any:
    """Text as it can be stored: bytes of file names that are not UTF-8, and halves of characters, are written out."""
    if not isinstance(found, str) or found.isascii():
        return found
    written = found.encode("utf-8", "backslashreplace").decode()
    return found if written == found else written


def _line_of_a_cell(found: Any) -> Any:
    """A line of a notebook's cell as such: the kind of a line is not stored, and its file tells it."""
    if type(found) is Frame and _CELL.fullmatch(found.file):
        return CellFrame(found.file, found.line, found.function, found.text)
    return found
