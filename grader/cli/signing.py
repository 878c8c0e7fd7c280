"""Options that sign a report, and what has to be so for that."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
from msgspec.structs import replace

from grader.cli.output import failed, one_line
from grader.records.errors import UsageError
from grader.records.run import SEALED_LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.bank.signing_keys import SigningKey
    from grader.records.bank import CaseBank
    from grader.records.report import Report
    from grader.records.run import Isolation
    from grader.records.signature import StudentSource
    from grader.report.document import Document

#: Variables of continuous integration that name the repository whose push is graded, and its commit.
_SERVICES: Final[tuple[tuple[StudentSource, str], ...]] = (
    ("GITHUB_REPOSITORY", "GITHUB_SHA"),
    ("CI_PROJECT_PATH", "CI_COMMIT_SHA"),
)
LONGEST = 200  # characters of an id


class Whose(NamedTuple):
    """The student or repository whose work it is, who says so, and the commit; empty where nobody does."""

    student: str = ""
    student_from: StudentSource = ""
    commit: str = ""


class Signer(NamedTuple):
    """Signs a report of the course in ``root``, which will be in ``file``, by ``key``; without one leaves it as is."""

    key: SigningKey | None = None
    root: Path = Path()
    file: Path | None = None
    whose: Whose = Whose()

    def check(self, isolation: Isolation) -> None:
        """Raise UsageError, before student code runs, where it could read the key."""
        if self.key is not None and not isolation.keeps_hidden:
            raise UsageError(
                f"a report is signed from isolation level {SEALED_LEVEL} on, and this run has {isolation.level}: there "
                "student code could read the key that signs, and with it sign any score; `grade doctor` says what is "
                "missing, and without --sign it can be graded"
            )

    def signed(self, report: Document, whole: Report, bank: CaseBank) -> tuple[Document, bool]:
        """A report with its signature, and whether it is as was asked for; ``whole`` is the same for the staff.

        A fault in signing loses nobody the report: it stays unsigned, and that is said.
        """
        if self.key is None:
            return report, True
        try:
            return self._signed(report, whole, bank, self.key), True
        except Exception as fault:  # noqa: BLE001 - as said above
            click.echo(failed(fault, whole=False, so="The report is not signed"), err=True)
            click.echo(one_line(f"{self.file}: NOT SIGNED, so that it proves nothing: grade again"), err=True)
            return report, False

    def _signed(self, report: Document, whole: Report, bank: CaseBank, key: SigningKey) -> Document:
        from grader.course.secret import secret_of
        from grader.course.snippet import asked_names
        from grader.grading.signed import signature_of
        from grader.records.signature import TIME, HandedIn, Vouched
        from grader.report.json import render

        hidden = any(not case.public for cases in bank.cases.values() for case in cases)
        graded = Vouched(
            time=datetime.now(UTC).strftime(TIME),
            student=self.whose.student,
            student_from=self.whose.student_from,
            commit=self.whose.commit,
            hidden=hidden and whole.score is not None,
            handed_in=HandedIn(whole.content, bank.assignment.module, tuple(sorted(asked_names(bank.assignment)))),
            course=secret_of(self.root).fingerprint(),
        )
        signature = signature_of(graded, key, lambda made: render(replace(report, signature=made)))
        click.echo(one_line(f"{self.file}: signed with key {key.id}"), err=True)
        return replace(report, signature=signature)


class Signing(NamedTuple):
    """What the options said."""

    sign: bool = False
    student: str | None = None
    commit: str | None = None

    def signer(self, root: Path | None, json_file: Path | None, *, staff: bool, watched: bool) -> Signer:
        """What signs, for a course in the folder ``root``; None for a bundle. Raises UsageError where nothing may."""
        if not self.sign:
            return Signer()
        if json_file is None:
            raise UsageError("--sign signs the report that --json-file FILE writes: add that option")
        if root is None:
            raise UsageError(
                "a report in practice is made of public cases alone, on a machine that is its student's: it is never "
                "signed; grade in the course, or leave out --sign"
            )
        if staff:
            raise UsageError(
                "a signed report is the student's, who may hand it on, and --staff shows hidden cases: leave out one"
            )
        if watched:
            raise UsageError("--watch grades what is not done yet, and nothing of that is signed: leave out one")
        from grader.bank.signing_keys import PUBLIC_FILE, public_keys, signing_key

        key = signing_key(root)
        if key.public not in public_keys(root):
            told = f"{root / PUBLIC_FILE} does not hold the public part of key {key.id}, which signs: nobody who has"
            click.echo(one_line(f"{told} that file can verify it; `grade keys` shows the line to add"), err=True)
        return Signer(key, root, json_file, whose(self.student, self.commit, os.environ))


def signing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``signing``."""

    @click.option(
        "--sign",
        is_flag=True,
        help="Sign the report of --json-file with the course's key (`grade keys new --signing`), for `grade verify`.",
    )
    @click.option(
        "--student", metavar="ID", help="Whose work a signed report is of; by default the repository that CI names."
    )
    @click.option("--commit", metavar="SHA", help="The commit that is graded, for a signed report; CI names its own.")
    @wraps(command)
    def with_signing(*args: Any, sign: bool, student: str | None, commit: str | None, **kwargs: Any) -> Any:
        for name, value in (("--student", student), ("--commit", commit)):
            if value is not None and not sign:
                raise UsageError(f"{name} is said in a signed report alone: add --sign, or leave it out")
            if value is not None and not (value.isprintable() and value.strip() and len(value) <= LONGEST):
                raise UsageError(f"{name} should be a line of at most {LONGEST} characters that can be seen")
        return command(*args, signing=Signing(sign, student, commit), **kwargs)

    return with_signing


def whose(student: str | None, commit: str | None, environment: Mapping[str, str]) -> Whose:
    """Whose work it is. Where the student is named, a commit of the job's own repository says nothing of that work."""
    if student is not None:
        return Whose(student.strip(), "option", (commit or "").strip())
    for repository, head in _SERVICES:
        if name := environment.get(repository):
            return Whose(name[:LONGEST], repository, (commit or environment.get(head, ""))[:LONGEST])
    return Whose(commit=(commit or "").strip())
