"""An output that lacks an axis, or has one too many, along which it was summed, averaged or cut to one end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from grader.diagnose.pairs import same
from grader.records.finding import OverAxis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.diagnose.pairs import Pair
    from grader.records.finding import HowOverAxis
    from grader.records.record import Array

LEAST: Final = 3  # cases in which that axis has several places

_HOW: Final[Mapping[HowOverAxis, Callable[[Array, int], Array]]] = {
    "last": lambda array, axis: np.take(array, -1, axis),
    "first": lambda array, axis: np.take(array, 0, axis),
    "sum": lambda array, axis: array.sum(axis=axis),
    "mean": lambda array, axis: array.mean(axis=axis),
}


def over_axis(pairs: Sequence[Pair]) -> Iterator[OverAxis]:
    """What makes the one of the other in all cases, along which axis; ``left_out`` where the output has it too many."""
    dimensions = {each.want.ndim - each.have.ndim for each in pairs}
    if dimensions not in ({1}, {-1}):
        return
    left_out = dimensions == {-1}
    both = [(pair.have, pair.want) if left_out else (pair.want, pair.have) for pair in pairs]
    for axis in range(min(more.ndim for more, _ in both)):
        if sum(more.shape[axis] > 1 for more, _ in both) < LEAST or not all(more.shape[axis] for more, _ in both):
            continue
        for how, made in _HOW.items():
            if all(same(made(more, axis), less) for more, less in both):
                yield OverAxis(how, axis, left_out)
