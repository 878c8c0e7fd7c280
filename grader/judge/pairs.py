"""Outputs beside what they should be, case by case, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.judge.rows import as_numbers
from grader.model import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Array, Case, Outcome

CLOSE = 1e-6  # of the largest number of an output, or of 1


class Pair(NamedTuple):
    """An output of one case and what it should be, as numbers of one shape or of two."""

    want: Array
    have: Array
    sizes: dict[str, int]


def pairs_of(cases: Sequence[Case], outcomes: Sequence[Outcome], output: str) -> list[Pair]:
    """The output in all cases that gave it as numbers, and were asked for at least one."""
    found = (pair(case, outcome, output, output) for case, outcome in zip(cases, outcomes, strict=True))
    return [each for each in found if each is not None]


def pair(case: Case, outcome: Outcome, output: str, meant: str) -> Pair | None:
    """What an output is beside what the output ``meant`` should be."""
    if not isinstance(outcome, Returned) or output not in outcome.outputs:
        return None
    want, have = as_numbers(case.expected[meant]), as_numbers(outcome.outputs[output])
    if want is None or have is None or not want.size or want.dtype.kind == "b":
        return None
    return Pair(want.astype(float), have.astype(float), case.sizes)


def same(one: Array, other: Array) -> bool:
    """Whether two arrays of one shape hold the same finite numbers."""
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
    return bool(np.all(np.abs(one - other) <= CLOSE * scale))


def evidence(shown: Sequence[object], cases: Sequence[Case]) -> str:
    """In how many of the cases something is so."""
    return f"So in all {len(shown)} cases {'tried' if len(shown) == len(cases) else 'that return'}."
