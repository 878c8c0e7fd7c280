"""Which course a command means, and that none is ever taken from what a student handed in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.output import one_line
from grader.cli.paths import ExistingPath
from grader.course.find import Course, courses_above, find_course
from grader.records.errors import AssignmentError, UsageError
from grader.submission.locate import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.course.find import AssignmentFiles

VARIABLE = "GRADER_COURSE"

course_option = click.option(
    "--course",
    type=ExistingPath(),
    envvar=VARIABLE,
    show_envvar=True,
    help="The course folder, or one in it; otherwise looked for from here upwards, outside what is graded.",
)


def course_at(named: Path | None) -> Course:
    """The course that was named, or else the nearest one from here upwards. Raises UsageError if there is none."""
    try:
        return find_course(named or Path.cwd())
    except UsageError:
        # Only of a folder that the user named as a course, and so trusts as one: a bundle's laws are run there.
        if named is not None and next(named.glob("*.bundle"), None) is not None:
            import shlex

            raise UsageError(
                f"{named} is what `grade release` made to practise in, and no course: there, type `grade` alone, or "
                f"make a copy to work in by `grade start ASSIGNMENT --course {shlex.quote(str(named))}`"
            ) from None
        raise


def say_if_published(root: Path) -> None:
    """Tell whoever makes or uses hidden cases of a course if they are no secret, as in a copy of the demonstration."""
    from grader.course.secret import known_secret

    secret = known_secret(root)
    if secret is not None and secret.published:
        told = f"hidden cases of this course can be drawn by everybody: its secret is published in {secret.source}"
        click.echo(one_line(f"{told}; `grade keys new` makes one that comes before it"), err=True)


def say_if_shown(files: AssignmentFiles) -> None:
    """Tell whoever grades with hidden cases if students have been shown them."""
    if told := shown_before(files):
        click.echo(one_line(told), err=True)


def shown_before(files: AssignmentFiles) -> str:
    """When the hidden cases of an assignment were shown to students; empty if they never were."""
    if not files.draws.exists():  # as of nearly all: nothing more is loaded
        return ""
    from grader.course.draw_history import read_history
    from grader.report.words.reveal import known_since

    shown = read_history(files.draws)[0].known
    return "" if shown is None else known_since(files.name, shown.day)


def assignments_here(ctx: click.Context, _: click.Parameter | None, incomplete: str) -> list[str]:
    """The assignments whose ids begin so, of the course that is named or near: for a shell that completes words."""
    named = ctx.params.get("course") or named_course([])
    course = next(courses_above(named or Path.cwd()), None)
    return [name for name in (course.assignments() if course else []) if name.startswith(incomplete)]


def named_course(words: Sequence[str]) -> Path | None:
    """The course that words of a command name, or else the environment."""
    for word, following in zip(words, (*words[1:], ""), strict=False):
        if word == "--course" or word.startswith("--course="):
            return Path(word.partition("=")[2] or following)
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def refuse_misspelt_command(word: str, named: Path | None, commands: Collection[str]) -> None:
    """Raise UsageError for a word in an assignment's place that is none: a file, an exercise, a command misspelt."""
    try:
        courses = list(courses_above(named or Path.cwd()))
    except OSError:  # a name that cannot be, which is told where the option is read
        return
    if any(os.path.isdir(course.root / "assignments" / word) for course in courses):  # noqa: PTH112 - takes any name
        return
    for course in courses[:1]:
        _refuse_other(word, course)
    from grader.course.wording import nearest  # only a failure needs it

    if near := nearest(word, commands):
        also = nearest(word, [name for course in courses for name in course.folders()])
        hint = f", or the assignment {also}" if also else ""
        raise UsageError(f"{word} is no command, and no assignment here: did you mean `grade {near}`{hint}?")
    if courses:
        courses[0].assignment(word)  # which there is not, so that it says what there is


def _refuse_other(word: str, course: Course) -> None:
    """Raise UsageError for what may be handed in, and for an exercise."""
    ids = course.assignments()
    if Path(word).suffix in SUFFIXES:
        hint = f"grade {ids[0] if len(ids) == 1 else 'ASSIGNMENT'} {word}"
        raise UsageError(f"{word} stands where an assignment is named: {hint}")
    for name in ids:
        if word in _exercises(course.assignment(name)):
            raise UsageError(f"{word} is an exercise of {name}: `grade {name} --exercise {word}`")


def _exercises(files: AssignmentFiles) -> list[str]:
    from grader.course.load import load

    try:
        return [exercise.id for exercise in load(files.yaml).exercises]
    except (AssignmentError, OSError):  # which whoever grades it is told
        return []


def held_against(graded: Path, assignment: str, named: Path | None) -> AssignmentFiles:
    """The files of the assignment that ``graded``, a submission or a class, is held against.

    A course's ``properties.py`` is run with the rights of whoever grades. So one that lies in what was handed in is
    passed over, and said to be, unless it was ``named``. Where the submission lies in several courses that have such an
    assignment, nobody can tell which of them are handed in: UsageError, as if there were none.
    """
    if named is not None or not (found := tuple(courses_above(Path.cwd()))):
        return course_at(named).assignment(assignment)
    outside = [each for each in found if not _handed_in(each.root, graded)]
    if not outside:
        raise UsageError(_handed_in_alone(found[0].root, graded, assignment))
    course = outside[0]
    several = [each.root for each in outside if _may_hold(each, graded, assignment)]
    if len(several) > 1 and several[0] == course.root:
        raise UsageError(
            f"{graded} lies in two courses that have an assignment {assignment!r}, {several[0]} and {several[1]}, of "
            "which one may have been handed in: name yours by --course FOLDER"
        )
    if course != found[0]:
        passed_over = f"{found[0].root} holds assignments/, but lies in what is graded, and is not used"
        click.echo(one_line(f"{passed_over}: the course is {course.root}; --course names another"), err=True)
    return course.assignment(assignment)


def _handed_in_alone(course: Path, graded: Path, assignment: str) -> str:
    """Why the only course that there is decides nothing, and what to type, also for who stands in their own."""
    if graded.is_file():
        return (
            f"{graded} lies beside assignments/, in the folder of the course {course} itself, so that both may have "
            "been handed in: put the work into a folder of its own, or name the course by --course FOLDER"
        )
    return (
        f"{course} is a course, and no work to be graded: name the file or the folder with the work; `grade start "
        f"{assignment}` makes such a folder. If {course} was handed in, nothing in it is taken for a course: name "
        "yours by --course FOLDER"
    )


def _handed_in(course: Path, graded: Path) -> bool:
    """Whether a course lies at or below the folder ``graded``, or is the folder of that file, by any name it has.

    A file says less of what lies below its folder: that may be a home folder, with the course and a downloaded file.
    """
    if graded.is_file():
        return course in (graded.parent.resolve(), graded.resolve().parent)
    return course.is_relative_to(graded.resolve())


def _may_hold(course: Course, graded: Path, assignment: str) -> bool:
    return graded.resolve().is_relative_to(course.root) and assignment in course.assignments()
