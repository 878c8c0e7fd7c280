"""What the command line does for GitHub Actions: the step summary, annotations, and no command from a student."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.report.document import Document


def append_summary(report: Document) -> None:
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


def on_github(json: str) -> str:
    """The same JSON without ``##[``, which begins a command anywhere in a log of GitHub Actions."""
    return json.replace("##[", r"##\u005b")


def _module(module: str, path: Path) -> Path:
    """Where the module lies, as far as its own path tells: it may begin with packages that ``path`` leads into."""
    if not path.is_dir():
        return path
    parts = Path(module).parts
    tails = (path.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if tail.is_file()), path / module)


@contextmanager
def annotated(report: Document, path: Path) -> Iterator[None]:
    """Annotations after a printed report in which workflow commands are switched off.

    The report holds text that student code wrote; without the pause a line of it could act on the workflow.
    """
    import secrets

    from grader.report import github

    module = _module(report.module, path)
    pause = secrets.token_hex(16)
    click.echo(f"::stop-commands::{pause}")
    try:
        yield
    finally:
        click.echo(f"::{pause}::")
        for command in github.annotations(report, module.as_posix()):
            click.echo(command)
