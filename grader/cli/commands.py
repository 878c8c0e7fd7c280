"""The commands, each of which parses, calls and answers with an exit code."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import __version__
from grader.cli.actions import annotated, append_summary, on_actions, on_github
from grader.cli.course import course_at, course_option, held_against
from grader.cli.isolation import isolation_options
from grader.cli.output import building, counting, failed, harmless, show, terminal
from grader.cli.paths import ExistingPath, NewFile, NewFolder, Submitted
from grader.files import check_folder, write_whole
from grader.records.errors import AssignmentError, UsageError
from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from grader.cli.isolation import Isolated
    from grader.report.document import Document

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
@click.argument("path", type=Submitted(), default=Path())
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
@click.option("--json-file", type=NewFile(), help="Write the report as JSON to this file.")
@click.option("--html", type=NewFile(), help="Write the report as a web page to this file.")
@click.option("--junit", type=NewFile(), help="Write the report as JUnit XML to this file.")
@click.option("--staff", is_flag=True, help="Show hidden cases too. For instructors.")
@click.option("--fail-under", type=float, metavar="POINTS", help="Exit with 0 from this many points on.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the score.")
@course_option
@isolation_options
@click.option(
    "--github/--no-github",
    default=on_actions,
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
    isolation: Isolated,
    github: bool,
) -> int:
    """Grade one submission: PATH is a file, a folder, a notebook or a zip archive, by default this folder."""
    if not path.exists():
        raise UsageError(f"{path} does not exist: name a file, a folder, a notebook or a zip archive")
    files = held_against(path, assignment, course)
    with isolation.pool() as pool:  # first of all, so that it comes up while the imports below run
        from grader.bank.build import bank_for
        from grader.grading.grade import grade_path, ungraded
        from grader.report import WRITERS, view
        from grader.report.words.written import written

        with building(files.name) as progress:
            bank = bank_for(files, pool, progress)
        seen = view.staff if staff else view.student
        try:
            report = written(seen(grade_path(files, bank, path, pool, demands=isolation.demands())))
        except (UsageError, AssignmentError):
            raise
        except Exception as fault:  # noqa: BLE001 - who asked for a report gets one, whatever becomes of the grading
            click.echo(failed(fault, whole=staff), err=True)
            report = written(seen(ungraded(bank, pool, fault)))
    try:
        for target, name in ((json_file, "json"), (html, "html"), (junit, "junit")):
            if target is not None:
                write_whole(target, WRITERS[name](report))
    finally:  # a file that cannot be written loses nobody the report
        if github:
            append_summary(report)
        if as_json:
            show(on_github(WRITERS["json"](report)) if github else WRITERS["json"](report))
        else:
            with annotated(report, path) if github else nullcontext():
                show(terminal(report))
    if html is not None and not as_json:
        click.echo(f"The full report is in {html}", err=True)
    return _exit_code(report, fail_under, exit_zero=exit_zero)


@grade.command()
@click.argument("assignment")
@click.argument("folder", type=ExistingPath(), default=None, required=False)
@course_option
def start(assignment: str, folder: Path | None, course: Path | None) -> None:
    """Put an assignment's template and handout into FOLDER, by default one named after the assignment."""
    import shutil

    files = course_at(course).assignment(assignment)
    folder = folder or Path(assignment)
    if not files.template.is_dir():
        raise UsageError(f"{assignment} has no template: {files.template} is missing")
    sources = [*sorted(files.template.iterdir()), *([files.handout] if files.handout.is_file() else [])]
    left = shutil.ignore_patterns("__pycache__")
    there = [source.name for source in sources if (folder / source.name).exists()]
    if there:
        raise UsageError(f"{folder} already holds {', '.join(there)}: nothing was changed, so that no work is lost")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sources:
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=left)
            else:
                shutil.copy(source, folder / source.name)
    except OSError as error:
        raise UsageError(f"{folder} cannot be filled ({error.strerror}): name another folder") from None
    click.echo(f"{folder}: {', '.join(source.name for source in sources)}")


@grade.command()
def schema() -> None:
    """Print the JSON Schema of assignment files, for editors."""
    import json

    from grader.course.schema import schema as assignment_schema

    show(json.dumps(assignment_schema(), indent=2, ensure_ascii=False) + "\n")


@grade.command()
@click.argument("assignment")
@click.option("--force", is_flag=True, help="Build it anew even if it is up to date.")
@course_option
def build(assignment: str, force: bool, course: Path | None) -> None:
    """Freeze an assignment's case bank. Done by itself when it is stale; this shows what it holds."""
    from grader.bank.build import bank_for
    from grader.sandbox.open import open_pool

    files = course_at(course).assignment(assignment)
    with open_pool() as pool, building(files.name) as progress:
        bank = bank_for(files, pool, progress, anew=force)
    for name, cases in bank.cases.items():
        public = sum(case.public for case in cases)
        click.echo(f"{name}: {public} public and {len(cases) - public} hidden cases")


