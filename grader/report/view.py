"""Who may see what. Nothing else in the package decides it; writers show whatever a report holds.

A student reads of hidden cases one bit a part: whether the part is right. What came of them, how many failed and how
they ended stays with the staff: student code chooses all of that, and could spell a hidden input by it. So the results
for students are no selection from those for the staff, but made apart, where nothing hidden is at hand but those bits:
see :mod:`grader.grading.students`. Nor do times say any: those in a student's report were taken before the first
hidden case was run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.report import GraderFailed, LawsFail, Timing
from grader.records.verdict import LawFailed

if TYPE_CHECKING:
    from grader.records.report import ExerciseResult, Report
    from grader.records.verdict import Problem


def staff(report: Report) -> Report:
    """The report as it is."""
    return report


def student(report: Report) -> Report:
    """The report as its student may read it. Doing it twice changes nothing.

    Of what was handed in there is no hash, so that reports which tell the same are the same.
    """
    if report.view == "student":
        return report
    return replace(
        report,
        view="student",
        exercises=report.students,
        students=(),
        answers=(),
        fingerprint=replace(report.fingerprint, submission=""),
        content="",
        timing=replace(report.public_timing, started=report.timing.started),
        public_timing=Timing(),
    )


def revealed(report: Report) -> Report:
    """The report as its student may read it once the instructor shows hidden cases: what came of those, as well.

    What is for the staff alone stays so: how the grader failed, and what is known of a mistake but contradicted by a
    hidden case. Nothing else of a report is another student's, or the course's.
    """
    return replace(
        report,
        view="revealed",
        exercises=tuple(map(_revealed, report.exercises)),
        students=(),
        answers=(),
        timing=replace(report.public_timing, started=report.timing.started),
        public_timing=Timing(),
    )


def _revealed(result: ExerciseResult) -> ExerciseResult:
    reason = result.reason
    match reason:
        case GraderFailed():
            reason = GraderFailed()
        case LawsFail(problems=problems):
            reason = replace(reason, problems=tuple(map(_without_fault, problems)))
    return replace(
        result,
        reason=reason,
        parts=tuple(replace(part, problem=part.problem and _without_fault(part.problem)) for part in result.parts),
        diagnosis=tuple(finding for finding in result.diagnosis if not finding.contradicted),
    )


def _without_fault(problem: Problem) -> Problem:
    """A problem without the text of an exception of the author's code."""
    return LawFailed("") if isinstance(problem, LawFailed) else problem


def kept(report: Report) -> Report:
    """A student's report that says what it belongs to: ``grade class --resume`` goes by that.

    With it go the answers that are kept for the staff, in a file of their own: no writer for students writes them.
    """
    return replace(student(report), fingerprint=report.fingerprint, answers=report.answers)
