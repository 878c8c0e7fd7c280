"""In what a wrong output is like the right one, where no relation between the two is exact.

It says the least, and is told where nothing else is known: nearly right, right but for one factor in each case, rising
and falling with the right numbers, or out of the range in which those lie.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.pairs import CLOSE, nothing_asked, pairs_of, same
from grader.records.finding import Alike, Beyond, Finding, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.diagnose.pairs import Pair
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Array
    from grader.records.run import Outcome

LEAST = 3  # cases that must show it
MANY = 12  # numbers without which an order may be chance
NEARLY = 1e-2  # of the largest expected number
BOUNDS = ((0, 1), (-1, 1))  # ranges of shares and of what was squashed
NEAR = 0.02  # of a bound


def resemblances(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """What outputs are like that are wrong, once for those that are alike."""
    alike: dict[tuple[Alike | Beyond, Share], list[str]] = {}
    for output in exercise.outputs:
        pairs = pairs_of(cases, outcomes, output)
        if len(pairs) < LEAST or not all(map(_comparable, pairs)):
            continue
        wrong = (pair for pair in pairs if not same(pair.have, pair.want))
        if len(list(islice(wrong, LEAST))) < LEAST:
            continue
        for fact, show in _LIKENESSES.items():
            if shown := show(pairs):
                empty = nothing_asked(cases, outcomes, output)
                whole = shown + empty if shown == len(pairs) else shown
                alike.setdefault((fact, Share(whole, len(pairs) + empty, len(cases))), []).append(output)
                break
    return [Finding(fact, rests, tuple(outputs)) for (fact, rests), outputs in alike.items()]


def _comparable(pair: Pair) -> bool:
    return pair.have.shape == pair.want.shape and bool(np.isfinite(pair.have).all() and np.isfinite(pair.want).all())


def _nearly(pairs: Sequence[Pair]) -> int:
    """Off by little, in proportion to the largest number that is expected."""
    return len(pairs) if all(map(_is_nearly, pairs)) else 0


def _is_nearly(pair: Pair) -> bool:
    return bool(np.abs(pair.have - pair.want).max() <= NEARLY * np.abs(pair.want).max())


def _same_factor(pairs: Sequence[Pair]) -> int:
    factors = [factor for _, factor in _factors(pairs)]
    return len(pairs) if factors and max(factors) - min(factors) <= CLOSE * max(map(abs, factors)) else 0


def _any_factor(pairs: Sequence[Pair]) -> int:
    """With a single number in a case there always is a factor."""
    factors = [factor for pair, factor in _factors(pairs) if np.count_nonzero(pair.want) > 1]
    return len(pairs) if len({round(factor, 3) for factor in factors}) >= LEAST else 0


def _row_factor(pairs: Sequence[Pair]) -> int:
    """With a single number in a row there always is a factor."""
    told = [pair for pair in pairs if pair.want.ndim == 2 and pair.want.shape[1] > 1 and len(pair.want) > 1]
    if len(told) < LEAST or not all(pair.want.ndim == 2 and _rows_are_multiples(pair) for pair in pairs):
        return 0
    return len(pairs)


def _rows_are_multiples(pair: Pair) -> bool:
    squares = np.sum(pair.want**2, axis=1, keepdims=True)
    factors = np.sum(pair.have * pair.want, axis=1, keepdims=True) / np.where(squares > 0.0, squares, 1.0)
    is_telling = (squares > 0.0) | pair.have.any(axis=1, keepdims=True)  # of a row of zeros any factor gives zeros
    return bool(factors[is_telling].all()) and same(pair.have, factors * pair.want)


def _factors(pairs: Sequence[Pair]) -> list[tuple[Pair, float]]:
    """The factor of each case, where all cases are right but for one; else none."""
    factors = []
    for pair in pairs:
        square = float(np.sum(pair.want**2))
        if not square and not pair.have.any():  # any factor gives that
            continue
        factor = float(np.sum(pair.have * pair.want)) / square if square else 0.0
        if not factor or not same(pair.have, factor * pair.want):
            return []
        factors.append((pair, factor))
    return factors


def _rises(pairs: Sequence[Pair]) -> int:
    """Larger where the right number is larger, over all cases: another function of the same numbers."""
    if not _are_arrays(pairs):
        return 0
    want, have = _sorted(pairs)
    return len(pairs) if _grows(have, np.diff(want) > CLOSE) else 0


def _falls(pairs: Sequence[Pair]) -> int:
    """Smaller where the right number is larger, over all cases."""
    if not _are_arrays(pairs):
        return 0
    want, have = _sorted(pairs)
    return len(pairs) if _grows(-have, np.diff(want) > CLOSE) else 0


def _are_arrays(pairs: Sequence[Pair]) -> bool:
    """A single number in each case may well keep the order of the right ones, whatever is wrong with it."""
    return all(pair.want.ndim for pair in pairs)


def _grows(have: Array, apart: Array) -> bool:
    """Never smaller from one number to the next, nor different where the right ones are alike; seldom the same."""
    if apart.sum() < MANY:
        return False
    steps = np.diff(have)
    alike = np.abs(steps) <= CLOSE
    return bool(np.all(steps >= -CLOSE) and np.all(alike[~apart]) and np.sum(~alike[apart]) * 2 > apart.sum())


def _sorted(pairs: Sequence[Pair]) -> tuple[Array, Array]:
    want = np.concatenate([pair.want.ravel() for pair in pairs])
    order = np.argsort(want, kind="stable")
    return want[order], np.concatenate([pair.have.ravel() for pair in pairs])[order]


def _leaves(pairs: Sequence[Pair], low: float, high: float) -> int:
    """In how many cases there are numbers beyond bounds within which all the right ones lie.

    That these are bounds, and not only where the right numbers happened to lie, shows where they come up to them.
    """
    if not all(low <= pair.want.min() and pair.want.max() <= high for pair in pairs):
        return 0
    if sum(float(np.abs(pair.want).max()) > high - NEAR for pair in pairs) < LEAST:
        return 0
    beyond = sum(pair.have.min() < low - CLOSE or pair.have.max() > high + CLOSE for pair in pairs)
    return beyond if beyond >= LEAST and sum(pair.want.size for pair in pairs) >= MANY else 0


#: How many cases show it, 0 where it is not so; what says more comes first.
_LIKENESSES: dict[Alike | Beyond, Callable[[Sequence[Pair]], int]] = {
    Alike("same_factor"): _same_factor,
    Alike("any_factor"): _any_factor,
    Alike("row_factor"): _row_factor,
    Alike("nearly"): _nearly,
    Alike("rises"): _rises,
    Alike("falls"): _falls,
    **{Beyond(low, high): partial(_leaves, low=low, high=high) for low, high in BOUNDS},
}
