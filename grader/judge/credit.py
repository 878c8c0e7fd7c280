"""Which cases go together where an output earns shares: by what a case tries, as its origin, sizes and values say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from grader.records.assignment import Reals, own_domain
from grader.records.values import leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.credit import Credit, GroupKind
    from grader.records.verdict import Trial

#: In the order in which they are told. Without the first, the others say little: zeros give zeros to anybody.
ORDER: Final[tuple[GroupKind, ...]] = ("ordinary", "size_one", "long", "extreme")
FEWEST = 3  # cases of a group: right in fewer says too little, so they count as ordinary
SATURATED = 6.0  # standard deviations, beyond which tanh and the logistic function are flat

_AT_AN_END: Final = frozenset({"zeros", "extreme", "shortest"})


def credit_of(exercise: Exercise, output: str) -> Credit:
    """How an output is paid: as it says, or as its exercise does."""
    return exercise.outputs[output].credit or exercise.credit


def grouped(exercise: Exercise, trials: Sequence[Trial]) -> dict[GroupKind, list[Trial]]:
    """The cases of each group that there is, out of all cases of the exercise."""
    kinds = [kind_of(exercise, trial.case) for trial in trials]
    kinds = [kind if kinds.count(kind) >= FEWEST else "ordinary" for kind in kinds]
    found: dict[GroupKind, list[Trial]] = {}
    for each in ORDER:
        if members := [trial for trial, kind in zip(trials, kinds, strict=True) if kind == each]:
            found[each] = members
    return found


def kind_of(exercise: Exercise, case: Case) -> GroupKind:
    """What a case tries, the most particular first."""
    if case.origin.kind in _AT_AN_END or _saturated(exercise, case):
        return "extreme"
    free = [(case.sizes[name], dim) for name, dim in exercise.dims.items() if name in case.sizes and dim.high > dim.low]
    if any(size == 1 for size, _ in free):
        return "size_one"
    if free and all(3 * (size - dim.low) >= 2 * (dim.high - dim.low) for size, dim in free):
        return "long"
    return "ordinary"


def _saturated(exercise: Exercise, case: Case) -> bool:
    for name, value in case.inputs.items():
        domain = own_domain(exercise.inputs, name)
        if isinstance(domain, Reals) and domain.range is None:
            numbers = [np.asarray(leaf) for leaf in leaves(value)]
            if any(each.size and np.max(np.abs(each)) >= SATURATED * domain.scale for each in numbers):
                return True
    return False
