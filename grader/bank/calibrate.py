"""How far an expected number may be off for reasons of rounding alone, measured on the reference.

The reference runs a few times with every result of its arithmetic off by a relative ``NOISE``, and a few times with its
inputs off by as much. How far an output moves, scaled back from ``NOISE`` to one rounding of float64, plus one rounding
of the largest magnitude of its array (or of 1), is the *unit* of each of its numbers: see
:mod:`grader.judge.tolerance` for what is allowed, in units.

Where an output moves by much more than rounding does, no tolerance is fair: such inputs make no case.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from grader.bank.plans import canonical
from grader.judge.tolerance import EPS, least_unit
from grader.mistakes.noise import noisy
from grader.records.assignment import DictOf, ListOf, Reals, resolved
from grader.records.chance import Distribution
from grader.records.errors import GraderError
from grader.records.run import Returned, job_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome

NOISE = 1e-10
_LARGEST = float(np.finfo(np.float32).max)
NOISY = 3  # runs with noisy arithmetic, and as many with noisy inputs
ILL = 1e6  # units in roundings of the scale, beyond which a case is ill-conditioned


class IllConditionedError(GraderError):
    """Rounding alone changes the outputs by more than a tolerance could allow."""


class Calibrator:
    """Measures cases on noisy runs of a reference."""

    def __init__(self, source: str, runner: VersionRunner, seed: int | str) -> None:
        """``source`` is the reference's own."""
        self._source = source
        self._runner = runner
        self._seed = seed
        self._noisy = [noisy(source, number) for number in range(NOISY)]

    def calibrated(self, exercise: Exercise, cases: Sequence[Case]) -> list[Case | None]:
        """The cases with their units; None for one that is ill-conditioned. Later ones change nothing about a case."""
        if all(isinstance(value, Distribution | bool | str) for case in cases for value in case.expected.values()):
            return list(cases)  # nothing in them is rounded, or has a size that rounding could change
        job = job_of(exercise, cases)
        chance = [self._rng(case) for case in cases]
        domains = {name: resolved(exercise.inputs, domain) for name, domain in exercise.inputs.items()}
        shaken = [
            replace(
                job,
                inputs=tuple(
                    {name: perturbed(value, rng, domains.get(name)) for name, value in case.inputs.items()}
                    for case, rng in zip(cases, chance, strict=True)
                ),
            )
            for _ in range(NOISY)
        ]
        runs = list(self._runner.right([self._source] * NOISY + self._noisy, [*shaken, *[job] * NOISY]))
        return [_with_units(case, [run[index] for run in runs]) for index, case in enumerate(cases)]

    def _rng(self, case: Case) -> np.random.Generator:
        seed = sha256(f"{self._seed}/".encode() + canonical([case.sizes, case.inputs]))
        return np.random.default_rng(int.from_bytes(seed.digest(), "big"))


def units(expected: Value, moved: Sequence[Value]) -> Value:
    """The units of an output, in its own structure, from what it was in noisy runs. None where nothing is rounded.

    Raises IllConditionedError.
    """
    if isinstance(expected, list | tuple):
        _same_length(expected, moved)
        found = [units(item, [other[index] for other in moved]) for index, item in enumerate(expected)]
        return found if any(unit is not None for unit in found) else None
    if isinstance(expected, dict):
        if any(not isinstance(other, dict) or other.keys() != expected.keys() for other in moved):
            raise IllConditionedError("a dict has other keys")
        by_key = {key: units(item, [other[key] for other in moved]) for key, item in expected.items()}
        return by_key if any(unit is not None for unit in by_key.values()) else None
    if not _is_rounded(expected):
        return None
    return _units(np.asarray(expected), moved)


def perturbed(value: Value, rng: np.random.Generator, domain: AnyDomain | None = None) -> Value:
    """An input with each of its decimals off by ``NOISE``, relatively; all else as it was.

    At an end of its range it is off inwards: beyond, a reference may refuse what it takes at the end.
    """
    if isinstance(value, list | tuple):
        of = domain.of if isinstance(domain, ListOf) else None
        items = [perturbed(item, rng, of) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        entries = domain.entries if isinstance(domain, DictOf) else {}
        return {key: perturbed(item, rng, entries.get(key)) for key, item in value.items()}
    if not _is_rounded(value):
        return value
    noise = NOISE * rng.standard_normal(np.shape(value))
    noisy = value * (1.0 + noise)
    if isinstance(domain, Reals) and domain.range is not None:
        low, high = domain.range
        noisy = np.where((noisy < low) | (noisy > high), value * (1.0 - noise), noisy)[()]
    return noisy if isinstance(value, np.ndarray | np.generic) else type(value)(noisy)


def _with_units(case: Case, outcomes: Sequence[Outcome]) -> Case | None:
    if not all(isinstance(outcome, Returned) for outcome in outcomes):
        return None
    try:
        found = {
            name: units(expected, [_outputs(outcome)[name] for outcome in outcomes])
            for name, expected in case.expected.items()
        }
    except IllConditionedError:
        return None
    return replace(case, units={name: unit for name, unit in found.items() if unit is not None})


def _outputs(outcome: Outcome) -> Mapping[str, Value]:
    assert isinstance(outcome, Returned)
    return outcome.outputs


def _units(expected: np.ndarray[Any, Any], moved: Sequence[Value]) -> Value:
    arrays = [np.asarray(other) for other in moved]
    if any(array.shape != expected.shape or array.dtype.kind not in "fc" for array in arrays):
        raise IllConditionedError("an array has another shape or type")
    finite = np.isfinite(expected)
    if any(not np.array_equal(array[~finite], expected[~finite], equal_nan=True) for array in arrays):
        raise IllConditionedError("what is NaN or infinite is not always so")
    expected, *arrays = (np.where(finite, array, 0.0) for array in (expected, *arrays))
    least = float(least_unit(float(np.max(np.abs(expected), initial=0.0))))
    shift = np.zeros(expected.shape)
    for array in arrays:
        shift = np.maximum(shift, np.abs(array - expected))
    unit = shift * (EPS / NOISE) + least
    if not np.all(unit <= ILL * least):
        raise IllConditionedError("an output moves by much more than rounding does")
    if not expected.ndim:
        return float(unit)
    return unit.astype(np.float32) if np.max(unit, initial=0.0) < _LARGEST else unit  # infinity would allow anything


def _same_length(expected: Sequence[Value], moved: Sequence[Value]) -> None:
    if any(not isinstance(other, list | tuple) or len(other) != len(expected) for other in moved):
        raise IllConditionedError("a sequence has another length")


def _is_rounded(value: Value) -> bool:
    return isinstance(value, float | complex) or (
        isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fc"
    )
