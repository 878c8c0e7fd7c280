"""Outputs that are off at the entries that an input names, and nowhere else, as where no 1 is taken off there."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from grader.diagnose.pairs import pair, same
from grader.diagnose.rows import as_numbers
from grader.records.finding import AtTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.bank import Case
    from grader.records.record import Array
    from grader.records.run import Outcome

LEAST = 3  # cases that must show it
_AMOUNTS: Final[tuple[Literal[-2, -1, 1, 2], ...]] = (1, -1, 2, -2)


def off_at_target(cases: Sequence[Case], outcomes: Sequence[Outcome], output: str) -> AtTarget | None:
    """By how much it is off at what which input names, in all cases that return."""
    given = [(case, pair(case, outcome, output, output)) for case, outcome in zip(cases, outcomes, strict=True)]
    found = [(case, each.have, each.want) for case, each in given if each is not None]
    if len(found) < LEAST or any(have.shape != want.shape or not want.ndim for _, have, want in found):
        return None
    facts = (_off_where(name, found) for name in found[0][0].inputs)
    return next((fact for fact in facts if fact is not None), None)


def _off_where(name: str, found: Sequence[tuple[Case, Array, Array]]) -> AtTarget | None:
    for in_rows in (True, False):
        known = list(_all_marks(name, found, in_rows=in_rows))
        if len(known) < len(found) or sum(each.any() and not each.all() for each in known) < LEAST:
            continue
        for by, size in product(_AMOUNTS, ("", *found[0][0].sizes)):
            if all(_is_off(*each, by, size) for each in zip(found, known, strict=True)):
                return AtTarget(name, by, size, each_time=not in_rows)
    return None


def _is_off(given: tuple[Case, Array, Array], marks: Array, by: int, size: str) -> bool:
    case, have, want = given
    return same(have, want + by / (case.sizes[size] if size else 1) * marks if marks.any() else want)


def _all_marks(name: str, found: Sequence[tuple[Case, Array, Array]], *, in_rows: bool) -> Iterator[Array]:
    """Those of each case, up to the first that has none."""
    for case, _, want in found:
        if (marks := _marks(case, name, want, in_rows=in_rows)) is None:
            return
        yield marks


def _marks(case: Case, name: str, want: Array, *, in_rows: bool) -> Array | None:
    """How often an input names each entry: one in each row, or, where there is a single row, any number in it."""
    named = as_numbers(case.inputs.get(name))
    if named is None or named.dtype.kind not in "iu" or named.ndim != 1:
        return None
    is_column = want.ndim == 2 + in_rows and want.shape[-1] == 1
    flat = want.reshape(want.shape[:-1]) if is_column else want
    if flat.ndim != 1 + in_rows or (in_rows and len(flat) != len(named)):
        return None
    if named.size and (named.min() < 0 or named.max() >= flat.shape[-1]):
        return None
    marks = np.zeros(flat.shape)
    np.add.at(marks, (np.arange(len(named)), named) if in_rows else named, 1.0)
    return marks.reshape(want.shape)
