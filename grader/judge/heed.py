"""Whether results heed their inputs at all: zeros, or one answer for everything, obey many laws and know nothing.

Numbers are held against others of their shape alone, since an array of zeros is as long as it should be. Words and keys
are of no shape: whoever gives other ones elsewhere heeds the inputs, even where two cases happen to give the same.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from grader.judge.compare import differ
from grader.judge.forms import form
from grader.records.record import Foreign
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.record import Value
    from grader.records.verdict import Trial, ValueForm

_NUMBERS = np.ndarray | np.generic | bool | int | float | complex


def heedless(exercise: Exercise, trials: Sequence[Trial]) -> frozenset[str]:
    """Outputs that are the same in all cases, though what is expected of them is not."""
    returned = [trial for trial in trials if isinstance(trial.outcome, Returned)]
    return frozenset(name for name in exercise.outputs if _never_changes(name, returned))


def _never_changes(name: str, trials: Sequence[Trial]) -> bool:
    """By what is expected alone, so that whoever is right changes with it."""
    pairs = [(trial.case.expected[name], _outputs(trial)[name]) for trial in trials if _is_there(name, trial)]
    came = [got for _, got in pairs]
    same, one = _same_by_form(pairs), _one(came)
    if not (same or one) or _words_change(came):  # what is right differs soon
        return False
    alike: dict[ValueForm, list[Value]] = {}
    for meant, _ in pairs:
        alike.setdefault(form(meant), []).append(meant)
    if any(differ(group[0], meant) for group in alike.values() for meant in group):
        return same
    return len(pairs) > 1 and one and not _one([meant for meant, _ in pairs])


def _same_by_form(pairs: Sequence[tuple[Value, Value]]) -> bool:
    """Whether results are the same wherever the same form is expected."""
    first: dict[ValueForm, Value] = {}
    return all(_same(first.setdefault(form(meant), got), got) for meant, got in pairs)


def _words_change(values: Sequence[Value]) -> bool:
    """Whether there are words or keys in some results and other ones in others: not just fewer of the same."""
    found = sorted((frozenset(_words(value)) for value in values), key=len)
    return any(not few <= more for few, more in pairwise(found))


def _words(value: Value) -> Iterator[Value]:
    """Texts, and whatever stands as a key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from (word for item in value.values() for word in _words(item))
    elif isinstance(value, list | tuple):
        yield from (word for item in value for word in _words(item))


def _one(values: Sequence[Value]) -> bool:
    """Whether one number is all there is, in whatever shapes: no two of them may have the same."""
    numbers = map(_single, values)
    first = next(numbers, None)
    return first is not None and all(number == first for number in numbers)


def _is_there(name: str, trial: Trial) -> bool:
    """None, and what does not cross, are no results: a law deals with them as it likes."""
    return not isinstance(_outputs(trial).get(name), Foreign | None)


def _outputs(trial: Trial) -> dict[str, Value]:
    assert isinstance(trial.outcome, Returned)
    return trial.outcome.outputs


def _same(one: Value, other: Value) -> bool:
    """Whether two results are the same to the last bit, shape and all."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS):
        one, other = np.asarray(one), np.asarray(other)
        inexact = one.dtype.kind in "fc" and other.dtype.kind in "fc"
        return np.array_equal(one, other, equal_nan=inexact)
    return type(one) is type(other) and bool(one == other)


def _single(value: Value) -> float | None:
    """The number that an array or a number is made of alone; None for whatever else there is."""
    if not isinstance(value, _NUMBERS):
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or not array.size or not (array == array.flat[0]).all():
        return None
    return float(array.flat[0])
