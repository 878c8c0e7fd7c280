"""``grade class``: a class, graded here, or taken in from reports that were signed where it was graded."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from grader.cli.commands import INTERRUPTED
from grader.cli.course import assignments_here, course_option, held_against, say_if_published, say_if_shown
from grader.cli.isolation import isolation_options
from grader.cli.output import building, counting, harmless, one_line
from grader.cli.paths import ExistingPath, NewFolder
from grader.files import check_folder
from grader.records.errors import UsageError
from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from grader.classroom.batch import ClassResult
    from grader.cli.isolation import Isolated
    from grader.course.find import AssignmentFiles
    from grader.records.report import Report
    from grader.report.document import Document


@click.command("class")
@click.argument("assignment", shell_complete=assignments_here)
@click.argument("folder", type=ExistingPath(), metavar="SUBMISSIONS", default=None, required=False)
@click.option(
    "-o",
    "--output",
    type=NewFolder(),
    help="Where reports and scores.csv go; by default results/ASSIGNMENT in the course.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=processors, help="Submissions at a time.")
@click.option("--resume", is_flag=True, help="Keep results of an earlier run that still hold; say why others do not.")
@click.option(
    "--reports",
    type=ExistingPath(),
    metavar="FOLDER",
    help="Run nothing: take signed reports in as results, one folder or JSON file a student.",
)
@course_option
@isolation_options
def grade_class(  # noqa: PLR0913, PLR0917 - one parameter for each option
    assignment: str,
    folder: Path | None,
    output: Path | None,
    workers: int,
    resume: bool,
    reports: Path | None,
    course: Path | None,
    isolation: Isolated,
) -> int:
    """Grade a folder of submissions, one folder or file a student; one bad submission never stops the rest.

    What cannot be taken as it was handed in gets no score: it needs a look. With --reports, a report without a valid
    signature gets none either. Beside the reports, records with hidden cases are kept in the folder `staff`, for
    `grade report`: hand out reports, never the folder.

    Exit codes: 0 everybody is graded, 1 somebody's work needs a look, 2 the command or the assignment is wrong,
    3 somebody could not be graded, 130 interrupted.
    """
    asked = _asked(folder, reports, resume=resume)
    files = held_against(asked, assignment, course)
    results = output or files.root / "results" / assignment
    check_folder(results)
    if reports is None:
        return _told(_graded(asked, files, results, workers, isolation, resume=resume), results)
    from grader.bank.signing_keys import public_keys
    from grader.classroom.signed_reports import take_in
    from grader.classroom.staff_records import FOLDER
    from grader.course.secret import fingerprint_of

    if (results / FOLDER).is_dir():
        raise UsageError(
            f"{results} holds what was graded here, and reports would replace it: name another by -o FOLDER"
        )

    taken = take_in(reports, assignment, public_keys(files.root), results, fingerprint_of(files.root))
    return _told(taken, results)


def _asked(folder: Path | None, reports: Path | None, *, resume: bool) -> Path:
    """What is graded or taken in. Raises UsageError for both, and for neither."""
    if reports is not None and resume:
        raise UsageError("--resume keeps what an earlier run has graded, and --reports grades nothing: leave out one")
    if (folder is None) == (reports is None):
        raise UsageError(
            "name one folder: SUBMISSIONS, to be graded here, or --reports FOLDER, with signed reports on them"
        )
    return folder or reports or Path()


def _graded(
    folder: Path, files: AssignmentFiles, results: Path, workers: int, isolation: Isolated, *, resume: bool
) -> ClassResult:
    from grader.bank.build import bank_for
    from grader.classroom import batch
    from grader.classroom.cells import visible
    from grader.classroom.collect import collect
    from grader.classroom.resume import earlier
    from grader.grading.fingerprint import fingerprint
    from grader.grading.grade import check_isolation, grade_path, handed_in, ungraded
    from grader.records.staff_record import StaffRecord
    from grader.report import WRITERS, answers, view
    from grader.report.words import class_run
    from grader.report.words.written import written

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

        with counting(len(entries), files.name) as advance:
            return batch.grade_class(
                entries,
                graded_one,
                ungraded=lambda fault: documented(ungraded(bank, pool, fault)),
                results=results,
                writers={"json": WRITERS["json"], "html": WRITERS["html"], "answers": lambda one: one.answers.decode()},
                workers=workers,
                progress=lambda entry, _: advance(visible(entry.student)),
                kept=kept,
            )


def _told(graded: ClassResult, results: Path) -> int:
    """Say what came of a class, and of whom somebody should know more. Returns the exit code."""
    from grader.classroom.cells import visible
    from grader.classroom.unexplained import any_unexplained
    from grader.report.words import class_run

    rows = Counter(row.status for row in graded.rows)
    look = rows["needs a look"]
    counts = f"{rows['graded']} graded, {look} {'needs' if look == 1 else 'need'} a look, {rows['ungraded']} not graded"
    for row in graded.rows:
        if row.note:
            click.echo(one_line(f"{visible(row.student)}: {row.note}"), err=True)
    if graded.others:
        click.echo(harmless(class_run.left_over(map(visible, graded.others))), err=True)
    click.echo(f"{counts}; scores are in {graded.scores}", err=True)
    if any_unexplained(results, graded.rows):
        click.echo(harmless(class_run.unexplained(str(results))), err=True)
    if graded.interrupted:
        return INTERRUPTED
    return 3 if rows["ungraded"] else min(look, 1)
