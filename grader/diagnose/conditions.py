"""What is simple in a case, as its sentence says it ("`b_h` is 0", "`T` is 1"), asked of any other case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.rows import as_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.bank import Case
    from grader.records.record import Value


def is_so(condition: str, case: Case) -> bool:
    """Whether a condition, in the words of a clue's origin, holds of a case."""
    name, _, what = condition.removeprefix("`").partition("` ")
    if what == "is 1":
        return case.sizes.get(name) == 1
    return name in case.inputs and _QUESTIONS[what](case.inputs[name])


def _is_zero(value: Value) -> bool:
    """True if there are numbers, and all of them are 0."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_zero, value))
    array = as_numbers(value)
    return array is not None and bool(array.size) and not array.any()


def _is_symmetric(value: Value) -> bool:
    array = as_numbers(value)
    return array is not None and array.ndim == 2 and np.array_equal(array, array.T)


def _has_one_item(value: Value) -> bool:
    return isinstance(value, list) and len(value) == 1


_QUESTIONS: dict[str, Callable[[Value], bool]] = {
    "is 0": _is_zero,
    "is symmetric": _is_symmetric,
    "has one item": _has_one_item,
}
