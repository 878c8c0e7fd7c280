"""Strata of sizes: kinds of relation between the dims of a case, each drawn with a share of its own.

All distinct sizes show a wrong axis or a transpose as an error, all equal ones show it as a wrong value; sizes of 1
show what broadcasting or ``squeeze`` hides. A stratum arranges freely drawn sizes and stays within their intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from grader.records.bank import OriginKind
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.assignment import Interval

    Dims: TypeAlias = Mapping[str, Interval]
    Sizes: TypeAlias = Mapping[str, int]


class Stratum(Record, frozen=True):
    """``arrange(drawn, dims, chosen)`` turns drawn sizes into some of this stratum; ``chosen`` names one of the dims.

    ``holds`` tells whether the intervals let it succeed. Weights are in twentieths.
    """

    kind: OriginKind
    weight: int
    arrange: Callable[[Sizes, Dims, str], dict[str, int]]
    holds: Callable[[tuple[int, ...]], bool]

    def sizes(self, drawn: Sizes, dims: Dims, chosen: str) -> tuple[OriginKind, dict[str, int]]:
        """The arranged sizes, and what they truly are."""
        if not dims:
            return "no_sizes", {}
        arranged = self.arrange(drawn, dims, chosen)
        return self.kind if self.holds(tuple(arranged.values())) else "any", arranged


def clip(value: int, interval: Interval) -> int:
    """The whole number of the interval that is nearest to a value."""
    return min(max(value, interval.low), interval.high)


def _distinct(drawn: Sizes, dims: Dims, _: str) -> dict[str, int]:
    """Each size moves up to the next one that is free, and starts over at its lowest; the narrowest dim goes first."""
    taken: dict[str, int] = {}
    for name in sorted(dims, key=lambda name: dims[name].high - dims[name].low):
        low, high, start = dims[name].low, dims[name].high, drawn[name]
        upwards = chain(range(start, high + 1), range(low, start))
        taken[name] = next((size for size in upwards if size not in taken.values()), start)
    return {name: taken[name] for name in dims}


def _any(drawn: Sizes, _: Dims, __: str) -> dict[str, int]:
    return dict(drawn)


def _one_is_1(drawn: Sizes, dims: Dims, chosen: str) -> dict[str, int]:
    return {name: clip(1 if name == chosen else max(2, drawn[name]), dims[name]) for name in dims}


def _equal(drawn: Sizes, dims: Dims, chosen: str) -> dict[str, int]:
    low = max(interval.low for interval in dims.values())
    high = min(interval.high for interval in dims.values())
    size = max(low, min(drawn[chosen], high))
    return {name: clip(size, dims[name]) for name in dims}


def _all_2(_: Sizes, dims: Dims, __: str) -> dict[str, int]:
    return {name: clip(2, dims[name]) for name in dims}


def _all_1(_: Sizes, dims: Dims, __: str) -> dict[str, int]:
    return {name: clip(1, dims[name]) for name in dims}


DISTINCT = Stratum("distinct", 8, _distinct, lambda sizes: len(set(sizes)) == len(sizes) > 1)
EQUAL = Stratum("equal", 2, _equal, lambda sizes: len(set(sizes)) == 1 < len(sizes))
STRATA = (
    DISTINCT,
    Stratum("any", 4, _any, lambda _: True),
    Stratum("one_is_1", 3, _one_is_1, lambda sizes: sizes.count(1) == 1 < len(sizes)),
    EQUAL,
    Stratum("all_2", 2, _all_2, lambda sizes: set(sizes) == {2}),
    Stratum("all_1", 1, _all_1, lambda sizes: set(sizes) == {1}),
)
