"""``grade cases``: what was drawn for an assignment, why, and what was left out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option
from grader.cli.output import building, show, tell
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import CaseBank


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.argument("exercise", required=False)
@click.option("--only", metavar="CASE", help="Print this case alone, as Python to paste: step/7, or 7 beside EXERCISE.")
@click.option("--values", is_flag=True, help="Show inputs and answers of each case, and which wrong versions it kills.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON instead of text.")
@course_option
def cases(
    assignment: str, exercise: str | None, only: str | None, values: bool, as_json: bool, course: Path | None
) -> None:
    """Show an assignment's cases, a line each: why a case is there, who sees it, and how many wrong versions it kills.

    For staff: it shows hidden cases and answers of the reference, which it needs. EXERCISE is the id of one exercise;
    all of them are shown by default. Below its cases stand the inputs that were left out, with the first of each kind:
    those on which the reference raises, gives NaN or infinities, or is ill-conditioned.

    A wrong version that enough cases have killed is run on no more: a case may kill more of them than are counted.
    """
    from grader.sandbox.open import open_pool

    files = course_at(course).assignment(assignment)
    with open_pool() as pool:  # first of all, so that it comes up while the imports below run
        from grader.bank import compiled
        from grader.bank.build import bank_for

        exercises = _asked(compiled.assignment_of(files, files.sources()), exercise, only)
        with building(files.name) as progress:
            bank = bank_for(files, pool, progress, whole=True)
    if only is not None:
        show(_as_code(bank, exercises, only))
    else:
        (show if as_json else tell)(_listed(bank, exercises, values=values, as_json=as_json))


def _asked(assignment: Assignment, exercise: str | None, only: str | None) -> Sequence[Exercise]:
    """The exercises that were asked for. Raises UsageError for one that is not there."""
    if exercise is None and only is not None:
        exercise = only.partition("/")[0]
    found = [each for each in assignment.exercises if exercise in (None, each.id)]
    if not found:
        known = ", ".join(each.id for each in assignment.exercises)
        raise UsageError(f"{assignment.id} has no exercise {exercise!r}: it has {known}")
    return found


def _as_code(bank: CaseBank, exercises: Sequence[Exercise], only: str) -> str:
    """A case as Python. Raises UsageError for one that is not there."""
    from grader.judge.code import for_its_author

    (exercise,) = exercises
    cases = bank.cases[exercise.id]
    case = next((case for case in cases if only in (case.id, case.id.rpartition("/")[2])), None)
    if case is None:
        raise UsageError(f"{exercise.id} has no case {only!r}: they are {cases[0].id} to {cases[-1].id}")
    return for_its_author(bank.assignment, exercise, case)


def _listed(bank: CaseBank, exercises: Sequence[Exercise], *, values: bool, as_json: bool) -> str:
    """The cases for this terminal, or for whatever else stdout is."""
    import shutil

    from grader.bank.listing import listed
    from grader.report import cases_json, cases_terminal
    from grader.report.terminal import wants_color

    found = [listed(bank, exercise) for exercise in exercises]
    if as_json:
        return cases_json.render(bank.assignment.id, found)
    color, width = wants_color(sys.stdout, os.environ), shutil.get_terminal_size().columns
    return "".join(cases_terminal.render(each, values=values, color=color, width=width) for each in found)
