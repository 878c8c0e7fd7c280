"""``grade list``: a course at a glance."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.course import course_at, course_option
from grader.cli.output import show, tell
from grader.records.errors import AssignmentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.course.find import Course
    from grader.records.overview import ListedAssignment


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON instead of text.")
@course_option
def list_course(as_json: bool, course: Path | None) -> int:
    """Show a course's assignments, a line each: points, exercises, whether its cases are there, and its last audit.

    Nothing is built, drawn or run. Exit codes: 0, or 2 if an assignment cannot be read.
    """
    known = course_at(course)
    names = known.folders()
    if not names:
        raise UsageError(f"{known.root / 'assignments'} holds no assignment: `grade new ASSIGNMENT` begins one")
    found = [_listed(known, name) for name in names]
    (show if as_json else tell)(_written(found, as_json=as_json))
    return 2 if any(each.problems for each in found) else 0


def _listed(course: Course, name: str) -> ListedAssignment:
    from grader.audit.conclusion import concluded
    from grader.bank import compiled
    from grader.bank.state import bank_state
    from grader.records.overview import ListedAssignment

    try:
        files = course.assignment(name)
        assignment = compiled.assignment_of(files, files.sources())
        return ListedAssignment(
            id=name,
            title=assignment.title,
            points=sum(exercise.points for exercise in assignment.exercises),
            exercises=len(assignment.exercises),
            due=assignment.due,
            bank=bank_state(files, assignment),
            audit=concluded(files, assignment),
        )
    except AssignmentError as error:
        return ListedAssignment(id=name, problems=len(error.mistakes))


def _written(found: Sequence[ListedAssignment], *, as_json: bool) -> str:
    import shutil

    from grader.report import overview_json, overview_terminal
    from grader.report.terminal import wants_color

    if as_json:
        return overview_json.render(found)
    color, width = wants_color(sys.stdout, os.environ), shutil.get_terminal_size().columns
    return overview_terminal.render(found, color=color, width=width)
