"""The report as one HTML file: no script, nothing fetched, readable in print and by a screen reader.

Jinja escapes everything; a content security policy in the page refuses what might slip through all the same.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from grader.report.clean import cleaned, line
from grader.report.format import digits_apart, points, shape_of, show
from grader.report.grids import grid
from grader.report.words import page

if TYPE_CHECKING:
    from jinja2 import Environment, Template

    from grader.report.document import Document, WrittenOutput


_TICKED = re.compile(r"`([^`\n]+)`")


def render(report: Document) -> str:
    """The report as a page of its own."""
    return _template().render(report=cleaned(report)) + "\n"


@cache
def _template() -> Template:
    made = environment()
    made.globals.update(words=page, grid=grid, show=_show, shape_of=shape_of)
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
    made.globals.update(points=points, one_line=line, pieces=_pieces)
    return made


def _pieces(text: str) -> list[tuple[bool, str]]:
    """``text`` cut at what stands between backticks, which is code (and marked True)."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(_TICKED.split(text)) if piece]


def _show(detail: WrittenOutput, value: object) -> str:
    """A value as text, with digits enough to see how expected and got differ."""
    found = detail.deviation
    pairs = [] if found is None or found.expected is None else [(found.expected, found.got)]
    return show(value, digits_apart(pairs))
