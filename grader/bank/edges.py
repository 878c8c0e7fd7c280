"""Must-have edges: cases that random draws may miss and that wrong solutions fail at.

Every size at its lowest, one size at its lowest while the others are larger, every size at its highest, arrays of
zeros, arrays with numbers near 0 and at 0, every plain input at its lowest, its highest, 0, 1 and near 0, and texts and
lists at their shortest.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.bank.domains import NEAR_0, extremes
from grader.bank.plans import CasePlan, dims
from grader.bank.strata import DISTINCT
from grader.records.assignment import DictOf, Integers, Interval, ListOf, Reals, Simplex, Text, resolved
from grader.records.bank import Origin
from grader.records.entries import flat
from grader.records.shapes import SizeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.assignment import AnyDomain, Exercise

MOST = 16
LEAST = 2  # what sizes are that lie on no edge, where they can be
#: What the draws of an edge are seeded by: with another word in it every such edge would have other values.
_LABELS = {
    "ones": "every size 1",
    "lowest": "every size at its lowest",
    "zeros": "arrays of zeros",
    "small": "numbers near 0",
    "one_lowest": "only {name} is {value}",
    "highest": "every size at its highest",
    "shortest": "{name} at its shortest",
    "extreme": "{name} = {value}",
}


def plans(exercise: Exercise, seed: int | str) -> list[CasePlan]:
    """At most 16 plans, the most telling first; while there is room, each comes a second time with other values.

    What does not lie on the edge is generic, and hangs on this ``seed``.
    """
    found = _each(flat(exercise), LEAST)
    seeds = [str(seed), f"{seed}/again"]
    return [replace(plan, seed=_seed(exercise, plan.origin, each)) for each in seeds for plan in found][:MOST]


def plans_apart(exercise: Exercise, seed: str) -> list[CasePlan]:
    """The same edges once more, at other sizes where they allow it."""
    found = _each(flat(exercise), LEAST + 1)
    return [replace(plan, seed=_seed(exercise, plan.origin, seed)) for plan in found][:MOST]


def _each(exercise: Exercise, least: int) -> list[CasePlan]:
    of_inputs = [list(_of_input(exercise, name, least)) for name in exercise.inputs]
    return [*_of_sizes(exercise, least), *_in_turns(of_inputs)]


def _plan(exercise: Exercise, origin: Origin, sizes: dict[str, int]) -> CasePlan:
    profiles = dict.fromkeys(exercise.inputs, "gaussian")
    return CasePlan(origin=origin, sizes=sizes, profiles=profiles, seed=0)


def _seed(exercise: Exercise, origin: Origin, seed: str) -> int:
    """64 bits that depend on nothing but names, and on the seed."""
    label = _LABELS[origin.kind].format(name=origin.name, value=origin.value)
    text = f"{exercise.id}/edge: {label}/{seed}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _of_sizes(exercise: Exercise, least: int) -> Iterator[CasePlan]:
    named, middle = dims(exercise), _middle(exercise, least)
    lowest = {name: interval.low for name, interval in named.items()}
    if named:
        yield _plan(exercise, Origin("ones" if set(lowest.values()) == {1} else "lowest"), lowest)
    zeros = {name: "zero" for name, domain in exercise.inputs.items() if can_be_zeros(exercise, domain)}
    if zeros:
        plan = _plan(exercise, Origin("zeros"), middle)
        yield replace(plan, profiles=plan.profiles | zeros)
    small = {name: "small" for name, domain in exercise.inputs.items() if _can_be_small(exercise, domain)}
    if small:
        plan = _plan(exercise, Origin("small"), middle)
        yield replace(plan, profiles=plan.profiles | small)
    if len(named) > 1:
        for name, low in lowest.items():
            if low < middle[name]:
                yield _plan(exercise, Origin("one_lowest", name, str(low)), {**middle, name: low})
    if named:
        highest = {name: interval.high for name, interval in named.items()}
        yield _plan(exercise, Origin("highest"), highest)


def can_be_zeros(exercise: Exercise, domain: AnyDomain) -> bool:
    """Arrays only: a plain input has edges of its own."""
    match resolved(exercise.inputs, domain):
        case Reals(shape=tuple(), range=ends):
            return ends is None or ends[0] <= 0 <= ends[1]
        case Integers(shape=tuple(), range=(low, _)):
            return isinstance(low, str) or low <= 0  # a size is never below 0, and 0 is clipped to the range
        case ListOf(of=items):
            return can_be_zeros(exercise, items)
        case DictOf(entries=entries):  # of a list
            return all(can_be_zeros(exercise, entry) for entry in entries.values())
    return False


def _can_be_small(exercise: Exercise, domain: AnyDomain) -> bool:
    """Arrays of real numbers that may lie next to 0, and probabilities."""
    match resolved(exercise.inputs, domain):
        case Reals(shape=tuple(), range=ends):
            return ends is None or ends[0] <= NEAR_0 <= ends[1]
        case Simplex():
            return True
        case ListOf(of=items):
            return _can_be_small(exercise, items)
    return False


def _of_input(exercise: Exercise, name: str, least: int) -> Iterator[CasePlan]:
    domain, sizes = resolved(exercise.inputs, exercise.inputs[name]), _middle(exercise, least)
    match domain:
        case Text() | ListOf(length=Interval()):
            plan = _plan(exercise, Origin("shortest", name), sizes)
            yield replace(plan, profiles=plan.profiles | {name: "zero"})
    with suppress(SizeError):  # the domain has no ends at these sizes; other sizes are drawn
        for written, value in extremes(domain, sizes):
            yield replace(_plan(exercise, Origin("extreme", name, written), sizes), given={name: value})


def _in_turns(groups: list[list[CasePlan]]) -> Iterator[CasePlan]:
    """The first of each group, then the second of each: none of many is left out."""
    return (plan for turn in zip_longest(*groups) for plan in turn if plan is not None)


def _middle(exercise: Exercise, least: int) -> dict[str, int]:
    """Sizes above 1, distinct where the intervals allow it, and small enough to be read."""
    named = dims(exercise)
    start = {name: min(max(least, interval.low), interval.high) for name, interval in named.items()}
    return DISTINCT.sizes(start, named, "")[1]
