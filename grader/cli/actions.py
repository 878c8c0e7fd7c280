"""What the command line does for GitHub Actions: summary, outputs, annotations, and no command from a student."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from grader.records.errors import AssignmentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.errors import Mistake
    from grader.report.document import Document

#: The step output ``status`` for each exit code.
STATUS: Final = {0: "passed", 1: "failed", 2: "error", 3: "ungraded"}


def on_actions() -> bool:
    """Whether this runs on GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def append_summary(report: Document) -> None:
    """Add the report to the step summary. Less than the report itself, so that it may fail."""
    from grader.report import github

    _append(github.summary(report), "GITHUB_STEP_SUMMARY", "step summary")


def set_outputs(report: Document, code: int) -> None:
    """Hand the score on to later steps; ``code`` is the exit code before ``--exit-zero``."""
    _set(score=report.score, max_score=report.max_score, status=STATUS[code])


def _set(*, score: float | None = None, max_score: float | None = None, status: str) -> None:
    points = {"score": score, "max-score": max_score}
    told = {name: "" if value is None else f"{value:.12g}" for name, value in points.items()}
    lines = (f"{name}={value}\n" for name, value in {**told, "status": status}.items())
    _append("".join(lines), "GITHUB_OUTPUT", "file of step outputs")


def tell_end(error: Exception, code: int, words: Sequence[str]) -> None:
    """Say what ended a command without a report; ``words`` are those of the command.

    On stderr, which the runner reads as well: stdout is for data.
    """
    if "--no-github" in words or not (on_actions() or "--github" in words):
        return
    from grader.report import github

    mistakes = error.mistakes if isinstance(error, AssignmentError) else ()
    message = error.format_message() if isinstance(error, click.ClickException) else str(error)
    told = [(str(each), _file_and_line(each)) for each in mistakes] or [(message, {})]
    for command in github.end_annotations(told, code):
        click.echo(command, err=True)
    _append(github.ended([sentence for sentence, _ in told], code), "GITHUB_STEP_SUMMARY", "step summary")
    _set(status=STATUS[code])


def _file_and_line(mistake: Mistake) -> dict[str, str]:
    """Where to annotate: nothing for a file that is not in the repository."""
    file = _in_repository(Path(mistake.file))
    line = {"line": str(mistake.line)} if mistake.line else {}
    return {"file": file, **line} if file else {}


def _append(text: str, variable: str, what: str) -> None:
    """Add text to a file of the runner's, which a ``variable`` names."""
    target = os.environ.get(variable)
    if not target:
        return
    try:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        click.echo(f"The {what} {target} cannot be written ({error.strerror}).", err=True)


def on_github(json: str) -> str:
    """The same JSON without ``##[``, which begins a command anywhere in a log of GitHub Actions."""
    return json.replace("##[", r"##\u005b")


def _in_repository(path: Path) -> str:
    """The path below the repository, as annotations name files; empty where it lies in none.

    The runner's workspace may hold several repositories, each in a folder of its own.
    """
    real = Path(os.path.realpath(path))
    roots = [folder for folder in real.parents if os.path.lexists(folder / ".git")][:1]
    if workspace := os.environ.get("GITHUB_WORKSPACE"):
        roots.append(Path(os.path.realpath(workspace)))
    return next((real.relative_to(root).as_posix() for root in roots if real.is_relative_to(root)), "")


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
        for command in github.annotations(report, _in_repository(module) or module.as_posix()):
            click.echo(command)
