"""Simple relations between an output and the right one that hold in every case: a sign, a factor, another order."""

from __future__ import annotations

from itertools import permutations
from math import log
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from grader.diagnose.over_axis import over_axis
from grader.diagnose.pairs import CLOSE, matches_where_finite, nothing_asked, pair, pairs_of, same
from grader.diagnose.rows import as_numbers
from grader.diagnose.targets import off_at_target
from grader.judge.steps import has_steps
from grader.records.finding import (
    AtTarget,
    Changed,
    Columns,
    Exchanged,
    Factor,
    Finding,
    Length,
    Limited,
    OverAxis,
    Rounded,
    Share,
    Shift,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.diagnose.pairs import Pair
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

#: Relations between one output and what it should be.
OfOne: TypeAlias = Changed | Factor | Shift | OverAxis | Length | Rounded | Limited | Columns

LEAST = 3  # cases, or numbers, that must show a relation
FAR = 1e-3  # beyond a limit, for that to be no matter of rounding
DECIMALS = 6  # from which on nobody rounds

#: Factors that are known for themselves; a single size may stand in place of one.
_FACTORS: tuple[tuple[float, Factor], ...] = (
    (-1.0, Factor("-1")),
    (2.0, Factor("2")),
    (0.5, Factor("1/2")),
    (1 / log(2), Factor("1/log 2")),
    (1 / log(10), Factor("1/log 10")),
)

#: Numbers that are the right ones, changed or in another order.
_CHANGES: tuple[tuple[Changed, Callable[[Array], Array]], ...] = (
    (Changed("absolute"), np.abs),
    (Changed("transposed"), np.transpose),
    (Changed("reversed"), lambda want: want[::-1] if want.ndim else want),
    (Changed("complement"), lambda want: 1.0 - want),
    (Changed("logarithm"), np.errstate(all="ignore")(np.log)),
    (Changed("exponential"), np.errstate(all="ignore")(np.exp)),
)

#: What has to be the same where an entry is lacking, or is too many: of the output, and of the right one.
_LENGTHS: tuple[tuple[Length, slice, slice], ...] = (
    (Length(lacks=True, end="first"), slice(None), slice(1, None)),
    (Length(lacks=True, end="last"), slice(None), slice(-1)),
    (Length(lacks=False, end="first"), slice(1, None), slice(None)),
    (Length(lacks=False, end="last"), slice(-1), slice(None)),
)


def relations(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """The first relation of each output that is not right, and outputs that hold what another should hold.

    Outputs of which the same is true are one finding.
    """
    found = list(_exchanged(exercise, cases, outcomes))
    told = {name for finding in found for name in finding.outputs}
    alike: dict[tuple[OfOne | AtTarget, Share], list[str]] = {}
    for output in exercise.outputs:
        pairs = pairs_of(cases, outcomes, output)
        if output not in told and len(pairs) >= LEAST and not all(same(pair.have, pair.want) for pair in pairs):
            fact: OfOne | AtTarget | None = next(_of_one(pairs, steps=has_steps(exercise, output)), None)
            fact = fact or off_at_target(cases, outcomes, output)
            if fact is not None:
                shown = len(pairs) + nothing_asked(cases, outcomes, output)
                alike.setdefault((fact, Share(shown, shown, len(cases))), []).append(output)
    return [*found, *(Finding(fact, rests, tuple(outputs)) for (fact, rests), outputs in alike.items())]


def _of_one(pairs: Sequence[Pair], *, steps: bool) -> Iterator[OfOne]:
    """Relations that hold in all cases. ``steps``: the first axis is one of steps."""
    if all(_is_zero(pair) for pair in pairs):
        yield Changed("zero")
    yield from _factors(pairs)
    for fact, change in _CHANGES:
        if all(matches_where_finite(pair.have, change(pair.want)) for pair in pairs):
            yield fact
    yield from _shifts(pairs, steps=steps)
    if all(pair.have.shape != pair.want.shape and same(pair.have.ravel(), pair.want.ravel()) for pair in pairs):
        yield Changed("shape")
    yield from over_axis(pairs)
    yield from _lengths(pairs)
    yield from _digits(pairs)
    yield from _limits(pairs)
    yield from _columns(pairs)


def _is_zero(pair: Pair) -> bool:
    return pair.have.shape == pair.want.shape and bool(np.all(np.abs(pair.have) <= CLOSE * np.abs(pair.want).max()))


def _factors(pairs: Sequence[Pair]) -> Iterator[Factor]:
    for factor, fact in _FACTORS:
        if all(same(pair.have, factor * pair.want) for pair in pairs):
            yield fact
    for size in pairs[0].sizes:
        if len({pair.sizes[size] for pair in pairs}) == 1:
            continue
        if all(same(pair.have * pair.sizes[size], pair.want) for pair in pairs):
            yield Factor("1/size", size)
        if all(same(pair.have, pair.want * pair.sizes[size]) for pair in pairs):
            yield Factor("size", size)
    yield from _ratios(pairs)


def _ratios(pairs: Sequence[Pair]) -> Iterator[Factor]:
    """One size for another: what is divided by one of them should be divided by the other."""
    for size, over in permutations(pairs[0].sizes, 2):
        apart = sum(pair.sizes[size] != pair.sizes[over] for pair in pairs)
        if apart >= LEAST and all(same(pair.have * pair.sizes[over], pair.want * pair.sizes[size]) for pair in pairs):
            yield Factor("sizes", size, over)


def _shifts(pairs: Sequence[Pair], *, steps: bool) -> Iterator[Shift]:
    if any(not pair.want.ndim or pair.want.shape != pair.have.shape for pair in pairs):
        return
    if sum(len(pair.want) > 1 for pair in pairs) < LEAST:
        return
    along: Literal["steps", "rows", "entries"] = "steps" if steps else "rows" if pairs[0].want.ndim > 1 else "entries"
    if all(same(pair.have[1:], pair.want[:-1]) for pair in pairs):
        yield Shift(late=True, along=along)
    if all(same(pair.have[:-1], pair.want[1:]) for pair in pairs):
        yield Shift(late=False, along=along)


def _lengths(pairs: Sequence[Pair]) -> Iterator[Length]:
    if any(not pair.want.ndim or not pair.have.ndim for pair in pairs):
        return
    if sum(len(pair.want) > 1 for pair in pairs) < LEAST:
        return
    for fact, have, want in _LENGTHS:
        long_enough = fact.lacks or all(len(pair.have) for pair in pairs)
        if long_enough and all(same(pair.have[have], pair.want[want]) for pair in pairs):
            yield fact


def _digits(pairs: Sequence[Pair]) -> Iterator[Rounded]:
    """Numbers rounded, or cut off, to few decimals; where nearly all are 0 that says nothing."""
    if any(pair.have.shape != pair.want.shape or not np.isfinite(pair.have).all() for pair in pairs):
        return
    want, have = _all(pairs)
    if np.count_nonzero(have) < LEAST:
        return
    for decimals in range(DECIMALS):
        steps = have * 10.0**decimals
        if np.any(np.abs(steps - np.round(steps)) > CLOSE * np.maximum(1.0, np.abs(steps))):
            continue
        lost = np.abs(want * 10.0**decimals - steps)
        if np.all(lost <= 0.5 + CLOSE):
            yield Rounded(decimals, cut=False)
        elif np.all(lost < 1.0) and np.all(np.abs(have) <= np.abs(want)):
            yield Rounded(decimals, cut=True)
        return


def _limits(pairs: Sequence[Pair]) -> Iterator[Limited]:
    """Numbers that are right up to a limit, which no number of any case passes."""
    if any(pair.have.shape != pair.want.shape or not np.isfinite(pair.have).all() for pair in pairs):
        return
    want, have = _all(pairs)
    low, high = float(have.min()), float(have.max())
    beyond = (want < low - FAR) | (want > high + FAR)
    within = (want > low) & (want < high)
    if min(beyond.sum(), within.sum()) >= LEAST and same(have, np.clip(want, low, high)):
        yield Limited(both=bool((want < low - FAR).any() and (want > high + FAR).any()))


def _columns(pairs: Sequence[Pair]) -> Iterator[Columns]:
    """Shares over the wrong axis, or over all axes."""
    if any(pair.want.ndim != 2 or pair.have.shape != pair.want.shape for pair in pairs):
        return
    if not all(_are_shares(pair.want, -1) for pair in pairs):
        return
    for fact, axis in ((Columns(), 0), (Columns(whole=True), None)):
        if not all(_are_shares(pair.have, axis) for pair in pairs):
            continue
        swapped = sum(not _are_shares(pair.have, -1) and not _are_shares(pair.want, axis) for pair in pairs)
        if swapped >= LEAST:
            yield fact


@np.errstate(all="ignore")
def _are_shares(numbers: Array, axis: int | None) -> bool:
    return bool(np.all(np.abs(numbers.sum(axis=axis) - 1.0) <= CLOSE))


def _all(pairs: Sequence[Pair]) -> tuple[Array, Array]:
    """The numbers of all cases, as they should be and as they are."""
    return np.concatenate([pair.want.ravel() for pair in pairs]), np.concatenate([pair.have.ravel() for pair in pairs])


def _exchanged(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    """Outputs that hold what another one should hold, or what that leaves of 1."""
    held: dict[str, tuple[str, Share]] = {}
    for output, other in permutations(exercise.outputs, 2):
        if output not in held and (rests := _holds(output, other, cases, outcomes)):
            held[output] = other, rests
    for output, (other, rests) in held.items():
        if held.get(other, ("",))[0] != output:
            yield Finding(Exchanged(other), rests, (output,))
        elif output < other:
            yield Finding(Exchanged(other), rests, (output, other))
    for output, other in permutations(exercise.outputs, 2):
        if output not in held and (rests := _holds(output, other, cases, outcomes, rest=True)):
            held[output] = other, rests
            yield Finding(Exchanged(other, rest=True), rests, (output,))


def _holds(
    output: str, other: str, cases: Sequence[Case], outcomes: Sequence[Outcome], *, rest: bool = False
) -> Share | None:
    """The cases in which an output holds what another one should; None where one contradicts it, or few show it.

    ``rest``: one minus that.
    """
    found: list[tuple[Case, Pair]] = []
    for case, outcome in zip(cases, outcomes, strict=True):
        each = pair(case, outcome, output, other)
        if each is None:
            continue
        if not same(each.have, 1.0 - each.want if rest else each.want):
            return None  # at the first one, which is nearly always the first of all
        found.append((case, each))
    shown = sum(_differ(case.expected[output], each.have if rest else case.expected[other]) for case, each in found)
    return Share(len(found), len(found), len(cases)) if shown >= LEAST else None


def _differ(one: Value, other: Value) -> bool:
    first, second = as_numbers(one), as_numbers(other)
    return first is None or second is None or not same(first.astype(float), second.astype(float))
