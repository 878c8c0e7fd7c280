"""What someone practises against, where their own code runs beside the grader: public cases, and nothing hidden.

In a notebook that code is in this very process, and under pytest a ``conftest.py`` is. So hidden cases are not drawn
here, and not even read; no key, nor the secret of a course, is read or made. Where the cases of an assignment have not
been made yet, ``grade build`` makes them, in a process of its own.

Variables that hold such secrets are taken out of the environment, so that no code prints them unawares, and given to
that process alone. Code that looks for them may have read them before, or finds them in memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.bank import bundle
from grader.bank.build import public_bank
from grader.cli.course import course_at, held_against
from grader.cli.start import meant
from grader.course.environment import with_taken
from grader.course.note import NOTE
from grader.grading.bank_and_author import of_course
from grader.grading.practice import of_bundle
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.cli.start import Meant
    from grader.course.find import AssignmentFiles
    from grader.grading.bank_and_author import BankAndAuthor

LONGEST = 2_000  # characters of what a failed build said


def only(against: BankAndAuthor, exercises: Collection[str]) -> BankAndAuthor:
    """The same with some of the exercises alone."""
    assignment, cases = against.bank.assignment, against.bank.cases
    kept = tuple(each for each in assignment.exercises if each.id in exercises)
    own = replace(assignment, exercises=kept)
    return against._replace(
        bank=replace(against.bank, assignment=own, cases={each.id: cases[each.id] for each in kept})
    )


def meant_here(assignment: str | None, path: Path | None, course: Path | None) -> Meant:
    """As ``grade`` means it in this folder; the note there also says where a named assignment's course is.

    A bundle stands in for the note's own assignment alone: of another one that is named, a course is looked for.
    Raises UsageError where no assignment is named and no note names one.
    """
    if course is None and (named := os.environ.get("GRADER_COURSE")):
        course = Path(named)
    if assignment is not None and course is None and Path(NOTE).is_file():
        with suppress(UsageError):  # it is none to go by: the course is looked for as without one
            noted = meant(None, None, None)
            beside = noted.bundle if noted.assignment == assignment else None
            return noted._replace(assignment=assignment, path=path or noted.path, bundle=beside)
    found = meant(assignment, path, course)
    return found if path is None else found._replace(path=path)


def public_cases(asked: Meant, graded: Path | None = None) -> BankAndAuthor:
    """The public cases of what is meant; the course is none that lies in what is ``graded``.

    Raises UsageError if there are none, AssignmentError for mistakes in the assignment, BundleError for a damaged
    bundle.
    """
    if asked.bundle is not None:
        return of_bundle(bundle.read_of(asked.bundle, asked.assignment))
    name, course = asked.assignment, asked.course
    files = course_at(course).assignment(name) if graded is None else held_against(graded, name, course)
    bank = public_bank(files)
    if bank is None:
        _build(files)
        bank = public_bank(files)
    if bank is None:
        raise UsageError(
            f"the cases of {name} were made and could not be kept: let GRADER_CACHE name a folder to write to"
        )
    return of_course(files, bank)


def _build(files: AssignmentFiles) -> None:
    """Have the cases made. Raises UsageError with what stands in the way."""
    sys.stderr.write(f"{files.name}: making cases, once; this may take minutes\n")
    command = [sys.executable, "-P", "-m", "grader", "build", files.name, "--course", str(files.root)]
    done = subprocess.run(  # noqa: S603 - Python itself, and no shell
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=with_taken(),
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if ": making cases for " not in line]
        said = "\n".join(lines).strip()[-LONGEST:] or f"exit code {done.returncode}"
        raise UsageError(f"the cases of {files.name} could not be made: {said}")
