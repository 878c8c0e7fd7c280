"""Whether inputs that were written down once are still inputs of an exercise: by name, type, shape and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.course.snippet import parse_snippet
from grader.records.assignment import (
    Booleans,
    DictOf,
    Generator,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Reals,
    Simplex,
    SizeOf,
    Tokens,
    resolved,
)
from grader.records.chance import GeneratorSeed
from grader.records.shapes import SizeError, evaluate, resolve, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Value

_ARRAYS = (Reals, Integers, Tokens, OneHot, Simplex, Booleans)
_KINDS: dict[type, str] = {Integers: "iu", Tokens: "iu", Booleans: "b"}  # NumPy's; of all others real numbers


def misfit(exercise: Exercise, sizes: Mapping[str, int], inputs: Mapping[str, Value]) -> str:
    """What keeps these from being inputs of the exercise as it is now; empty where nothing does."""
    if inputs.keys() != exercise.inputs.keys():
        return f"has the inputs {_listed(inputs)}, and the exercise asks for {_listed(exercise.inputs)}"
    if problem := _misfit_of_sizes(exercise, sizes):
        return problem
    for name, domain in exercise.inputs.items():
        try:
            problem = misfit_of(resolved(exercise.inputs, domain), inputs[name], sizes)
        except SizeError as error:
            problem = str(error)
        if problem:
            return f"has {name} as it is no longer: {problem}"
    return ""


def _misfit_of_sizes(exercise: Exercise, sizes: Mapping[str, int]) -> str:
    for name, size in sizes.items():
        interval = exercise.dims.get(name)
        if interval is None:
            return f"has the size {name}, which the exercise does not have"
        if not interval.low <= size <= interval.high:
            return f"has {name} = {size}, and the exercise {interval.low}..{interval.high}"
    missing = (parse_snippet(exercise.run).used.keys() & exercise.dims.keys()) - sizes.keys()
    return f"has no size {min(missing)}, which run uses" if missing else ""


def misfit_of(domain: AnyDomain, value: Value, sizes: Mapping[str, int]) -> str:
    """How a value differs from what its domain, in which no ``same_as`` is left, declares; nothing where it does not.

    What its numbers are is not looked at. Raises SizeError.
    """
    match domain:
        case ListOf():
            return _misfit_of_list(domain, value, sizes)
        case DictOf(entries=entries):
            if not isinstance(value, dict) or value.keys() != entries.keys():
                return f"expected a dict with the keys {_listed(entries)}"
            found = ((key, misfit_of(entry, value[key], sizes)) for key, entry in entries.items())
            return next((f"{key}: {problem}" for key, problem in found if problem), "")
        case Generator():
            return (
                "" if isinstance(value, GeneratorSeed) and value.seed >= 0 else "expected a seed, a whole number from 0"
            )
        case SizeOf():
            size = evaluate(domain.of, sizes)
            fits = isinstance(value, int) and value == size
            return "" if fits else f"expected the size {domain.of} = {size}, got {value!r:.40}"
    return _misfit_of_numbers(domain, value, sizes) if isinstance(domain, _ARRAYS) else ""


def _misfit_of_list(domain: ListOf, value: Value, sizes: Mapping[str, int]) -> str:
    if not isinstance(value, list):
        return "expected a list"
    if not isinstance(domain.length, Interval) and len(value) != evaluate(domain.length, sizes):
        return f"expected a list of length {domain.length} = {evaluate(domain.length, sizes)}, got {len(value)}"
    return next((problem for item in value if (problem := misfit_of(domain.of, item, sizes))), "")


def _misfit_of_numbers(domain: AnyDomain, value: Value, sizes: Mapping[str, int]) -> str:
    shape = getattr(domain, "shape", None)
    kinds = _KINDS.get(type(domain), "iuf")
    if shape is None:
        plain = isinstance(value, bool | int | float | np.generic) and np.asarray(value).dtype.kind in kinds
        return "" if plain else "expected a single number"
    if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds:
        return f"expected an array of shape {words(shape)}"
    wanted = resolve(shape, sizes)
    return "" if value.shape == wanted else f"expected the shape {words(shape)} = {words(wanted)}, got {value.shape}"


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(map(str, names)) or "none"
