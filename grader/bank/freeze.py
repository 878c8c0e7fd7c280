"""Freezing an exercise: the reference runs on drawn inputs, what it gives becomes the exercise's bank.

Drawn inputs on which the reference raises, or gives by accident no finite numbers, are counted, and replaced by others.
Everything else that goes wrong is the author's to mend, and told all at once.
"""

from __future__ import annotations

import hashlib
import platform
from functools import partial
from typing import TYPE_CHECKING

import hypothesis
import numpy as np

import grader
from grader.bank.freezer import Freezer
from grader.bank.guide import Unguided
from grader.bank.keys import decisive
from grader.bank.plans import canonical
from grader.bank.solver import Solver
from grader.bank.store import FORMAT
from grader.bank.strategies import NONE
from grader.course.wording import path_text
from grader.records.bank import FrozenCases, Manifest
from grader.records.errors import Mistake, ReferenceFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.bank.guide import Guide
    from grader.bank.solver import Places, Reference
    from grader.bank.strategies import Strategies
    from grader.course.secret import Draws
    from grader.course.wording import Path
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import Case


def freeze(
    assignment: Assignment,
    index: int,
    draws: Draws,
    *,
    run: Reference,
    custom: Strategies = NONE,
    guide: Guide | None = None,
    place: Places | None = None,
) -> FrozenCases:
    """The frozen cases of the exercise at that place, without its author's notes, which decide nothing.

    ``draws`` decide what is drawn, ``run`` executes a job on the reference, ``custom`` holds the strategies of
    ``properties.py``, ``guide`` knows which cases are worth having, ``place`` where the exercise stands. Raises
    ReferenceFault with all that is wrong in the exercise.
    """
    exercise = decisive(assignment.exercises[index])
    solver = Solver(exercise, place or partial(_nowhere, exercise), run)
    cases = Freezer(exercise, solver, custom, guide or Unguided()).cases(draws)
    if solver.mistakes:
        raise ReferenceFault(list(solver.mistakes.values()))
    return FrozenCases(cases, solver.sieve.sifted())


def _nowhere(exercise: Exercise, path: Path, message: str) -> Mistake:
    return Mistake("assignment.yaml", 0, 0, f"exercise {exercise.id}: {path_text(path)}", message)


def manifest(assignment: Assignment, exercise: str, key: str, cases: Sequence[Case]) -> Manifest:
    """What is kept beside the cases of an exercise."""
    return Manifest(
        format=FORMAT,
        exercise=exercise,
        key=key,
        seed=assignment.seed,
        versions=_versions(),
        inputs_sha256=inputs_sha256({exercise: cases}),
    )


def inputs_sha256(cases: Mapping[str, Sequence[Case]]) -> str:
    """SHA-256 over the sizes and inputs of all cases in their order."""
    digest = hashlib.sha256()
    for exercise, those in cases.items():
        digest.update(canonical([exercise, len(those)]))
        for case in those:
            digest.update(canonical([case.sizes, case.inputs]))
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "hypothesis": hypothesis.__version__,
        "grader": grader.__version__,
    }
