"""Draws held against the distribution that they are to come from: a test whose false alarms are bounded exactly.

How often a category comes in ``n`` independent draws is binomial, whatever else there is. A category that came so
rarely, or so often, that no more than ``LEVEL / (2 · categories)`` of all right samples do is wrong; added up over both
tails of all categories, a right sample is called wrong with a probability of at most ``LEVEL``. These are sums of the
binomial distribution itself, not of the normal one beside it, and no simulation: the bound holds for small samples and
for small probabilities. A category of probability 0 may never come, and one of probability 1 always must.

A submission takes at most ``MOST_TESTS`` of these tests, so it loses marks to chance once in a million at most.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from grader.judge.forms import RIGHT, Verdict, as_array, wrong_dtype, wrong_shape, wrong_type
from grader.records.chance import LEVEL
from grader.records.draw_share import DrawShare
from grader.records.verdict import Deviation, Fault, ValueForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.chance import Category, Distribution
    from grader.records.record import Array, Value

_SHORT = 1 - 1e-6  # for what rounding may make of a sum of probabilities
_REPR = 60  # characters of what is no category


class DrawLimits(NamedTuple):
    """How often each category may come: from ``least`` to ``most``, both included."""

    least: Array
    most: Array


@lru_cache(maxsize=4096)
def draw_limits(meant: Distribution) -> DrawLimits:
    """The limits of a right sample's counts."""
    count = meant.draws
    chances = _binomial(count, np.clip(np.array(meant.probabilities), 0.0, 1.0))
    tail = LEVEL / (2 * len(meant.categories)) * _SHORT
    # From both ends inwards, so that what is small is added up first.
    below = np.cumsum(chances, axis=1) <= tail
    above = np.cumsum(chances[:, ::-1], axis=1) <= tail
    return DrawLimits(below.sum(axis=1), count - above.sum(axis=1))


def _binomial(count: int, probabilities: Array) -> Array:
    """The probability of each number of successes, 0 to ``count``, a row for each probability of one."""
    numbers = np.arange(count + 1)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(numbers[1:]))])
    ways = factorials[-1] - factorials - factorials[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 · log 0 is 0 here
        came = np.where(numbers, numbers * np.log(probabilities)[:, None], 0.0)
        failed = np.where(numbers[::-1], numbers[::-1] * np.log1p(-probabilities)[:, None], 0.0)
    return np.asarray(np.exp(ways + came + failed))


def compare_draws(meant: Distribution, got: Value) -> Verdict:
    """Hold a sample against the distribution that it is to come from."""
    draws, problem = _draws(meant, got)
    if draws is None:
        return problem
    shares = _shares(meant, draws)
    wrong = [share for share in shares if not share.right]
    if not wrong:
        return problem
    impossible = next((share for share in wrong if not share.most), None)
    fault = Fault("value", "shares" if impossible is None else "impossible")
    return Verdict(Deviation(fault, share=impossible or max(wrong, key=_strangeness)))


def shares_of(meant: Distribution, got: Value) -> tuple[DrawShare, ...]:
    """How often each category came, and what came that is none; nothing of what is no sample at all."""
    draws, _ = _draws(meant, got)
    return () if draws is None else _shares(meant, draws)


def counts_of(meant: Distribution, got: Value) -> Array | None:
    """How often each category came, a number each, and last how often what is none; None for what is no sample."""
    draws, _ = _draws(meant, got)
    if draws is None:
        return None
    came = Counter(draws)
    known = [came[category] for category in meant.categories]
    return np.array([*known, len(draws) - sum(known)], float)


def same_draws(meant: Distribution, one: Value, other: Value) -> bool:
    """Whether two samples are the same, draw by draw; of what is no sample nothing is said."""
    first, second = (_draws(meant, got)[0] for got in (one, other))
    return first is None or second is None or first == second


def _strangeness(share: DrawShare) -> float:
    """How far it is off, in standard deviations."""
    spread = share.draws * share.probability * (1 - share.probability)
    return float(abs(share.came - share.draws * share.probability) / (1 + spread) ** 0.5)


def _shares(meant: Distribution, draws: Sequence[Category]) -> tuple[DrawShare, ...]:
    came, limits = Counter(draws), draw_limits(meant)
    known = [
        DrawShare(repr(category), probability, came.pop(category, 0), meant.draws, least, most)
        for category, probability, least, most in zip(
            meant.categories, meant.probabilities, limits.least.tolist(), limits.most.tolist(), strict=True
        )
    ]
    # Not by ``most_common``, which imports what a process without a way to its files no longer can.
    oftenest = sorted(came.items(), key=lambda each: -each[1])[:3]
    strange = [DrawShare(repr(each)[:_REPR], 0.0, number, meant.draws, 0, 0) for each, number in oftenest]
    return (*known, *strange)


def _draws(meant: Distribution, got: Value) -> tuple[list[Any] | None, Verdict]:
    """The draws one by one, or None and the verdict on what is no sample of that size."""
    kind = str if isinstance(meant.categories[0], str) else int
    if isinstance(got, list | tuple):
        for place, item in enumerate(got):
            if kind is str and not isinstance(item, str):
                return None, _at(place, wrong_type(ValueForm("text"), item))
            if kind is int and not isinstance(item, int | float | np.ndarray | np.generic):
                return None, _at(place, wrong_type(ValueForm("number"), item))
    if kind is str:
        return _texts(meant, got)
    wanted = np.zeros(meant.draws, np.int64)
    array, _, problem = as_array(wanted, got)
    if array is None:
        return None, problem
    deviation = wrong_shape(wanted, array) or wrong_dtype(wanted, array)
    return (array.tolist(), RIGHT) if deviation is None else (None, Verdict(deviation))


def _texts(meant: Distribution, got: Value) -> tuple[list[Any] | None, Verdict]:
    wanted = ValueForm("container", "list", size=meant.draws)
    if not isinstance(got, list | tuple):
        return None, wrong_type(wanted, got)
    if len(got) != meant.draws:
        came = ValueForm("container", type(got).__name__, size=len(got))
        return None, Verdict(Deviation(Fault("shape", "items"), wanted=wanted, came=came))
    return list(got), RIGHT


def _at(place: int, verdict: Verdict) -> Verdict:
    found = verdict.deviation
    assert found is not None
    return Verdict(Deviation(found.fault, (place,), found.wanted, found.came))
