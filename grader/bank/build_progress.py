"""How long the cases of an assignment take to be made, told as each exercise is begun."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class BuildStep(NamedTuple):
    """An exercise whose cases are made next, the how manieth of those that are made, and what all of them may take.

    ``seconds`` are those that are left, None while there is nothing to go by.
    """

    exercise: str
    number: int
    of: int
    seconds: float | None


class Estimate:
    """How long it takes, by how many wrong versions there are to try and how long those tried so far took."""

    FIXED = 30  # versions; what an exercise takes beside its own is about as much

    def __init__(self, versions: Mapping[str, int]) -> None:
        self._weights = {exercise: self.FIXED + count for exercise, count in versions.items()}
        self._done = self._begun = 0
        self._began = time.monotonic()

    def begun(self, exercise: str) -> BuildStep:
        """The exercise is begun."""
        left = sum(self._weights.values()) - self._done
        seconds = (time.monotonic() - self._began) * left / self._done if self._done else None
        self._begun += 1
        return BuildStep(exercise, self._begun, len(self._weights), seconds)

    def done(self, exercise: str) -> None:
        """And done."""
        self._done += self._weights[exercise]
