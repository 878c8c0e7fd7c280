"""Witness cases: what is said of a mistake is held against them, and they count for nothing.

There are as many of them as hidden cases, drawn by the same strata and edges, but from another seed. Whatever holds of
them is likely to hold of the hidden ones, which say nothing of themselves by it: nothing here depends on any of those,
not even which of the drawn inputs became a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.bank.edges import plans_apart
from grader.bank.freezer import ROUNDS
from grader.bank.plans import distinct
from grader.bank.strategies import Drawing, filled, planned, plans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.bank.plans import Candidate
    from grader.bank.strategies import Strategies
    from grader.records.assignment import Exercise
    from grader.records.bank import Case

    #: Those of the candidates that the reference answers, as cases that have no number yet.
    Solve = Callable[[Exercise, Sequence[Candidate]], list[Case]]


def witnesses(exercise: Exercise, seed: int | str, custom: Strategies, solve: Solve) -> list[Case]:
    """As many as there are to be hidden cases, where so many can be drawn: edges first, half of them at most."""
    wanted, label = exercise.cases.hidden, f"witness/{seed}"
    edges = planned(exercise, plans_apart(exercise, label), f"{label}/{exercise.id}", custom)[: (wanted + 1) // 2]
    many = Drawing(filled(exercise, plans(exercise), custom), f"{label}/{exercise.id}")
    found, tried = solve(exercise, edges), 0
    for doubled in range(ROUNDS):
        missing = (wanted - len(found)) << doubled
        drawn = distinct(many.first(tried + missing), without=edges)[tried:]
        if not drawn:
            break
        found += solve(exercise, drawn)
        tried += len(drawn)
    return [replace(case, id=f"{exercise.id}/witness{number}") for number, case in enumerate(found[:wanted], 1)]
