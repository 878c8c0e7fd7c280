"""Options that name the files a report is written to, beside what is printed."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.paths import NewFile
from grader.files import check_distinct, write_whole
from grader.records.errors import UsageError
from grader.report import WRITERS
from grader.report.services import SERVICES, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.report.document import Document

#: What ``--write`` knows, each by the name that it is asked for by.
KINDS = ("json", "html", "junit", "github", *SERVICES)
_OF_JOBS = frozenset({"junit", "github", *SERVICES})


class Targets(NamedTuple):
    """The files that are to be written, each with the kind of what is written to it."""

    files: tuple[tuple[str, Path], ...] = ()

    @property
    def page(self) -> Path | None:
        """Where the report goes as a web page, if it does."""
        return next((path for kind, path in self.files if kind == "html"), None)

    @property
    def data(self) -> Path | None:
        """Where the report goes as JSON, if it does."""
        return next((path for kind, path in self.files if kind == "json"), None)

    @property
    def of_jobs(self) -> bool:
        """Whether one of them is for a service, or shows a job's tests: whoever reads it sees no message of ours."""
        return any(kind in _OF_JOBS for kind, _ in self.files)

    def with_page(self, page: Path | None) -> Targets:
        """The same with a page there as well."""
        return self if page is None or page == self.page else Targets((*self.files, ("html", page)))

    def check_marks(self, *, practice: bool) -> None:
        """Raise UsageError where the score of ``practice``, which is never final, would be handed to a service."""
        services = [kind for kind, _ in self.files if kind in SERVICES]
        if practice and services:
            raise UsageError(
                f"--write {services[0]} hands in a score, and what a bundle gives is practice: grade with the course"
            )

    def write(self, report: Document) -> None:
        """Write a report to each of them. Raises UsageError if one cannot be written, which the others are before."""
        delivery = delivery_of(os.environ)
        for kind, path in self.files:
            write_whole(path, SERVICES[kind](report, delivery) if kind in SERVICES else WRITERS[kind](report))


def delivery_of(environment: Mapping[str, str]) -> Delivery:
    """A submission, now, as a service names it in the environment of the job that grades."""
    found = {name: environment.get(variable, "") for name, variable in _VARIABLES.items()}
    found["owner"] = found["owner"] or environment.get("USERNAME", "")
    metadata = _metadata(environment.get("GRADESCOPE_METADATA", ""))
    return Delivery(**found, now=datetime.now(UTC).isoformat(timespec="seconds"), metadata=metadata)


def _metadata(path: str) -> bytes:
    """What Gradescope says of a submission; it decides no score, so what cannot be read is not missed."""
    if not path:
        return b""
    from grader.report.services.gradescope_metadata import LARGEST

    with suppress(OSError), Path(path).open("rb") as file:
        return file.read(LARGEST + 1)
    return b""


#: Where Classroom 50 says it.
_VARIABLES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``targets``."""

    @click.option("--json-file", type=NewFile(), help="Write the report as JSON to this file.")
    @click.option("--html", type=NewFile(), help="Write the report as a web page to this file.")
    @click.option("--junit", type=NewFile(), help="Write the report as JUnit XML to this file.")
    @click.option(
        "--write",
        "kinds",
        type=(click.Choice(KINDS), NewFile()),
        multiple=True,
        metavar="KIND FILE",
        help=f"Write the report in this form to this file; may be given again. KIND is one of {', '.join(KINDS)}.",
    )
    @wraps(command)
    def with_targets(
        *args: Any,
        json_file: Path | None,
        html: Path | None,
        junit: Path | None,
        kinds: tuple[tuple[str, Path], ...],
        staff: bool,
        **kwargs: Any,
    ) -> Any:
        named = (("json", json_file), ("html", html), ("junit", junit))
        files = (*((kind, path) for kind, path in named if path is not None), *kinds)
        check_distinct([path for _, path in files])
        if staff and (services := [kind for kind, _ in files if kind in SERVICES]):
            raise UsageError(f"students read what --write {services[0]} writes: leave out --staff")
        return command(*args, targets=Targets(files), staff=staff, **kwargs)

    return with_targets
