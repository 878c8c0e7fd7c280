"""Commands for who begins an assignment: ``grade new`` and ``grade template``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option
from grader.cli.output import one_line, show
from grader.course.find import AssignmentFiles, Course, courses_above
from grader.files import write_new
from grader.records.errors import AssignmentError, Mistake, UsageError

if TYPE_CHECKING:
    from grader.course.template import StudentTemplate


@click.command()
@click.argument("assignment")
@course_option
def new(assignment: str, course: Path | None) -> None:
    """Begin an assignment: files that can be checked, graded and audited as they stand, to be changed into yours.

    It makes the assignment file, a reference with one misconception, the template, a handout, and a right and a wrong
    submission. Where no course is found, this folder becomes one. Nothing that is there is changed.
    """
    from grader.course.beginning import new_files

    here = course or Path.cwd()
    known = next(courses_above(here), None) or Course(here.resolve())
    if not known.root.is_dir():
        raise UsageError(f"{here} is no folder: make it, or name another by --course")
    _check_name(assignment, known)
    made = new_files(AssignmentFiles(known.root, assignment), _module(assignment))
    write_new(made)
    click.echo(f"In {known.root}:")
    for path in made:
        click.echo(f"  {path.relative_to(known.root).as_posix()}")
    wrong = next(path for path in made if path.name.startswith("040_"))
    click.echo(f"Now try: grade check {assignment}, then grade {assignment} {wrong.relative_to(known.root).as_posix()}")


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.option("--write", is_flag=True, help="Write it where `grade start` takes it from, unless a file is there.")
@course_option
def template(assignment: str, write: bool, course: Path | None) -> None:
    """Print what students start from, made from the reference: signatures and docstrings, nothing of the bodies.

    Constants and imports are kept, but for constants that hold functions of a library. Helpers whose names begin with
    `_`, misconceptions, comments, and what is imported from a library for a body alone are left out. Docstrings are
    shown as they are.
    """
    files = course_at(course).assignment(assignment)
    module, found = _template(files)
    reference = files.reference.relative_to(files.root).as_posix()
    for name, function in found.left_out:
        click.echo(
            one_line(f"{name} is left out: it holds {function}, which says how it is done; add it if students need it"),
            err=True,
        )
    for name in found.missing:
        click.echo(
            one_line(f"{name} is left out: exercises run it, and {reference} does not define it itself"), err=True
        )
    if not write:
        show(found.text)
        return
    path = files.template / module
    write_new({path: found.text})
    click.echo(str(path))
    click.echo(
        f"Look through it: docstrings and constants are yours. `grade start {files.name}` hands it out.", err=True
    )


def _template(files: AssignmentFiles) -> tuple[str, StudentTemplate]:
    """The module of an assignment, and its template."""
    from grader.course.beginning import STARTER
    from grader.course.load import load
    from grader.course.sampled import names_of_distributions
    from grader.course.snippet import asked_names
    from grader.course.template import student_template

    assignment = load(files.yaml)
    files.sources()  # is there a reference?
    taken = files.read_reference()
    says = STARTER.format(id=files.name, title=f"{assignment.title.rstrip('.')}.")
    beside = {name.removesuffix(".py").partition("/")[0] for name in taken.files} - {"__init__"}
    try:
        found = student_template(
            taken.files[taken.module],
            says=says,
            needed=asked_names(assignment),
            siblings=beside,
            expecting=frozenset[str]().union(*map(names_of_distributions, assignment.exercises)),
        )
    except SyntaxError as error:
        mistake = Mistake(str(files.reference), error.lineno or 0, error.offset or 0, "", f"is no Python: {error.msg}")
        raise AssignmentError([mistake]) from None
    return assignment.module, found


def _module(assignment: str) -> str:
    return f"{assignment.replace('-', '_')}.py"


def _check_name(assignment: str, course: Course) -> None:
    """Raise UsageError for an id that no assignment can have, or one has."""
    from grader.cli.commands import grade
    from grader.course.forms.form import name_problem

    name = assignment.replace("-", "_")
    if problem := name_problem(name):
        raise UsageError(f"{assignment!r} cannot be an assignment's id: {problem}; choose one such as week1")
    if name in sys.stdlib_module_names or name == "numpy":
        raise UsageError(
            f"{assignment} is a module that Python code imports, which {name}.py would hide: choose another"
        )
    if assignment in {*grade.list_commands(click.get_current_context()), "help"}:
        raise UsageError(f"{assignment} is a command of grade, so that nobody could grade it: choose another id")
    if assignment in course.folders():
        raise UsageError(f"{assignment} is there already, in {course.root / 'assignments'}: nothing was changed")
