"""How large a case is: how much of its inputs there is to read. What is called small is small by this measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.records.values import NUMBER_KINDS, leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.record import Array, Value


def elements(inputs: Mapping[str, Value]) -> int:
    """How many numbers, characters and items a reader meets."""
    return sum(map(_elements, inputs.values()))


def weight(inputs: Mapping[str, Value]) -> tuple[int, int, int]:
    """The same, then how many of the numbers are not zero, then how many characters they have."""
    numbers = [array for value in inputs.values() for leaf in leaves(value) if (array := _numbers(leaf)) is not None]
    return (
        elements(inputs),
        sum(int(np.count_nonzero(array)) for array in numbers),
        sum(len(str(array.tolist())) for array in numbers),
    )


def _elements(value: Value) -> int:
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, list | tuple | dict):
        return 1 + sum(map(_elements, value.values() if isinstance(value, dict) else value))
    return len(value) if isinstance(value, str) else 1


def _numbers(value: Value) -> Array | None:
    """A number or an array of numbers, as an array."""
    if not isinstance(value, np.ndarray | np.generic | float | int | complex):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in NUMBER_KINDS else None
