"""``grade unexplained`` and ``grade name``: what a class shows of mistakes that nobody has named yet."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.course import course_at, course_option
from grader.cli.output import building, one_line, show, tell
from grader.cli.paths import ExistingPath
from grader.files import write_new, write_whole
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.classroom.unexplained import Grouped
    from grader.course.find import AssignmentFiles, Course
    from grader.records.answers import NamedMistake


@click.command()
@click.argument("results", type=ExistingPath())
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON instead of text.")
def unexplained(results: Path, as_json: bool) -> None:
    """Group a class's failing hand-ins that no sentence explains, by what they answer; the largest group first.

    RESULTS is the folder that `grade class` wrote. Answers to the diagnostic cases are the same where no number is off
    by more than 1e-4 of the largest of its output (or of 1), and exceptions where they are of one class. Of each group
    one hand-in is shown. `grade name` turns a group into a known mistake.
    """
    import msgspec

    from grader.classroom.unexplained import unexplained as found_in
    from grader.report import unexplained_terminal
    from grader.report.terminal import wants_color

    found = found_in(results)
    if as_json:
        show(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    import shutil

    color, width = wants_color(sys.stdout, os.environ), shutil.get_terminal_size().columns
    tell(unexplained_terminal.render(found, color=color, width=width))


@click.command()
@click.argument("group")
@click.argument("sentence")
@click.option(
    "--results",
    type=ExistingPath(),
    help="The folder that `grade class` wrote; by default those in the course's results/.",
)
@click.option("--replace", "anew", is_flag=True, help="Replace the sentence of a mistake that has been named before.")
@course_option
def name(group: str, sentence: str, results: Path | None, anew: bool, course: Path | None) -> None:
    """Name the mistake of a GROUP that `grade unexplained` shows: SENTENCE is what whoever makes it reads from now on.

    It writes assignments/ASSIGNMENT/mistakes/GROUP.json: a few diagnostic inputs and the group's answers to them, no
    code and no name of a student's. Later gradings give those inputs to whoever fails the exercise, and tell the
    sentence to those who answer all of them in the same way. Commit the file; remove it to forget the mistake.
    """
    from grader.course.named_mistakes import as_file
    from grader.report.words.unexplained import named

    known = course_at(course)
    before = _named_before(known, group, anew=anew)
    if before is None:
        grouped = _find(known, group, results)
        files = known.assignment(grouped.group.assignment)
        mistake = _made(files, grouped, sentence)
    else:
        files, mistake = before[0], _renamed(before[1], sentence)
        if mistake == before[1]:
            click.echo(one_line(f"{group} of {files.name} says so already: nothing was changed"))
            return
        if not anew:
            raise UsageError(f"{group} of {files.name} says {before[1].sentence!r}: --replace has it say otherwise")
    path = files.yaml.with_name("mistakes") / f"{mistake.id}.json"
    (write_whole if path.exists() else _write_new)(path, as_file(mistake, files.name))
    click.echo(one_line(named(path.relative_to(known.root).as_posix())))


def _renamed(mistake: NamedMistake, sentence: str) -> NamedMistake:
    """The mistake with another sentence. Raises UsageError for one that cannot be told."""
    from msgspec.structs import replace

    from grader.records.answers import sentence_problem

    if problem := sentence_problem(sentence):
        raise UsageError(f"the sentence {problem}")
    return replace(mistake, sentence=sentence.strip())


def _write_new(path: Path, text: str) -> None:
    write_new({path: text})


def _named_before(course: Course, name: str, *, anew: bool) -> tuple[AssignmentFiles, NamedMistake] | None:
    """The mistake of that id, which a class graded since then no longer shows as a group.

    None where there is none. Raises UsageError where its file cannot be used, unless it is to be written ``anew``.
    """
    from grader.course.load import load
    from grader.course.named_mistakes import named_mistakes

    for files in map(course.assignment, course.assignments()):
        paths = [path for path in files.mistakes() if path.stem == name]
        if not paths:
            continue
        found = named_mistakes(files, load(files.yaml)).mistakes
        if (mistake := next((each for each in found if each.id == name), None)) is not None:
            return files, mistake
        if not anew:
            raise UsageError(f"{paths[0]} is there already, and cannot be used: `grade check {files.name}` says why")
    return None


def _find(course: Course, name: str, results: Path | None) -> Grouped:
    """The group of that id. Raises UsageError if there is none."""
    from grader.classroom.export import CLASS_FILE
    from grader.classroom.unexplained import group_called

    folders = [results] if results else [course.root / "results" / each for each in course.assignments()]
    for folder in folders:
        if (results or (folder / CLASS_FILE).is_file()) and (found := group_called(folder, name)):
            return found
    where = str(results) if results else f"the results of {course.root}"
    raise UsageError(
        f"no group {name!r} in {where}: `grade unexplained RESULTS` shows the groups of a class, and --results names "
        "its folder"
    )


def _made(files: AssignmentFiles, grouped: Grouped, sentence: str) -> NamedMistake:
    """The mistake. Raises UsageError where the group cannot be named so."""
    from grader.bank.build import bank_for
    from grader.classroom.naming import mistake_of
    from grader.sandbox.open import open_pool

    with open_pool() as pool, building(files.name) as progress:
        bank = bank_for(files, pool, progress, whole=True)
    return mistake_of(grouped, bank, sentence)
