"""The line of JSON with which a file of cases says what it is, before anything else of it is read."""

from __future__ import annotations

import msgspec

from grader.records.decoding import from_json


class FirstLine(msgspec.Struct):
    """As much of it as every format has."""

    kind: str
    format: int


def first_line(line: bytes, kind: str) -> FirstLine | None:
    """What the line says, if it is that of a file of this kind."""
    try:
        found = from_json(line, FirstLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if found.kind == kind else None
