"""Freezing an assignment: the reference runs on drawn inputs, what it gives becomes the case bank.

Drawn inputs on which the reference raises, or gives by accident no finite numbers, are replaced by others. Everything
else that goes wrong is the author's to mend, and told all at once.
"""

from __future__ import annotations

import hashlib
import platform
from typing import TYPE_CHECKING

import hypothesis
import numpy as np

import grader
from grader.bank.freezer import Freezer, Unguided
from grader.bank.plans import canonical
from grader.bank.store import FORMAT
from grader.bank.strategies import NONE
from grader.records.bank import Case, CaseBank, Manifest
from grader.records.errors import Mistake, ReferenceFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.bank.freezer import Guide, Reference
    from grader.bank.strategies import Strategies
    from grader.records.assignment import Assignment


def freeze(
    assignment: Assignment,
    *,
    sources: Mapping[str, str],
    run: Reference,
    custom: Strategies = NONE,
    guide: Guide | None = None,
    progress: Callable[[str], None] | None = None,
    versions: Mapping[str, str] | None = None,
) -> CaseBank:
    """The assignment with its frozen cases.

    ``run`` executes a job on the reference, ``sources`` maps a role to the SHA-256 of its file, ``custom`` holds the
    strategies of ``properties.py``, ``guide`` knows which cases are worth having, ``progress`` is told each exercise's
    id before it is frozen. Raises ReferenceFault with all that is wrong in any exercise.
    """
    cases: dict[str, tuple[Case, ...]] = {}
    mistakes: list[Mistake] = []
    guide = guide or Unguided()
    for index, exercise in enumerate(assignment.exercises):
        if progress is not None:
            progress(exercise.id)
        freezer = Freezer(exercise, f"exercises[{index}]", f"reference/{assignment.id}.py", run, custom, guide)
        cases[exercise.id] = freezer.cases(assignment.seed)
        mistakes += freezer.mistakes.values()
    if mistakes:
        raise ReferenceFault(mistakes)
    manifest = Manifest(
        format=FORMAT,
        assignment=assignment,
        sources=dict(sources),
        seed=assignment.seed,
        versions=dict(_versions() if versions is None else versions),
        inputs_sha256=inputs_sha256(cases),
    )
    return CaseBank(manifest=manifest, cases=cases)


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
