"""Inputs from wider domains than an exercise's own: what its range hides shows there.

Real numbers and whole ones reach ten times as far, and keep their signs; some are tiny, from 1e-12 up, and some
probabilities are; sizes and lengths go past the largest. What an author's own strategy draws, and what is named, such
as tokens and choices, is as it was: others would be no inputs at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank.plans import Candidate, distinct, fill
from grader.bank.strategies import Drawing, plans
from grader.records.advice import Reach
from grader.records.assignment import Integers, Interval, ListOf, Reals, Simplex, custom_function, resolved
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn

    from grader.bank.strategies import Strategies
    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Value

TIMES = 10  # as far as a range
TINIEST = -12  # power of ten
DIGITS = 2  # that tiny numbers have, so that they are typed as they are
SPARED = 0.5  # of inputs, which come from the domains as they are: one that is wide shows what several hide
FINEST = 0.005  # below this, numbers that an exercise draws are 0
MOST = 16.0  # spreads that a number without a range may reach
REFILLED = 8  # times that what was drawn of a plan is filled with numbers, which takes far less time than drawing


def widened(exercise: Exercise, count: int, seed: int | str, custom: Strategies) -> list[Candidate]:
    """So many inputs, or fewer where they cannot be found."""
    return Wider(exercise, seed, custom).first(count)


class Wider:
    """Inputs of an exercise in one order: whoever asks for more of them gets the same ones first."""

    def __init__(self, exercise: Exercise, seed: int | str, custom: Strategies) -> None:
        strategy: Any = _several(exercise, custom)
        self._drawing: Any = Drawing(strategy, f"{seed}/{exercise.id}: wider")

    def first(self, count: int) -> list[Candidate]:
        """So many of them, or fewer where they cannot be found."""
        drawn: list[_Several] = self._drawing.first(-(-count // REFILLED))
        return distinct(candidate for several in drawn for candidate in several.candidates)[:count]


class _Several(Record, frozen=True):
    """Inputs that were made of one plan."""

    candidates: tuple[Candidate, ...]

    def key(self) -> bytes:
        return b"".join(candidate.key() for candidate in self.candidates)


@st.composite
def _several(draw: DrawFn, exercise: Exercise, custom: Strategies) -> _Several:
    near = exercise
    if not any(map(custom_function, exercise.inputs.values())):  # an author's strategies expect the sizes that are said
        near = replace(exercise, dims={name: _further(interval) for name, interval in exercise.dims.items()})
    far = replace(near, inputs={name: _wide(domain) for name, domain in exercise.inputs.items()})
    plan = draw(plans(far))
    own: dict[str, Value] = {}

    def given(function: str) -> Value:
        if function not in own:
            own[function] = draw(custom[function](dict(plan.sizes)))
        return own[function]

    rng = np.random.default_rng(plan.seed)
    seeds = (replace(plan, seed=int(seed)) for seed in rng.integers(2**32, size=REFILLED))
    return _Several(tuple(_mixed(exercise, fill(near, each, given), fill(far, each, given), rng) for each in seeds))


def reach(exercise: Exercise, sizes: Mapping[str, int], inputs: Mapping[str, Value]) -> tuple[Reach, ...]:
    """What of inputs the exercise itself does not draw: each with its furthest number, or its smallest."""
    large = (Reach(name, size) for name, size in sizes.items() if size > exercise.dims[name].high)
    numbers = ((name, _beyond(resolved(exercise.inputs, exercise.inputs[name]), inputs[name])) for name in inputs)
    return (*large, *(Reach(name, number) for name, number in numbers if number is not None))


def _beyond(domain: AnyDomain, value: Value) -> float | None:
    match domain:
        case Reals(range=ends, scale=scale):
            low, high = ends or (-MOST * scale, MOST * scale)
            numbers = np.ravel(value)
            tiny = np.abs(numbers[(numbers != 0) & (np.abs(numbers) < FINEST)])
        case Integers(range=(int(low), int(high))):
            numbers, tiny = np.ravel(value), np.empty(0)
        case Simplex():
            low, high, numbers = 0, 1, np.ravel(value)
            tiny = numbers[(numbers > 0) & (numbers < 2 * FINEST)]
        case ListOf(of=of):
            each = (_beyond(of, item) for item in value)
            return next((number for number in each if number is not None), None)
        case _:
            return None
    far = numbers[(numbers < low) | (numbers > high)]
    if far.size:
        return float(far[np.argmax(np.abs(far))])
    return float(tiny.min()) if tiny.size else None


def _wide(domain: AnyDomain) -> AnyDomain:
    match domain:
        case Reals(range=(low, high)):
            return replace(domain, range=(_far(low, low < 0), _far(high, high > 0)))
        case Reals(scale=scale):
            return replace(domain, scale=TIMES * scale)
        case Integers(range=(int(low), int(high))):
            return replace(domain, range=(_far(low, low < 0), _far(high, high > 0)))
        case ListOf(of=of, length=length):
            return replace(domain, of=_wide(of), length=_further(length) if isinstance(length, Interval) else length)
    return domain


def _far(end: Any, outward: bool) -> Any:
    return TIMES * end if outward else end


def _further(interval: Interval) -> Interval:
    return replace(interval, high=interval.high + max(1, interval.high // 2))


def _mixed(exercise: Exercise, near: Candidate, far: Candidate, rng: np.random.Generator) -> Candidate:
    """Each input as it may be anyhow, far or tiny."""
    inputs = {}
    for name, value in far.inputs.items():
        chosen = near.inputs[name] if rng.random() < SPARED else value
        domain = resolved(exercise.inputs, exercise.inputs[name])
        inputs[name] = _tiny(domain, chosen, rng) if rng.random() < SPARED / 2 else chosen
    return replace(far, inputs=inputs)


def _tiny(domain: AnyDomain, value: Value, rng: np.random.Generator) -> Value:
    match domain:
        case Reals():
            numbers = np.asarray(value) * 10.0 ** rng.uniform(TINIEST, 0)
            return _short(numbers) if isinstance(value, np.ndarray) else _short(numbers).item()
        case Simplex(axis=axis) if np.shape(value)[axis] > 1:
            return _lopsided(value, axis, rng)
        case ListOf(of=of):
            return [_tiny(of, item, rng) for item in value]
    return value


def _short(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rounded to two digits each, whatever the magnitude."""
    return np.array([float(f"{number:.{DIGITS - 1}e}") for number in numbers.flat]).reshape(numbers.shape)


def _lopsided(value: np.ndarray[Any, Any], axis: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Probabilities of which all but one are tiny."""
    moved = np.moveaxis(value, axis, -1)
    tiny = _short(10.0 ** rng.uniform(TINIEST, -3, size=moved.shape))
    largest = rng.integers(moved.shape[-1], size=moved.shape[:-1])[..., np.newaxis]
    np.put_along_axis(tiny, largest, 0.0, -1)
    np.put_along_axis(tiny, largest, 1.0 - tiny.sum(axis=-1, keepdims=True), -1)
    return np.ascontiguousarray(np.moveaxis(tiny, -1, axis))
