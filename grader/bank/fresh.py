"""Fresh inputs for an exercise: of the same domains and sizes as its cases, and unlike any of them.

They have all their digits, where cases have few: none can be told from another by what cases look like. NumPy
alone draws them, so that it can be done while grading.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from grader.bank.domains import Filling, fill
from grader.records.assignment import custom_function, resolved
from grader.records.bank import Case, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.records.assignment import Exercise
    from grader.records.record import Value

PROFILE = "gaussian"


def fresh(exercise: Exercise, like: Iterable[Case], secret: str) -> list[Case]:
    """A case for each of ``like``, with its sizes and nothing expected. What an author's own strategy drew stays.

    ``secret`` decides them: a submission that could guess them could tell questions apart by what is asked.
    """
    return [_drawn(exercise, case, f"{secret}/{exercise.id}/{number}", number) for number, case in enumerate(like, 1)]


def _drawn(exercise: Exercise, like: Case, seed: str, number: int) -> Case:
    rng = np.random.default_rng(int.from_bytes(sha256(seed.encode()).digest(), "big"))

    def drawn(name: str) -> Value:
        domain = resolved(exercise.inputs, exercise.inputs[name])
        if custom_function(domain) is not None:
            return like.inputs[name]
        return fill(domain, Filling(rng, like.sizes, PROFILE, like.inputs.__getitem__, rounded=False))

    return Case(
        id=f"{exercise.id}/fresh{number}",
        origin=Origin("fresh"),
        public=False,
        sizes=like.sizes,
        inputs={name: drawn(name) for name in exercise.inputs},
    )
