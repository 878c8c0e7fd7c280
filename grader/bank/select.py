"""Which candidates become cases, and which of them are public.

Public are the worked figures; then at least half are small and ordinary, to debug with, for at an edge or near 0 much
that is wrong looks right; then edges and strata, small ones first.
Hidden are one of every edge, then a greedy cover: the case that kills most of the wrong versions of the reference that
are not yet killed by enough cases, the smallest of such cases, and so on until all are. The rest is what was drawn, in
its own proportions of strata: it catches what no wrong version foresaw.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from grader.bank.plans import distinct
from grader.judge.case_size import elements
from grader.records.entries import named_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set

    from grader.bank.plans import Candidate
    from grader.records.assignment import Exercise
    from grader.records.bank import Origin

REPEATED = 4  # a value that comes twice is as bad to debug with as so many more numbers


def choose_public(
    exercise: Exercise,
    examples: Sequence[Candidate],
    edges: Sequence[Candidate],
    drawn: Sequence[Candidate],
    fixed: Set[bytes] = frozenset(),
) -> list[Candidate]:
    """The public cases, as many as the exercise asks for and the candidates allow, no two alike.

    Examples are always public, even where there are more of them than public cases. Edges of which the key is among
    ``fixed`` are the same whatever they are drawn from. Those that the hidden cases want are left to these while there
    is anything else.
    """
    examples = distinct(examples)
    edges = distinct(edges, without=examples)
    drawn = distinct(drawn, without=[*examples, *edges])
    wanted = [edge for edge in _hidden_edges(exercise, edges) if edge.key() in fixed]
    free = _without(edges, wanted)

    room = max(0, exercise.cases.public - len(examples))
    ordinary = sorted(drawn, key=_to_debug_with)[: _half(room)]
    few = sorted(_first_of_each_origin(free), key=_size)[: _half(room - len(ordinary))]
    rest = _in_turns(_without(sorted(drawn, key=_plain), ordinary))
    return [*examples, *_up_to(room, ordinary, few, rest, _without(free, few), wanted)]


def choose_hidden(
    exercise: Exercise,
    public: Sequence[Candidate],
    edges: Sequence[Candidate],
    drawn: Sequence[Candidate],
    kills: Mapping[bytes, frozenset[str]] = MappingProxyType({}),
    by: int = 0,
) -> list[Candidate]:
    """The hidden cases, as many as the exercise asks for and the candidates allow, no two alike and none public.

    ``kills`` names, by a candidate's key, the wrong versions that it tells from the reference; each of them is to be
    told by at least ``by`` cases.
    """
    edges = distinct(edges, without=public)
    drawn = distinct(drawn, without=[*public, *edges])
    first = _hidden_edges(exercise, edges)
    left = [*drawn, *_without(edges, first)]
    cover = _cover([*public, *first], left, kills, by)
    return _up_to(exercise.cases.hidden, first, cover, _without(left, cover))


def _hidden_edges(exercise: Exercise, edges: Sequence[Candidate]) -> list[Candidate]:
    return _first_of_each_origin(edges)[: _half(exercise.cases.hidden)]


def _cover(
    chosen: Sequence[Candidate], pool: Sequence[Candidate], kills: Mapping[bytes, frozenset[str]], by: int
) -> list[Candidate]:
    """Cases of the pool that complete the chosen ones, until each wrong version is killed by so many, if it can be."""
    known = [(candidate, kills.get(candidate.key(), frozenset())) for candidate in pool]
    done = Counter(name for candidate in chosen for name in kills.get(candidate.key(), ()))
    found: list[Candidate] = []
    while known:
        candidate, killed = max(known, key=lambda each: (sum(done[name] < by for name in each[1]), -_size(each[0])))
        if all(done[name] >= by for name in killed):
            break
        found.append(candidate)
        done.update(killed)
        known = [each for each in known if each[0] is not candidate]
    return found


def _size(candidate: Candidate) -> int:
    return elements(candidate.inputs)


def _plain(candidate: Candidate) -> tuple[bool, bool, int]:
    """Smallest for a small case of ordinary numbers. Every size 1 is an edge, of which one is enough."""
    return not candidate.generic, set(candidate.sizes.values()) == {1}, _size(candidate)


def _to_debug_with(candidate: Candidate) -> tuple[bool, int, int]:
    """Smallest for ordinary numbers, sizes above 1, different ones, and arrays in which few values come twice."""
    sizes = candidate.sizes.values()
    special = sum(size < 2 for size in sizes) + len(sizes) - len(set(sizes))
    values = named_values(candidate.inputs).values()
    arrays = [value for value in values if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    repeated = sum(array.size - np.unique(array).size for array in arrays)
    return not candidate.generic, special, _size(candidate) + REPEATED * int(repeated)


def _half(count: int) -> int:
    return (count + 1) // 2


def _without(candidates: Iterable[Candidate], others: Iterable[Candidate]) -> list[Candidate]:
    """By identity: within one choice, equal candidates are the same one."""
    known = {id(other) for other in others}
    return [candidate for candidate in candidates if id(candidate) not in known]


def _by_origin(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    groups: dict[Origin, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.origin, []).append(candidate)
    return list(groups.values())


def _first_of_each_origin(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [group[0] for group in _by_origin(candidates)]


def _in_turns(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The first of each origin, then the second of each."""
    turns = chain.from_iterable(zip_longest(*_by_origin(candidates)))
    return [candidate for candidate in turns if candidate is not None]


def _up_to(count: int, *groups: Sequence[Candidate]) -> list[Candidate]:
    return list(chain.from_iterable(groups))[:count]
