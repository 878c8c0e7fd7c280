"""Times of two things side by side.

Everything runs once in each round, so that a machine that is busy for a while is busy for all alike, and a ratio is
taken within its round.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Action = Callable[[], object]


class Pair(NamedTuple):
    """Something and its yardstick. ``promise`` is the ratio that must not be passed; ``calls`` are timed together."""

    name: str
    action: Action
    yardstick: str
    measure: Action
    promise: float | None = None
    calls: int = 1


class Result(NamedTuple):
    """Seconds of one call of each, by round."""

    pair: Pair
    seconds: list[float]
    yardstick_seconds: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times as long as its yardstick, by round."""
        return [one / other for one, other in zip(self.seconds, self.yardstick_seconds, strict=True)]


def compare(pairs: Sequence[Pair], rounds: int) -> list[Result]:
    """Run all pairs ``rounds`` times, after one round that does not count. A yardstick that pairs share runs once.

    Without ``rounds`` the first one counts, which says that everything runs, and little of how long it takes.
    """
    results = [Result(pair, [], []) for pair in pairs]
    for number in range(rounds + 1):
        if sys.stderr.isatty():
            print(f"\rround {number} of {rounds}", end="\n" if number == rounds else "", file=sys.stderr, flush=True)
        times: dict[Action, float] = {}
        for pair in pairs:
            for action in (pair.measure, pair.action):
                if action not in times:
                    times[action] = _seconds(action, pair.calls)
        if number or not rounds:  # the first round fills caches
            for result in results:
                result.seconds.append(times[result.pair.action])
                result.yardstick_seconds.append(times[result.pair.measure])
    return results


def _seconds(action: Action, calls: int) -> float:
    before = time.perf_counter()
    for _ in range(calls):
        action()
    return (time.perf_counter() - before) / calls
