"""How far each element of what came out is from what was expected, for those who draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from grader.records.values import NUMBER_KINDS, stacked

if TYPE_CHECKING:
    from grader.records.record import Value
    from grader.records.verdict import Bound
    from grader.report.document import WrittenDeviation

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


def wrong_elements(
    expected: Numbers, off: Numbers, deviation: WrittenDeviation | None, bound: Bound | None = None
) -> Numbers:
    """Which elements are wrong: as many as the deviation counted, those farthest beyond what is allowed.

    Where something is NaN or infinite, nothing else was counted: there it is what surely is beyond.
    """
    mask: Numbers = np.zeros(off.shape, bool)
    if deviation is None:
        return mask
    beyond = off - _allowed(expected, bound)
    mask.flat[np.argsort(-beyond, axis=None, kind="stable")[: deviation.wrong]] = True
    if deviation.kind == "nonfinite" and bound is not None:
        mask |= beyond > 0
    mask &= off > 0
    return mask


def _allowed(expected: Numbers, bound: Bound | None) -> Numbers:
    """How far each element may be off: of what was measured the most, and where a share of 0 would be nothing, more."""
    if bound is None:
        return np.zeros(expected.shape)
    with np.errstate(all="ignore"):
        size = np.abs(expected.astype(np.result_type(expected, float)))
        size = np.where(np.isfinite(size), size, 0.0)
        least = size.max() if bound.rtol and not bound.atol else 0.0
        result: Numbers = bound.within + bound.atol + bound.rtol * np.where(size > 0, size, least)
    return result
