"""What results files of several services say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from grader.report import terminal
from grader.report.clean import line

if TYPE_CHECKING:
    from grader.report.document import WrittenExercise

_WIDTH = 100


def encoded(found: dict[str, Any]) -> str:
    """JSON, indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def is_full(exercise: WrittenExercise) -> bool:
    """Whether it earned all of its points."""
    return exercise.earned is not None and exercise.earned >= exercise.points


def share(earned: float, best: float) -> float:
    """Points as a share of the best: from 0 to 1, which is all of them."""
    return min(earned / best, 1.0) if best else 1.0


def named(exercise: WrittenExercise) -> str:
    """Its title, on one line."""
    return line(exercise.title or exercise.id)


def explained(exercise: WrittenExercise) -> str:
    """Why it has its points, in lines of text; empty where all is right."""
    if exercise.status == "right":
        return ""
    return f"{exercise.headline}\n\n{terminal.details(exercise, width=_WIDTH)}".strip()
