"""Outputs beside what they should be, case by case, as numbers."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.rows import as_numbers
from grader.records.record import Array, Record
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.bank import Case
    from grader.records.run import Outcome

CLOSE = 1e-6  # of the largest number of an output, or of 1


class Pair(Record, frozen=True):
    """An output of one case and what it should be, as numbers of one shape or of two."""

    want: Array
    have: Array
    sizes: dict[str, int]


def pairs_of(cases: Sequence[Case], outcomes: Sequence[Outcome], output: str) -> list[Pair]:
    """The output in all cases that gave it as numbers, and were asked for at least one, all of them finite."""
    found = (pair(case, outcome, output, output) for case, outcome in zip(cases, outcomes, strict=True))
    return [each for each in found if each is not None]


def nothing_asked(cases: Sequence[Case], outcomes: Sequence[Outcome], output: str) -> int:
    """How many of the cases ask for no number of that output, and got none: whatever is true of numbers is so there."""
    return sum(
        isinstance(outcome, Returned)
        and not np.size(case.expected[output])
        and output in outcome.outputs
        and not np.size(outcome.outputs[output])
        for case, outcome in zip(cases, outcomes, strict=True)
        if as_numbers(case.expected[output]) is not None
    )


def pair(case: Case, outcome: Outcome, output: str, meant: str) -> Pair | None:
    """What an output is beside what the output ``meant`` should be."""
    if not isinstance(outcome, Returned) or output not in outcome.outputs:
        return None
    want, have = as_numbers(case.expected[meant]), as_numbers(outcome.outputs[output])
    if want is None or have is None or want.dtype.kind == "b" or not want.size or not np.isfinite(want).all():
        return None
    return Pair(want.astype(float, copy=False), have.astype(float, copy=False), case.sizes)


def matches_where_finite(have: Array, want: Array) -> bool:
    """As :func:`same`, but where ``want``, worked out from what should be there, is no finite number, for any."""
    if have.shape != want.shape:
        return False
    finite = np.isfinite(want)
    return same(np.where(finite, have, 0.0), np.where(finite, want, 0.0))


def same(have: Array, want: Array) -> bool:
    """Whether two arrays of one shape hold the same finite numbers, in proportion to those that should be there."""
    if have.shape != want.shape:
        return False
    scale = float(np.abs(want).max(initial=1.0))  # not finite where one of them is not; so is what it is off by
    return isfinite(scale) and bool(np.abs(have - want).max(initial=0.0) <= CLOSE * scale)
