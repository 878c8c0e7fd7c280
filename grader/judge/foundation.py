"""Whether wrong values are something to build on. Pure: what a right function gives stands beside each of them.

A value that is huge, infinite or of another shape hides whatever is computed from it, and one that never changes leaves
nothing to compute.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from grader.judge.compare import compare
from grader.judge.tolerance import OFF, least_unit, scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Array, Value

#: Times the largest right number (or 1). Beside larger ones a term that is missing would be lost in rounding.
LARGEST = 1e6
_OF_VALUES = frozenset({"value", "precision", "dtype"})


def differ(one: Value, other: Value) -> bool:
    """Whether two values can be told apart."""
    return compare(one, other).deviation is not None


def solid(meant: Value, given: Value) -> bool:
    """Whether a value differs from what is meant in its numbers alone, all finite and none out of proportion."""
    deviation = compare(meant, given).deviation
    if deviation is None:
        return True
    if deviation.kind not in _OF_VALUES:
        return False
    numbers = _numbers(given)
    return bool(np.isfinite(numbers).all()) and scale_of(numbers) <= LARGEST * max(1.0, scale_of(_numbers(meant)))


def degenerate(given: Sequence[Value], meant: Sequence[Value]) -> bool:
    """Whether values that should be otherwise are all zero, all one number, or always the same."""
    numbers, right = _numbers(list(given)), _numbers(list(meant))
    if any(_one(np.append(numbers, zero)) and not _one(np.append(right, zero)) for zero in ([], [0.0])):
        return True
    by_size = sorted(zip(meant, given, strict=True), key=lambda pair: _numbers(pair[0]).size)
    neighbours = [(one[1], other[1]) for one, other in pairwise(by_size) if _only_numbers_differ(one[0], other[0])]
    return bool(neighbours) and not any(differ(*pair) for pair in neighbours)


def _only_numbers_differ(one: Value, other: Value) -> bool:
    deviation = compare(one, other).deviation
    return deviation is not None and deviation.kind == "value"


def _one(numbers: Array) -> bool:
    """Whether all of them are one and the same number."""
    return bool(numbers.size) and bool(np.ptp(numbers) <= OFF * least_unit(scale_of(numbers)))


def _numbers(value: Value) -> Array:
    """All numbers of a value, one after the other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return np.concatenate([np.zeros(0), *map(_numbers, value)])
    if not isinstance(value, np.ndarray | np.generic | bool | int | float | complex):
        return np.zeros(0)
    array = np.asarray(value)
    if array.dtype.kind == "c":
        return np.concatenate([array.real.ravel(), array.imag.ravel()])
    return array.astype(float).ravel()