@grade.command("class")
@click.argument("assignment")
@click.argument("folder", type=ExistingPath())
@click.option(
    "-o",
    "--output",
    type=NewFolder(),
    help="Where reports and scores.csv go; by default results/ASSIGNMENT in the course.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=processors, help="Submissions at a time.")
@click.option("--resume", is_flag=True, help="Keep results of an earlier run that still hold; say why others do not.")
@course_option
@isolation_options
def grade_class(
    assignment: str,
    folder: Path,
    output: Path | None,
    workers: int,
    resume: bool,
    course: Path | None,
    isolation: Isolated,
) -> int:
    """Grade a folder of submissions, one folder or file a student; one bad submission never stops the rest.

    What cannot be taken as it was handed in gets no score: it needs a look.

    Exit codes: 0 everybody is graded, 1 somebody's work needs a look, 2 the command or the assignment is wrong,
    3 somebody could not be graded, 130 interrupted.
    """
    from grader.bank.build import bank_for
    from grader.classroom import batch
    from grader.classroom.cells import visible
    from grader.classroom.collect import collect
    from grader.classroom.resume import earlier
    from grader.grading.fingerprint import fingerprint
    from grader.grading.grade import check_isolation, grade_path, handed_in, ungraded
    from grader.report import WRITERS, view
    from grader.report.words import class_run
    from grader.report.words.written import written

    files = held_against(folder, assignment, course)
    results = output or files.root / "results" / assignment
    check_folder(results)
    with isolation.pool() as pool:
        with building(files.name) as progress:
            bank = bank_for(files, pool, progress, whole=True)  # found now, damage costs nobody anything
        demands = isolation.demands()
        check_isolation(pool.isolation, bank, demands)  # once for all, and before anything is written
        made_for = bank.assignment
        entries = collect(folder, made_for.module)
        kept = None
        if resume:
            found = earlier(entries, results, lambda path: fingerprint(bank, handed_in(path, made_for, of_class=True)))
            kept = found.kept
            click.echo(class_run.resumed(len(kept), found.outdated.values()), err=True)
        with counting(len(entries), assignment) as advance:
            graded = batch.grade_class(
                entries,
                lambda path: written(view.kept(grade_path(files, bank, path, pool, demands=demands, of_class=True))),
                ungraded=lambda fault: written(view.kept(ungraded(bank, pool, fault))),
                results=results,
                writers={"json": WRITERS["json"], "html": WRITERS["html"]},
                workers=workers,
                progress=lambda entry, _: advance(visible(entry.student)),
                kept=kept,
            )
    rows = Counter(row.status for row in graded.rows)
    look = rows["needs a look"]
    counts = f"{rows['graded']} graded, {look} {'needs' if look == 1 else 'need'} a look, {rows['ungraded']} not graded"
    if graded.others:
        click.echo(harmless(class_run.left_over(map(visible, graded.others))), err=True)
    click.echo(f"{counts}; scores are in {graded.scores}", err=True)
    if graded.interrupted:
        return INTERRUPTED
    return 3 if rows["ungraded"] else min(look, 1)


@grade.command()
@click.argument("assignment")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "spreadsheet"]),
    default="csv",
    help="CSV for programs; or for a spreadsheet, as scores.csv is, with the signature that tells it to read UTF-8.",
)
@click.option("-o", "--output", type=NewFile(), help="A file; standard output by default.")
@click.option(
    "--results",
    type=ExistingPath(),
    help="The folder that `grade class` wrote; by default results/ASSIGNMENT in the course.",
)
@course_option
def export(assignment: str, kind: str, output: Path | None, results: Path | None, course: Path | None) -> None:
    """Give out the scores of a graded class."""
    from grader.classroom.export import exercises_of, read_results, scores_csv, scores_spreadsheet

    writers = {"csv": scores_csv, "spreadsheet": scores_spreadsheet}
    if results is None:
        results = course_at(course).root / "results" / assignment
    rows = read_results(results)
    text = writers[kind](rows, exercises_of(rows))
    if output is None:
        show(text)
    else:
        write_whole(output, text)


@grade.command()
def doctor() -> None:
    """Say how well this machine can keep student code apart: every layer, tried, and what would mend it."""
    from grader.sandbox.confine.doctor import describe
    from grader.sandbox.confine.levels import probe

    show(describe(probe()))


def _exit_code(report: Document, fail_under: float | None, *, exit_zero: bool) -> int:
    if report.score is None:
        return 3
    wanted = report.max_score if fail_under is None else fail_under
    return 0 if exit_zero or report.score >= wanted else 1
