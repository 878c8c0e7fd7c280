"""How far each element of what came out is from what was expected, for those who draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from grader.records.values import NUMBER_KINDS, stacked

if TYPE_CHECKING:
    from grader.records.record import Value

Numbers: TypeAlias = np.ndarray[Any, np.dtype[Any]]


def numbers(value: Value) -> Numbers | None:
    """The value as an array of numbers with at least one axis and one element, if it is one."""
    if isinstance(value, list | tuple):
        value = stacked(value)
    if not isinstance(value, np.ndarray) or value.ndim == 0 or value.size == 0 or value.dtype.kind not in NUMBER_KINDS:
        return None
    return value


def distance(expected: Numbers, got: Numbers) -> Numbers:
    """|got - expected|, infinite where only one of the two is a number or they are different infinities."""
    kind = np.result_type(expected, got, float)
    with np.errstate(all="ignore"):
        a, b = expected.astype(kind), got.astype(kind)
        off = np.abs(b - a)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
    result: Numbers = np.where(same, 0.0, np.where(np.isnan(off), np.inf, off))
    return result


def marked(shape: tuple[int, ...], wrong: Value) -> Numbers:
    """Which elements are marked as ``wrong``: none where nothing is said of an array of this shape."""
    if isinstance(wrong, np.ndarray) and wrong.dtype == bool and wrong.shape == shape:
        return wrong
    return np.zeros(shape, bool)
