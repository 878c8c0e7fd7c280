"""What a wrong shape is usually a sign of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from grader.records.verdict import Fault, ValueForm

if TYPE_CHECKING:
    from grader.records.verdict import FaultName

Shape: TypeAlias = tuple[int, ...]


def shape_fault(expected: Shape, got: Shape) -> Fault:
    """The fault of an array of another shape than it should have."""
    for hint in (_single_number, _transposed, _sizes_of_1, _first_axis, _broadcast):
        if (what := hint(expected, got)) is not None:
            return Fault("shape", what)
    if len(got) != len(expected):
        return Fault("shape", "dimensions", wanted=ValueForm("array", size=len(expected)), got=str(len(got)))
    return Fault("shape", "another")


def _single_number(expected: Shape, got: Shape) -> FaultName | None:
    if got or not expected:
        return None
    return "ones_became_a_number" if set(expected) == {1} else "sum_over_everything"


def _transposed(expected: Shape, got: Shape) -> FaultName | None:
    return "transposed" if got == expected[::-1] else None


def _sizes_of_1(expected: Shape, got: Shape) -> FaultName | None:
    if _without_ones(got) != _without_ones(expected):
        return None
    if len(got) < len(expected):
        return "lacks_a_one"
    return "a_one_too_many" if len(got) > len(expected) else "ones_elsewhere"


def _first_axis(expected: Shape, got: Shape) -> FaultName | None:
    if got == expected[1:]:
        return "one_step"
    if got[1:] == expected[1:] and expected and abs(got[0] - expected[0]) == 1:
        return "one_longer" if got[0] > expected[0] else "one_shorter"
    return None


def _broadcast(expected: Shape, got: Shape) -> FaultName | None:
    if len(expected) == 2 and 1 in expected and got == (max(expected), max(expected)):
        return "broadcast"
    return None


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
