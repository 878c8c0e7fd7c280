"""Values of an input domain: filled by NumPy from a seeded generator, and the extremes that cases must show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.bank import profiles
from grader.records.assignment import (
    Booleans,
    Choices,
    Custom,
    DictOf,
    Generator,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Reals,
    Simplex,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.chance import GeneratorSeed
from grader.records.shapes import SizeError, evaluate, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.records.assignment import AnyDomain
    from grader.records.record import Size, Value

HUNDRED = 100  # probabilities are whole hundredths
NEAR_0 = 1e-6
SEEDS = 10_000  # of generators: few digits, to be typed
FINEST = 10**8  # those near 0 are whole parts of this


@dataclass(frozen=True, slots=True)
class Filling:
    """What decides the values of a domain. ``custom`` draws from an author's strategy, named by its function.

    Real numbers are ``rounded`` to two decimals or digits, or have all of them.
    """

    rng: np.random.Generator
    sizes: Mapping[str, int]
    profile: str
    custom: Callable[[str], Value]
    rounded: bool = True

    def whole(self, low: int, high: int, shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
        """int64 values, both ends included. Raises SizeError if no number lies between them and one is needed."""
        if low > high:
            if 0 in shape:
                return np.zeros(shape, np.int64)
            raise SizeError(f"no whole number lies between {low} and {high} (sizes {dict(self.sizes)})")
        if self.profile == "zero":
            return np.full(shape, min(max(low, 0), high), np.int64)
        drawn = self.rng.integers(low, high, size=() if self.profile == "constant" else shape, endpoint=True)
        return np.array(np.broadcast_to(drawn, shape))

    def length(self, length: Size | Interval) -> int:
        """The zero profile takes the shortest."""
        if isinstance(length, Interval):
            return int(self.whole(length.low, length.low if self.profile == "zero" else length.high, ()))
        return evaluate(length, self.sizes)


@singledispatch
def fill(domain: AnyDomain, filling: Filling) -> Value:  # noqa: ARG001 - the signature of every kind below
    """A value of a resolved domain. Raises SizeError where it is empty for the sizes."""
    raise TypeError(f"expected a resolved domain, got {type(domain).__name__}")


@fill.register(Reals)
def _reals(domain: Reals, filling: Filling) -> Value:
    shape = resolve(domain.shape or (), filling.sizes)
    values = profiles.reals(
        filling.rng, shape, filling.profile, between=domain.range, scale=domain.scale, rounded=filling.rounded
    )
    return values.item() if domain.shape is None else values


@fill.register(Integers)
@fill.register(Tokens)
def _whole(domain: Integers | Tokens, filling: Filling) -> Value:
    values = filling.whole(*bounds(domain, filling.sizes), resolve(domain.shape or (), filling.sizes))
    return values.item() if domain.shape is None else values


@fill.register(Booleans)
def _booleans(domain: Booleans, filling: Filling) -> Value:
    values = filling.whole(0, 1, resolve(domain.shape or (), filling.sizes)) == 1
    return values.item() if domain.shape is None else np.asarray(values)


@fill.register(OneHot)
def _one_hot(domain: OneHot, filling: Filling) -> Value:
    """The constant and zero profiles put each 1 at the same place."""
    shape = resolve(domain.shape, filling.sizes)
    axis, rest = _along(shape, domain.axis)
    return _ones(shape, axis, filling.whole(0, shape[axis] - 1, rest))


@fill.register(Simplex)
def _simplex(domain: Simplex, filling: Filling) -> Value:
    """Probabilities in whole hundredths; only whole numbers are drawn, so they are the same on every machine.

    Generic profiles leave none at 0 where a hundred suffices for that. The saturating, one-hot and zero profiles put
    all on one place, the constant one spreads as evenly as hundredths allow, the small one has some near and some at 0.
    """
    shape = resolve(domain.shape, filling.sizes)
    axis, rest = _along(shape, domain.axis)
    count = shape[axis]
    if not filling.rounded:
        return np.ascontiguousarray(np.moveaxis(filling.rng.dirichlet(np.ones(count), size=rest), -1, axis))
    if filling.profile in ("saturating", "one-hot", "zero"):
        return _ones(shape, axis, filling.rng.integers(count, size=rest))
    if filling.profile == "small":
        return np.ascontiguousarray(np.moveaxis(_near_0(filling.rng, rest, count) / FINEST, -1, axis))
    if filling.profile == "constant":
        parts = np.broadcast_to(np.diff(np.arange(count + 1) * HUNDRED // count), (*rest, count))
    else:
        least = 1 if count <= HUNDRED and filling.profile != "sparse" else 0
        ends = np.zeros((*rest, 1), np.int64), np.full((*rest, 1), HUNDRED - least * count)
        cuts = np.sort(
            filling.rng.integers(0, HUNDRED - least * count, size=(*rest, count - 1), endpoint=True), axis=-1
        )
        parts = least + np.diff(np.concatenate([ends[0], cuts, ends[1]], axis=-1), axis=-1)
    return np.ascontiguousarray(np.moveaxis(parts / HUNDRED, -1, axis))


def _near_0(rng: np.random.Generator, rest: tuple[int, ...], count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Parts of 1e8 that add up to it: half of them between 1e-8 and 1e-3 of it, some 0, a random one the rest."""
    shape = (*rest, count)
    digits, powers = (rng.integers(low, high, size=shape, endpoint=True) for low, high in ((1, 99), (0, 3)))
    near = digits * 10 ** (powers if count <= 500 else powers * 0)
    ordinary = rng.integers(90 // (2 * count) + 1, size=shape) * (FINEST // HUNDRED)
    kind = rng.integers(8, size=shape)
    parts = np.where(kind < 4, near, np.where(kind < 5, 0, ordinary))
    whole = np.expand_dims(rng.integers(count, size=rest), -1)
    np.put_along_axis(parts, whole, 0, -1)
    np.put_along_axis(parts, whole, FINEST - parts.sum(axis=-1, keepdims=True), -1)
    return parts


@fill.register(Choices)
def _choice(domain: Choices, filling: Filling) -> Value:
    return domain.of[filling.rng.integers(len(domain.of))]


@fill.register(Text)
def _text(domain: Text, filling: Filling) -> Value:
    length = filling.length(domain.length)
    return "".join(domain.alphabet[index] for index in filling.whole(0, len(domain.alphabet) - 1, (length,)))


@fill.register(ListOf)
def _list(domain: ListOf, filling: Filling) -> Value:
    return [fill(domain.of, filling) for _ in range(filling.length(domain.length))]


@fill.register(DictOf)
def _dict(domain: DictOf, filling: Filling) -> Value:
    return {key: fill(entry, filling) for key, entry in domain.entries.items()}


@fill.register(Generator)
def _generator(_domain: Generator, filling: Filling) -> Value:
    return GeneratorSeed(int(filling.rng.integers(SEEDS)))


@fill.register(SizeOf)
def _size(domain: SizeOf, filling: Filling) -> Value:
    return evaluate(domain.of, filling.sizes)


@fill.register(Custom)
def _custom(domain: Custom, filling: Filling) -> Value:
    return filling.custom(domain.name)


def bounds(domain: Integers | Tokens, sizes: Mapping[str, int]) -> tuple[int, int]:
    """Lowest and highest value; they may lie the wrong way round."""
    if isinstance(domain, Tokens):
        return 0, evaluate(domain.vocabulary, sizes) - 1
    # Unlike a size, an end written as a number may be negative.
    low, high = (end if isinstance(end, int) else evaluate(end, sizes) for end in domain.range)
    return low, high


def extremes(domain: AnyDomain, sizes: Mapping[str, int]) -> list[tuple[str, Value]]:
    """Values that cases must show of a plain input, each with its name: lowest, highest, 0, 1, near 0; first, last."""
    match domain:
        case Reals(shape=None, range=None):
            return [("0", 0.0), ("1", 1.0), (f"{NEAR_0:g}", NEAR_0)]
        case Reals(shape=None, range=(low, high)):
            return _ends(float(low), float(high))
        case Integers(shape=None) | Tokens(shape=None):
            return _ends(*bounds(domain, sizes))
        case Booleans(shape=None):
            return [("False", False), ("True", True)]
        case Choices():
            return [(repr(value), value) for value in dict.fromkeys((domain.of[0], domain.of[-1]))]
    return []


def _ends(low: Any, high: Any) -> list[tuple[str, Value]]:
    """Both ends, and 0 and 1 where they lie between, of the type that the ends have; of floats one near 0 as well."""
    kind = type(low)
    values = dict.fromkeys((low, high, kind(0), kind(1), *([NEAR_0] if kind is float else [])))
    return [(f"{value:g}" if kind is float else str(value), value) for value in values if low <= value <= high]


def _along(shape: tuple[int, ...], axis: int) -> tuple[int, tuple[int, ...]]:
    """The axis counted from the front, and the shape without it. Raises SizeError if nothing lies along it."""
    if not -len(shape) <= axis < len(shape) or shape[axis] == 0:
        raise SizeError(f"shape {shape} has nothing along axis {axis}, where values must sum to 1")
    axis %= len(shape)
    return axis, (*shape[:axis], *shape[axis + 1 :])


def _ones(shape: tuple[int, ...], axis: int, index: np.ndarray[Any, Any]) -> profiles.Floats:
    """Zeros with a 1 along the axis at each index."""
    values = np.zeros(shape)
    np.put_along_axis(values, np.expand_dims(index, axis), 1.0, axis)
    return values
