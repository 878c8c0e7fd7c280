"""Calling the command that was asked for: what it ends with becomes a sentence on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from grader.cli.actions import tell_end
from grader.cli.commands import INTERRUPTED, grade
from grader.cli.output import failed, keep_to_encodings, problem
from grader.records.errors import GraderError

if TYPE_CHECKING:
    from types import FrameType

    from grader.sandbox.pool.start import Program


def call(program: Program | None) -> NoReturn:
    """Run the command line and exit. ``program`` is Python for submissions, if it was started ahead of time."""
    _end_as_by_ctrl_c()
    keep_to_encodings()
    if os.environ.get("_GRADE_COMPLETE", "").startswith("powershell"):
        from grader.cli.completion import offer_powershell

        offer_powershell()
    try:
        code = grade.main(standalone_mode=False, obj=program)
    except click.ClickException as error:
        error.show()
        code = 2
        tell_end(error, code, sys.argv[1:])
    except KeyboardInterrupt:
        code = _interrupted()
    except Exception as error:  # noqa: BLE001 - Python's own exit code for it, 1, would say that a submission was graded
        code = _failed(error)
    if code == GraderError.exit_code and _interruptions:  # what fails while all is being ended is no fault of ours
        code = _interrupted()
    _leave(code or 0)


def _interrupted() -> int:
    click.echo("Interrupted.", err=True)
    return INTERRUPTED


def _failed(error: Exception) -> int:
    """Say what ended the command. Returns the exit code."""
    if _came_of_an_interruption(error):
        return _interrupted()
    if isinstance(error, GraderError):
        click.echo(problem(error), err=True)
        tell_end(error, error.exit_code, sys.argv[1:])
        return error.exit_code
    click.echo(failed(error, whole=True), err=True)
    return GraderError.exit_code


def _came_of_an_interruption(error: BaseException | None) -> bool:
    """Whether it is one, or is due to one: what was told to end as well may be missed while cleaning up."""
    while error is not None and not isinstance(error, KeyboardInterrupt | click.Abort):
        error = error.__context__
    return error is not None


def _leave(code: int) -> NoReturn:
    """Exit without taking the interpreter apart, which takes NumPy 12 ms: all is written and every process ended."""
    with suppress(OSError, ValueError):  # nobody reads any more, or there never was a stdout
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _end_as_by_ctrl_c() -> None:
    """Let the system's requests to end clean up as Ctrl-C does: student code must not outlive its grader."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP; nohup has it ignored, which stays
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, _interrupt)


_interruptions: list[int] = []  # signals that came


def _interrupt(number: int, frame: FrameType | None) -> None:
    _interruptions.append(number)
    signal.default_int_handler(number, frame)
