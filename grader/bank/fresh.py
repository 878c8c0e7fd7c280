"""Fresh inputs for an exercise: of the same domains and sizes as its cases, and unlike any of them.

They have all their digits, where cases have few: none can be told from another by what cases look like. NumPy
alone draws them, so that it can be done while grading.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from grader.bank.domains import Filling, fill
from grader.records.assignment import custom_function
from grader.records.bank import Case, Origin
from grader.records.entries import flat_inputs, flat_values, whole_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Value

PROFILE = "gaussian"


def fresh(exercise: Exercise, like: Iterable[Case], secret: str) -> list[Case]:
    """A case for each of ``like``, with its sizes and nothing expected. What an author's own strategy drew stays.

    ``secret`` decides them: a submission that could guess them could tell questions apart by what is asked.
    """
    return [_drawn(exercise, case, f"{secret}/{exercise.id}/{number}", number) for number, case in enumerate(like, 1)]


def _drawn(exercise: Exercise, like: Case, seed: str, number: int) -> Case:
    domains, given = flat_inputs(exercise.inputs), flat_values(exercise.inputs, like.inputs)
    rng = np.random.default_rng(int.from_bytes(sha256(seed.encode()).digest(), "big"))

    def drawn(name: str, domain: AnyDomain) -> Value:
        if custom_function(domain) is not None:
            return given[name]
        return fill(domain, Filling(rng, like.sizes, PROFILE, given.__getitem__, rounded=False))

    return Case(
        id=f"{exercise.id}/fresh{number}",
        origin=Origin("fresh"),
        public=False,
        sizes=like.sizes,
        inputs=whole_values(exercise.inputs, {name: drawn(name, each) for name, each in domains.items()}),
    )
