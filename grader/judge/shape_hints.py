"""What a wrong shape is usually a sign of, in a phrase that names no size."""

from __future__ import annotations

from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]


def shape_hint(expected: Shape, got: Shape) -> str:
    """A phrase that continues "``h`` …", or empty when the shapes tell nothing."""
    if not got and expected:
        return "is a single number instead of an array: a sum over everything does this"
    if got == expected[::-1]:
        return "is transposed"
    if _without_ones(got) == _without_ones(expected):
        if len(got) < len(expected):
            return "lacks a size of 1: np.squeeze, or a sum without keepdims=True, does this"
        if len(got) > len(expected):
            return "has a size of 1 too many"
        return "has its sizes of 1 in another place"
    if len(got) < len(expected) and got == expected[1:]:
        return "holds one step where all of them are meant"
    if len(got) == len(expected) and got[1:] == expected[1:] and abs(got[0] - expected[0]) == 1:
        return f"is one {'longer' if got[0] > expected[0] else 'shorter'} than it should be"
    if len(expected) == 2 and 1 in expected and got == (max(expected), max(expected)):
        return "was broadcast: a column and a row, or a column and a flat array, were combined"
    if len(got) != len(expected):
        return f"has {len(got)} dimensions instead of {len(expected)}"
    return ""


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
