"""Options that say how much of a report a terminal shows, and where its examples are saved."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.paths import NewFolder
from grader.files import write_again
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.records.report import Report
    from grader.report.terminal import Shown


class Amount(NamedTuple):
    """What the options said."""

    full: bool
    brief: bool
    exercises: tuple[str, ...]
    examples: Path | None

    def check(self, known: Sequence[str]) -> None:
        """Raise UsageError for an exercise that is none of those ``known``."""
        unknown = next((name for name in self.exercises if name not in known), None)
        if unknown is not None:
            raise UsageError(f"there is no exercise {unknown!r}: {proposed(unknown, known)}")

    def shown(self, path: Path, module: str) -> Shown:
        """How much of the report on what lies at ``path`` is shown."""
        from grader.report.terminal import Shown

        graded = path / module if (path / module).is_file() else path
        return Shown("none" if self.brief else "all" if self.full else "first", self.exercises, str(graded))

    def save(self, report: Report) -> None:
        """Write the examples of a report, if that was asked for, and say so. Raises UsageError if that cannot be."""
        if self.examples is None:
            return
        from grader.judge.saved_example import saved_examples

        asked = [each for each in report.exercises if not self.exercises or each.id in self.exercises]
        texts = {self.examples / name: text for name, text in saved_examples(asked, report.module).items()}
        write_again(texts)
        names = ", ".join(path.name for path in texts)
        click.echo(f"Examples are in {self.examples}: {names}" if texts else "There is no example to save.", err=True)


def amount_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``amount``."""

    @click.option("--full", is_flag=True, help="Show all of every exercise that is not right, not of the first alone.")
    @click.option("--exercise", "names", multiple=True, metavar="ID", help="Show this exercise; may be given again.")
    @click.option("--brief", is_flag=True, help="Show the score and a line an exercise, and no more.")
    @click.option(
        "--save-examples",
        "examples",
        type=NewFolder(),
        metavar="FOLDER",
        help="Write the failing inputs that are shown as Python files that run.",
    )
    @wraps(command)
    def with_amount(
        *args: Any,
        full: bool,
        names: tuple[str, ...],
        brief: bool,
        examples: Path | None,
        as_json: bool,
        **kwargs: Any,
    ) -> Any:
        if brief and (full or names):
            raise UsageError(f"--brief shows less and {'--full' if full else '--exercise'} more: give one of them")
        if as_json and (brief or full):
            raise UsageError(f"--json prints all of the report: leave out {'--brief' if brief else '--full'}")
        if as_json and names and examples is None:
            raise UsageError("--json prints all of the report: leave out --exercise")
        amount = Amount(full, brief, tuple(dict.fromkeys(names)), examples)
        return command(*args, amount=amount, as_json=as_json, **kwargs)

    return with_amount


def proposed(unknown: str, known: Sequence[str]) -> str:
    """The exercises that may be meant, or all of them."""
    import difflib

    near = difflib.get_close_matches(unknown, known, n=3, cutoff=0.5)
    return f"is {' or '.join(near)} meant?" if near else f"they are {', '.join(known)}"
