"""Value profiles: how the numbers of an array are spread. NumPy fills them from a seeded generator.

Each profile is drawn around 0 in units of a spread; a range folds it, so that zeros, signs and small numbers keep their
meaning wherever the range has room for them. Without a range nothing lies further from 0 than ten spreads. Numbers are
rounded to two decimals, below 0.01 to two digits: they print short, can be typed in exactly, and are the same on every
machine. Spreads below 0.1 get as many more decimals as they need to keep two digits.
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
FARTHEST = 10.0  # spreads
WHOLE = 3  # the largest whole number of the profile of such
SMALL = 1e-3  # what the profile of that name draws near 0 is smaller
_POWERS = np.array([float(f"1e{power}") for power in range(10)])


def _mixed(rng: np.random.Generator, shape: Shape) -> Floats:
    return np.asarray(rng.normal(size=shape) * rng.choice([0.1, 1.0, 3.0], size=shape))


def _saturating(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(SATURATING, FARTHEST, size=shape)


def _integer(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.integers(-WHOLE, WHOLE, size=shape, endpoint=True).astype(float)


def _sparse(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.normal(size=shape) * (rng.uniform(size=shape) < 0.3)


def _one_hot(rng: np.random.Generator, shape: Shape) -> Floats:
    values = np.zeros(shape)
    if values.size:
        values.flat[rng.integers(values.size)] = 1.0
    return values


def _constant(rng: np.random.Generator, shape: Shape) -> Floats:
    return np.full(shape, rng.uniform(0.25, 2.0) * rng.choice([-1.0, 1.0]))


def _small(rng: np.random.Generator, shape: Shape) -> Floats:
    """Half of the numbers have two digits and lie between 1e-8 and 1e-3, some are 0, the others ordinary.

    No nearer to 0: of who adds 1e-12 to what is divided by, there more would be asked than digits.
    """
    digits = rng.choice([-1.0, 1.0], size=shape) * rng.integers(10, 99, size=shape, endpoint=True)
    near = digits / _POWERS[rng.integers(5, 9, size=shape, endpoint=True)]
    kind = rng.integers(8, size=shape)
    return np.asarray(np.where(kind < 4, near, np.where(kind < 5, 0.0, rng.normal(size=shape))))


#: How each profile fills a shape, in spreads. The first four are generic: they hide no mistake by their own form.
PROFILES: dict[str, Callable[[np.random.Generator, Shape], Floats]] = {
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "mixed": _mixed,
    "positive": lambda rng, shape: np.abs(rng.normal(size=shape)),
    "integer": _integer,
    "saturating": _saturating,
    "sparse": _sparse,
    "one-hot": _one_hot,
    "small": _small,
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
        whole = (
            profile == "integer" and FARTHEST * scale >= WHOLE
        )  # whole numbers stay whole, unless they lie too far out
        spread = float(max(1, round(scale))) if whole else scale
        values = _times(np.clip(values, -FARTHEST, FARTHEST), spread)
        return _rounded(values, decimals(scale)) if rounded else values
    low, high = between
    if low == high:
        return np.full(shape, float(low))
    half = (high - low) / 2
    spread = {"one-hot": 1.0, "integer": float(max(1, round(half / 2)))}.get(profile, half)
    values = _times(values, spread)
    inside = np.clip(values, low, high) if profile == "saturating" else _folded(values, low, high)
    return _within(inside, low, high) if rounded else inside


def decimals(spread: float) -> int:
    """To how many decimals numbers of this spread are rounded."""
    return DECIMALS if spread >= 0.1 else DECIMALS + math.ceil(-math.log10(spread))


def _times(values: Floats, spread: float) -> Floats:
    """What is small stays so however far the others are spread."""
    return np.asarray(np.where(np.abs(values) < SMALL, values * min(spread, 1.0), values * spread))


def _rounded(values: Floats, places: int) -> Floats:
    """``+ 0.0`` turns -0.0, which prints oddly and is another bit pattern, into 0.0."""
    rounded = np.asarray(np.round(values, places) + 0.0)  # NumPy makes a scalar of an array without axes
    few = (np.abs(values) < 10.0**-DECIMALS) & (values != 0)
    if few.any():
        rounded[few] = [_round(value, places) for value in values[few].tolist()]
    return rounded


def _round(value: float, places: int) -> float:
    """To so many decimals, and below 0.01 to two digits at least."""
    return round(value, _places(value, places)) + 0.0


def _places(value: float, places: int) -> int:
    near = 0 < abs(value) < 10.0**-DECIMALS
    return max(places, 1 - math.floor(math.log10(abs(value)))) if near else places


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
    lowest, highest = _round(low, places), _round(high, places)
    if lowest < low:
        lowest = _round(lowest + 10.0 ** -_places(low, places), places)
    if highest > high:
        highest = _round(highest - 10.0 ** -_places(high, places), places)
    return _rounded(np.clip(_rounded(values, places), lowest, highest), places)
