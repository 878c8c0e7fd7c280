"""What a wrong shape is usually a sign of, in a phrase that names no size."""

from __future__ import annotations

from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]


def shape_hint(expected: Shape, got: Shape) -> str:
    """A phrase that continues "``h`` …", or empty when the shapes tell nothing."""
    for hint in (_single_number, _transposed, _sizes_of_1, _first_axis, _broadcast):
        if phrase := hint(expected, got):
            return phrase
    return f"has {len(got)} dimensions instead of {len(expected)}" if len(got) != len(expected) else ""


def _single_number(expected: Shape, got: Shape) -> str:
    if got or not expected:
        return ""
    cause = "np.squeeze, or a sum without keepdims=True," if set(expected) == {1} else "a sum over everything"
    return f"is a single number instead of an array: {cause} does this"


def _transposed(expected: Shape, got: Shape) -> str:
    return "is transposed" if got == expected[::-1] else ""


def _sizes_of_1(expected: Shape, got: Shape) -> str:
    if _without_ones(got) != _without_ones(expected):
        return ""
    if len(got) < len(expected):
        return "lacks a size of 1: np.squeeze, or a sum without keepdims=True, does this"
    return "has a size of 1 too many" if len(got) > len(expected) else "has its sizes of 1 in another place"


def _first_axis(expected: Shape, got: Shape) -> str:
    if got == expected[1:]:
        return "holds one step where all of them are meant"
    if got[1:] == expected[1:] and expected and abs(got[0] - expected[0]) == 1:
        return f"is one {'longer' if got[0] > expected[0] else 'shorter'} than it should be"
    return ""


def _broadcast(expected: Shape, got: Shape) -> str:
    if len(expected) == 2 and 1 in expected and got == (max(expected), max(expected)):
        return "was broadcast: a column and a row, or a column and a flat array, were combined"
    return ""


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
