"""``grade audit``: whether an assignment's tests catch wrong solutions and let right ones pass."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from grader.cli.course import assignments_here, course_at, course_option
from grader.cli.output import building, counting, show, tell
from grader.cli.paths import NewFile, UnusedFile
from grader.files import write_new, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from grader.records.audit import Audit


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.option("--json", "as_json", is_flag=True, help="Print the audit as JSON instead of text.")
@click.option("--json-file", type=NewFile(), help="Write the audit as JSON to this file.")
@click.option("--html", type=NewFile(), help="Write the audit as a web page to this file.")
@click.option(
    "--propose-waivers",
    "waivers",
    type=UnusedFile(),
    is_flag=False,
    flag_value="waivers.yaml",
    metavar="[FILE]",
    help="Write what is left, as waivers to be reviewed, to this new file (waivers.yaml).",
)
@click.option("--fresh", is_flag=True, help="Find out everything anew, also what an earlier audit of the same found.")
@course_option
def audit(
    assignment: str,
    as_json: bool,
    json_file: Path | None,
    html: Path | None,
    waivers: Path | None,
    fresh: bool,
    course: Path | None,
) -> int:
    """Prove an assignment's tests: which wrong solutions they catch, and whether right ones pass.

    For staff: what it prints shows lines of the reference.

    Wrong versions of the reference (mutants, and the misconceptions beside it) are held against the cases. Right
    variants in tests/submissions/ASSIGNMENT/100_* and assignments/ASSIGNMENT/right/, mutants of these, and the starter
    template are graded. An audit that was interrupted goes on where it was.

    Exit codes: 0 the tests reach the assignment's own bar (audit: {kill: 1.0, by: 3}), 1 they do not, 2 the command
    or the assignment is wrong, 3 something could not be graded, 130 interrupted.
    """
    from grader.sandbox.open import open_pool

    files = course_at(course).assignment(assignment)
    with open_pool() as pool:  # first of all, so that it comes up while the imports below run
        from grader import audit as auditing
        from grader.audit.conclusion import conclude
        from grader.bank.build import bank_for
        from grader.report import audit_html, audit_json

        with building(files.name) as progress:
            bank = bank_for(files, pool, progress, whole=True)  # an audit asks for all of it
        bench = auditing.Bench(files, bank, pool, fresh=fresh)
        with counting(auditing.steps(bench), files.name) as advance:
            found = auditing.audit(bench, advance)
    conclude(files, bank.assignment, found, datetime.now(UTC).date())
    try:
        for target, render in ((json_file, audit_json.render), (html, audit_html.render)):
            if target is not None:
                write_whole(target, render(found))
        if waivers is not None:
            _propose(found, waivers)
    finally:  # a file that cannot be written loses nobody the audit
        if as_json:
            show(audit_json.render(found))
        else:
            tell(_terminal(found))
    if html is not None and not as_json:
        click.echo(f"The full audit is in {html}", err=True)
    if found.ungraded:
        return 3
    return 1 if found.failures else 0


def _propose(found: Audit, path: Path) -> None:
    from grader.report import waivers

    text = waivers.render(found)
    if text:
        write_new({path: text})
    click.echo(f"Waivers to be reviewed are in {path}" if text else "Nothing is left to be waived.", err=True)


def _terminal(found: Audit) -> str:
    """The audit for this terminal, or for whatever else stdout is."""
    import shutil

    from grader.report import audit_terminal
    from grader.report.terminal import wants_color

    color = wants_color(sys.stdout, os.environ)
    return audit_terminal.render(found, color=color, width=shutil.get_terminal_size().columns)
