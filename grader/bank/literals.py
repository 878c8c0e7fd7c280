"""Inputs that an author wrote out: literal YAML turned into values, sizes bound from their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.bank.plans import Candidate, dims
from grader.course.fitting import misfit_of
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
from grader.records.shapes import terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.bank import Origin
    from grader.records.record import Size, Value


class LiteralError(ValueError):
    """A literal that is no value of its input's domain. ``name`` is the input."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(problem)


def example(exercise: Exercise, literals: Mapping[str, Any], origin: Origin) -> Candidate:
    """The candidate of an example. Raises LiteralError for the first input that does not fit its domain."""
    _check_names(exercise, literals)
    wholes = {name: resolved(exercise.inputs, domain) for name, domain in exercise.inputs.items()}
    inputs = {name: _value(name, domain, literals[name]) for name, domain in wholes.items()}
    sizes = bind(exercise, inputs)
    for name, domain in wholes.items():
        if problem := misfit_of(domain, inputs[name], sizes):
            raise LiteralError(name, f"{problem} (sizes {in_words(sizes)})")
    return Candidate(origin=origin, sizes=sizes, inputs=inputs)


def bad_example(exercise: Exercise, literals: Mapping[str, Any], origin: Origin) -> Candidate:
    """Inputs that must be answered by an exception: what does not fit its domain stays as it was written.

    Raises LiteralError if an input is missing or unknown.
    """
    _check_names(exercise, literals)
    inputs = {
        name: _as_written(name, resolved(exercise.inputs, domain), literals[name])
        for name, domain in exercise.inputs.items()
    }
    return Candidate(origin=origin, sizes=bind(exercise, inputs), inputs=inputs)


def bind(exercise: Exercise, inputs: Mapping[str, Value]) -> dict[str, int]:
    """Sizes that follow from the inputs' shapes, as far as each leaves one dim open; others are at their lowest."""
    wholes = {name: resolved(exercise.inputs, domain) for name, domain in exercise.inputs.items()}
    facts = [fact for name, domain in wholes.items() for fact in _facts(domain, inputs[name])]
    bound: dict[str, int] = {}
    for _ in exercise.dims:  # each round binds a dim, or nothing follows any more
        for size, number in facts:
            bound |= _solution(size, number, bound)
    return {name: bound.get(name, interval.low) for name, interval in dims(exercise).items()}


def in_words(sizes: Mapping[str, int]) -> str:
    """``D = 2, H = 3``."""
    return ", ".join(f"{name} = {size}" for name, size in sizes.items()) or "none"


def _check_names(exercise: Exercise, literals: Mapping[str, Any]) -> None:
    for name in exercise.inputs:
        if name not in literals:
            raise LiteralError(name, f"is missing: an example gives a value for each of {', '.join(exercise.inputs)}")
    for name in literals:
        if name not in exercise.inputs:
            raise LiteralError(name, f"is no input: expected {', '.join(exercise.inputs)}")


def _value(name: str, domain: AnyDomain, literal: Any) -> Value:
    match domain:
        case Reals(shape=None):
            return _plain(name, literal, float)
        case Booleans(shape=None):
            return _plain(name, literal, bool)
        case Integers(shape=None) | Tokens(shape=None) | SizeOf() | Generator():
            number = _plain(name, literal, int)
            return GeneratorSeed(number) if isinstance(domain, Generator) else number
        case Reals() | OneHot() | Simplex():
            return _array(name, literal, "iuf", np.float64)
        case Integers() | Tokens():
            return _array(name, literal, "iu", np.int64)
        case Booleans():
            return _array(name, literal, "b", np.bool_)
        case ListOf() if isinstance(literal, list):
            return [_value(name, domain.of, item) for item in literal]
        case ListOf():
            raise LiteralError(name, f"expected a list, got {literal!r}")
        case DictOf(entries=entries):
            return _dict(name, entries, literal)
    return literal  # choices, texts and what an author's strategy gives are written as they are


def _as_written(name: str, domain: AnyDomain, literal: Any) -> Value:
    """A value of the domain where it is one; of a dict whatever entries are."""
    if isinstance(domain, DictOf) and isinstance(literal, dict):
        known = domain.entries
        return {key: _as_written(name, known[key], item) if key in known else item for key, item in literal.items()}
    try:
        return _value(name, domain, literal)
    except LiteralError:
        return literal


def _dict(name: str, entries: Mapping[str, AnyDomain], literal: Any) -> Value:
    if not isinstance(literal, dict) or literal.keys() != entries.keys():
        got = f"the keys {', '.join(literal)}" if isinstance(literal, dict) else repr(literal)
        raise LiteralError(name, f"expected a mapping with the keys {', '.join(entries)}, got {got}")
    return {key: _value(name, entry, literal[key]) for key, entry in entries.items()}


def _plain(name: str, literal: Any, wanted: type[bool | int | float]) -> Value:
    taken = (int, float) if wanted is float else (wanted,)
    if not isinstance(literal, taken) or isinstance(literal, bool) != (wanted is bool):
        raise LiteralError(name, f"expected one {_WORDS[wanted]}, got {literal!r}")
    return wanted(literal)


def _array(name: str, literal: Any, kinds: str, dtype: type[np.generic]) -> Value:
    """Empty lists have no kind of their own, so they fit any."""
    try:
        array = np.array(literal)
    except ValueError:  # rows of different lengths
        raise LiteralError(name, f"expected nested lists of equal lengths, got {literal!r}") from None
    if array.size and array.dtype.kind not in kinds:
        raise LiteralError(name, f"expected nested lists of {_KINDS[kinds]}, got {literal!r}")
    return array.astype(dtype)


_WORDS = {float: "number", int: "whole number", bool: "true or false"}
_KINDS = {"iuf": "numbers", "iu": "whole numbers", "b": "true and false"}


def _facts(domain: AnyDomain, value: Value) -> Iterator[tuple[Size, int]]:
    """Sizes as declared, each with the number that the value has there."""
    match domain:
        case ListOf() if isinstance(value, list):
            if not isinstance(domain.length, Interval):
                yield domain.length, len(value)
            for item in value:
                yield from _facts(domain.of, item)
        case DictOf(entries=entries) if isinstance(value, dict):
            for key in entries.keys() & value.keys():
                yield from _facts(entries[key], value[key])
        case SizeOf() if isinstance(value, int):
            yield domain.of, value
    shape = getattr(domain, "shape", None)
    if shape is not None and isinstance(value, np.ndarray) and value.ndim == len(shape):
        yield from zip(shape, value.shape, strict=True)


def _solution(size: Size, number: int, bound: Mapping[str, int]) -> dict[str, int]:
    """The one dim of the size that is not bound yet, where it has a whole value that makes the size the number."""
    known = sum(factor * bound.get(name or "", int(name is None)) for factor, name in terms(size))
    unknown = [(factor, name) for factor, name in terms(size) if name is not None and name not in bound]
    if len(unknown) != 1:
        return {}
    factor, name = unknown[0]
    value, rest = divmod(number - known, factor) if factor else (0, 1)
    return {name: value} if rest == 0 and value >= 0 else {}
