"""``grade figures``: what handouts show beside their text, plotted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option
from grader.files import write_whole
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.find import AssignmentFiles


@click.command()
@click.argument("assignments", nargs=-1, shell_complete=assignments_here)
@click.option("--check", is_flag=True, help="Write nothing; say which are not what figures.py draws, and exit with 2.")
@course_option
def figures(assignments: tuple[str, ...], check: bool, course: Path | None) -> int:
    """Draw the figures that handouts show, of all assignments that have a figures.py by default.

    Each public function of assignments/ASSIGNMENT/figures.py returns a figure of matplotlib, which becomes
    figures/FUNCTION.svg beside the handout: commit it. The function's docstring is what it shows, in words. The same
    functions give the same files, with the same matplotlib.
    """
    known = course_at(course)
    named = [known.assignment(name) for name in assignments or known.assignments()]
    plain = [files.name for files in named if not files.figures_py.is_file()]
    if assignments and plain:
        raise UsageError(f"{plain[0]} has no figures: {known.assignment(plain[0]).figures_py} is missing")
    drawn = [files for files in named if files.name not in plain]
    if not drawn:
        raise UsageError(f"no figures to draw: no folder of {known.root / 'assignments'} holds a figures.py")
    return max([_draw(files, check=check) for files in drawn])


def _draw(files: AssignmentFiles, *, check: bool) -> int:
    """Write what has changed, and say so. The exit code."""
    from grader.course.handout import FIGURES, shown_files
    from grader.course.plotting import plotted

    code = 0
    for name, svg in plotted(files).items():
        path = files.figures / f"{name}.svg"
        shown = path.relative_to(files.root).as_posix()
        if path.is_file() and path.read_bytes() == svg:
            click.echo(f"{shown}: as it was")
        elif check:
            click.echo(f"{shown}: {'another' if path.exists() else 'missing'}; `grade figures {files.name}` draws it")
            code = 2
        else:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, svg)
            click.echo(f"{shown}: drawn")
        if not check and f"{FIGURES}/{name}.svg" not in shown_files(files):
            click.echo(f"  the handout does not show it, so students are not given it: ![…]({FIGURES}/{name}.svg)")
    return code
