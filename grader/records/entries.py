"""Inputs, and the entries of those that are dicts, as inputs of their own: ``x``, ``parameters['W']``.

What is drawn, made an edge of, made simple or read wrongly is one of these; they are put together to the dicts that an
exercise asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.assignment import DictOf, parts_of, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Value


def flat_inputs(inputs: Mapping[str, AnyDomain]) -> dict[str, AnyDomain]:
    """The domains of all inputs that are no dicts, and of all entries, each followed through ``same_as``."""
    return dict(_flat_domains((name, resolved(inputs, domain)) for name, domain in inputs.items()))


def flat(exercise: Exercise) -> Exercise:
    """The exercise with entries for inputs, for whatever looks at no more of it than its inputs and their sizes."""
    return replace(exercise, inputs=flat_inputs(exercise.inputs))


def flat_values(inputs: Mapping[str, AnyDomain], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values by the same names. What is no dict with the entries that it should have stays whole."""
    if not _has_dicts(inputs):
        return dict(values)
    found: dict[str, Value] = {}
    for name, domain in inputs.items():
        found |= _flat_value(name, resolved(inputs, domain), values[name])
    return found


def whole_values(inputs: Mapping[str, AnyDomain], values: Mapping[str, Value]) -> dict[str, Value]:
    """What :func:`flat_values` was made from."""
    if not _has_dicts(inputs):
        return dict(values)
    return {name: _whole_value(name, resolved(inputs, domain), values) for name, domain in inputs.items()}


def named_values(values: Mapping[str, Value]) -> dict[str, Value]:
    """All values by their names, dicts and their entries."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        found[name] = value
        if isinstance(value, dict):
            found |= named_values({entry_name(name, key): entry for key, entry in value.items()})
    return found


def entry_name(name: str, key: object) -> str:
    """An entry as Python names it."""
    return f"{name}[{key!r}]"


def _has_dicts(inputs: Mapping[str, AnyDomain]) -> bool:
    return any(isinstance(part, DictOf) for domain in inputs.values() for _, part in parts_of(domain))


def _flat_domains(domains: Iterator[tuple[str, AnyDomain]]) -> Iterator[tuple[str, AnyDomain]]:
    for name, domain in domains:
        if isinstance(domain, DictOf):
            yield from _flat_domains((entry_name(name, key), entry) for key, entry in domain.entries.items())
        else:
            yield name, domain


def _flat_value(name: str, domain: AnyDomain, value: Value) -> dict[str, Value]:
    if not isinstance(domain, DictOf) or not isinstance(value, dict) or value.keys() != domain.entries.keys():
        return {name: value}
    found: dict[str, Value] = {}
    for key, entry in domain.entries.items():
        found |= _flat_value(entry_name(name, key), entry, value[key])
    return found


def _whole_value(name: str, domain: AnyDomain, values: Mapping[str, Value]) -> Value:
    if not isinstance(domain, DictOf) or name in values:
        return values[name]
    return {key: _whole_value(entry_name(name, key), entry, values) for key, entry in domain.entries.items()}
