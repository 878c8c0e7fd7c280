"""Margins of many answers to the same cases: what is expected is laid out once, and an answer measured in a few steps.

The numbers are those of :func:`grader.judge.margin.margin_by`, which is asked wherever something else than finite
numbers in the right shape is expected or answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.judge import tolerance as tolerances
from grader.judge.margin import MOST, Margin, margin_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.judge.tolerance import Rule
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome


class _Entry(NamedTuple):
    """One output of one case that expects finite numbers, and its part of the layout."""

    output: str
    shape: tuple[int, ...]
    start: int
    stop: int


class Yardstick:
    """What some cases expect, by the rule of each output."""

    def __init__(self, rules: Mapping[str, Rule], cases: Sequence[Case]) -> None:
        self._rules = rules
        self._cases = cases
        self._entries: list[list[_Entry] | None] = []
        wanted, allowed, measured = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
        start = 0
        for case in cases:
            arrays = {name: _plain(expected) for name, expected in case.expected.items()}
            entries: list[_Entry] | None = []
            for name, want in arrays.items():
                if want is None or entries is None:
                    entries = None
                    continue
                unit, scale = case.units.get(name), tolerances.scale_of(want)
                units = np.asarray(tolerances.least_unit(scale) if unit is None else unit)
                wanted.append(want.ravel())
                allowed.append(np.broadcast_to(tolerances.allowed(want, units, scale, rules[name]), want.shape).ravel())
                measured.append(np.broadcast_to(units, want.shape).ravel())
                entries.append(_Entry(name, want.shape, start, start + want.size))
                start += want.size
            self._entries.append(entries)
        self._want, self._allowed, self._measured = map(np.concatenate, (wanted, allowed, measured))

    def margins(self, outcomes: Sequence[Outcome]) -> list[Margin]:
        """The margin of each case."""
        found: dict[int, Margin] = {}
        have = self._want.astype(float)
        told: list[tuple[int, int]] = []  # a case, and where one of its outputs begins
        for number, (case, entries, outcome) in enumerate(zip(self._cases, self._entries, outcomes, strict=True)):
            outputs: Mapping[str, Value] = getattr(outcome, "outputs", {})
            got = None if entries is None else [_answer(outputs.get(entry.output), entry.shape) for entry in entries]
            if entries is None or got is None or any(value is None for value in got):
                found[number] = margin_by(self._rules, case, outcome)
                continue
            for entry, value in zip(entries, got, strict=True):
                assert value is not None
                have[entry.start : entry.stop] = value.ravel()
                told.append((number, entry.start))
        self._measure(have, told, found)
        return [found.get(number, Margin(killed=False, units=0.0)) for number in range(len(self._cases))]

    def _measure(self, have: Array, told: Sequence[tuple[int, int]], found: dict[int, Margin]) -> None:
        """Add the margins of cases whose answers are all laid out in ``have``; what is not answered there is right."""
        if not told:
            return
        starts = [entry.start for entries in self._entries for entry in entries or ()]
        with np.errstate(over="ignore", invalid="ignore"):
            error = np.abs(have - self._want)
            deviation = np.maximum.reduceat(error / self._measured, starts)
        killed = np.logical_or.reduceat(error > self._allowed, starts)
        finite = np.logical_and.reduceat(np.isfinite(have), starts)
        of_start = {start: index for index, start in enumerate(starts)}
        for number, start in told:
            before, index = found.get(number, Margin(killed=False, units=0.0)), of_start[start]
            if before.units is None or not finite[index]:
                found[number] = Margin(killed=True, units=None)
            else:
                units = max(before.units, min(float(deviation[index]), MOST))
                found[number] = Margin(before.killed or bool(killed[index]), units)


def _plain(expected: Value) -> Array | None:
    """An array of finite floats that has any; None for all else."""
    if not isinstance(expected, np.ndarray | float):
        return None
    want = np.asarray(expected)
    plain = want.dtype == np.float64 and want.size and np.isfinite(want).all()
    return want if plain else None


def _answer(value: Value, shape: tuple[int, ...]) -> Array | None:
    """The same of an answer, in this shape; it may hold what is not finite."""
    if not isinstance(value, np.ndarray | np.generic | float):
        return None
    have = np.asarray(value)
    return have if have.dtype.kind == "f" and have.shape == shape else None
