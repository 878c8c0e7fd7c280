"""What the values of an expression are seen to be while the reference runs.

This runs in the reference's own process: :mod:`grader.mistakes.equivalent` marks expressions in its text, and asks. A
buffer can be filled with other numbers than it begins with, to see whether any of them is ever read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NEVER = -7919  # what whole numbers of a buffer are filled with; others with NaN

#: By expression: what all values were ("array", "number", "items", a sequence of arrays, or "other"), least and most
#: axes, whether an axis had the size 1, least and greatest number.
_seen: dict[str, list[Any]] = {}
_filled: list[str] = []


def seen(place: str, value: Any) -> Any:
    """The value of the marked expression, as it was, which is remembered."""
    if place in _filled and isinstance(value, np.ndarray):
        return _refilled(value)
    form, arrays = _form(value)
    known = _seen.setdefault(place, [form, 99, 0, False, np.inf, -np.inf])
    known[0] = form if known[0] == form else "other"
    for array in arrays:
        known[1:4] = [min(known[1], array.ndim), max(known[2], array.ndim), known[3] or 1 in array.shape]
        numbers = array[~np.isnan(array)] if array.dtype.kind == "f" else array
        if array.dtype.kind not in "biuf":
            known[4:] = [-np.inf, np.inf]
        elif numbers.size:
            known[4:] = [min(known[4], float(numbers.min())), max(known[5], float(numbers.max()))]
    return value


def sightings() -> dict[str, list[Any]]:
    """All that was seen since this was asked last."""
    found = dict(_seen)
    _seen.clear()
    return found


def fill(place: str) -> None:
    """From now on this buffer, and no other, is filled with what it does not begin with; none for an empty place."""
    _filled[:] = [place]


def _form(value: Any) -> tuple[str, list[Any]]:
    if isinstance(value, np.ndarray | np.generic):
        return "array", [np.asarray(value)]
    if isinstance(value, int | float):
        return "number", [np.asarray(value)]
    if isinstance(value, list | tuple) and all(isinstance(item, np.ndarray | np.generic) for item in value):
        return "items", [np.asarray(item) for item in value]
    return "other", [np.asarray([-np.inf, np.inf])]


def _refilled(value: Any) -> Any:
    return np.full_like(value, {"f": np.nan, "c": np.nan, "i": NEVER}.get(value.dtype.kind, 1))
