"""Cases that tell mistakes apart, and what the reference would give if an input were read wrongly.

They are drawn apart from the cases that count, and are generic: no edge, no extreme value, hardly a size of 1. Beside
them stand cases in which one thing is simple (an input is 0, a size is 1, a matrix is symmetric): what is right on
those alone says where to look.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank import strategies
from grader.bank.edges import can_be_zeros
from grader.bank.plans import Candidate, CasePlan, dims, distinct
from grader.bank.strata import DISTINCT, EQUAL
from grader.mistakes.operators.products import OTHER_SIDE
from grader.records.assignment import Interval, ListOf, OneHot, Reals, Simplex, resolved
from grader.records.bank import Condition, Origin
from grader.records.entries import flat, flat_inputs, flat_values, whole_values
from grader.records.record import Record, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import DrawFn

    from grader.bank.strategies import Strategies
    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Size

GENERIC = 16  # cases
SMALL = 4  # more of them with small numbers, where what is right for large ones alone goes wrong
RELATED = 2  # in which two sizes are to each other as they can be
EACH = 3  # cases in which one thing is simple
PAIRS = 24  # of inputs exchanged
MOST_SHARE = 2  # to which the range of one may reach


class Probe(Record, frozen=True):
    """A way to read the inputs wrongly. ``sentence`` says to a student what code does that reads them so.

    ``name`` is what it does, to which inputs: ``transposed.W_hh``.
    """

    name: str
    sentence: str
    read: Callable[[Mapping[str, Value]], dict[str, Value]]


def generic(exercise: Exercise, seed: int | str, custom: Strategies) -> list[Candidate]:
    """Generic cases, with sizes above 1 where the intervals allow it: mostly all distinct, some all equal.

    Of two sizes neither is always the larger, and they are not always equal, wherever that can be: what is right only
    where they are would be told of all cases.
    """
    label = _label(exercise, seed)
    plain = strategies.read(strategies.filled(exercise, _plans(exercise, {}), custom), label, GENERIC)
    for one, relation, other, missing in unseen(exercise, [case.sizes for case in plain]):
        related = strategies.filled(exercise, _plans(exercise, {}, related=(one, relation, other)), custom)
        more = strategies.read(related, f"{label}/{one}{relation}{other}", missing)
        plain += distinct(more, without=plain)
    small = strategies.filled(exercise, _plans(exercise, {}, "tiny"), custom)
    return [*plain, *distinct(strategies.read(small, f"{label}/small", SMALL), without=plain)]


def unseen(exercise: Exercise, seen: Sequence[Mapping[str, int]]) -> Iterator[tuple[str, str, str, int]]:
    """Two sizes, how they could be to each other but hardly are in what was seen, and how many cases are missing."""
    named = {name: _above_1(interval) for name, interval in dims(exercise).items()}
    for one, other in combinations(named, 2):
        for relation, holds in _RELATIONS.items():
            found = sum(holds(sizes[one], sizes[other]) for sizes in seen)
            if found < RELATED and list(_pairs(named[one], relation, named[other])):
                yield one, relation, other, RELATED - found


def simple(exercise: Exercise, cases: list[Candidate], seed: int | str, custom: Strategies) -> list[Candidate]:
    """Cases in which one thing is simple: their condition."""
    found: list[Candidate] = []
    changed = partial(_changed, exercise)
    for name, domain in flat_inputs(exercise.inputs).items():
        if can_be_zeros(exercise, domain):
            found += [changed(case, Condition("zero", name), _zero) for case in cases[:EACH]]
        if _may_have_one_item(exercise, domain):
            filled = [case for case in cases if flat_values(exercise.inputs, case.inputs)[name]]
            found += [changed(case, Condition("one_item", name), _first_item) for case in filled[:EACH]]
        if _is_square(exercise, domain) and _free(exercise, domain):
            found += [changed(case, Condition("symmetric", name), _symmetric) for case in cases[:EACH]]
    for name, interval in dims(exercise).items():
        if interval.low <= 1 < interval.high:
            plan = _plans(exercise, {name: 1})
            drawn = strategies.read(strategies.filled(exercise, plan, custom), f"{_label(exercise, seed)}/{name}", EACH)
            found += [replace(case, condition=Condition("size_one", name)) for case in drawn]
    return distinct(found, without=cases)


def probes(exercise: Exercise) -> Iterator[Probe]:
    """Ways to read this exercise's inputs wrongly that give inputs of the same shapes."""
    for probe in _of_flat(flat(exercise)):
        yield replace(probe, read=partial(_read, exercise, probe.read))


