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

from grader.records.report import Timing

if TYPE_CHECKING:
    from grader.records.report import Report


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


def kept(report: Report) -> Report:
    """A student's report that says what it belongs to: ``grade class --resume`` goes by that.

    With it go the answers that are kept for the staff, in a file of their own: no writer for students writes them.
    """
    return replace(student(report), fingerprint=report.fingerprint, answers=report.answers)
