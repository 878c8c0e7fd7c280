"""What work is held against: a course's case bank, or the bundle that lies beside the work in a student's folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.cli.course import held_against, refuse_misspelt_command
from grader.cli.output import building
from grader.cli.start import NOTE
from grader.course.find import courses_above
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from grader.cli.amount import Amount
    from grader.cli.start import Meant
    from grader.course.find import AssignmentFiles
    from grader.grading.grade import Demands
    from grader.records.report import Report
    from grader.sandbox.api import WorkerPool


class Measure(NamedTuple):
    """How a path is graded, and what is reported where the grader fails at it."""

    grade: Callable[[Path, Demands], Report]
    ungraded: Callable[[Exception], Report]


def held_on(about: Meant, commands: Collection[str], *, staff: bool) -> Callable[[WorkerPool, Amount], Measure]:
    """What the work is held against, to be opened once there is a pool. Raises UsageError where there is nothing."""
    if about.bundle is not None:
        if staff:
            raise UsageError(
                f"{about.bundle} holds no hidden case, so there is nothing for --staff to show: leave it out"
            )
        return partial(_in_practice, about.bundle, about.assignment)
    if about.course is None and Path(NOTE).is_file() and not any(courses_above(Path.cwd())):
        raise UsageError(
            f"no course here: in a folder of your own, type `grade` alone, without {about.assignment}, to grade by "
            f"what {NOTE} says; or name a course by --course FOLDER"
        )
    refuse_misspelt_command(about.assignment, about.course, commands)
    if not about.path.exists():
        raise UsageError(f"{about.path} does not exist: name a file, a folder, a notebook or a zip archive")
    return partial(_in_course, held_against(about.path, about.assignment, about.course))


def _in_course(files: AssignmentFiles, pool: WorkerPool, amount: Amount) -> Measure:
    from grader.bank import compiled
    from grader.bank.build import bank_for
    from grader.grading.grade import grade_path, ungraded

    if amount.exercises:  # before cases are made, which may take minutes
        amount.check([exercise.id for exercise in compiled.assignment_of(files, files.sources()).exercises])
    with building(files.name) as progress:
        bank = bank_for(files, pool, progress)
    return Measure(
        lambda path, demands: grade_path(files, bank, path, pool, demands=demands),
        partial(ungraded, bank, pool),
    )


def _in_practice(path: Path, assignment: str, pool: WorkerPool, amount: Amount) -> Measure:
    from grader.bank import bundle
    from grader.grading.practice import practise, unpractised
    from grader.records.errors import BundleError

    found = bundle.read(path)
    held = found.bank.assignment
    if held.id != assignment:
        raise BundleError(path, f"is of {held.id}, and the note beside it of {assignment}: {bundle.AGAIN}")
    amount.check([exercise.id for exercise in held.exercises])
    return Measure(
        lambda work, demands: practise(found, work, pool, demands=demands),
        partial(unpractised, found, pool),
    )
