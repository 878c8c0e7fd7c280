"""How far a number may be from what was expected.

The allowance depends on the reference alone, so that nothing a submission returns can widen it. It is counted in
*units*: a unit is how far the expected number itself would move if every operation of the reference, or every input,
were off by one rounding of float64, and at least one rounding of the largest expected magnitude of its array, or of 1.
Units are measured when a bank is frozen (:mod:`grader.bank.calibrate`). They make three bands:

- up to ``RIGHT`` units: right. The worst of 111 right solutions, in every order of summation, was off by 276.
- up to ``OFF`` units: numerically off. float32, an epsilon in a division or a rounded result get here: a remark, or,
  where the exercise says ``precision: required``, a fault.
- above: wrong. The weakest real mistake was off by 3e14.

A tolerance of the author's own is meant literally, for integers too, and replaces the last bound. There is one
exception: ``rtol`` alone would allow nothing where 0 is expected, and rounding seldom leaves exactly 0, so there
``ZERO`` of the largest expected magnitude is allowed.

NaN and infinities are never expected of a number that is finite, and are right where exactly they are expected. -0 is
0. An empty array is right if its shape is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.records.verdict import Bound

if TYPE_CHECKING:
    from grader.records.assignment import Exercise, Tolerance
    from grader.records.record import Array, Value

EPS = 2.0**-52
RIGHT = 1e3
OFF = 5e11
#: Allowed share of the scale where 0 is expected and the author gave ``rtol`` alone.
ZERO = 1e-12


class Rule(NamedTuple):
    """What an exercise asks of numbers: the author's own tolerance, if any; ``precise`` if fewer digits are a fault.

    ``extra_keys``: a dict may have keys that nobody asked for.
    """

    tolerance: Tolerance | None = None
    precise: bool = False
    extra_keys: bool = False


CALIBRATED = Rule()


def rule_of(exercise: Exercise, output: str) -> Rule:
    """The rule of an exercise for one of its outputs; of numbers it says the same for all."""
    allowed = exercise.outputs[output].extra_keys == "allowed"
    return Rule(exercise.tolerance, exercise.precision == "required", allowed)


def least_unit(scale: Array | float) -> Array:
    """The unit of numbers of which nothing was measured: one rounding of the largest magnitude, or of 1."""
    return np.asarray(EPS * np.maximum(scale, 1.0))


def allowed(expected: Array, unit: Array, scale: Array | float, rule: Rule) -> Array:
    """The largest ``|got - expected|`` for each element that is not wrong.

    ``scale`` is the largest finite magnitude of the array that an element belongs to. It and ``unit`` broadcast.
    Nothing is near enough to NaN or an infinity.
    """
    finite = np.isfinite(expected)
    return np.where(finite, _allowed(np.where(finite, expected, 0.0), unit, scale, rule), 0.0)


def _allowed(expected: Array, unit: Array, scale: Array | float, rule: Rule) -> Array:
    tolerance = rule.tolerance
    if tolerance is not None:
        literal = np.asarray(tolerance.atol + tolerance.rtol * np.abs(expected))
        return literal if tolerance.atol else np.where(expected == 0, ZERO * np.asarray(scale), literal)
    return np.asarray((RIGHT if rule.precise else OFF) * unit)


def scale_of(expected: Array) -> float:
    """The largest finite magnitude of an array, 0 when there is none."""
    if expected.dtype.kind == "f" and math.isfinite(largest := float(np.abs(expected).max(initial=0.0))):
        return largest
    finite = np.abs(expected[np.isfinite(expected)])
    return float(finite.max()) if finite.size else 0.0


def bound(expected: Value, unit: Value, rule: Rule) -> Bound | None:
    """The rule for one output; None where it is no number or array."""
    if rule.tolerance is not None:
        return Bound(atol=rule.tolerance.atol, rtol=rule.tolerance.rtol)
    if not isinstance(expected, np.ndarray | np.floating | float):
        return None
    want = np.asarray(expected)
    if want.dtype.kind not in "fc" or not want.size:
        return None
    largest = float(np.max(least_unit(scale_of(want)) if unit is None else unit))
    return Bound(within=(RIGHT if rule.precise else OFF) * largest, precise=rule.precise)
