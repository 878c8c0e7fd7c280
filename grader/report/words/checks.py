"""What the checks of a submission say, counted over its exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words import practice
from grader.report.words.language import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.report.document import Document, WrittenExercise, WrittenPart


def checks(report: Document, shown: Sequence[WrittenExercise] | None = None) -> str:
    """What the checks say, of all exercises or of those shown, and of practice that it is that."""
    return f"{_checks(report, report.exercises if shown is None else shown)} {practice.whole(report)}".strip()


def _checks(report: Document, exercises: Sequence[WrittenExercise]) -> str:
    """What the checks say, in a sentence that never claims more than the reader may know.

    Of what is not done yet nothing is counted, whether a function is missing or raises NotImplementedError.
    """
    if report.not_taken:
        return "Nothing was graded, and nobody loses points by that: mend what is wrong, and hand in again."
    ungraded = sum(exercise.status == "ungraded" for exercise in exercises)
    if ungraded:
        return f"{count(ungraded, 'exercise')} could not be graded. That is the grader's fault and costs no points."
    counts = _Counts([part for each in exercises if each.status != "unfinished" for part in each.parts])
    if counts.public + counts.hidden:
        told = _counted(counts, report) if report.hidden == "counts" else _uncounted(counts)
        told = told or _passed(report, exercises, counts)
    else:
        told = "No checks were run." if all(each.status != "unfinished" for each in exercises) else ""
    return f"{told} {_not_counted(exercises)}".strip()


def _not_counted(exercises: Sequence[WrittenExercise]) -> str:
    """How many exercises are left out of the counts, and why; empty where none is, or all for want of a file."""
    missing = sum(exercise.status == "missing" for exercise in exercises)
    unfinished = sum(exercise.status == "unfinished" for exercise in exercises)
    if missing == len(exercises) or not unfinished + missing:
        return ""
    if not unfinished:
        return f"Checks of {count(missing, 'exercise')} that could not be tried are not counted."
    beside = f", and of {missing} that could not be tried," if missing else ""
    return f"Checks of {count(unfinished, 'exercise')} not done yet{beside} are not counted."


def _passed(report: Document, exercises: Sequence[WrittenExercise], counts: _Counts) -> str:
    """What is to be said where no check that is counted failed."""
    if any(exercise.status != "right" for exercise in exercises):
        return "The checks that could be run passed, but not every exercise is right."
    if counts.hidden and report.hidden == "verdict":
        return f"Public checks passed, {count(counts.hidden, 'hidden check')} not shown."
    return f"{count(counts.public + counts.hidden, 'check')} passed."


class _Counts:
    """How many checks there are, and how many of them failed as far as that is told."""

    def __init__(self, parts: Sequence[WrittenPart]) -> None:
        self.public = sum(part.public for part in parts)
        self.public_failed = sum(part.public_failed for part in parts)
        self.hidden = sum(part.hidden for part in parts)
        self.hidden_failed = sum(part.hidden_failed or 0 for part in parts)
        self.unshown = any(part.unshown for part in parts)


def _uncounted(found: _Counts) -> str:
    """What is to be said of public checks that failed, or of hidden ones; empty where nothing failed."""
    if found.public_failed:
        if not found.hidden:
            return f"{found.public_failed} of {count(found.public, 'check')} failed."
        beside = f"{count(found.hidden, 'hidden check')} not shown"
        return f"{found.public_failed} of {count(found.public, 'public check')} failed, {beside}."
    if found.unshown:
        return f"Public checks passed, some of {count(found.hidden, 'hidden check')} failed. Those are not shown."
    return ""


def _counted(found: _Counts, report: Document) -> str:
    """The same where hidden checks are counted: for the staff, and for students whose assignment says so."""
    tried, failed = found.public + found.hidden, found.public_failed + found.hidden_failed
    if not failed:
        return ""
    if report.view == "student" and found.hidden:
        public = f"{found.public_failed} of {count(found.public, 'public check')}"
        hidden = f"{found.hidden_failed} of {count(found.hidden, 'hidden one')}, which are counted but not shown"
        return f"Failed: {public} and {hidden}, as this assignment has it."
    return f"{failed} of {count(tried, 'check')} failed."
