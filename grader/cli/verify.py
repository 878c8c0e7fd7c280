"""``grade verify``: what a signed report proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course import course_at, course_option, held_against
from grader.cli.output import harmless, one_line, tell
from grader.cli.paths import ExistingPath, Submitted
from grader.records.errors import GraderError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.grading.signed import Proven
    from grader.records.signature import Compared

NOT_VALID = 1


@click.command()
@click.argument("report", type=ExistingPath())
@click.argument("path", type=Submitted(), default=None, required=False)
@course_option
def verify(report: Path, path: Path | None, course: Path | None) -> int:
    """Say what a signed REPORT (a JSON file) proves, by the public keys in the course's signing-keys.txt.

    With PATH, a file, a folder, a notebook or a zip archive, it also says whether what lies there is what was graded.

    Exit codes: 0 valid, 1 changed since it was signed, or of another submission or course, 2 nothing that can be
    verified.
    """
    from grader.bank.signing_keys import public_keys
    from grader.course.secret import fingerprint_of
    from grader.grading.signed import proven_file
    from grader.records.signature import Flaw, is_of_course
    from grader.report.words import signature as words

    root = course_at(course).root
    found = proven_file(report, public_keys(root))
    if isinstance(found, Flaw):
        told = f"{report} proves nothing: {words.unproven(found)}"
        if not found.why.usable:
            raise UsageError(f"{told}; the course is {root}, --course names another")
        click.echo(one_line(f"NOT VALID. {told}"))
        return NOT_VALID
    compared = _compared(found, path, course, root)
    known = fingerprint_of(root)
    text = words.proven(found.report, str(root), known, newest=found.key == 0, compared=compared, path=str(path))
    tell(harmless(text))
    return NOT_VALID if compared == "another" or not is_of_course(found.report.signature.graded, known) else 0


def _compared(found: Proven, path: Path | None, course: Path | None, root: Path) -> Compared:
    """How what lies at ``path`` compares with what was graded. Raises UsageError where that cannot be told."""
    if path is None:
        return "not asked"
    from grader.grading.signed import compared

    if held_against(path, found.report.assignment, course).root != root:
        raise UsageError(f"{root} lies in what is compared, and its keys prove nothing: name yours by --course FOLDER")
    try:
        return compared(found.report.signature.graded.handed_in, path)
    except GraderError as error:
        raise UsageError(str(error)) from None
