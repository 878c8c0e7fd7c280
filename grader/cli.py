"""The command line: parse, call, exit code.

Data goes to stdout, words to stderr. Imports are lazy: a grading run loads what it uses and nothing else.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader import __version__
from grader.course import find_course
from grader.errors import GraderError, UsageError
from grader.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.model import Report

INTERRUPTED = 130


class DefaultGroup(click.Group):
    """``grade assignment3`` means ``grade run assignment3``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The named command, or ``run`` with all of the arguments."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            args = ["run", *args]
        return super().resolve_command(ctx, args)


def main() -> NoReturn:
    """Run the command line and exit; errors become a sentence on stderr and the exit code they stand for."""
    _end_as_by_ctrl_c()
    gc.set_threshold(100_000)  # records hold no cycles: looking for some at the usual rate takes 15 ms and finds none
    try:
        code = grade.main(standalone_mode=False)
    except GraderError as error:
        click.echo(str(error), err=True)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code for it, 1, would say that a submission was graded
        import traceback

        traceback.print_exc()
        click.echo("The grader itself failed. Nothing was graded; please report the lines above.", err=True)
        code = GraderError.exit_code
    _leave(code or 0)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grade")
def grade() -> None:
    """Grade numerical programming assignments against hidden references.

    `grade ASSIGNMENT [PATH]` grades one submission; it is short for `grade run`.

    Exit codes: 0 full marks, 1 graded below that, 2 the command or the assignment is wrong, 3 could not be graded,
    130 interrupted.
    """


@grade.command()
@click.argument("assignment")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
@click.option("--json-file", type=click.Path(path_type=Path), help="Write the report as JSON to this file.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a web page to this file.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write the report as JUnit XML to this file.")
@click.option("--staff", is_flag=True, help="Show hidden cases too. For instructors.")
@click.option("--fail-under", type=float, metavar="POINTS", help="Exit with 0 from this many points on.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the score.")
@click.option("--course", type=click.Path(path_type=Path), help="The course folder; otherwise looked for upwards.")
@click.option(
    "--github/--no-github",
    default=lambda: os.environ.get("GITHUB_ACTIONS") == "true",
    help="Write the step summary and annotations of GitHub Actions. On by itself where that runs.",
)
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    assignment: str,
    path: Path,
    as_json: bool,
    json_file: Path | None,
    html: Path | None,
    junit: Path | None,
    staff: bool,
    fail_under: float | None,
    exit_zero: bool,
    course: Path | None,
    github: bool,
) -> int:
    """Grade one submission: PATH is a file, a folder or a notebook, by default this folder."""
    files = _course(course, path).assignment(assignment)
    from grader.sandbox.process import Process

    process = Process()  # first of all, so that it comes up while the imports below run
    from grader.grade import grade_path
    from grader.report import WRITERS, view

    with _building(files.name) as progress:
        full = grade_path(files, path, process=process, progress=progress)
    report = view.staff(full) if staff else view.student(full)
    try:
        for target, name in ((json_file, "json"), (html, "html"), (junit, "junit")):
            if target is not None:
                write_whole(target, WRITERS[name](report))
    finally:  # a file that cannot be written loses nobody the report
        if github:
            _append_summary(report)
        if as_json:
            _print(_on_github(WRITERS["json"](report)) if github else WRITERS["json"](report))
        else:
            with _annotated(report, path) if github else nullcontext():
                _print(_terminal(report))
    if html is not None and not as_json:
        click.echo(f"The full report is in {html}", err=True)
    return _exit_code(report, fail_under, exit_zero=exit_zero)


@grade.command()
@click.argument("assignment")
@click.argument("folder", type=click.Path(path_type=Path), default=None, required=False)
def start(assignment: str, folder: Path | None) -> None:
    """Put an assignment's template and handout into FOLDER, by default one named after the assignment."""
    import shutil

    files = find_course(Path.cwd()).assignment(assignment)
    folder = folder or Path(assignment)
    if not files.template.is_dir():
        raise UsageError(f"{assignment} has no template: {files.template} is missing")
    sources = [*sorted(files.template.iterdir()), *([files.handout] if files.handout.is_file() else [])]
    there = [source.name for source in sources if (folder / source.name).exists()]
    if there:
        raise UsageError(f"{folder} already holds {', '.join(there)}: nothing was changed, so that no work is lost")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sources:
            shutil.copy(source, folder / source.name)
    except OSError as error:
        raise UsageError(f"{folder} cannot be filled ({error.strerror}): name another folder") from None
    click.echo(f"{folder}: {', '.join(source.name for source in sources)}")


@grade.command()
@click.argument("assignments", nargs=-1)
def check(assignments: tuple[str, ...]) -> int:
    """Say whether assignment files are right: every mistake at once, with its place. All of them by default."""
    from grader.assignment.load import load
    from grader.errors import AssignmentError

    course, code = find_course(Path.cwd()), 0
    for name in assignments or course.assignments():
        try:
            files = course.assignment(name)
            found = load(files.yaml)
        except AssignmentError as error:
            click.echo(str(error))
            code = 2
        else:
            points = sum(exercise.points for exercise in found.exercises)
            click.echo(f"{name}: {len(found.exercises)} exercises, {points:g} points, no mistakes")
    return code


@grade.command()
def schema() -> None:
    """Print the JSON Schema of assignment files, for editors."""
    import json

    from grader.assignment.schema import schema as assignment_schema

    _print(json.dumps(assignment_schema(), indent=2, ensure_ascii=False) + "\n")


