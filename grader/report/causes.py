"""Which exercises have one cause, so that it is told once: by facts alone, whatever is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.report import (
    Deviates,
    Ends,
    GraderFailed,
    NotDone,
    NothingHandedIn,
    NotReached,
    NotTaken,
    OnlyEarlier,
)
from grader.records.run import Raised, TimedOut

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from grader.records.report import ExerciseResult, Reason

#: Exceptions that mean the same wherever they come up: what is missing is missing in the file as a whole.
_OF_THE_FILE = frozenset({"NameError", "ImportError", "ModuleNotFoundError"})
_NONE = frozenset({"none", "none_within"})  # what a template's functions give


def told_by(results: Sequence[ExerciseResult]) -> dict[str, str]:
    """For each exercise whose cause an earlier one has as well, the id of the first of those."""
    first: dict[Hashable, str] = {}
    found = {}
    for result in results:
        cause = None if result.status == "right" else _cause(result.reason)
        if cause is not None and first.setdefault(cause, result.id) != result.id:
            found[result.id] = first[cause]
    return found


def of_the_whole(reason: Reason) -> bool:
    """Whether an exercise could not be tried for what is wrong with the submission as a whole."""
    return isinstance(reason, NotTaken | NothingHandedIn | NotReached)


def _cause(reason: Reason) -> Hashable:
    """What the reasons of exercises with one cause have in common; None where nothing is known to be."""
    match reason:
        case NotDone(waits_for=name) if name:  # which is told in a line
            return None
        case GraderFailed() | NotDone():
            return type(reason)
        case OnlyEarlier(names=names):
            return OnlyEarlier, names
        case Deviates(deviation=deviation) if deviation.fault.what in _NONE and not deviation.path:
            return Deviates
        case Ends(outcome=TimedOut(scope="submission")):
            return TimedOut
        case Ends(outcome=Raised(error=error, message=message)) if error in _OF_THE_FILE:
            return error, message
        case Ends(outcome=Raised(error=error, message=message, frames=frames)) if frames:
            return error, message, frames[-1].file, frames[-1].line
    return None
