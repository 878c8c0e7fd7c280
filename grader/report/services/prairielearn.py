"""``results.json`` of an external grader of PrairieLearn: a share of the points, and a test an exercise.

What could not be graded is not ``gradable``, which costs neither points nor an attempt. PrairieLearn takes 1 MB: the
texts of exercises share what room there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report.clean import clean, cleaned
from grader.report.services.fields import encoded, explained, named, share
from grader.report.words import page
from grader.report.words.services import summary

if TYPE_CHECKING:
    from grader.report.document import Document, WrittenExercise
    from grader.report.services import Delivery

#: Bytes of a results file.
MOST = 1_000_000
_BYTES_A_CHARACTER = 4  # at most, in UTF-8; what JSON escapes takes two
_BESIDE = 2_500  # bytes of a test that are no explanation


def render(report: Document, delivery: Delivery) -> str:  # noqa: ARG001 - all writers take the same
    """The results file, at most MOST bytes."""
    report = cleaned(report)
    if report.score is None:
        message = summary(report)
        return encoded({"gradable": False, "score": 0.0, "message": message, "format_errors": [message]})
    room = max(MOST // (len(report.exercises) + 1) - _BESIDE, 0) // _BYTES_A_CHARACTER
    return encoded(
        {
            "gradable": True,
            "score": share(report.score, report.max_score),
            "message": clean(summary(report), room),
            "tests": [_test(exercise, room) for exercise in report.exercises],
        }
    )


def _test(exercise: WrittenExercise, room: int) -> dict[str, Any]:
    return {
        "name": named(exercise),
        "description": page.status(exercise),
        "points": exercise.earned,
        "max_points": exercise.points,
        "message": clean(explained(exercise), room),
    }
