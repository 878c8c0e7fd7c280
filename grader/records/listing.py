"""What a bank holds, as its author looks at it."""

from __future__ import annotations

from grader.records.bank import Case, Sifted
from grader.records.record import Record


class ListedCase(Record, frozen=True, eq=False):
    """A case and the wrong versions of the reference that it is known to kill, by id."""

    case: Case
    kills: tuple[str, ...]


class ListedExercise(Record, frozen=True, eq=False):
    """The cases of an exercise, public ones first; ``versions`` counts the wrong versions that were tried on them."""

    id: str
    title: str
    cases: tuple[ListedCase, ...]
    versions: int
    sifted: Sifted