@grade.command()
@click.argument("assignment")
@click.option("--force", is_flag=True, help="Build it anew even if it is up to date.")
def build(assignment: str, force: bool) -> None:
    """Freeze an assignment's case bank. Done by itself when it is stale; this shows what it holds."""
    from grader.build import bank_for

    files = find_course(Path.cwd()).assignment(assignment)
    with _building(files.name) as progress:
        bank = bank_for(files, progress, anew=force)
    for name, cases in bank.cases.items():
        public = sum(case.public for case in cases)
        click.echo(f"{name}: {public} public and {len(cases) - public} hidden cases")


@grade.command("class")
@click.argument("assignment")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where reports and scores.csv go.")
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Submissions at a time.")
@click.option("--resume", is_flag=True, help="Keep what an earlier run has graded.")
def grade_class(assignment: str, folder: Path, output: Path | None, workers: int, resume: bool) -> int:
    """Grade a folder of submissions, one folder or file a student; one bad submission never stops the rest."""
    from grader.build import bank_for
    from grader.classroom import batch
    from grader.classroom.collect import collect
    from grader.grade import grade_path
    from grader.report import WRITERS, view

    course = find_course(Path.cwd())
    files = course.assignment(assignment)
    with _building(files.name) as progress:
        bank = bank_for(files, progress)
    entries = collect(folder, bank.manifest.assignment.module)
    results = output or course.root / "results" / assignment
    results.mkdir(parents=True, exist_ok=True)
    with _counting(len(entries), assignment) as advance:
        graded = batch.grade_class(
            entries,
            lambda path: view.student(grade_path(files, path)),
            results=results,
            writers={"json": WRITERS["json"], "html": WRITERS["html"]},
            workers=workers,
            progress=lambda entry, _: advance(entry.student),
            resume=resume,
        )
    ungraded = sum(row.score is None for row in graded.rows)
    click.echo(f"{len(graded.rows) - ungraded} graded, {ungraded} not; scores are in {graded.scores}", err=True)
    if graded.interrupted:
        return INTERRUPTED
    return 3 if ungraded else 0


@grade.command()
@click.argument("assignment")
@click.option("--format", "kind", type=click.Choice(["csv"]), default="csv", help="The format of the scores.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; standard output by default.")
@click.option("--results", type=click.Path(path_type=Path), help="The folder that `grade class` wrote.")
def export(assignment: str, kind: str, output: Path | None, results: Path | None) -> None:
    """Give out the scores of a graded class."""
    from grader.classroom.export import exercises_of, read_results, scores_csv

    writers = {"csv": scores_csv}
    if results is None:
        results = find_course(Path.cwd()).root / "results" / assignment
    rows = read_results(results)
    text = writers[kind](rows, exercises_of(rows))
    if output is None:
        _print(text)
    else:
        write_whole(output, text)


def _leave(code: int) -> NoReturn:
    """Exit without taking the interpreter apart, which takes NumPy 12 ms: all is written and every process ended."""
    if (process := sys.modules.get("grader.sandbox.process")) is not None:  # else none was started
        try:
            process.end_all()  # after an interruption some may be left
        except GraderError as error:
            click.echo(str(error), err=True)
    with suppress(OSError, ValueError):  # nobody reads any more, or there never was a stdout
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _end_as_by_ctrl_c() -> None:
    """Let the system's requests to end clean up as Ctrl-C does: student code must not outlive its grader."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP; nohup has it ignored, which stays
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


# ── output ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _course(folder: Path | None, path: Path) -> Any:
    """The course that was named, or the nearest one above the current folder, or above the submission."""
    if folder is not None:
        return find_course(folder)
    try:
        return find_course(Path.cwd())
    except UsageError:
        return find_course(path)


def _exit_code(report: Report, fail_under: float | None, *, exit_zero: bool) -> int:
    if report.score is None:
        return 3
    wanted = report.max_score if fail_under is None else fail_under
    return 0 if exit_zero or report.score >= wanted else 1


def _terminal(report: Report) -> str:
    import shutil

    from grader.report import terminal

    color = terminal.wants_color(sys.stdout, os.environ)
    return terminal.render(report, color=color, width=shutil.get_terminal_size().columns)


def _print(text: str) -> None:
    """Text to stdout as UTF-8, whatever the locale says: a report is never lost to an encoding."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader of our output has seen enough; the exit code stays the score's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _append_summary(report: Report) -> None:
    """Add the report to the step summary. Less than the report itself, so that it may fail."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        return
    from grader.report import github

    try:
        with Path(target).open("a", encoding="utf-8") as summary:
            summary.write(github.summary(report))
    except OSError as error:
        click.echo(f"The step summary {target} cannot be written ({error.strerror}).", err=True)


def _on_github(json: str) -> str:
    """The same JSON without ``##[``, which begins a command anywhere in a log of GitHub Actions."""
    return json.replace("##[", r"##\u005b")


@contextmanager
def _annotated(report: Report, path: Path) -> Iterator[None]:
    """Annotations after a printed report in which workflow commands are switched off.

    The report holds text that student code wrote; without the pause a line of it could act on the workflow.
    """
    import secrets

    from grader.report import github

    module = path / report.module if path.is_dir() else path
    pause = secrets.token_hex(16)
    click.echo(f"::stop-commands::{pause}")
    try:
        yield
    finally:
        click.echo(f"::{pause}::")
        for command in github.annotations(report, module.as_posix()):
            click.echo(command)


@contextmanager
def _building(name: str) -> Iterator[Callable[[str], None]]:
    """Progress of building a bank: a line that renews itself on a terminal, a plain line per exercise elsewhere."""
    terminal = sys.stderr.isatty()

    def progress(exercise: str) -> None:
        end = "\r" if terminal else "\n"
        click.echo(f"{name}: making cases for {exercise:<40}{end}", err=True, nl=False)

    yield progress
    if terminal:
        click.echo("\r\033[K", err=True, nl=False)


@contextmanager
def _counting(total: int, name: str) -> Iterator[Callable[[str], None]]:
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
