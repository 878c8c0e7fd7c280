"""What the command line prints: a report to stdout, progress to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.model import Report


def terminal(report: Report) -> str:
    """A report for this terminal, or for whatever else stdout is."""
    import shutil

    from grader.report.terminal import render, wants_color

    color = wants_color(sys.stdout, os.environ)
    return render(report, color=color, width=shutil.get_terminal_size().columns)


def show(text: str) -> None:
    """Text to stdout as UTF-8, whatever the locale says: a report is never lost to an encoding."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader of our output has seen enough; the exit code stays the score's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def building(name: str) -> Iterator[Callable[[str], None]]:
    """Progress of building a bank: a line that renews itself on a terminal, a plain line per exercise elsewhere."""
    terminal = sys.stderr.isatty()

    def progress(exercise: str) -> None:
        end = "\r" if terminal else "\n"
        click.echo(f"{name}: making cases for {exercise:<40}{end}", err=True, nl=False)

    yield progress
    if terminal:
        click.echo("\r\033[K", err=True, nl=False)


@contextmanager
def counting(total: int, name: str) -> Iterator[Callable[[str], None]]:
    """Progress over a class: a bar on a terminal, a plain line per student elsewhere."""
    if not sys.stderr.isatty():
        done = iter(range(1, total + 1))
        yield lambda student: click.echo(f"{next(done)}/{total} {student}", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total)
        yield lambda _: bar.advance(task)
