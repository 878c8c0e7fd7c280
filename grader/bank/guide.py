"""What a guide says of the candidates for an exercise's cases while its bank is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from grader.records.record import Record, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case


class Examined(Record, frozen=True):
    """What a guide finds in a case: its units (None if it is ill-conditioned), and the wrong versions that it kills."""

    units: Mapping[str, Value] | None = {}
    kills: frozenset[str] = frozenset()


class Guide(Protocol):
    """Knows which cases are worth having."""

    by: int  # how many cases are to kill each wrong version of the reference

    def examine(self, exercise: Exercise, cases: Sequence[Case]) -> Sequence[Examined]:
        """What each of these cases is worth; they have no id yet."""

    def content(self, exercise: Exercise) -> bool:
        """Whether further cases of the exercise would not help."""


class Unguided:
    """Finds all cases alike."""

    by = 0

    def examine(self, _: Exercise, cases: Sequence[Case]) -> Sequence[Examined]:
        """Nothing is known of any of them."""
        return [Examined()] * len(cases)

    def content(self, _: Exercise) -> bool:
        """One case is as good as another."""
        return True
