"""What a report says to a service as a whole, which has one text for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words import page
from grader.report.words.checks import checks

if TYPE_CHECKING:
    from grader.report.document import Document


def summary(report: Document) -> str:
    """The points, and what is wrong with the whole, or what the checks say; or that it could not be graded."""
    if report.not_taken:
        return f"{report.problem} {checks(report)}"
    if report.score is None:
        return f"{checks(report)} Tell your course."
    whole = f"{report.problem} {report.error}".strip() if report.problem else checks(report)
    return f"{page.score(report)} points. {whole}"
