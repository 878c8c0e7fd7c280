"""Whether something is simple in a case: an input is 0, a size is 1, a matrix is symmetric, a list has one item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.records.entries import named_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.bank import Case, Condition
    from grader.records.record import Value


def is_so(condition: Condition, case: Case) -> bool:
    """Whether a condition holds of a case, whatever that was drawn for."""
    if condition.kind == "size_one":
        return case.sizes.get(condition.name) == 1
    inputs = case.inputs if condition.name in case.inputs else named_values(case.inputs)
    return condition.name in inputs and _QUESTIONS[condition.kind](inputs[condition.name])


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
    "zero": _is_zero,
    "symmetric": _is_symmetric,
    "one_item": _has_one_item,
}
