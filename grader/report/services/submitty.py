"""What a custom validator of Submitty prints: a share of the points, and a message.

What could not be graded is a failure of the validator, which Submitty shows as one instead of a score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.clean import clean, cleaned
from grader.report.services.fields import encoded, explained, named, share
from grader.report.words import page
from grader.report.words.services import summary

if TYPE_CHECKING:
    from grader.report.document import Document, WrittenExercise
    from grader.report.services import Delivery

_LONGEST = 60_000  # characters of a message, which is shown on one page


def render(report: Document, delivery: Delivery) -> str:  # noqa: ARG001 - all writers take the same
    """The validator's answer."""
    report = cleaned(report)
    if report.score is None:
        return encoded({"status": "failure", "message": summary(report)})
    told = share(report.score, report.max_score)
    status = "success" if told == 1 else "warning" if told else "failure"
    message = "\n\n".join([summary(report), *map(_told, report.exercises)])
    return encoded(
        {"status": "success", "data": {"score": told, "message": clean(message, _LONGEST), "status": status}}
    )


def _told(exercise: WrittenExercise) -> str:
    head = f"{page.MARKS[exercise.status]} {named(exercise)}: {page.earned(exercise)}, {page.status(exercise)}"
    return f"{head}\n{explained(exercise)}".strip()
