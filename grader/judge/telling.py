"""Making a failing case tell: small sizes and small whole numbers, in which as few mistakes as can be look alike.

Zeros and ones hide what a mistake does to them, and where every size is 1, or all numbers are large enough to be cut
off, many mistakes give the same. So sizes become 2 or 3, numbers small and no two alike as far as they can, and nothing
becomes 0. A candidate counts only if it fails in the same way as the case it came from.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.judge.minimise import as_told, failure
from grader.records.assignment import Integers, Interval, ListOf, Reals, SizeOf, Tokens
from grader.records.entries import flat_inputs, flat_values, whole_values
from grader.records.shapes import SizeError, evaluate, resolve
from grader.records.values import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.verdict import Trial

SMALL = (2, 3)  # sizes that tell axes apart, and are soon read
MOST_DISTINCT = 12  # numbers of an array that are made different
_FIGURES = 4  # by which numbers count as alike
_NEAR = 20  # steps away, up to which another number is looked for where one is taken


class _Rounding(NamedTuple):
    """How numbers are made simple: to so many decimals, ``turn`` steps from where they are, zeros too if ``filled``.

    Those become ``first`` and what comes after it: what stood for two inputs must not be the same.
    """

    decimals: int
    turn: int
    filled: bool
    first: int = 1


_FIRST = (1, -2, 3, -1, 2, -3)

_ROUNDINGS = tuple(_Rounding(*each) for each in product((0, 1), (0, 1), (True, False)))


def telling(trial: Trial, exercise: Exercise, attempt: Callable[[Sequence[Case]], Sequence[Trial | None]]) -> Trial:
    """The trial that tells most of those like ``trial`` that are found; ``trial`` itself if there is no other."""
    wanted, domains = failure(trial), flat_inputs(exercise.inputs)
    found: list[tuple[int, int, int, Trial]] = []
    for case, values in _small(trial.case, exercise, domains):
        candidates = [
            replace(case, inputs=whole_values(exercise.inputs, _rounded(values, domains, rounding)))
            for rounding in _ROUNDINGS
        ]
        tried = [each for each in attempt(candidates) if each is not None and failure(each) == wanted]
        found += [(_zeros(each.case), _alike(each), place, each) for place, each in enumerate(tried)]
        if found:
            break
    return as_told(min(found, key=lambda each: each[:3])[3], trial) if found else trial


def _zeros(case: Case) -> int:
    """How many numbers of its inputs are 0."""
    return sum(
        number == 0 for value in case.inputs.values() for leaf in leaves(value) for number in _numbers(leaf, "f")
    )


def _alike(trial: Trial) -> int:
    """How many numbers of wrong outputs, and of those that should be there, are not the only ones of their kind."""
    given = {} if trial.given is None else trial.given.outputs
    names = [each.output for each in trial.comparisons if each.deviation is not None]
    repeated = 0
    for values in ([trial.case.expected[name] for name in names], [given.get(name) for name in names]):
        numbers = [number for value in values for leaf in leaves(value) for number in _numbers(leaf)]
        figures = {f"{number:.{_FIGURES}g}" for number in numbers}
        repeated += len(numbers) - len(figures - {"0", "-0"})
    return repeated


def _numbers(leaf: Value, kinds: str = "fiu") -> list[float]:
    if not isinstance(leaf, np.ndarray | np.generic | float | int) or np.asarray(leaf).dtype.kind not in kinds:
        return []
    return [float(number) for number in np.asarray(leaf).flat]


# ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _small(case: Case, exercise: Exercise, domains: Mapping[str, AnyDomain]) -> Iterator[tuple[Case, dict[str, Value]]]:
    """The case with smaller sizes and what is left of its inputs, the smallest first; at last as it is."""
    values = flat_values(exercise.inputs, case.inputs)
    for sizes in _sizes(case.sizes, exercise):
        try:
            cut = {name: _cut(value, domains[name], sizes) for name, value in values.items()}
        except (SizeError, KeyError, TypeError, IndexError):  # of another kind than can be cut
            continue
        yield replace(case, sizes=sizes, units={}), cut
    yield replace(case, units={}), values


def _sizes(sizes: Mapping[str, int], exercise: Exercise) -> Iterator[dict[str, int]]:
    """Sizes of 2 and 3 in the places of larger ones: in one turn as different as can be, in the other all the least."""
    large = [name for name, size in sizes.items() if size > SMALL[-1]]
    if not large:
        return
    kept = [size for name, size in sizes.items() if name not in large]
    first = SMALL if kept.count(SMALL[0]) <= kept.count(SMALL[-1]) else SMALL[::-1]
    turns = ([first[place % 2] for place in range(len(large))], [first[1 - place % 2] for place in range(len(large))])
    for turn in turns:
        smaller = dict(zip(large, turn, strict=True))
        limits = {name: exercise.dims.get(name, Interval(1, 1)) for name in large}
        if all(limits[name].low <= size for name, size in smaller.items()):
            yield {**sizes, **smaller}


def _cut(value: Value, domain: AnyDomain, sizes: Mapping[str, int]) -> Value:
    """As much of a value as smaller sizes leave. Raises KeyError for what has to be of one piece."""
    match domain:
        case SizeOf(of=of):
            return evaluate(of, sizes)
        case ListOf(of=of, length=length) if isinstance(value, list) and not isinstance(length, Interval):
            return [_cut(item, of, sizes) for item in value[: evaluate(length, sizes)]]
        case Reals(shape=shape) | Integers(shape=shape) | Tokens(shape=shape):
            part = value[tuple(slice(length) for length in resolve(shape, sizes))] if shape else value
            if isinstance(domain, Tokens):
                return part % evaluate(domain.vocabulary, sizes)
            if isinstance(domain, Integers):
                low, high = resolve(domain.range, sizes)
                return np.clip(part, low, high) if shape else min(max(part, low), high)
            return part
    raise KeyError(domain)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _rounded(inputs: Mapping[str, Value], domains: Mapping[str, AnyDomain], rounding: _Rounding) -> dict[str, Value]:
    return {
        name: _simple(value, domains.get(name), rounding._replace(first=_FIRST[place % len(_FIRST)]))
        for place, (name, value) in enumerate(inputs.items())
    }


def _simple(value: Value, domain: AnyDomain | None, rounding: _Rounding) -> Value:
    """Real numbers with few decimals; all else as it is, for it may have to fit together."""
    if isinstance(domain, ListOf) and isinstance(value, list):
        return [_simple(item, domain.of, rounding) for item in value]
    if not isinstance(domain, Reals):
        return value
    low, high = domain.range or (-np.inf, np.inf)
    if high - low <= SMALL[0]:  # whole numbers are at its ends
        rounding = rounding._replace(decimals=max(rounding.decimals, 1))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return _different(value, rounding, low, high)
    if isinstance(value, float):
        return float(_different(np.array([value]), rounding, low, high)[0])
    return value


def _different(array: Array, rounding: _Rounding, low: float, high: float) -> Array:
    """Its numbers rounded, none to 0, and in a small array no two of one size as far as there is room."""
    taken = set[float]()
    found = array.copy()
    for index in np.ndindex(array.shape):
        number = float(array[index])
        if not np.isfinite(number) or not (number or rounding.filled):
            continue
        room = (each for each in _near(number, rounding) if low < each < high)
        found[index] = chosen = _free(room, taken if array.size <= MOST_DISTINCT else (), number)
        taken.add(abs(chosen))
    return found


def _free(room: Iterator[float], taken: Collection[float], otherwise: float) -> float:
    """The first for which there is room that is of another size than those taken; without one, the first of all."""
    first = next(room, otherwise)
    return next((each for each in chain((first,), room) if abs(each) not in taken), first)


def _near(number: float, rounding: _Rounding) -> Iterator[float]:
    """Numbers with so many decimals and none of them 0, from the nearest on."""
    step = 10.0**-rounding.decimals
    first = round(number / step) + rounding.turn if number else rounding.first
    for far in range(_NEAR):
        for whole in (first + far, first - far)[: 1 + bool(far)]:
            if whole:
                yield round(whole * step, rounding.decimals)
