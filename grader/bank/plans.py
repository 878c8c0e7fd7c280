"""What decides a case before it has any values: its sizes, a value profile for each input, and a seed.

Whoever makes plans decides what cases are like; :func:`fill` then turns a plan into inputs, always the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from grader.bank import domains
from grader.bank.profiles import GENERIC
from grader.course.sampled import samples
from grader.course.snippet import SnippetError, parse_snippet
from grader.records.assignment import Integers, Interval, ListOf, SizeOf, Tokens, custom_function, parts_of
from grader.records.bank import Condition, Origin
from grader.records.entries import flat_inputs, whole_values
from grader.records.record import Record, Value
from grader.records.shapes import dims_of
from grader.records.values import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Size


class CasePlan(Record, frozen=True):
    """A case to be filled. ``given`` holds values that are not drawn. Inputs are flat: entries of dicts have names."""

    origin: Origin
    sizes: dict[str, int]
    profiles: dict[str, str]
    seed: int
    given: Mapping[str, Value] = {}


class Candidate(Record, frozen=True):
    """Inputs that may become a case, and why they were made.

    ``condition`` is what is simple in a diagnostic case. ``generic`` are those of which no input was drawn by a profile
    that may hide a mistake.
    """

    origin: Origin
    sizes: dict[str, int]
    inputs: dict[str, Value]
    condition: Condition | None = None
    generic: bool = False

    def key(self) -> bytes:
        """Bytes that are equal exactly where sizes and inputs are."""
        return canonical([self.sizes, self.inputs])


def distinct(candidates: Iterable[Candidate], *, without: Iterable[Candidate] = ()) -> list[Candidate]:
    """The first of each group with equal sizes and inputs, but none that equals one of ``without``."""
    known = {candidate.key() for candidate in without}
    found: dict[bytes, Candidate] = {}
    for candidate in candidates:
        if (key := candidate.key()) not in known:
            found.setdefault(key, candidate)
    return list(found.values())


def canonical(value: Value) -> bytes:
    """A value as bytes, the same on every machine. Dicts keep their order, which is an author's own."""
    return msgspec.msgpack.encode(pack(value))


def frozen(value: Value) -> Value:
    """The value as it arrives across the boundary to a worker: arrays are read-only copies, C-ordered, little endian.

    What cannot cross is a :class:`~grader.records.record.Foreign`.
    """
    return unpack(pack(value), own=True)


def fill(exercise: Exercise, plan: CasePlan, custom: Callable[[str], Value]) -> Candidate:
    """The plan with its values; ``custom`` draws from an author's strategy, named by its function.

    Raises SizeError where a domain is empty for these sizes.
    """
    rng = np.random.default_rng(plan.seed)
    inputs = {}
    for name, domain in flat_inputs(exercise.inputs).items():
        drawn = domains.fill(domain, domains.Filling(rng, plan.sizes, plan.profiles[name], custom))
        inputs[name] = plan.given.get(name, drawn)
    return Candidate(
        origin=plan.origin,
        sizes=plan.sizes,
        inputs=whole_values(exercise.inputs, inputs),
        generic=not plan.given and all(profile in GENERIC for profile in plan.profiles.values()),
    )


def dims(exercise: Exercise) -> dict[str, Interval]:
    """The dims that the exercise mentions in shapes, ranges, lengths or ``run``; all if a strategy gets the sizes."""
    mentioned = {name for output in exercise.outputs.values() for size in output.shape or () for name in dims_of(size)}
    for domain in exercise.inputs.values():
        if custom_function(domain) is not None:
            return exercise.dims
        parts = (part for _, part in parts_of(domain))
        mentioned.update(name for part in parts for size in _sizes(part) for name in dims_of(size))
    mentioned = mentioned.union(*map(_names, (exercise.run, *samples(exercise).values())))
    return {name: interval for name, interval in exercise.dims.items() if name in mentioned}


def _sizes(domain: AnyDomain) -> Iterator[Size]:
    """Every size that the domain itself is written with."""
    yield from getattr(domain, "shape", None) or ()
    match domain:
        case Integers():
            yield from (end for end in domain.range if isinstance(end, str))
        case Tokens():
            yield domain.vocabulary
        case ListOf():
            if not isinstance(domain.length, Interval):
                yield domain.length
        case SizeOf():
            yield domain.of


def _names(run: str) -> set[str]:
    """Names that a snippet uses; none of one that is no Python, which running it will tell."""
    try:
        return set(parse_snippet(run).used)
    except SnippetError:
        return set()
