"""``grade report``: reports of a graded class, written anew; with hidden cases where the instructor says so."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.cli.course import course_at, course_option
from grader.cli.output import one_line
from grader.cli.paths import ExistingPath, NewFolder
from grader.course.find import courses_above
from grader.files import check_new_folder, write_folder
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from grader.course.find import AssignmentFiles, Course
    from grader.records.staff_record import StaffRecord


@click.command()
@click.argument("results", type=ExistingPath(), nargs=-1, required=True, metavar="RESULT...")
@click.option("-o", "--output", "folder", type=NewFolder(), required=True, help="The folder to make.")
@click.option("--reveal", is_flag=True, help="Show the hidden cases that failed, which students then know.")
@click.option("--yes", is_flag=True, help="Show them without asking, although work can still be handed in.")
@course_option
def report(results: tuple[Path, ...], folder: Path, reveal: bool, yes: bool, course: Path | None) -> int:
    """Write the reports of a graded class anew, a page and a JSON file a student. Nothing is run or graded.

    RESULT is a folder that `grade class` wrote, or a single record in its folder `staff`.

    With --reveal each page also says what came of hidden cases, and shows the one that failed. That is noted in
    assignments/ASSIGNMENT/draws.txt of the course, and told by whatever grades with these cases, until
    `grade build --fresh` draws others. Until the assignment's `due`, --yes must say that it is meant.

    Exit codes: 0 everybody who was graded has a report, 1 somebody has none, 2 the command or the assignment is wrong.
    """
    from grader.classroom.reveal import pages, recorded
    from grader.report.words.reveal import reports_written

    check_new_folder(folder)
    found = recorded(results)
    for problem in found.problems:
        click.echo(one_line(problem), err=True)
    if not found.records:
        raise UsageError("nothing was written, for there is no record to write a report from: grade the class first")
    files = pages(found.records, revealed=reveal)
    if reveal:
        _reveal(found.records, folder, _course_of(results, course), yes=yes)
    write_folder(folder, files)
    click.echo(one_line(reports_written(len(found.records), str(folder), revealed=reveal, without=found.without)))
    return min(len(found.problems), 1)


def _course_of(results: Sequence[Path], named: Path | None) -> Course:
    """The course that was named, or that results lie in; else the one that one is in. Raises UsageError."""
    above = next(courses_above(results[0]), None)
    return above if named is None and above is not None else course_at(named)


def _reveal(records: Mapping[str, StaffRecord], folder: Path, course: Course, *, yes: bool) -> None:
    """Warn of open deadlines, and note that hidden cases are known. Raises UsageError where they are to stay hidden."""
    from datetime import UTC, datetime

    from grader.classroom.release import check_target
    from grader.classroom.reveal import note_shown

    now = datetime.now(UTC)
    names = dict.fromkeys(each.report.assignment for each in records.values())
    assignments = {name: course.assignment(name) for name in names}
    for files in assignments.values():
        check_target(folder, files)
    _ask_while_open(assignments, now, yes=yes)
    for name, files in assignments.items():
        noted = files.draws.relative_to(files.root).as_posix()
        click.echo(one_line(f"{noted}: notes that hidden cases of {name} are known; commit the file"), err=True)
        note_shown(files, [each for each in records.values() if each.report.assignment == name], now)


def _ask_while_open(assignments: Mapping[str, AssignmentFiles], now: datetime, *, yes: bool) -> None:
    """Warn where work can still be handed in, or may be. Raises UsageError unless it is meant all the same."""
    from grader.course.load import load
    from grader.report.words import reveal as words

    still_open = unknown = False
    for name, files in assignments.items():
        due = load(files.yaml).due
        if due is None:
            unknown = True
            click.echo(one_line(words.unknown(name)), err=True)
        elif now < due:
            still_open = True
            click.echo(one_line(words.still_open(name, due)), err=True)
    if yes or not (still_open or unknown):
        return
    if sys.stdin.isatty():
        if not click.confirm("Show hidden cases now?", err=True):
            raise UsageError("nothing was written")
    elif still_open:
        raise UsageError("nothing was written: wait until then, or say --yes to show hidden cases now")
