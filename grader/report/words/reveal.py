"""Sentences about hidden cases that students are shown, and about others that are drawn in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words.language import count

if TYPE_CHECKING:
    from datetime import datetime


def known_since(assignment: str, day: str) -> str:
    """That the hidden cases that are graded with are known."""
    return (
        f"students were shown hidden cases of {assignment} on {day}: `grade build {assignment} --fresh` draws others, "
        "for whoever is graded from now on"
    )


def drawn_anew(file: str, draw: int) -> str:
    """That hidden cases are others from now on."""
    return (
        f"{file}: hidden cases are those of draw {draw} from now on, and public ones stay; commit the file, and make "
        "anew what holds hidden cases outside of the course"
    )


def still_open(assignment: str, due: datetime) -> str:
    """That work can still be handed in."""
    return (
        f"{assignment} can be handed in until {due.isoformat(' ', 'minutes')}: whoever sees hidden cases before can "
        "write an answer for each"
    )


def unknown(assignment: str) -> str:
    """That nobody can tell whether work can still be handed in."""
    return (
        f"until when {assignment} can be handed in is not known, as its assignment.yaml has no `due`: show hidden "
        "cases when nobody can any more"
    )


def reports_written(how_many: int, folder: str, *, revealed: bool, without: int) -> str:
    """What was written, and how many students have no report because their work was not graded."""
    what = f"{count(how_many, 'report')} {'with' if revealed else 'without'} hidden cases in {folder}"
    return f"{what}; {without} not graded, so without one" if without else what
