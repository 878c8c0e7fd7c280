"""How long a grading took, and each of its exercises."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.records.report import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.assignment import Exercise


class GradingClock:
    """Wall seconds of a grading run and of its exercises."""

    def __init__(self) -> None:
        self._began, self._started = time.perf_counter(), datetime.now(UTC)
        self._exercises: dict[str, float] = {}

    @contextmanager
    def running(self, exercise: Exercise, before_that: float = 0.0) -> Iterator[None]:
        """Count what happens meanwhile towards an exercise, and the seconds ``before_that``."""
        before = time.perf_counter() - before_that
        yield
        self._exercises[exercise.id] = self._exercises.get(exercise.id, 0.0) + time.perf_counter() - before

    def timing(self) -> Timing:
        """The times so far."""
        elapsed = time.perf_counter() - self._began
        return Timing(
            total=elapsed, started=self._started.isoformat(timespec="seconds"), exercises=dict(self._exercises)
        )
