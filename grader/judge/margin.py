"""How far a value is from the expected one, in units of rounding: for proving tests, where a verdict is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.judge import tolerance as tolerances
from grader.judge.compare import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.judge.tolerance import Rule
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome


MOST = float(np.finfo(float).max)  # JSON has no infinity


class Margin(NamedTuple):
    """Whether a case shows that something is wrong, and the largest deviation in units.

    ``units`` is None where nothing came back, or something else than numbers in the right shape.
    """

    killed: bool
    units: float | None


def margin(exercise: Exercise, case: Case, outcome: Outcome) -> Margin:
    """The margin of one case over all outputs."""
    return margin_by({name: tolerances.rule_of(exercise, name) for name in case.expected}, case, outcome)


def margin_by(rules: Mapping[str, Rule], case: Case, outcome: Outcome) -> Margin:
    """The same, by the rule of each output."""
    outputs: dict[str, Value] = getattr(outcome, "outputs", {})
    killed, largest = False, 0.0
    for name, expected in case.expected.items():
        if name not in outputs:
            return Margin(killed=True, units=None)
        found = _margin(expected, outputs[name], rules[name], case.units.get(name))
        if found.units is None:
            return found
        killed, largest = killed or found.killed, max(largest, found.units)
    return Margin(killed, largest)


def _margin(expected: Value, got: Value, rule: Rule, unit: Value) -> Margin:
    if not isinstance(expected, np.ndarray | float):
        wrong = compare(expected, got, rule, unit).deviation is not None
        return Margin(wrong, None if wrong else 0.0)
    want = np.asarray(expected)
    have = np.asarray(got) if isinstance(got, np.ndarray | np.generic | float) else None
    if have is None or have.shape != want.shape or not have.dtype.kind == want.dtype.kind == "f":
        wrong = compare(expected, got, rule, unit).deviation is not None
        return Margin(wrong, None if wrong else 0.0)
    if not want.size:
        return Margin(killed=False, units=0.0)
    meant = (want == have) | (np.isnan(want) & np.isnan(have))
    if not np.where(np.isfinite(want), np.isfinite(have), meant).all():
        return Margin(killed=True, units=None)
    want, have = (np.where(np.isfinite(want), each, 0.0) for each in (want, have))
    scale = tolerances.scale_of(want)
    measured = tolerances.least_unit(scale) if unit is None else np.asarray(unit)
    with np.errstate(over="ignore"):
        error = np.abs(have - want)
        killed = bool((error > tolerances.allowed(want, measured, scale, rule)).any())
        return Margin(killed, min(float((error / measured).max()), MOST))
