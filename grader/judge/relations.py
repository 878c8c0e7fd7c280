"""Simple relations between an output and the right one that hold in every case: a sign, a factor, another order."""

from __future__ import annotations

from itertools import permutations
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.judge.rows import as_numbers
from grader.model import Finding, Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Array, Case, Exercise, Outcome

LEAST = 3  # cases that must show a relation
CLOSE = 1e-6

#: Factors with a name, for an output or for a single size in place of it.
_FACTORS = (
    (-1.0, "has the wrong sign"),
    (2.0, "is twice what it should be"),
    (0.5, "is half of what it should be"),
    (1 / log(2), "is as large as with a logarithm to base 2"),
    (1 / log(10), "is as large as with a logarithm to base 10"),
)


class _Pair(NamedTuple):
    """An output of one case and what it should be, as numbers of one shape or of two."""

    want: Array
    have: Array
    sizes: dict[str, int]


def relations(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """The first relation of each output that is not right, and outputs that hold what another should hold."""
    found = list(_exchanged(exercise, cases, outcomes))
    told = {name for names, _ in found for name in names}
    for output in exercise.outputs:
        pairs = [pair for case, outcome in zip(cases, outcomes, strict=True) if (pair := _pair(case, outcome, output))]
        if output not in told and len(pairs) >= LEAST and not all(_same(pair.want, pair.have) for pair in pairs):
            relation = next(_of_one(pairs), None)
            if relation is not None:
                name, words = relation
                found.append(([output], Finding("relation", name, f"`{output}` {words}.", _evidence(pairs, cases))))
    return [finding for _, finding in found]


def _of_one(pairs: Sequence[_Pair]) -> Iterator[tuple[str, str]]:
    """Relations that hold in all cases: a name, and words that go on after the output's own."""
    yield from _factors(pairs)
    for name, change, words in _ORDERS:
        if all(_same(pair.have, change(pair.want)) for pair in pairs):
            yield name, words
    yield from _shifts(pairs)
    if all(pair.have.size == pair.want.size and _same(pair.have.ravel(), pair.want.ravel()) for pair in pairs):
        yield "shape", "holds the right numbers in another shape"


def _factors(pairs: Sequence[_Pair]) -> Iterator[tuple[str, str]]:
    for factor, words in _FACTORS:
        if all(_same(pair.have, factor * pair.want) for pair in pairs):
            yield "factor", words
    for size in pairs[0].sizes:
        if len({pair.sizes[size] for pair in pairs}) == 1:
            continue
        if all(_same(pair.have * pair.sizes[size], pair.want) for pair in pairs):
            yield "factor", f"is divided by `{size}`: averaged where it should be summed"
        if all(_same(pair.have, pair.want * pair.sizes[size]) for pair in pairs):
            yield "factor", f"is multiplied by `{size}`: summed where it should be averaged"


_ORDERS: tuple[tuple[str, Callable[[Array], Array], str], ...] = (
    ("absolute", np.abs, "has lost its signs: it is the absolute value of what it should be"),
    ("transposed", np.transpose, "is transposed"),
    ("reversed", lambda want: want[::-1] if want.ndim else want, "is in reversed order along its first axis"),
    ("complement", lambda want: 1.0 - want, "is one minus what it should be"),
)


def _shifts(pairs: Sequence[_Pair]) -> Iterator[tuple[str, str]]:
    steps = [pair for pair in pairs if pair.want.ndim and pair.want.shape == pair.have.shape and len(pair.want) > 1]
    if len(steps) < LEAST:
        return
    if all(_same(pair.have[1:], pair.want[:-1]) for pair in steps):
        yield "shift", "comes one step too late: each step holds what belongs to the one before"
    if all(_same(pair.have[:-1], pair.want[1:]) for pair in steps):
        yield "shift", "comes one step too early: each step holds what belongs to the one after"


def _exchanged(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]
) -> Iterator[tuple[list[str], Finding]]:
    """Outputs that hold what another one should hold."""
    held: dict[str, str] = {}
    for output, other in permutations(exercise.outputs, 2):
        pairs = [
            _Pair(want, have, case.sizes)
            for case, outcome in zip(cases, outcomes, strict=True)
            if isinstance(outcome, Returned)
            and (want := as_numbers(case.expected.get(other))) is not None
            and (have := as_numbers(outcome.outputs.get(output))) is not None
            and not _same(want, np.asarray(as_numbers(case.expected.get(output))))
        ]
        if len(pairs) >= LEAST and all(_same(pair.want, pair.have) for pair in pairs):
            held.setdefault(output, other)
    for output, other in held.items():
        evidence = f"So in all {len(cases)} cases tried."
        if held.get(other) == output:
            if output < other:
                sentence = f"`{output}` and `{other}` are exchanged."
                yield [output, other], Finding("relation", "exchanged", sentence, evidence)
        else:
            sentence = f"`{output}` holds what `{other}` should hold."
            yield [output], Finding("relation", "exchanged", sentence, evidence)


def _pair(case: Case, outcome: Outcome, output: str) -> _Pair | None:
    if not isinstance(outcome, Returned) or output not in outcome.outputs:
        return None
    want, have = as_numbers(case.expected[output]), as_numbers(outcome.outputs[output])
    if want is None or have is None or not want.size or want.dtype.kind == "b":
        return None
    return _Pair(want.astype(float), have.astype(float), case.sizes)


def _same(one: Array, other: Array) -> bool:
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
    return bool(np.all(np.abs(one - other) <= CLOSE * scale))


def _evidence(pairs: Sequence[_Pair], cases: Sequence[Case]) -> str:
    return f"So in all {len(pairs)} cases {'tried' if len(pairs) == len(cases) else 'that return'}."
