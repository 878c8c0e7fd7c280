"""Simple relations between an output and the right one that hold in every case: a sign, a factor, another order."""

from __future__ import annotations

from itertools import permutations
from math import log
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.pairs import CLOSE, evidence, pair, pairs_of, same
from grader.diagnose.rows import as_numbers
from grader.diagnose.steps import has_steps
from grader.records.verdict import Finding
from grader.report.words.language import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.diagnose.pairs import Pair
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

LEAST = 3  # cases, or numbers, that must show a relation
FAR = 1e-3  # beyond a limit, for that to be no matter of rounding
DECIMALS = 6  # from which on nobody rounds

#: Factors with a name, for an output or for a single size in place of it.
_FACTORS = (
    (-1.0, "has the wrong sign"),
    (2.0, "is twice what it should be"),
    (0.5, "is half of what it should be"),
    (1 / log(2), "is as large as with a logarithm to base 2"),
    (1 / log(10), "is as large as with a logarithm to base 10"),
)


def relations(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """The first relation of each output that is not right, and outputs that hold what another should hold.

    Outputs of which the same is true are told together.
    """
    found = list(_exchanged(exercise, cases, outcomes))
    told = {name for finding in found for name in finding.outputs}
    alike: dict[tuple[str, str, str], list[str]] = {}
    for output in exercise.outputs:
        pairs = pairs_of(cases, outcomes, output)
        if output not in told and len(pairs) >= LEAST and not all(same(pair.have, pair.want) for pair in pairs):
            relation = next(_of_one(pairs, steps=has_steps(exercise, output)), None)
            if relation is not None:
                alike.setdefault((*relation, evidence(len(pairs), len(pairs), len(cases))), []).append(output)
    for (name, words, rests), outputs in alike.items():
        subject = quoted(outputs) if len(outputs) == 1 else f"{quoted(outputs)}: each"
        found.append(Finding("relation", name, f"{subject} {words}.", rests, outputs=tuple(outputs)))
    return found


def _of_one(pairs: Sequence[Pair], *, steps: bool) -> Iterator[tuple[str, str]]:
    """Relations that hold in all cases: a name, and words that go on after the output's own.

    ``steps``: its first axis is one of steps.
    """
    if all(_is_zero(pair) for pair in pairs):
        yield "zero", "is 0, whatever it should be"
    yield from _factors(pairs)
    for name, change, words in _ORDERS:
        if all(same(pair.have, change(pair.want)) for pair in pairs):
            yield name, words
    yield from _shifts(pairs, steps=steps)
    if all(pair.have.size == pair.want.size and same(pair.have.ravel(), pair.want.ravel()) for pair in pairs):
        yield "shape", "holds the right numbers in another shape"
    yield from _lengths(pairs)
    yield from _digits(pairs)
    yield from _limits(pairs)


def _is_zero(pair: Pair) -> bool:
    return pair.have.shape == pair.want.shape and bool(np.all(np.abs(pair.have) <= CLOSE * np.abs(pair.want).max()))


def _factors(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    for factor, words in _FACTORS:
        if all(same(pair.have, factor * pair.want) for pair in pairs):
            yield "factor", words
    for size in pairs[0].sizes:
        if len({pair.sizes[size] for pair in pairs}) == 1:
            continue
        if all(same(pair.have * pair.sizes[size], pair.want) for pair in pairs):
            yield "factor", f"is divided by `{size}`: averaged where it should be summed"
        if all(same(pair.have, pair.want * pair.sizes[size]) for pair in pairs):
            yield "factor", f"is multiplied by `{size}`: summed where it should be averaged"


_ORDERS: tuple[tuple[str, Callable[[Array], Array], str], ...] = (
    ("absolute", np.abs, "has lost its signs: it is the absolute value of what it should be"),
    ("transposed", np.transpose, "is transposed"),
    ("reversed", lambda want: want[::-1] if want.ndim else want, "is in reversed order along its first axis"),
    ("complement", lambda want: 1.0 - want, "is one minus what it should be"),
)


def _shifts(pairs: Sequence[Pair], *, steps: bool) -> Iterator[tuple[str, str]]:
    if any(not pair.want.ndim or pair.want.shape != pair.have.shape for pair in pairs):
        return
    if sum(len(pair.want) > 1 for pair in pairs) < LEAST:
        return
    rows = "has its rows moved by one" if pairs[0].want.ndim > 1 else "has its entries moved by one"
    if all(same(pair.have[1:], pair.want[:-1]) for pair in pairs):
        yield "shift", f"{'comes one step too late' if steps else rows}: each holds what belongs to the one before"
    if all(same(pair.have[:-1], pair.want[1:]) for pair in pairs):
        yield "shift", f"{'comes one step too early' if steps else rows}: each holds what belongs to the one after"


def _lengths(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    if any(not pair.want.ndim or not pair.have.ndim for pair in pairs):
        return
    if sum(len(pair.want) > 1 for pair in pairs) < LEAST:
        return
    if all(same(pair.have, pair.want[1:]) for pair in pairs):
        yield "length", "lacks its first entry; all others are right"
    if all(same(pair.have, pair.want[:-1]) for pair in pairs):
        yield "length", "lacks its last entry; all others are right"
    if all(len(pair.have) and same(pair.have[1:], pair.want) for pair in pairs):
        yield "length", "has an entry too many in front; all others are right"
    if all(len(pair.have) and same(pair.have[:-1], pair.want) for pair in pairs):
        yield "length", "has an entry too many at its end; all others are right"


def _digits(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
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
        decimal = "whole numbers" if not decimals else "one decimal" if decimals == 1 else f"{decimals} decimals"
        lost = np.abs(want * 10.0**decimals - steps)
        if np.all(lost <= 0.5 + CLOSE):
            yield "rounded", f"is rounded to {decimal}"
        elif np.all(lost < 1.0) and np.all(np.abs(have) <= np.abs(want)):
            yield "rounded", f"is cut off to {decimal}"
        return


def _limits(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    """Numbers that are right up to a limit, which no number of any case passes."""
    if any(pair.have.shape != pair.want.shape or not np.isfinite(pair.have).all() for pair in pairs):
        return
    want, have = _all(pairs)
    low, high = float(have.min()), float(have.max())
    beyond = (want < low - FAR) | (want > high + FAR)
    within = (want > low) & (want < high)
    if min(beyond.sum(), within.sum()) >= LEAST and same(have, np.clip(want, low, high)):
        sides = "above and below" if (want < low - FAR).any() and (want > high + FAR).any() else "on one side"
        yield "limit", f"is cut off at a limit {sides}, and right up to there"


def _all(pairs: Sequence[Pair]) -> tuple[Array, Array]:
    """The numbers of all cases, as they should be and as they are."""
    return np.concatenate([pair.want.ravel() for pair in pairs]), np.concatenate([pair.have.ravel() for pair in pairs])


def _exchanged(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    """Outputs that hold what another one should hold."""
    held: dict[str, str] = {}
    rests = {}
    for output, other in permutations(exercise.outputs, 2):
        given = [(case, pair(case, outcome, output, other)) for case, outcome in zip(cases, outcomes, strict=True)]
        found = [each for _, each in given if each is not None]
        if output in held or not all(same(each.have, each.want) for each in found):
            continue
        if (
            sum(_differ(case.expected[output], case.expected[other]) for case, each in given if each is not None)
            >= LEAST
        ):
            held[output] = other
            rests[output] = evidence(len(found), len(found), len(cases))
    for output, other in held.items():
        if held.get(other) == output:
            if output < other:
                sentence = f"`{output}` and `{other}` are exchanged."
                yield Finding("relation", "exchanged", sentence, rests[output], outputs=(output, other))
        else:
            sentence = f"`{output}` holds what `{other}` should hold."
            yield Finding("relation", "exchanged", sentence, rests[output], outputs=(output,))


def _differ(one: Value, other: Value) -> bool:
    first, second = as_numbers(one), as_numbers(other)
    return first is None or second is None or not same(first.astype(float), second.astype(float))
