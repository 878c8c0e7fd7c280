"""Whether something is simple in a case: an input is 0, a size is 1, a matrix is symmetric, a list has one item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.records.entries import named_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from grader.records.bank import Case, Condition
    from grader.records.record import Value


def all_so(conditions: Iterable[Condition], case: Case) -> frozenset[Condition]:
    """The conditions that hold of a case, whatever that was drawn for."""
    inputs: Mapping[str, Value] = case.inputs
    if any(isinstance(value, dict) for value in inputs.values()):
        inputs = {**named_values(inputs), **inputs}
    return frozenset(
        condition
        for condition in conditions
        if condition == case.condition
        or (
            case.sizes.get(condition.name) == 1
            if condition.kind == "size_one"
            else condition.name in inputs and _QUESTIONS[condition.kind](inputs[condition.name])
        )
    )


def _is_zero(value: Value) -> bool:
    """True if there are numbers, and all of them are 0."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_zero, value))
    if isinstance(value, np.ndarray) and value.size and value.item(0):
        return False  # as are most
    array = as_numbers(value)
    return array is not None and bool(array.size) and not np.count_nonzero(array)


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
