"""What Gradescope says of a submission in ``submission_metadata.json``: when it came, and what the one before it got.

Nothing depends on it but sentences and the number that stands in for a score where there is none. So whatever is
missing, of another type, or not to be understood is as if it were not there.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import msgspec

from grader.records.record import Record

LARGEST = 16 << 20  # bytes that are read: it holds the whole result of the submission before


class Arrival(Record, frozen=True):
    """How long after the due date it came, and the score of the last submission before it that was graded.

    None where that is not known, or it was in time.
    """

    late: timedelta | None = None
    earlier: float | None = None


UNKNOWN = Arrival()


def submitted(data: bytes) -> Arrival:
    """What the file says, as far as it says it."""
    try:
        found = msgspec.json.decode(data) if len(data) <= LARGEST else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return UNKNOWN
    return Arrival(_late(found), _earlier(_field(found, "previous_submissions")))


def _late(found: object) -> timedelta | None:
    """By when it was handed in, as Gradescope keeps it: the clock would call a later grading late."""
    created, due = _time(_field(found, "created_at")), _time(_field(_field(found, "assignment"), "due_date"))
    return created - due if created is not None and due is not None and created > due else None


def _earlier(previous: object) -> float | None:
    """The score of the last one that the autograder did not fail on."""
    times: list[tuple[datetime, float]] = []
    for each in previous if isinstance(previous, list) else ():
        score, when = _field(each, "score"), _time(_field(each, "submission_time"))
        graded = isinstance(score, int | float) and not isinstance(score, bool) and not _field(each, "autograder_error")
        if when is not None and graded and math.isfinite(score) and score >= 0:
            times.append((when, float(score)))
    return max(times)[1] if times else None


def _field(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _time(text: object) -> datetime | None:
    """A time with its offset; without one nobody knows when it was."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
