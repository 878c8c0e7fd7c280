"""The commands, each of which parses, calls and answers with an exit code."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from grader import __version__
from grader.cli.actions import annotated, append_summary, on_actions, on_github
from grader.cli.amount import amount_options
from grader.cli.course import (
    assignments_here,
    course_at,
    course_option,
    held_against,
    named_course,
    refuse_misspelt_command,
    say_if_published,
    say_if_shown,
)
from grader.cli.ground import held_on
from grader.cli.isolation import isolation_options
from grader.cli.output import building, counting, failed, harmless, show, tell, terminal
from grader.cli.paths import ExistingPath, NewFile, NewFolder, Submitted
from grader.cli.start import is_to_work_in, meant
from grader.cli.watch import Work, watch, watch_options
from grader.files import check_folder, write_whole
from grader.records.errors import AssignmentError, UsageError
from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from grader.cli.amount import Amount
    from grader.cli.isolation import Isolated
    from grader.cli.watch import Watching
    from grader.records.report import Report
    from grader.report.document import Document

INTERRUPTED = 130


class DefaultGroup(click.Group):
    """``grade assignment3`` means ``grade run assignment3``, ``grade help`` means ``grade --help``.

    ``--course C`` and options of ``run`` may stand first. Where `grade start` has been, ``grade`` alone is ``run``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words in the order that is meant, with those that were left out."""
        if args[:1] == ["help"]:
            return super().parse_args(ctx, [*args[1:], "--help"])
        args = _course_behind(args)
        options = {name for each in run.params for name in each.opts + each.secondary_opts}
        first = args[0].partition("=")[0] if args else ""
        if (first.startswith("-") and first in options) or (not args and is_to_work_in(Path())):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and the assignments of the course in which this is typed."""
        from click.shell_completion import CompletionItem  # which no other command needs

        found = [CompletionItem(name) for name in assignments_here(ctx, None, incomplete)]
        return [*found, *super().shell_complete(ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The named command, or ``run`` with all of the arguments."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            if not ctx.resilient_parsing:  # before words are missed, or found to be too many
                refuse_misspelt_command(args[0], named_course(args), self.commands)
            args = ["run", *args]
        return super().resolve_command(ctx, args)


def _course_behind(args: list[str]) -> list[str]:
    """The words with a course that is named first behind the command, or the assignment, that it is meant for."""
    length = 2 if args[:1] == ["--course"] else int(bool(args) and args[0].startswith("--course="))
    course, rest = args[:length], args[length:]
    return [*rest[:1], *course, *rest[1:]]


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grade")
def grade() -> None:
    """Grade numerical programming assignments against hidden references.

    `grade ASSIGNMENT [PATH]` grades one submission; it is short for `grade run`.

    GRADER_COURSE in the environment names the course where --course does not, GRADER_CACHE the folder for case banks.

    Exit codes: 0 full marks, 1 graded below that, 2 the command or the assignment is wrong, 3 could not be graded,
    130 interrupted.
    """


@grade.command()
@click.argument("assignment", required=False, shell_complete=assignments_here)
@click.argument("path", type=Submitted(), default=None, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
@click.option("--json-file", type=NewFile(), help="Write the report as JSON to this file.")
@click.option("--html", type=NewFile(), help="Write the report as a web page to this file.")
@click.option("--junit", type=NewFile(), help="Write the report as JUnit XML to this file.")
@amount_options
@click.option("--staff", is_flag=True, help="Show hidden cases too. For instructors.")
@click.option("--fail-under", type=float, metavar="POINTS", help="Exit with 0 from this many points on.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the score.")
@watch_options
@course_option
@isolation_options
@click.option(
    "--github/--no-github",
    default=on_actions,
    help="Write the step summary and annotations of GitHub Actions. On by itself where that runs.",
)
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    assignment: str | None,
    path: Path | None,
    as_json: bool,
    json_file: Path | None,
    html: Path | None,
    junit: Path | None,
    amount: Amount,
    staff: bool,
    fail_under: float | None,
    exit_zero: bool,
    watching: Watching,
    course: Path | None,
    isolation: Isolated,
    github: bool,
) -> int:
    """Grade one submission: PATH is a file, a folder, a notebook or a zip archive, by default this folder.

    ASSIGNMENT may be left out in a folder that `grade start` made. In the course's own folder, PATH is by default the
    folder that it makes there.
    """
    about = meant(assignment, path, course)
    open_ground = held_on(about, staff=staff)
    path, html = about.path, watching.page(html, about.assignment)
    targets = _targets(json=json_file, html=html, junit=junit)
    with isolation.pool() as pool:  # first of all, so that it comes up while the imports below run
        from grader.grading.grade import grade_on, ungraded
        from grader.report import WRITERS, view
        from grader.report.words.written import written

        opened, demands = open_ground(pool, amount), isolation.demands()
        if watching.watch:
            watch(Work(path, demands, staff, amount, targets), opened, pool, lambda: watching.tell_page(html))
        seen = view.staff if staff else view.student
        try:
            found = seen(grade_on(opened.ground, path, pool, demands=demands))
            report = written(found)
        except (UsageError, AssignmentError):
            raise
        except Exception as fault:  # noqa: BLE001 - who asked for a report gets one, whatever becomes of the grading
            click.echo(failed(fault, whole=staff), err=True)
            found = seen(ungraded(opened.ground.bank, pool, fault))
            report = written(found)
    try:
        for name, target in targets.items():
            write_whole(target, WRITERS[name](report))
        amount.save(found)
    finally:  # a file that cannot be written loses nobody the report
        if github:
            append_summary(report)
        if as_json:
            show(on_github(WRITERS["json"](report)) if github else WRITERS["json"](report))
        else:
            with annotated(report, path) if github else nullcontext():
                tell(terminal(report, amount.shown(path, report.module)))
    watching.tell_page(html, said=as_json)
    return _exit_code(report, fail_under, exit_zero=exit_zero)


@grade.command()
def schema() -> None:
    """Print the JSON Schema of assignment files, for editors."""
    import json

    from grader.course.schema import schema as assignment_schema

    show(json.dumps(assignment_schema(), indent=2, ensure_ascii=False) + "\n")


@grade.command("class")
@click.argument("assignment", shell_complete=assignments_here)
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

    What cannot be taken as it was handed in gets no score: it needs a look. Beside the reports, records with hidden
    cases are kept in the folder `staff`, for `grade report`: hand out reports, never the folder.

    Exit codes: 0 everybody is graded, 1 somebody's work needs a look, 2 the command or the assignment is wrong,
    3 somebody could not be graded, 130 interrupted.
    """
    from grader.bank.build import bank_for
    from grader.classroom import batch
    from grader.classroom.cells import visible
    from grader.classroom.collect import collect
    from grader.classroom.resume import earlier
    from grader.classroom.unexplained import any_unexplained
    from grader.grading.fingerprint import fingerprint
    from grader.grading.grade import check_isolation, grade_path, handed_in, ungraded
    from grader.records.staff_record import StaffRecord
    from grader.report import WRITERS, answers, view
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
        say_if_published(files.root)
        say_if_shown(files)
        made_for = bank.assignment
        entries = collect(folder, made_for.module)
        kept = None
        if resume:
            found = earlier(entries, results, lambda path: fingerprint(bank, handed_in(path, made_for, of_class=True)))
            kept = found.kept
            new = sum(not each.not_taken for each in entries) - len(kept) - len(found.outdated)
            click.echo(class_run.resumed(len(kept), found.outdated.values(), new), err=True)

        def graded_one(path: Path) -> Document:
            report = grade_path(files, bank, path, pool, demands=demands, of_class=True)
            return replace(documented(report), answers=answers.as_file(view.kept(report)))

        def documented(report: Report) -> Document:
            return replace(written(view.kept(report)), record=StaffRecord(report, made_for.draw))

        with counting(len(entries), assignment) as advance:
            graded = batch.grade_class(
                entries,
                graded_one,
                ungraded=lambda fault: documented(ungraded(bank, pool, fault)),
                results=results,
                writers={"json": WRITERS["json"], "html": WRITERS["html"], "answers": lambda one: one.answers.decode()},
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
    if any_unexplained(results, graded.rows):
        click.echo(harmless(class_run.unexplained(str(results))), err=True)
    if graded.interrupted:
        return INTERRUPTED
    return 3 if rows["ungraded"] else min(look, 1)


@grade.command()
@click.argument("assignment", shell_complete=assignments_here)
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

    tell(describe(probe()))


def _targets(**asked: Path | None) -> dict[str, Path]:
    """The files that are to be written, by what they are."""
    return {name: target for name, target in asked.items() if target is not None}


def _exit_code(report: Document, fail_under: float | None, *, exit_zero: bool) -> int:
    if report.score is None:
        return 3
    wanted = report.max_score if fail_under is None else fail_under
    return 0 if exit_zero or report.score >= wanted else 1
