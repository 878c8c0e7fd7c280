"""The report as one HTML file: nothing fetched, readable in print, by a screen reader and without its one script.

Jinja escapes everything; a content security policy in the page refuses what might slip through all the same: of scripts
it admits the page's own alone, by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.report.backticks import pieces
from grader.report.clean import cleaned, line
from grader.report.format import digits_apart, points, shape_of, show
from grader.report.grids import grid
from grader.report.plots import plot
from grader.report.words import page, plots, shares
from grader.report.words.checks import checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment, Template

    from grader.records.verdict import Status
    from grader.report.document import Document, WrittenExercise, WrittenOutput


#: What comes later on a page: what is still to be written after what is wrong, and last what is right.
_LATER: Final[dict[Status, int]] = {"unfinished": 1, "right": 2}


class Script(NamedTuple):
    """A script of a page, and by what its policy knows it."""

    text: str
    sha256: str


def render(report: Document) -> str:
    """The report as a page of its own."""
    return _template().render(report=cleaned(report)) + "\n"


@cache
def _template() -> Template:
    made = environment()
    made.globals.update(words=page, plots=plots, shares=shares, grid=grid, plot=plot, show=_show, shape_of=shape_of)
    made.globals.update(in_order=_in_order, script=_script(), checks=checks)
    return made.get_template("report.html")


def environment() -> Environment:
    """Where templates come from, with what each of them needs."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only a run that writes HTML pays for it

    made = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(points=points, one_line=line, pieces=pieces, script=None)
    return made


def _script() -> Script:
    text = files("grader.report").joinpath("templates/report.js").read_text(encoding="utf-8").strip()
    return Script(text, b64encode(sha256(text.encode()).digest()).decode())


def _in_order(exercises: Sequence[WrittenExercise]) -> list[tuple[int, WrittenExercise]]:
    """The exercises with their numbers: first what needs work."""
    return sorted(enumerate(exercises, start=1), key=lambda pair: _LATER.get(pair[1].status, 0))


def _show(detail: WrittenOutput, value: object) -> str:
    """A value as text, with digits enough to see how expected and got differ."""
    found = detail.deviation
    pairs = [] if found is None or found.expected is None else [(found.expected, found.got)]
    return show(value, digits_apart(pairs))
