"""Inputs that have no influence on an output, and outputs that are there where an input leaves nothing of them.

Diagnostic cases in which an input is 0 were made from generic ones: the two differ in nothing else. Any other two cases
that do so may contradict what these show.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.diagnose.conditions import all_so
from grader.diagnose.pairs import same
from grader.diagnose.rows import as_numbers
from grader.records.bank import Condition
from grader.records.entries import named_values
from grader.records.finding import Finding, NoEffect, NotZero, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.record import Array, Value
    from grader.records.verdict import Trial

LEAST = 2  # cases that must show it
MOST = 3  # inputs named together
FEW = 64  # numbers that are sooner compared one by one


class _Zeroed(NamedTuple):
    """A case, and the same with one input set to 0."""

    name: str
    before: Trial
    after: Trial


def no_effect(exercise: Exercise, trials: Sequence[Trial]) -> list[Finding]:
    """Which inputs can be set to 0 and leave outputs as they are that should change; once for outputs alike."""
    zeroed = _zeroed(trials)
    if not zeroed:
        return []
    shown = {
        output: {name: count for name, each in zeroed.items() if (count := _unmoved(each, output)) >= LEAST}
        for output in exercise.outputs
        if any(_moves(each, output) for each in zeroed.values())  # what never changes is no matter of its inputs
    }
    return list(_together(shown, len(trials)))


def _together(shown: Mapping[str, Mapping[str, int]], tried: int) -> Iterator[Finding]:
    """The inputs without influence on most of the outputs first, until all outputs are told of."""
    left = {output: names for output, names in shown.items() if names}
    while left:
        for_each = {
            name: [output for output in left if name in left[output]] for names in left.values() for name in names
        }
        outputs = max(for_each.values(), key=len)
        inputs = [name for name, each in for_each.items() if each == outputs][:MOST]
        count = min(left[output][name] for output in outputs for name in inputs)
        yield Finding(NoEffect(tuple(inputs)), Share(count, count, tried), tuple(outputs))
        left = {output: names for output, names in left.items() if output not in outputs}


def not_zero(
    exercise: Exercise,
    simple: Sequence[Trial],
    others: Sequence[Trial],
    so: Mapping[int, frozenset[Condition]],
) -> Iterator[Finding]:
    """What should be 0 where an input is, and never is; ``so``: what is simple in each, by the identity of a trial."""
    for condition in _zero_in(simple):
        given = [trial for trial in (*simple, *others) if condition in so[id(trial)]]
        shown = {output: _nonzero(given, output) or 0 for output in exercise.outputs}
        outputs = tuple(output for output, count in shown.items() if count >= LEAST)
        if outputs:
            count = min(shown[output] for output in outputs)
            yield Finding(NotZero(condition.name), Share(count, count, len(given)), outputs)


def is_never_zero(name: str, output: str, trials: Sequence[Trial]) -> bool:
    """Whether no case contradicts that an output is not 0 where an input is, and should be."""
    return _nonzero([trial for trial in trials if all_so([Condition("zero", name)], trial.case)], output) is not None


def _zero_in(trials: Sequence[Trial]) -> list[Condition]:
    """What was set to 0 in any of these cases."""
    drawn = dict.fromkeys(trial.case.condition for trial in trials)
    return [condition for condition in drawn if condition is not None and condition.kind == "zero"]


def _zeroed(trials: Sequence[Trial]) -> dict[str, list[_Zeroed]]:
    """For each input, cases that differ in it alone."""
    asked = _zero_in(trials)
    alike: dict[str, list[tuple[Trial, frozenset[Condition], dict[str, object]]]] = {}  # by sizes
    for trial in trials if asked else ():
        inputs = {name: _comparable(value) for name, value in named_values(trial.case.inputs).items()}
        each = (trial, all_so(asked, trial.case), inputs)
        alike.setdefault(repr(sorted(trial.case.sizes.items())), []).append(each)
    found: dict[str, list[_Zeroed]] = {}
    for those in alike.values():
        for (before, is_zero, one), (after, is_zero_after, other) in permutations(those, 2):
            for condition in is_zero_after - is_zero:
                if _differ_in(condition.name, one, other):
                    found.setdefault(condition.name, []).append(_Zeroed(condition.name, before, after))
    return {condition.name: found[condition.name] for condition in asked if condition.name in found}


def _differ_in(name: str, one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two cases differ in nothing else."""
    return one.keys() == other.keys() and all(
        value == other[each] for each, value in one.items() if not _holds(each, name)
    )


def _holds(each: str, name: str) -> bool:
    return name == each or name.startswith(f"{each}[")


def _comparable(value: Value) -> object:
    """Something that is equal where values are, shapes and all, and soon compared: each is with many others."""
    if isinstance(value, list | tuple):
        return [_comparable(item) for item in value]
    if isinstance(value, dict):
        return {key: _comparable(item) for key, item in value.items()}
    array = np.asarray(value)
    if array.dtype.kind != "f" or array.size <= FEW:
        return array.shape, array.tolist()
    # NaN is equal to nothing, and 0 to -0.
    return object() if np.isnan(array).any() else (array.shape, (array.astype(float) + 0.0).tobytes())


def _unmoved(pairs: Sequence[_Zeroed], output: str) -> int:
    """How many cases show that it stays where it should move; 0 where any shows the reverse."""
    shown = 0
    for each in pairs:
        want, wanted = _numbers(each.before.case.expected, output), _numbers(each.after.case.expected, output)
        if want is None or wanted is None or same(want, wanted):
            continue
        have, got = _given(each.before, output), _given(each.after, output)
        if have is None or got is None or not same(have, got):
            return 0
        shown += 1
    return shown


def _moves(pairs: Sequence[_Zeroed], output: str) -> bool:
    given = [(_given(each.before, output), _given(each.after, output)) for each in pairs]
    return any(one is not None and other is not None and not same(one, other) for one, other in given)


def _nonzero(trials: Sequence[Trial], output: str) -> int | None:
    """How many cases show it; None where one of them contradicts it, or asks for another number than 0."""
    shown = 0
    for trial in trials:
        want, have = _numbers(trial.case.expected, output), _given(trial, output)
        if want is None or not want.size:
            continue
        if want.any() or have is None or not np.isfinite(have).all() or same(have, np.zeros(have.shape)):
            return None
        shown += 1
    return shown


def _given(trial: Trial, output: str) -> Array | None:
    return None if trial.given is None else _numbers(trial.given.outputs, output)


def _numbers(values: Mapping[str, Value], output: str) -> Array | None:
    array = as_numbers(values[output]) if output in values else None
    return None if array is None or array.dtype.kind == "b" else array.astype(float)
