"""What changed from one grading of a work to the next, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.report.format import points
from grader.report.words.language import join, lower_first, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.records.verdict import Status
    from grader.report.document import Document, WrittenExercise

    Pair = tuple[WrittenExercise, WrittenExercise]

NAMED = 4  # exercises in a clause
NOTHING = "No points gained or lost."
_MINUS = "\N{MINUS SIGN}"
_ABSENT = ("missing", "unfinished")


def since(before: Document, after: Document, *, gap: bool = False) -> str:
    """Such as this: +6: `bptt` is right now. Empty where a problem with the whole file says it all.

    ``gap``: other versions came between, and could not be run.
    """
    if nothing_ran(after):
        return ""
    told = _told_since(before, after)
    return f"Compared with the last version that could be run: {lower_first(told)}" if gap else told


def _told_since(before: Document, after: Document) -> str:
    old = {exercise.id: exercise for exercise in before.exercises}
    pairs = [(old[exercise.id], exercise) for exercise in after.exercises if exercise.id in old]
    told = "; ".join(_clauses(pairs))
    difference = _difference(before.score, after.score)
    if not told:
        return f"{difference}." if difference else NOTHING
    if None in (before.score, after.score):
        return f"{told}."  # of points nothing can be said
    return f"{difference or 'The same points'}: {told}."


def nothing_ran(report: Document) -> bool:
    """Whether the file could not be run, so that no exercise was tried."""
    return report.problem is not None and all(exercise.status == "missing" for exercise in report.exercises)


def _difference(before: float | None, after: float | None) -> str:
    """``+6``; empty where it is the same, or one of the two is not known."""
    if before is None or after is None or points(before) == points(after):
        return ""
    return f"{'+' if after > before else _MINUS}{points(abs(after - before))}"


def _clauses(pairs: Sequence[Pair]) -> Iterator[str]:
    """What became of exercises: each is in one clause, if its points or its status changed."""
    left = list(pairs)
    for fits, verb in _TOLD:
        ids = [after.id for before, after in left if fits(before, after)]
        left = [pair for pair in left if not fits(*pair)]
        if ids:
            yield f"{_named(ids)} {verb[len(ids) > 1]}"


def _named(ids: Sequence[str]) -> str:
    if len(ids) <= NAMED:
        return quoted(ids)
    return join([*(f"`{each}`" for each in ids[: NAMED - 1]), f"{len(ids) - NAMED + 1} more"])


def _earned(exercise: WrittenExercise) -> float:
    return exercise.earned or 0.0


def _became(status: Status) -> Callable[[WrittenExercise, WrittenExercise], bool]:
    return lambda before, after: after.status == status != before.status


#: What may have become of an exercise, in the order in which it is told, of one and of several. The first that fits is.
_TOLD: Final = (
    (_became("ungraded"), ("could not be graded", "could not be graded")),
    (_became("right"), ("is right now", "are right now")),
    (_became("missing"), ("is not there any more", "are not there any more")),
    (
        lambda before, after: before.status == "right" != after.status,
        ("is not right any more", "are not right any more"),
    ),
    (lambda before, after: before.status in _ABSENT and after.status not in _ABSENT, ("is new", "are new")),
    (lambda before, after: _earned(after) > _earned(before), ("has more right", "have more right")),
    (lambda before, after: _earned(after) < _earned(before), ("has less right", "have less right")),
)
