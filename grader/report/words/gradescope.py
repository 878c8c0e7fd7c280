"""What Gradescope's page says beside a report: how late it was handed in, and that something was not graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.format import points
from grader.report.words.language import count

if TYPE_CHECKING:
    from datetime import timedelta

TELL = "The grader stopped before it could write anything, or was never installed: tell your course."
FAILED = "NOT GRADED. That is the grader's fault, not yours, and costs no points: your course will grade this again."
NOT_TAKEN = "NOT GRADED, which costs no points: your work cannot be taken as it is. Mend that, and submit again."

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def late(by: timedelta) -> str:
    """That it came after the due date; nothing is taken off for it."""
    return (
        f"Submitted {span(by)} after the due date. No points are taken off for that here; an extension of yours may "
        "not be known here."
    )


def span(length: timedelta) -> str:
    """A length of time in its two largest units: ``2 h 5 min``, ``1 day 3 h``, ``40 s``."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return f"{max(seconds, 1)} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    whole, rest = (_HOUR, _MINUTE) if seconds < _DAY else (_DAY, _HOUR)
    first = f"{seconds // whole} h" if whole == _HOUR else count(seconds // whole, "day")
    second = seconds % whole // rest
    return f"{first} {second} {'min' if rest == _MINUTE else 'h'}" if second else first


def not_graded(why: str, shown: float, earlier: float | None) -> str:
    """What the number that Gradescope asks for is, where there is no score: what the student has by now, at least.

    A newer submission takes the place of those before it, whatever came of it.
    """
    if earlier is not None and shown == earlier:
        return f"{why} Until then Gradescope shows the {points(shown)} of your submission before this one."
    if shown:
        return f"{why} Until then Gradescope shows the {points(shown)} of what could be graded."
    return f"{why} Gradescope needs a number, and shows 0 until then: it is no score."


def not_graded_by(why: str) -> str:
    """The same of an exercise, beside why it was not."""
    return f"{why} Not graded: that costs no points.".strip()
