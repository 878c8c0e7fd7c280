"""How far a number may be from what was expected.

The allowance depends on the *expected* values alone, so that nothing a submission returns can widen it.

Without a tolerance of the author's own, an element may differ by ``SCALED`` of the largest expected magnitude of its
array, and by ``FLOOR`` in any case. That is a thousand times what another order of summation costs, accepts float32,
and is a thousandth of what the weakest real mistake costs (measured: 6e-2 of the scale).

A tolerance of the author's own is meant literally, for integers too. There is one exception: ``rtol`` alone would allow
nothing where 0 is expected, and rounding seldom leaves exactly 0, so there ``ZERO`` of the largest expected magnitude
is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from grader.model import Array, Tolerance

SCALED = 1e-5
FLOOR = 1e-6
#: Allowed share of the scale where 0 is expected and the author gave ``rtol`` alone.
ZERO = 1e-12
#: Beyond this share of the scale a result is right, but was computed with fewer digits than float64 has.
PRECISE = 1e-9


def allowed(expected: Array, scale: Array | float, tolerance: Tolerance | None) -> Array:
    """The largest allowed ``|got - expected|`` for each element.

    ``scale`` is the largest finite magnitude of the array that an element belongs to, and broadcasts to it.
    """
    if tolerance is not None:
        literal = np.asarray(tolerance.atol + tolerance.rtol * np.abs(expected))
        return literal if tolerance.atol else np.where(expected == 0, ZERO * np.asarray(scale), literal)
    return np.broadcast_to(np.maximum(SCALED * np.asarray(scale), FLOOR), expected.shape)


def scale_of(expected: Array) -> float:
    """The largest finite magnitude of an array, 0 when there is none."""
    finite = np.abs(expected[np.isfinite(expected)])
    return float(finite.max()) if finite.size else 0.0


def words(tolerance: Tolerance | None) -> str:
    """The rule as a phrase for a report."""
    if tolerance is None:
        return f"within {SCALED:g} of the largest expected value, at least {FLOOR:g}"
    parts = []
    if tolerance.atol:
        parts.append(f"{tolerance.atol:g}")
    if tolerance.rtol:
        parts.append(f"{tolerance.rtol:g} of the expected value")
    return "within " + " plus ".join(parts)
