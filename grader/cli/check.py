"""``grade check``: whether an assignment's files are right, as far as their text shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option, shown_before
from grader.records.errors import AssignmentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.course.find import AssignmentFiles, Course
    from grader.course.load import Draft
    from grader.records.assignment import Assignment
    from grader.records.errors import Mistake


@click.command()
@click.argument("assignments", nargs=-1, shell_complete=assignments_here)
@course_option
def check(assignments: tuple[str, ...], course: Path | None) -> int:
    """Say whether assignments are right: every mistake at once, with its place. All of them by default.

    The assignment file is read whole. Of the reference the text is read, and nothing run: what exercises need and it
    does not define, misconceptions that stand for nothing, and laws or helpers that tell students a statement of it.
    `grade build` then runs it. Named mistakes must fit the exercises as they are now. Figures that the handout shows
    must be there.
    """
    known = course_at(course)
    names = assignments or known.folders()
    if not names:
        raise UsageError(f"nothing to check: {known.root / 'assignments'} holds no folder with an assignment.yaml")
    return max([_check(known, name) for name in names])


def _check(course: Course, name: str) -> int:
    """Print what is to be said of one assignment. The exit code."""
    from grader.course.cuts import cuts
    from grader.course.load import drafted

    try:
        files = course.assignment(name)
        draft = drafted(files.yaml)
    except AssignmentError as error:
        click.echo(str(error))
        return 2
    mistakes = [*draft.mistakes, *_disagreements(files, draft)]
    if mistakes:
        click.echo(str(AssignmentError(mistakes)))
    else:
        _say_right(draft.assignment)
        say_stale(files, draft.assignment)
        if told := shown_before(files):
            click.echo(f"  {told}")
    for cut in cuts(draft.findings.document):
        click.echo(f"  {cut}")
    return 2 if mistakes else 0


def say_stale(files: AssignmentFiles, assignment: Assignment) -> None:
    """Of a template that was made before the exercises became others: `grade start` hands it out."""
    from grader.course.agreement import lacking_in_template
    from grader.report.words.language import quoted

    if lacking := lacking_in_template(files, assignment):
        path = (files.template / assignment.module).relative_to(files.root).as_posix()
        click.echo(
            f"  {path}, which students start from, lacks {quoted(lacking)}: add that, or remove the file and make it "
            f"anew with `grade template {assignment.id} --write`"
        )


def _disagreements(files: AssignmentFiles, draft: Draft) -> Sequence[Mistake]:
    """Where the other files do not fit, of what can be told beside the mistakes in the assignment file."""
    from grader.bank.author_functions import agreement_of
    from grader.course.agreement import check_right_variants
    from grader.course.disclosed import solution_told
    from grader.course.handout import handout_mistakes
    from grader.course.named_mistakes import named_mistakes

    try:
        files.sources()  # is there a reference?
        mistakes = [*agreement_of(files, draft.assignment, draft.unsure())[1], *handout_mistakes(files)]
        if not (mistakes or draft.mistakes):
            check_right_variants(files, draft.assignment)
        if not draft.mistakes:  # or nobody could tell what inputs fit
            told = solution_told(files, draft.assignment)
            mistakes = [*mistakes, *named_mistakes(files, draft.assignment).problems, *told]
    except AssignmentError as error:
        return error.mistakes
    return mistakes


def _say_right(assignment: Assignment) -> None:
    from grader.grading.earlier import not_followed
    from grader.report.words.language import count

    points = sum(exercise.points for exercise in assignment.exercises)
    click.echo(f"{assignment.id}: {count(len(assignment.exercises), 'exercise')}, {points:g} points, no mistakes")
    for exercise, function in not_followed(assignment):
        click.echo(
            f"  {exercise} earns no marks for its method where {function} is wrong: the run of the exercise that asks "
            f"for {function} must consist of calls with plain names, and the shapes of what it gives be declared"
        )
