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
    """How long it takes, by how many wrong versions there are to try and how long the first of them took."""

    FIXED = 30  # versions; what an exercise takes beside its own is about as much

    def __init__(self, versions: Mapping[str, int]) -> None:
        self._left = {exercise: self.FIXED + count for exercise, count in versions.items()}
        self._all = sum(self._left.values())
        self._of = len(versions)
        self._began = time.monotonic()

    def next(self, exercise: str) -> BuildStep:
        """The exercise is begun, and all that were told before are done."""
        left = sum(self._left.values())
        done = self._all - left
        seconds = (time.monotonic() - self._began) * left / done if done else None
        step = BuildStep(exercise, self._of - len(self._left) + 1, self._of, seconds)
        del self._left[exercise]
        return step
