"""The commands, each of which parses, calls and answers with an exit code."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import __version__
from grader.cli.actions import annotated, append_summary, on_actions, on_github, set_outputs
from grader.cli.amount import amount_options
from grader.cli.bank_or_bundle import held_on
from grader.cli.course import (
    assignments_here,
    course_at,
    course_option,
    named_course,
    refuse_misspelt_command,
)
from grader.cli.isolation import isolation_options
from grader.cli.late import LateGroup
from grader.cli.output import show, tell, terminal
from grader.cli.paths import ExistingPath, NewFile
from grader.cli.reporting import Reporting, refused
from grader.cli.signing import signing_options
from grader.cli.start import is_to_work_in, meant
from grader.cli.targets import target_options
from grader.cli.watch import Work, watch, watch_options
from grader.files import write_whole

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from grader.cli.amount import Amount
    from grader.cli.isolation import Isolated
    from grader.cli.signing import Signing
    from grader.cli.targets import Targets
    from grader.cli.watch import Watching
    from grader.report.document import Document

INTERRUPTED = 130
UNSIGNED = 3  # there is a report, and what was to be signed is not


#: Commands with modules of their own, and where they are there.
LATE = {
    "audit": "audit:audit",
    "build": "build:build",
    "cases": "cases:cases",
    "check": "check:check",
    "class": "classes:grade_class",
    "explore": "explore:explore",
    "figures": "figures:figures",
    "keys": "keys:keys",
    "list": "listing:list_course",
    "name": "unexplained:name",
    "new": "authoring:new",
    "release": "release:release",
    "report": "report:report",
    "start": "start:start",
    "template": "authoring:template",
    "unexplained": "unexplained:unexplained",
    "verify": "verify:verify",
}


class DefaultGroup(LateGroup):
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
                refuse_misspelt_command(args[0], named_course(args), self.list_commands(ctx))
            args = ["run", *args]
        return super().resolve_command(ctx, args)


def _course_behind(args: list[str]) -> list[str]:
    """The words with a course that is named first behind the command, or the assignment, that it is meant for."""
    length = 2 if args[:1] == ["--course"] else int(bool(args) and args[0].startswith("--course="))
    course, rest = args[:length], args[length:]
    return [*rest[:1], *course, *rest[1:]]


@click.group(
    cls=DefaultGroup,
    late=LATE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="grade")
def grade() -> None:
    """Grade numerical programming assignments against hidden references.

    `grade ASSIGNMENT [PATH]` grades one submission; it is short for `grade run`.

    GRADER_COURSE in the environment names the course where --course does not, GRADER_CACHE the folder for case banks.

    Exit codes: 0 full marks, 1 graded below that or a module that raises above something that it defines, 2 the
    command or the assignment is wrong, 3 could not be graded, 130 interrupted.
    """


@grade.command()
@click.argument("assignment", required=False, shell_complete=assignments_here)
@click.argument("path", type=ExistingPath(), default=None, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
@target_options
@signing_options
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
    help="Write step summary, outputs and annotations of GitHub Actions. On by itself where that runs.",
)
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    assignment: str | None,
    path: Path | None,
    as_json: bool,
    targets: Targets,
    signing: Signing,
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
    refusals = github or targets.of_jobs
    refusal = refused(path, reported=refusals and course is not None)  # or a link might lead to the course to take
    about = meant(assignment, path, course)
    held = held_on(about, staff=staff, there=refusal is None)
    signer = signing.signer(held.root, targets.data, staff=staff, watched=watching.watch)
    path, html = about.path, watching.page(targets.page, about.assignment)
    targets = targets.with_page(html)
    with isolation.pool(alone=True) as pool:  # first of all, so that it comes up while the imports below run
        from grader.report import WRITERS

        opened, demands = held.opened(pool, amount), isolation.demands()
        targets.check_marks(practice=opened.against.bank.practice is not None)
        if watching.watch:
            watch(Work(path, demands, staff, amount, targets), opened, pool, lambda: watching.tell_page(html))
        reporting = Reporting(opened.against, pool, demands, signer.check, staff, refusals)
        whole, shown, report = reporting.report(path, refusal)
        report, is_signed = signer.signed(report, whole, opened.against.bank)
    try:
        targets.write(report)
        amount.save(shown)
    finally:  # a file that cannot be written loses nobody the report
        code = _exit_code(report, fail_under)
        if github:
            append_summary(report)
            set_outputs(report, code)
        if as_json:
            show(on_github(WRITERS["json"](report)) if github else WRITERS["json"](report))
        else:
            with annotated(report, path) if github else nullcontext():
                tell(terminal(report, amount.shown(path, report.module)))
    watching.tell_page(html, said=as_json)
    return UNSIGNED if not is_signed else 0 if exit_zero and code == 1 else code


@grade.command()
def schema() -> None:
    """Print the JSON Schema of assignment files, for editors."""
    import json

    from grader.course.schema import schema as assignment_schema

    show(json.dumps(assignment_schema(), indent=2, ensure_ascii=False) + "\n")


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


def _exit_code(report: Document, fail_under: float | None) -> int:
    if report.score is None:
        return 3
    if fail_under is not None:
        return 0 if report.score >= fail_under else 1
    return 0 if report.score >= report.max_score and not report.broken_off else 1
