"""Whether wrong values are something to build on. Pure: what a right function gives stands beside each of them.

A value that is huge, infinite or of another shape hides whatever is computed from it, one that never changes leaves
nothing to compute, and one that vanishes is within what is allowed of anything small.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from grader.judge.compare import compare, differ
from grader.judge.forms import as_array
from grader.judge.tolerance import OFF, least_unit, scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.record import Array, Value

#: Times the largest right number (or 1). Beside larger ones a term that is missing would be lost in rounding.
LARGEST = 1e6
#: Times what is allowed that a number must be, if whoever leaves out its computation is to be seen.
WEIGHT = 100
#: Of the values that weigh when they are right, as many must do so.
MOST = 0.75
_OF_VALUES = frozenset({"value", "precision", "dtype"})


def settled(meant: Value, given: Value) -> Value:
    """A value in the form that is meant, as it was judged: lists of numbers as arrays, of several values the first."""
    if isinstance(meant, np.ndarray | np.generic | int | float | complex):
        array, _, _ = as_array(np.asarray(meant), given)
        if array is None or isinstance(meant, np.ndarray):
            return given if array is None else array
        return array[()]
    if isinstance(meant, list | tuple) and isinstance(given, list | tuple | np.ndarray) and len(given) == len(meant):
        return type(meant)(map(settled, meant, given))
    return given


def solid(meant: Value, given: Value) -> bool:
    """Whether a value differs from what is meant in its numbers alone, all finite and none out of proportion."""
    deviation = compare(meant, given).deviation
    if deviation is None:
        return True
    if deviation.kind not in _OF_VALUES:
        return False
    found = numbers(given)
    return bool(np.isfinite(found).all()) and scale_of(found) <= LARGEST * max(1.0, scale_of(numbers(meant)))


def degenerate(given: Sequence[Value], meant: Sequence[Value]) -> bool:
    """Whether values that should be otherwise are all zero, all one number, or always the same."""
    found, right = numbers(list(given)), numbers(list(meant))
    if any(_one(np.append(found, zero)) and not _one(np.append(right, zero)) for zero in ([], [0.0])):
        return True
    by_size = sorted(zip(meant, given, strict=True), key=lambda pair: numbers(pair[0]).size)
    neighbours = [(one[1], other[1]) for one, other in pairwise(by_size) if _only_numbers_differ(one[0], other[0])]
    return bool(neighbours) and not any(differ(*pair) for pair in neighbours)


def weighty(given: Sequence[Value], meant: Sequence[Value]) -> bool:
    """Whether 0 would not pass for most of the values, among those where it would not for the right one."""
    weigh = [_weighs(one) for one, right in zip(given, meant, strict=True) if _weighs(right)]
    return sum(weigh) >= MOST * len(weigh)


def _weighs(value: Value) -> bool:
    scale = scale_of(numbers(value))
    return scale > WEIGHT * OFF * float(least_unit(scale))


def _only_numbers_differ(one: Value, other: Value) -> bool:
    deviation = compare(one, other).deviation
    return deviation is not None and deviation.kind == "value"


def _one(found: Array) -> bool:
    """Whether all of them are one and the same number."""
    return bool(found.size) and bool(np.ptp(found) <= OFF * least_unit(scale_of(found)))


def numbers(value: Value) -> Array:
    """All numbers of a value, one after the other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return np.concatenate([np.zeros(0), *map(numbers, value)])
    if not isinstance(value, np.ndarray | np.generic | bool | int | float | complex):
        return np.zeros(0)
    array = np.asarray(value)
    if array.dtype.kind == "c":
        return np.concatenate([array.real.ravel(), array.imag.ravel()])
    return array.astype(float).ravel()
