"""A report on one submission, whatever becomes of its grading: who asked for one gets one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click
from msgspec.structs import replace

from grader.cli.output import failed, problem
from grader.cli.paths import ABSENT
from grader.records.errors import AssignmentError, NotTakenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.grading.bank_and_author import BankAndAuthor
    from grader.grading.grade import Demands
    from grader.records.report import Report
    from grader.records.run import Isolation
    from grader.report.document import Document
    from grader.sandbox.api import WorkerPool


class Reported(NamedTuple):
    """A ``whole`` report, what of it is ``shown``, and that in words."""

    whole: Report
    shown: Report
    written: Document


class Reporting(NamedTuple):
    """On what is graded, where, and whether all is shown. ``check`` raises UsageError where nothing may be run.

    ``refusals``: work that cannot be taken as it was handed in has a report that says so, and is not graded. Somebody
    reads the files that a job leaves, and nobody what it says.
    """

    against: BankAndAuthor
    pool: WorkerPool
    demands: Demands
    check: Callable[[Isolation], None]
    staff: bool
    refusals: bool

    def report(self, path: Path, refusal: NotTakenError | None) -> Reported:
        """The report on what lies at ``path``; a ``refusal`` is why that cannot be looked at.

        Raises UsageError and AssignmentError where the command, or the course, is wrong.
        """
        from grader.grading.grade import grade_on, ungraded

        try:
            self.check(self.pool.isolation)
            if refusal is None:
                return self._shown(grade_on(self.against, path, self.pool, demands=self.demands), path)
            return self._not_taken(refusal, path)
        except NotTakenError as error:
            if not self.refusals:
                raise
            return self._not_taken(error, path)
        except (UsageError, AssignmentError):
            raise
        except Exception as fault:  # noqa: BLE001 - who asked for a report gets one, whatever becomes of the grading
            click.echo(failed(fault, whole=self.staff), err=True)
            return self._shown(ungraded(self.against.bank, self.pool, fault), path)

    def _not_taken(self, refusal: NotTakenError, path: Path) -> Reported:
        from grader.grading.grade import not_taken

        click.echo(problem(refusal), err=True)
        return self._shown(not_taken(self.against.bank, self.pool, refusal.told), path)

    def _shown(self, whole: Report, path: Path) -> Reported:
        from grader.report import view
        from grader.report.words.written import written

        if self.refusals and isinstance(whole.problem, str):
            whole = replace(whole, problem=_as_handed_in(whole.problem, path))
        shown = (view.staff if self.staff else view.student)(whole)
        return Reported(whole, shown, written(shown))


def refused(path: Path | None, *, reported: bool) -> NotTakenError | None:
    """Why what the user named cannot be looked at: a link in it leads elsewhere, or nothing is there.

    It is raised unless it is to be ``reported``; whether something is there is left to who asks without.
    """
    from grader.submission.links import check_links

    if path is None:
        return None
    try:
        check_links(path)
    except NotTakenError as refusal:
        if not reported:
            raise
        return refusal
    if reported and not path.exists():
        return NotTakenError(f"{path} {ABSENT}", "Nothing was handed in: there is no file to grade.")
    return None


def _as_handed_in(text: str, path: Path) -> str:
    """A sentence about files at ``path`` without where on this machine they lie, which students do not know."""
    if not path.is_absolute() or path.parent == path:
        return text
    return text.replace(f"{path}{os.sep}", "").replace(str(path), "what was handed in")
