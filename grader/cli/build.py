"""``grade build``: cases, made ahead of grading; and hidden ones drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option, say_if_published
from grader.cli.output import building, one_line
from grader.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.records.bank import Sifted

MANY = 0.25  # a share of the inputs that were tried, from which on it is told that they can be no case


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.option("--force", is_flag=True, help="Build it anew even if it is up to date.")
@click.option("--fresh", is_flag=True, help="Draw other hidden cases from now on; public ones stay as they are.")
@click.option("--frozen", is_flag=True, help="Put it into the course as bank.frozen, so that nobody makes it again.")
@course_option
def build(assignment: str, force: bool, fresh: bool, frozen: bool, course: Path | None) -> None:
    """Freeze an assignment's case bank. Done by itself when it is stale; this shows what it holds.

    --fresh is for hidden cases that students know, as after `grade report --reveal`. It writes
    assignments/ASSIGNMENT/draws.txt, by which whoever grades the course draws the same new ones: commit it.
    """
    from grader.bank.build import bank_for, frozen_bank
    from grader.bank.prove import untold_misconceptions
    from grader.sandbox.open import open_pool

    files = course_at(course).assignment(assignment)
    if fresh:
        _draw_anew(files)
    with open_pool() as pool, building(files.name) as progress:
        if frozen:
            write_whole(files.frozen, frozen_bank(files, pool, progress, anew=force))
            click.echo(f"{files.frozen.relative_to(files.root).as_posix()} is written: commit it", err=True)
        bank = bank_for(files, pool, progress, anew=force and not frozen, whole=True)
    say_if_published(files.root)
    for name, cases in bank.cases.items():
        public = sum(case.public for case in cases)
        click.echo(f"{name}: {public} public and {len(cases) - public} hidden cases{_left_out(bank.sifted[name])}")
    for name in untold_misconceptions(bank):
        click.echo(
            f"no case tells the misconception {name} from the reference: `grade audit {files.name}` says what would"
        )


def _left_out(found: Sifted) -> str:
    """How many inputs can be no case, where that is many: cases then show less of the domains than was meant."""
    count = sum(each.count for each in found.left_out)
    if count < MANY * found.tried:
        return ""
    return f"; {count} of {found.tried} inputs that were tried can be no case, `grade cases` says why"


def _draw_anew(files: AssignmentFiles) -> None:
    """Note that hidden cases are drawn anew. Raises AssignmentError where the files are wrong, to be mended first.

    Raises UsageError where ``draws.txt`` did not come along with what was drawn before.
    """
    from grader.bank import compiled
    from grader.bank.shipped import check_draw
    from grader.course.draw_history import history_at, write_history
    from grader.report.words.reveal import drawn_anew

    check_draw(files, compiled.assignment_of(files, files.sources()).draw)
    history = history_at(files.draws).after_drawing()
    write_history(files.draws, history)
    click.echo(one_line(drawn_anew(files.draws.relative_to(files.root).as_posix(), history.draw)), err=True)