def _of_flat(exercise: Exercise) -> Iterator[Probe]:
    for name, domain in exercise.inputs.items():
        if can_be_zeros(exercise, domain):
            yield _probe("ignored", (name,), f"It behaves as if `{name}` were 0.", _zero)
        if _is_square(exercise, domain):
            yield _probe("transposed", (name,), f"It behaves as if `{name}` were transposed{OTHER_SIDE}", np.transpose)
        if isinstance(resolved(exercise.inputs, domain), Reals):
            yield _probe("negated", (name,), f"It behaves as if `{name}` had the other sign.", _negative)
        if _is_share(exercise, domain):
            yield _probe("complement", (name,), f"It behaves as if `{name}` were 1 - `{name}`.", _complement)
    for sequence in _sequences(exercise):
        for names in dict.fromkeys([sequence, *((name,) for name in sequence)]):
            yield from _in_another_order(names)
    yield from _exchanged_groups(exercise)
    pairs = [pair for pair in combinations(exercise.inputs, 2) if _alike(exercise, *pair)]
    for one, other in pairs[:PAIRS]:
        yield Probe(
            name=f"exchanged.{one}.{other}",
            sentence=f"It behaves as if `{one}` and `{other}` were exchanged.",
            read=partial(_exchange, one, other),
        )
        for kept, lost in ((one, other), (other, one)):
            yield Probe(
                name=f"instead.{lost}.{kept}",
                sentence=f"It behaves as if `{kept}` were used where `{lost}` is meant.",
                read=partial(_instead, lost, kept),
            )


def _in_another_order(names: tuple[str, ...]) -> Iterator[Probe]:
    """Of inputs along the same steps."""
    words = " and ".join(f"`{name}`" for name in names)
    yield _probe("reversed", names, f"It behaves as if {words} were read from the last step to the first.", _flip)
    ahead = f"It behaves as if {words} were read one step ahead, and the first came last."
    yield _probe("ahead", names, ahead, _ahead)
    behind = f"It behaves as if {words} were read one step behind, and the last came first."
    yield _probe("behind", names, behind, _behind)


def _exchanged_groups(exercise: Exercise) -> Iterator[Probe]:
    """Inputs that belong together by their names, as ``W_f`` and ``b_f`` do, taken for those of another group."""
    groups: dict[str, dict[str, str]] = {}
    for name in exercise.inputs:
        kind, _, group = name.rpartition("_")
        groups.setdefault(group, {})[kind] = name
    for one, other in combinations(groups.values(), 2):
        pairs = [(name, other[kind]) for kind, name in one.items() if kind in other]
        if len(pairs) < 2 or len(one) != len(other) or not all(_alike(exercise, *pair) for pair in pairs):
            continue
        first, second = (" and ".join(f"`{name}`" for name in names) for names in zip(*pairs, strict=True))
        label = ".".join([*one.values(), *other.values()])
        yield Probe(
            name=f"exchanged.{label}",
            sentence=f"It behaves as if {first} were exchanged with {second}.",
            read=partial(_exchange_all, pairs),
        )


def _label(exercise: Exercise, seed: int | str) -> str:
    """What the draws are seeded by: with another word in it every diagnostic case would be another one."""
    return f"clues/{seed}/{exercise.id}"


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def _plans(
    draw: DrawFn,
    exercise: Exercise,
    fixed: Mapping[str, int],
    profile: str = "gaussian",
    related: tuple[str, str, str] | None = None,
) -> CasePlan:
    named = {name: _above_1(interval) for name, interval in dims(exercise).items()}
    stratum = draw(st.sampled_from((DISTINCT, DISTINCT, DISTINCT, EQUAL)))
    drawn = {name: draw(st.integers(interval.low, interval.high)) for name, interval in named.items()}
    chosen = draw(st.sampled_from(tuple(named))) if named else ""
    sizes = {**stratum.sizes(drawn, named, chosen)[1], **fixed}
    if related is not None:
        one, relation, other = related
        sizes[one], sizes[other] = draw(st.sampled_from(list(_pairs(named[one], relation, named[other]))))
    profiles = dict.fromkeys(flat_inputs(exercise.inputs), profile)
    return CasePlan(origin=Origin("diagnostic"), sizes=sizes, profiles=profiles, seed=draw(st.integers(0, 2**32 - 1)))


_RELATIONS: dict[str, Callable[[int, int], bool]] = {"<": operator.lt, ">": operator.gt, "=": operator.eq}
_FEW = 12  # values of a size that are looked at


def _pairs(one: Interval, relation: str, other: Interval) -> Iterator[tuple[int, int]]:
    """Values of two sizes that are so to each other, the smallest and the largest of each among them."""
    holds, looked_at = _RELATIONS[relation], sorted({*_ends_of(one), *_ends_of(other)})
    return ((a, b) for a, b in product(looked_at, repeat=2) if _in(a, one) and _in(b, other) and holds(a, b))


def _ends_of(interval: Interval) -> Iterator[int]:
    yield from range(interval.low, min(interval.low + _FEW, interval.high) + 1)
    yield from range(max(interval.low, interval.high - _FEW), interval.high + 1)


def _in(value: int, interval: Interval) -> bool:
    return interval.low <= value <= interval.high


