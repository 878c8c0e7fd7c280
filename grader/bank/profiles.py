"""Value profiles: how the numbers of an array are spread. NumPy fills them from a seeded generator.

Each profile is drawn around 0 in units of a spread; a range folds it, so that zeros, signs and small numbers keep their
meaning wherever the range has room for them. Numbers are rounded to two decimals: they print short and are the same on
every machine. Spreads below 0.1 get as many more decimals as they need to keep two digits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
    Shape: TypeAlias = tuple[int, ...]

DECIMALS = 2
SATURATING = 8.0  # spreads: tanh and the logistic function are flat there to within a thousandth


def _mixed(rng: np.random.Generator, shape: Shape) -> Floats:
    return np.asarray(rng.normal(size=shape) * rng.choice([0.1, 1.0, 3.0], size=shape))


def _saturating(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(SATURATING, 2 * SATURATING, size=shape)


def _integer(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.integers(-3, 3, size=shape, endpoint=True).astype(float)


def _sparse(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.normal(size=shape) * (rng.uniform(size=shape) < 0.3)


def _one_hot(rng: np.random.Generator, shape: Shape) -> Floats:
    values = np.zeros(shape)
    if values.size:
        values.flat[rng.integers(values.size)] = 1.0
    return values


def _constant(rng: np.random.Generator, shape: Shape) -> Floats:
    return np.full(shape, rng.uniform(0.25, 2.0) * rng.choice([-1.0, 1.0]))


#: How each profile fills a shape, in spreads. The first four are generic: they hide no mistake by their own form.
PROFILES: dict[str, Callable[[np.random.Generator, Shape], Floats]] = {
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "mixed": _mixed,
    "positive": lambda rng, shape: np.abs(rng.normal(size=shape)),
    "integer": _integer,
    "saturating": _saturating,
    "sparse": _sparse,
    "one-hot": _one_hot,
    "tiny": lambda rng, shape: 0.03 * rng.normal(size=shape),
    "constant": _constant,
    "zero": lambda _, shape: np.zeros(shape),
}
GENERIC = ("gaussian", "mixed", "positive", "integer")


def reals(
    rng: np.random.Generator,
    shape: Shape,
    profile: str,
    *,
    between: tuple[float, float] | None,
    scale: float = 1.0,
    rounded: bool = True,
) -> Floats:
    """float64 values of a profile, within ``between`` (both ends included) or spread around 0 by ``scale``."""
    values = PROFILES[profile](rng, shape)
    if between is None:
        # Whole numbers stay whole whatever the scale is.
        spread = float(max(1, round(scale))) if profile == "integer" else scale
        return _rounded(values * spread, decimals(scale)) if rounded else values * spread
    low, high = between
    if low == high:
        return np.full(shape, float(low))
    half = (high - low) / 2
    spread = {"one-hot": 1.0, "integer": float(max(1, round(half / 2)))}.get(profile, half)
    inside = np.clip(values * spread, low, high) if profile == "saturating" else _folded(values * spread, low, high)
    return _within(inside, low, high) if rounded else inside


def decimals(spread: float) -> int:
    """To how many decimals numbers of this spread are rounded."""
    return DECIMALS if spread >= 0.1 else DECIMALS + math.ceil(-math.log10(spread))


def _rounded(values: Floats, places: int) -> Floats:
    """``+ 0.0`` turns -0.0, which prints oddly and is another bit pattern, into 0.0."""
    return np.asarray(np.round(values, places) + 0.0)  # NumPy makes a scalar of an array without axes


def _folded(values: Floats, low: float, high: float) -> Floats:
    """Values reflected at both ends until they lie within them; those that lie there already stay."""
    width = high - low
    distance = np.mod(values - low, 2 * width)
    folded: Floats = np.where((values >= low) & (values <= high), values, low + width - np.abs(distance - width))
    return folded


def _within(values: Floats, low: float, high: float) -> Floats:
    """Rounded, and within the range also after rounding.

    Values at an end whose own decimals are more than the rounding keeps move inside.
    """
    places = decimals(high - low)
    step = 10.0**-places
    lowest, highest = round(low, places), round(high, places)
    lowest = lowest if lowest >= low else round(lowest + step, places)
    highest = highest if highest <= high else round(highest - step, places)
    return _rounded(np.clip(np.round(values, places), lowest, highest), places)
