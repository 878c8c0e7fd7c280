"""An audit as one HTML file, made like the page of a report. For staff only."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from grader.report.clean import cleaned
from grader.report.format import worth
from grader.report.html import environment
from grader.report.words import audit as words
from grader.report.words import shortcomings

if TYPE_CHECKING:
    from jinja2 import Template

    from grader.records.audit import Audit


def render(audit: Audit) -> str:
    """The audit as a page of its own."""
    return _template().render(audit=cleaned(audit)) + "\n"


@cache
def _template() -> Template:
    made = environment()
    made.globals.update(words=words, shortcomings=shortcomings, worth=worth)
    return made.get_template("audit.html")
