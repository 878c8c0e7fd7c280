"""Making a failing case small: shorten lists and texts, zero what can be zero, then make what is left 1.

A candidate counts only if it fails in the same way as the case it came from: the same output, of which the same is to
be said, or the same exception. Candidates are tried in batches, because a round trip costs more than a case.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from msgspec.structs import replace

from grader.records.assignment import Integers, Interval, ListOf, Reals, Text, Tokens
from grader.records.entries import flat_inputs, flat_values, whole_values
from grader.records.run import UNFINISHED, Raised, Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.verdict import Comparison, Deviation, Trial

    #: Runs submission and reference on cases; None where the reference has no finite answer.
    Attempt: TypeAlias = Callable[[Sequence[Case]], Sequence[Trial | None]]
    #: Inputs that are simpler than these in one thing.
    _Way: TypeAlias = Callable[[Mapping[str, Value], Mapping[str, AnyDomain]], Iterator[dict[str, Value]]]

MAX_ROUNDS = 24
MAX_ELEMENTS = 60  # arrays with more elements than this in all are only zeroed whole
READABLE = 12  # items of a list, characters of a text
MAX_PARTS = 60  # of a list or a text that are left out in turn, the largest first


def can_be_smaller(trial: Trial) -> bool:
    """Whether a smaller case might show the same: its code came to an end, and is not left unfinished."""
    ended = trial.outcome
    return isinstance(ended, Returned) or (isinstance(ended, Raised) and ended.error != UNFINISHED)


def minimise(trial: Trial, exercise: Exercise, attempt: Attempt) -> Trial:
    """The smallest trial found that fails as ``trial`` does; ``trial`` itself if nothing can be left out."""
    return _simplified(trial, exercise, attempt, (_shorter, _whole_arrays, _elements_to_zero, _elements_to_one))


def shortened(trial: Trial, exercise: Exercise, attempt: Attempt) -> Trial:
    """The same without what makes lists and texts too long to be read; what is short tells more as it is."""
    return _simplified(trial, exercise, attempt, (partial(_shorter, readable=READABLE),))


def _simplified(trial: Trial, exercise: Exercise, attempt: Attempt, ways: Iterable[_Way]) -> Trial:
    wanted, domains = failure(trial), flat_inputs(exercise.inputs)
    rounds = 0
    for simplify in ways:
        while rounds < MAX_ROUNDS:
            rounds += 1
            flat = flat_values(exercise.inputs, trial.case.inputs)
            candidates = [
                replace(trial.case, inputs=whole_values(exercise.inputs, inputs)) for inputs in simplify(flat, domains)
            ]
            found = next((tried for tried in attempt(candidates) if tried and failure(tried) == wanted), None)
            if found is None:
                break
            trial = as_told(found, trial)
    return trial


def as_told(small: Trial, large: Trial) -> Trial:
    """The smaller trial, of which is said what is so in all cases."""
    told = {each.output: each for each in large.comparisons}
    return replace(small, comparisons=tuple(_as_told(each, told.get(each.output)) for each in small.comparisons))


def failure(trial: Trial) -> tuple[object, ...]:
    """How a trial fails, whatever is to be said of its shape: that hangs on the other cases that were tried with it."""
    how = signature(trial)
    found = next((each.deviation for each in trial.comparisons if each.deviation is not None), None)
    if how[:1] != ("deviates",) or found is None or not _is_shape(found):
        return how
    return (*how[:2], found.path, found.wanted, found.came)


def _as_told(small: Comparison, large: Comparison | None) -> Comparison:
    """What is so of a shape in all cases is what a smaller one shows, too."""
    one, other = small.deviation, None if large is None else large.deviation
    if one is None or other is None or not (_is_shape(one) and _is_shape(other)):
        return small
    return replace(small, deviation=replace(one, fault=other.fault))


def _is_shape(deviation: Deviation) -> bool:
    return deviation.kind == "shape"


def signature(trial: Trial) -> tuple[object, ...]:
    """How a trial fails; empty when it does not."""
    if isinstance(trial.outcome, Raised):
        return ("raised", trial.outcome.error)
    if not isinstance(trial.outcome, Returned):
        return (type(trial.outcome).__name__,)
    for comparison in trial.comparisons:
        if comparison.deviation is not None:
            return ("deviates", comparison.output, comparison.deviation.fault)
    return ()


def _shorter(
    inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain], readable: int = 0
) -> Iterator[dict[str, Value]]:
    """Each list and text that is no longer ``readable``, without one of its halves, quarters and so on."""
    long: list[tuple[str, Any]] = [
        (name, value) for name, value in inputs.items() if isinstance(value, list | str) and len(value) > readable
    ]
    for name, value in sorted(long, key=lambda item: -len(item[1])):
        for start, stop in _parts(len(value), _shortest(domains.get(name))):
            yield {**inputs, name: value[:start] + value[stop:]}


def _parts(length: int, least: int | None) -> Iterator[tuple[int, int]]:
    """Where parts begin and end without which at least so many items are left; none if there is no such number."""
    size, given = max(1, length // 2), 0
    while least is not None and size and given < MAX_PARTS:
        if length - size >= least:
            yield from ((start, start + size) for start in range(0, length - size + 1, size))
        given += length // size
        size //= 2


def _shortest(domain: AnyDomain | None) -> int | None:
    """How long a list or a text must be at least; None where its length hangs on sizes, or is nobody's to choose."""
    if isinstance(domain, ListOf | Text) and isinstance(domain.length, Interval):
        return domain.length.low
    return None


def _whole_arrays(inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain]) -> Iterator[dict[str, Value]]:
    """Each array that may be zero, zeroed; the largest first."""
    arrays = [(name, value) for name, value in inputs.items() if isinstance(value, np.ndarray) and value.any()]
    for name, value in sorted(arrays, key=lambda item: -item[1].size):
        if _may_be(0.0, name, domains):
            yield {**inputs, name: np.zeros_like(value)}


def _elements_to_zero(inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain]) -> Iterator[dict[str, Value]]:
    return _elements(inputs, domains, 0.0)


def _elements_to_one(inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain]) -> Iterator[dict[str, Value]]:
    return _elements(inputs, domains, 1.0)


def _elements(
    inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain], number: float
) -> Iterator[dict[str, Value]]:
    """The inputs with one element, neither 0 nor ``number`` yet, made ``number``: one after the other."""
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)}
    if sum(array.size for array in arrays.values()) > MAX_ELEMENTS:
        return
    for name, array in arrays.items():
        if not _may_be(number, name, domains):
            continue
        for index in np.ndindex(array.shape):
            if array[index] not in (0, number):
                changed = array.copy()
                changed[index] = number
                yield {**inputs, name: changed}


def _may_be(number: float, name: str, domains: Mapping[str, AnyDomain]) -> bool:
    """True if the input's domain allows this number in any place; ranges over sizes are left alone."""
    domain = domains.get(name)  # none where bad input is no dict as it should be
    if isinstance(domain, Reals):
        return domain.range is None or domain.range[0] <= number <= domain.range[1]
    if isinstance(domain, Integers):
        low, high = domain.range
        return isinstance(low, int) and isinstance(high, int) and low <= number <= high
    return isinstance(domain, Tokens) and number == 0
