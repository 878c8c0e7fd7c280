"""``grade explore``: a hunt for inputs on which a submission that passes is wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_option, held_against
from grader.cli.isolation import isolation_options
from grader.cli.output import building, one_line, problem, tell
from grader.cli.paths import ABSENT, Submitted
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.cli.isolation import Isolated
    from grader.course.find import AssignmentFiles
    from grader.explore.hunter import HuntProgress
    from grader.records.hunt import Explored, FalsePass

INTERRUPTED = 130


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.argument("path", type=Submitted(), default=Path())
@click.option("--exercise", "names", multiple=True, metavar="ID", help="Only this exercise; may be given again.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="How long to hunt, shared by the exercises; 1 unless --examples is given.",
)
@click.option("--examples", type=click.IntRange(min=1), help="How many inputs of each exercise to try at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another number draws other inputs.")
@click.option("--add", is_flag=True, help="Write what is found into assignment.yaml, as an example.")
@course_option
@isolation_options
def explore(  # noqa: PLR0913, PLR0917 - one parameter for each option
    assignment: str,
    path: Path,
    names: tuple[str, ...],
    minutes: float | None,
    examples: int | None,
    seed: int,
    add: bool,
    course: Path | None,
    isolation: Isolated,
) -> int:
    """Hunt for a false pass: inputs on which a submission that passes its cases is wrong.

    For staff: what it prints shows answers of the reference. PATH is a file, a folder, a notebook or a zip
    archive, by default this folder.

    New inputs are drawn and given to both, exercise by exercise, for as long as you like: Ctrl-C ends the hunt with
    what was found. What is found is made small. With --add it becomes a case that every submission must pass.

    Exit codes: 0 nothing was found, 1 something was, 2 the command or the assignment is wrong, 3 it could not be tried,
    130 interrupted before anything was found.
    """
    if not path.exists():
        raise UsageError(f"{path} {ABSENT}")
    files = held_against(path, assignment, course)
    if minutes is None and examples is None:
        minutes = 1.0
    with isolation.pool() as pool:  # first of all, so that it comes up while the imports below run
        from grader import explore as exploring
        from grader.bank.build import bank_for

        if add:
            exploring.check_writable(files.yaml)
        with building(files.name) as progress:
            bank = bank_for(files, pool, progress)
        exercises = exploring.passed(files, bank, path, pool, isolation.demands(), names)
        bounds = exploring.Bounds(None if minutes is None else 60 * minutes, examples, seed)
        hunts = exploring.explore(files, bank, path, pool, exercises, bounds, _progress())
        return _show_all(hunts, files if add else None, bank.assignment.module)


def _show_all(hunts: Iterator[Explored], add_to: AssignmentFiles | None, module: str) -> int:
    """Show what is found as it is found, and add it to an assignment's file. The exit code."""
    from grader.report.words.explore import explored as sentence

    found = interrupted = False
    try:
        for explored in hunts:
            clear = "\r\033[K" if sys.stderr.isatty() else ""
            click.echo(clear + one_line(sentence(explored)), err=True)
            if explored.found is not None:
                found = True
                tell(_terminal(explored.found, module))
                if explored.found.again:
                    _make_case(explored.found, add_to)
            interrupted = explored.interrupted
            if interrupted:
                break
    except KeyboardInterrupt:  # between two exercises
        interrupted = True
    if interrupted:
        click.echo("Interrupted.", err=True)
    return 1 if found else INTERRUPTED if interrupted else 0


def _make_case(found: FalsePass, add_to: AssignmentFiles | None) -> None:
    """Add it, or say how."""
    from grader.explore import add

    if add_to is None:
        click.echo("With --add it becomes an example in assignment.yaml, and so a case.", err=True)
        return
    try:
        add(add_to, found)
    except UsageError as error:  # the hunt goes on
        click.echo(problem(error), err=True)
        return
    more = f"`grade build {add_to.name}` makes it a case"
    click.echo(one_line(f"Added to the examples of {found.exercise.id} in {add_to.yaml}: {more}"), err=True)


def _progress() -> Callable[[HuntProgress], None]:
    """A line that renews itself on a terminal; elsewhere one at each beginning."""
    terminal = sys.stderr.isatty()

    def progress(step: HuntProgress) -> None:
        done = ", making one small" if step.shrinking else ""
        if terminal:
            click.echo(f"\r\033[K{step.exercise}: {step.drawn:,} inputs{done} …\r", err=True, nl=False)
        elif step.shrinking or not step.drawn:
            click.echo(f"{step.exercise}: hunting{done}", err=True)

    return progress


def _terminal(found: FalsePass, module: str) -> str:
    """What was found, for this terminal, or for whatever else stdout is."""
    import shutil

    from grader.judge.example import counterexample
    from grader.report.explore_terminal import render
    from grader.report.terminal import wants_color
    from grader.report.words.written import example

    shown = example(counterexample(found.trial, found.exercise, module, minimised=True))
    color = wants_color(sys.stdout, os.environ)
    width = shutil.get_terminal_size().columns
    return render(found.exercise.title or found.exercise.id, shown, again=found.again, color=color, width=width)
