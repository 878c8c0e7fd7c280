"""What work is held against: a course's case bank, or the bundle that lies beside the work in a student's folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.cli.course import held_against, say_if_shown
from grader.cli.output import building
from grader.cli.paths import ABSENT
from grader.course.environment import held as held_by_variable
from grader.course.find import courses_above
from grader.course.note import NOTE
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.cli.amount import Amount
    from grader.cli.start import Meant
    from grader.course.find import AssignmentFiles
    from grader.grading.bank_and_author import BankAndAuthor
    from grader.sandbox.api import WorkerPool


class Opened(NamedTuple):
    """What to grade ``against``, and what gives another where the course has ``changed`` since it was asked last."""

    against: BankAndAuthor
    changed: Callable[[], BankAndAuthor | None]


class Held(NamedTuple):
    """What the work is held against, to be ``opened`` once there is a pool, and the course's ``root`` if it is one."""

    opened: Callable[[WorkerPool, Amount], Opened]
    root: Path | None = None


def held_on(about: Meant, *, staff: bool, there: bool = True) -> Held:
    """What the work, which may have to be ``there``, is held against. Raises UsageError where there is nothing."""
    if about.bundle is not None:
        if staff:
            raise UsageError(f"{about.bundle} shows no hidden case: there is nothing for --staff to show, leave it out")
        bundle, assignment = about.bundle, about.assignment
        return Held(lambda pool, amount: Opened(_of_bundle(bundle, assignment, pool, amount), lambda: None))
    if about.course is None and Path(NOTE).is_file() and not any(courses_above(Path.cwd())):
        raise UsageError(
            f"no course here: in a folder of your own, type `grade` alone, without {about.assignment}, to grade by "
            f"what {NOTE} says; or name a course by --course FOLDER"
        )
    if there and not about.path.exists():
        raise UsageError(f"{about.path} {ABSENT}")
    files = held_against(about.path, about.assignment, about.course)
    return Held(partial(_opened, files), files.root)


def _opened(files: AssignmentFiles, pool: WorkerPool, amount: Amount) -> Opened:
    if amount.exercises:  # before cases are made, which may take minutes
        from grader.bank import compiled

        amount.check([exercise.id for exercise in compiled.assignment_of(files, files.sources()).exercises])
    say_if_shown(files)
    first = _of_course(files, pool)
    made_from = first.bank.sources

    def changed() -> BankAndAuthor | None:
        nonlocal made_from
        sources = files.sources()
        if sources == made_from:
            return None
        against = _of_course(files, pool)
        made_from = sources  # not before: of a course that cannot be read, each save says so until it can
        return against

    return Opened(first, changed)


def _of_course(files: AssignmentFiles, pool: WorkerPool) -> BankAndAuthor:
    from grader.bank.build import bank_for
    from grader.grading.bank_and_author import of_course

    with building(files.name) as progress:
        return of_course(files, bank_for(files, pool, progress))


def _of_bundle(path: Path, assignment: str, pool: WorkerPool, amount: Amount) -> BankAndAuthor:
    from grader.bank import bundle
    from grader.grading.practice import of_bundle

    found = bundle.read_of(path, assignment)
    amount.check([exercise.id for exercise in found.bank.assignment.exercises])
    if (held_by_variable("GRADER_KEY") or "").strip():  # which few have
        from grader.bank.keyring import keys_of
        from grader.bank.sealed_half import whole

        found = whole(found, path, keys_of(None), pool.isolation)
    return of_bundle(found)
