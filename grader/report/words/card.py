"""What is said where somebody practises in a notebook: of public cases alone, and of no marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.report.format import points
from grader.report.words.language import count

if TYPE_CHECKING:
    from grader.report.document import WrittenExercise, WrittenPart

PRACTICE: Final = "Public cases only: this is practice and makes no marks."
INTERRUPTED: Final = "Interrupted. Nothing was found out."
UNREAD: Final = "How it is written could not be looked at here; `grade` does."


def headline(exercise: WrittenExercise) -> str:
    """What to do first; of what is right no more than was tried."""
    if exercise.status != "right":
        return exercise.headline
    tried = max((part.public for part in exercise.parts), default=0)
    return f"Right on all {tried} public cases." if tried > 1 else "Right on the public case."


def part_line(part: WrittenPart) -> str:
    """How many cases of a part are right: ``2 of 4``."""
    return f"{part.public - part.public_failed} of {part.public}" if part.public else "not tried"


def slow(seconds: float, limit: float) -> str:
    """That a case took longer than it may."""
    return f"A case took {seconds:.2g} s of computing; `grade` stops one after {points(limit)} s."


def saved_otherwise(file: str, exercise: WrittenExercise) -> str:
    """That the file as it is saved, run from the top, gives something else."""
    said = headline(exercise)
    return f"The saved `{file}`, run from the top, does not give this: of `{exercise.id}` `grade` would say “{said}”"


def none_defined(assignment: str, how_many: int) -> str:
    """That there is nothing to try."""
    return f"none of the {count(how_many, 'exercise')} of {assignment} is defined here yet: run the cell that does so"
