"""The axis of time: which outputs have one entry for each step of a sequence that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.assignment import ListOf
from grader.records.entries import flat_inputs

if TYPE_CHECKING:
    from grader.records.assignment import Exercise


def has_steps(exercise: Exercise, output: str) -> bool:
    """Whether the first axis of an output is as long as a sequence that is read.

    That is a list, or an array with one vector, or one number, for each step. What stands along the axis of a matrix
    as well is a row of it.
    """
    shape = exercise.outputs[output].shape
    if not shape or not isinstance(shape[0], str):
        return False
    axis = shape[0]
    domains = flat_inputs(exercise.inputs).values()
    if any(isinstance(domain, ListOf) and domain.length == axis for domain in domains):
        return True
    shapes = [getattr(domain, "shape", None) or () for domain in domains]
    along = [asked for asked in shapes if axis in asked]
    return bool(along) and all(len(asked) in (1, 3) and asked.index(axis) == 0 for asked in along)
