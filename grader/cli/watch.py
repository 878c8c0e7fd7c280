"""``grade --watch``: grade again on each save; ``--open``: show the page in a browser."""

from __future__ import annotations

import os
import sys
import time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.output import failed, one_line, problem, tell, terminal
from grader.records.errors import GraderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.cli.amount import Amount
    from grader.cli.bank_or_bundle import Opened
    from grader.cli.targets import Targets
    from grader.grading.carried_over import Graded
    from grader.grading.grade import Demands
    from grader.records.report import Report
    from grader.records.run import Submission
    from grader.report.document import Document
    from grader.sandbox.api import WorkerPool

#: Options that make no sense beside --watch, and why.
_REFUSED = {
    "as_json": "--watch prints a report for people after each save: leave out --json; --json-file FILE is written anew",
    "fail_under": "--watch goes on until Ctrl-C ends it, whatever the score: leave out --fail-under",
    "exit_zero": "--watch goes on until Ctrl-C ends it, whatever the score: leave out --exit-zero",
    "github": "--watch never ends by itself, and GitHub Actions would wait for it: leave it out there",
}


class Watching(NamedTuple):
    """What the options said."""

    watch: bool
    open_page: bool

    def page(self, html: Path | None, assignment: str) -> Path | None:
        """Where the page goes: where it was asked for, or, to be opened, into a folder that only this user may read."""
        if html is not None or not self.open_page:
            return html
        import tempfile

        return Path(tempfile.mkdtemp(prefix="grade-")) / f"{Path(assignment).name}.html"

    def tell_page(self, page: Path | None, *, said: bool = False) -> None:
        """Say where the page is, if there is one and all is not ``said``, and open it, if that was asked for.

        Where there is no browser, that is said, and no more.
        """
        if page is not None and not said:
            click.echo(f"The full report is in {page}", err=True)
        if self.open_page and page is not None and not _opened(page):
            click.echo(one_line(f"No browser could be opened here. Open {page} in one yourself."), err=True)


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``watching``."""

    @click.option("--watch", is_flag=True, help="Grade again each time that something is saved, until Ctrl-C.")
    @click.option("--open", "open_page", is_flag=True, help="Open the report as a web page in your browser.")
    @wraps(command)
    def with_watching(*args: Any, watch: bool, open_page: bool, **kwargs: Any) -> Any:
        for name, why in _REFUSED.items() if watch else ():
            if kwargs.get(name) not in {None, False}:
                raise UsageError(why)
        return command(*args, watching=Watching(watch, open_page), **kwargs)

    return with_watching


class Work(NamedTuple):
    """What is graded again and again, and where reports go, beside the terminal."""

    path: Path
    demands: Demands
    staff: bool
    amount: Amount
    targets: Targets


def watch(work: Work, opened: Opened, pool: WorkerPool, shown: Callable[[], None]) -> None:
    """Grade what is there, and again what is saved, without an end. ``shown`` is called after the first report."""
    from grader.submission.saved import state_of, versions

    keeper, is_shown = _Keeper(work, opened, pool), False
    for found in versions(lambda: state_of(work.path, keeper.taken), keeper.read, time):
        try:
            if isinstance(found, GraderError):
                raise found
            keeper.grade(found)
        except GraderError as error:
            if keeper.first and not isinstance(found, GraderError):
                raise  # which is no matter of what was handed in
            keeper.gap = True
            click.echo(problem(error), err=True)
        else:
            if not is_shown:
                shown()
            is_shown = True
        click.echo("Waiting for the next save; Ctrl-C ends.", err=True)


class _Keeper:
    """The last grading that others can be held against, and what was told last."""

    def __init__(self, work: Work, opened: Opened, pool: WorkerPool) -> None:
        self._work, self._pool = work, pool
        self._against, self._changed = opened
        self._graded: Graded | None = None
        self._told: Document | None = None
        self.first = True
        self.gap = False  # since what was told last something came that could not be run
        self.taken: tuple[Path, ...] = ()

    def read(self) -> Submission:
        """What is there now, ``taken`` from which files. Raises GraderError."""
        from grader.grading.grade import handed_in
        from grader.submission.links import check_links
        from grader.submission.saved import taken

        path, assignment = self._work.path, self._against.bank.assignment
        check_links(path)
        last = (*taken(path, assignment.module), *self.taken)
        self.taken = tuple(dict.fromkeys(last))  # whichever of them cannot be read is still looked at
        submission = handed_in(path, assignment)
        self.taken = taken(path, assignment.module, submission)
        return submission

    def grade(self, submission: Submission) -> None:
        """Grade a version of the work, and tell what came of it."""
        from grader.grading.carried_over import prepared
        from grader.report import view
        from grader.report.words.written import written

        if not self.first:  # at once, so that it is seen that a save was noticed
            import shutil

            width = min(shutil.get_terminal_size().columns, 100)
            began = f"── {time.strftime('%H:%M:%S')} "
            tell(f"\n{began.ljust(width, '─')}\n")
        found = (view.staff if self._work.staff else view.student)(self._report(submission))
        self._tell(found, written(found))
        self.first = False
        if self._graded is not None:
            self._graded = prepared(self._graded, self._against.bank.assignment)

    def _report(self, submission: Submission) -> Report:
        from grader.grading.grade import grade_again, ungraded

        self._renew()
        try:
            graded = grade_again(self._against, submission, self._pool, self._graded, demands=self._work.demands)
        except GraderError:
            raise
        except Exception as fault:  # noqa: BLE001 - who waits for a report gets one, and the next
            click.echo(failed(fault, whole=self._work.staff), err=True)
            return ungraded(self._against.bank, self._pool, fault)
        if graded.sound:
            self._graded = graded
        return graded.report

    def _renew(self) -> None:
        """Take other cases where the course has changed; nothing of earlier gradings is held against those."""
        if (other := self._changed()) is not None:
            self._against, self._graded = other, None

    def _tell(self, found: Report, report: Document) -> None:
        from grader.report.words.since import nothing_ran, since

        work = self._work
        said = "" if self._told is None else since(self._told, report, gap=self.gap)
        tell(f"{said}\n\n" if said else "")
        tell(terminal(report, work.amount.shown(work.path, report.module)))
        self.gap = nothing_ran(report)
        if not self.gap:
            self._told = report
        work.targets.write(report)  # last: what cannot be written loses nobody the report
        work.amount.save(found)


# ── a browser ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _opened(page: Path) -> bool:
    """Whether a browser took the page. None is asked that would run in this terminal, and keep it."""
    import webbrowser

    has_screen = sys.platform in {"win32", "darwin"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    try:
        return has_screen and webbrowser.open(page.absolute().as_uri())
    except (webbrowser.Error, OSError, ValueError):
        return False
