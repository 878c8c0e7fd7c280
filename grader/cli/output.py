"""What the command line prints: a report to stdout, progress to stderr."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from grader.records.errors import AssignmentError, GraderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.bank.build_progress import BuildStep
    from grader.report.document import Document
    from grader.report.terminal import Shown


def terminal(report: Document, shown: Shown) -> str:
    """A report for this terminal, or for whatever else stdout is."""
    import shutil

    from grader.report.terminal import render, wants_color

    color = wants_color(sys.stdout, os.environ)
    return render(report, color=color, width=shutil.get_terminal_size().columns, shown=shown)


def show(text: str) -> None:
    """Data to stdout: as UTF-8, whatever the locale says, because programs read it."""
    with _read_or_not():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


def tell(text: str) -> None:
    """Words to stdout, in the encoding of whoever reads them there."""
    with _read_or_not():
        sys.stdout.write(text)
        sys.stdout.flush()


@contextmanager
def _read_or_not() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # the reader of our output has seen enough; the exit code stays the score's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def keep_to_encodings() -> None:
    """Let stdout and stderr write plain characters for those that their encodings lack, so that no words are lost."""
    codecs.register_error(_PLAINLY, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # there is none where Python was started without a console
            stream.reconfigure(errors=_PLAINLY)


_PLAINLY = "grader.plainly"
#: One character each, so that columns stay where they are.
_PLAIN = str.maketrans("✓✗◐…–−─│├└→◀▶≥≤•·×“”‘’", "+x~.---|||><>><**x\"\"''")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Similar characters that every encoding has."""
    import unicodedata

    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_PLAIN)
    bases = (unicodedata.normalize("NFKD", each)[0] for each in lacking)
    return "".join(each if each.isascii() else "?" for each in bases), error.end


def harmless(text: str) -> str:
    """Text for stderr without control characters, in which no line is a command to GitHub Actions.

    File names, and so the messages about them, are chosen by students.
    """
    from grader.report.clean import clean

    return re.sub(r"^(\s*):(?=:)", r"\1: ", clean(text), flags=re.MULTILINE).replace("##[", "## [")


def one_line(text: str) -> str:
    """:func:`harmless` text on a single line."""
    from grader.report.clean import line

    return harmless(line(text, 2000))


def problem(error: GraderError) -> str:
    """What stderr says of an error: one line, or one for each of an author's mistakes."""
    mistakes = error.mistakes if isinstance(error, AssignmentError) else (error,)
    return "\n".join(one_line(str(mistake)) for mistake in mistakes)


def failed(fault: Exception, *, whole: bool, so: str = "Nothing was graded") -> str:
    """What stderr says of a fault of the grader's own, with all that it says itself only where it is ``whole``.

    ``so`` is what comes of it.

    Of an exception that nobody foresaw the text may hold values of hidden cases.
    """
    if isinstance(fault, GraderError):
        return problem(fault)
    import traceback

    lines = (
        traceback.format_exception(fault)
        if whole
        else [*traceback.format_tb(fault.__traceback__), type(fault).__name__, "\n"]
    )
    return f"{harmless(''.join(lines))}The grader itself failed. {so}; please report the lines above."


@contextmanager
def building(name: str) -> Iterator[Callable[[BuildStep], None]]:
    """Progress of building a bank: a line that renews itself on a terminal, a plain line per exercise elsewhere."""
    terminal = sys.stderr.isatty()

    def progress(step: BuildStep) -> None:
        left = "" if step.seconds is None else f", about {_span(step.seconds)} left"
        line = f"{name}: making cases for {step.exercise} ({step.number} of {step.of}{left})"
        click.echo(f"\r\033[K{line}" if terminal else f"{line}\n", err=True, nl=False)

    yield progress
    if terminal:
        click.echo("\r\033[K", err=True, nl=False)


def _span(seconds: float) -> str:
    """A time that nobody knows well: 7 s, 40 s, 3 minutes."""
    if seconds >= 100:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} s" if seconds < 10 else f"{seconds:.0f}"[:-1] + "0 s"


@contextmanager
def counting(total: int, name: str) -> Iterator[Callable[[str], None]]:
    """Progress over a class: a bar on a terminal, a plain line per student elsewhere."""
    if not sys.stderr.isatty():
        done = iter(range(1, total + 1))
        yield lambda student: click.echo(one_line(f"{next(done)}/{total} {student}"), err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total)
        yield lambda _: bar.advance(task)