def _above_1(interval: Interval) -> Interval:
    return replace(interval, low=min(max(2, interval.low), interval.high))


# ── what inputs allow ─────────────────────────────────────────────────────────────────────────────────────────────


def _is_square(exercise: Exercise, domain: AnyDomain) -> bool:
    shape = _shape(exercise, domain)
    return len(shape) == 2 and shape[0] == shape[1] != 1


def _is_share(exercise: Exercise, domain: AnyDomain) -> bool:
    """Whether its numbers may be shares, or factors of what is left: from 0 on, and not much beyond 1."""
    whole = resolved(exercise.inputs, domain)
    return isinstance(whole, Reals) and whole.range is not None and 0 <= whole.range[0] < whole.range[1] <= MOST_SHARE


def _free(exercise: Exercise, domain: AnyDomain) -> bool:
    """Whether its numbers can be chosen one by one: a symmetric matrix of other ones is seldom in the domain."""
    return not isinstance(resolved(exercise.inputs, domain), OneHot | Simplex)


def _sequences(exercise: Exercise) -> list[tuple[str, ...]]:
    """Inputs that share their first axis, where the first axis is one of several steps."""
    by_length: dict[str, list[str]] = {}
    for name, domain in exercise.inputs.items():
        whole = resolved(exercise.inputs, domain)
        shape = _shape(exercise, domain)
        if isinstance(whole, ListOf):
            by_length.setdefault(str(whole.length), []).append(name)
        elif len(shape) in (1, 3) and shape[0] != 1:
            by_length.setdefault(str(shape[0]), []).append(name)
    return [tuple(names) for names in by_length.values()]


def _may_have_one_item(exercise: Exercise, domain: AnyDomain) -> bool:
    """Lists whose length has no name: where it has one, sizes of 1 are tried anyway."""
    whole = resolved(exercise.inputs, domain)
    return isinstance(whole, ListOf) and isinstance(whole.length, Interval) and whole.length.low <= 1


def _alike(exercise: Exercise, one: str, other: str) -> bool:
    """Whether two inputs have the same shape whatever the sizes are."""
    domains = [resolved(exercise.inputs, exercise.inputs[name]) for name in (one, other)]
    first, second = (_shape(exercise, domain) for domain in domains)
    return all(isinstance(domain, Reals) for domain in domains) and first == second


def _shape(exercise: Exercise, domain: AnyDomain) -> tuple[Size, ...]:
    """The declared shape of an array; empty for anything else."""
    return getattr(resolved(exercise.inputs, domain), "shape", None) or ()


# ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _probe(kind: str, names: tuple[str, ...], sentence: str, change: Callable[[Value], Value]) -> Probe:
    return Probe(name=".".join((kind, *names)), sentence=sentence, read=partial(_with, names, change))


def _with(names: tuple[str, ...], change: Callable[[Value], Value], inputs: Mapping[str, Value]) -> dict[str, Value]:
    return {name: change(value) if name in names else value for name, value in inputs.items()}


def _exchange(one: str, other: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
    return {**inputs, one: inputs[other], other: inputs[one]}


def _exchange_all(pairs: Sequence[tuple[str, str]], inputs: Mapping[str, Value]) -> dict[str, Value]:
    exchanged = dict(inputs)
    for one, other in pairs:
        exchanged = _exchange(one, other, exchanged)
    return exchanged


def _instead(lost: str, kept: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
    return {**inputs, lost: inputs[kept]}


def _changed(exercise: Exercise, case: Candidate, condition: Condition, change: Callable[[Value], Value]) -> Candidate:
    """The case with the input that the condition is about changed so that it holds."""
    inputs = _read(exercise, partial(_with, (condition.name,), change), case.inputs)
    return replace(case, condition=condition, inputs=inputs)


def _read(
    exercise: Exercise, read: Callable[[Mapping[str, Value]], dict[str, Value]], inputs: Mapping[str, Value]
) -> dict[str, Value]:
    """Inputs after a change of what they are flat."""
    return whole_values(exercise.inputs, read(flat_values(exercise.inputs, inputs)))


def _zero(value: Value) -> Value:
    if isinstance(value, list):
        return [_zero(item) for item in value]
    if isinstance(value, dict):
        return {key: _zero(item) for key, item in value.items()}
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


def _symmetric(value: Value) -> Value:
    """The lower triangle on both sides: values keep their two decimals."""
    return np.tril(value) + np.tril(value, -1).T


def _negative(value: Value) -> Value:
    return -value


def _complement(value: Value) -> Value:
    return 1 - value


def _flip(value: Value) -> Value:
    return value[::-1]


def _ahead(value: Value) -> Value:
    return [*value[1:], *value[:1]] if isinstance(value, list) else np.roll(value, -1, axis=0)


def _behind(value: Value) -> Value:
    return [*value[-1:], *value[:-1]] if isinstance(value, list) else np.roll(value, 1, axis=0)


def _first_item(value: Value) -> Value:
    return value[:1]
