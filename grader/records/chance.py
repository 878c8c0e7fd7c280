"""What depends on chance: a generator that code is given to draw from, and what its draws are held against.

Both are values of this side alone: they go to a worker, and are kept in a bank. From a worker none ever comes; whoever
answers with something that looks like one has answered with something foreign.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from grader.records.record import Record

LEVEL = 1e-10  # of one test of draws: how often a right sample is called wrong, at most
MOST_TESTS = 10_000  # of one submission, which so loses marks to chance once in a million at most

#: What a draw may be: an index, or a text.
Category: TypeAlias = int | str


class GeneratorSeed(Record, frozen=True):
    """Stands for ``np.random.default_rng(seed)``, which is made of it anew for each run."""

    seed: int


class Distribution(Record, frozen=True):
    """What an output is a sample of: so many independent ``draws`` of ``categories`` with these ``probabilities``."""

    draws: int
    categories: tuple[Category, ...]
    probabilities: tuple[float, ...]  # one for each category, summing to 1


class WireGenerator(msgspec.Struct, array_like=True, tag="g", forbid_unknown_fields=True):
    """A GeneratorSeed on its way."""

    seed: int


class WireDistribution(msgspec.Struct, array_like=True, tag="p", forbid_unknown_fields=True):
    """A Distribution on its way."""

    draws: int
    categories: list[Category]
    probabilities: list[float]


def packed_chance(value: GeneratorSeed | Distribution) -> WireGenerator | WireDistribution:
    """One of the two as it is sent."""
    if isinstance(value, GeneratorSeed):
        return WireGenerator(value.seed)
    return WireDistribution(value.draws, list(value.categories), list(value.probabilities))


def unpacked_chance(wire: WireGenerator | WireDistribution) -> GeneratorSeed | Distribution:
    """The same again."""
    if isinstance(wire, WireGenerator):
        return GeneratorSeed(wire.seed)
    return Distribution(wire.draws, tuple(wire.categories), tuple(wire.probabilities))
