"""Drawing inputs: Hypothesis draws the structure of a case, NumPy fills it.

Hypothesis draws the stratum, the sizes, a value profile for each input and a seed; that takes well below a
millisecond, and shrinks to the smallest plan. An author's own strategies are drawn from in the same breath.

Hypothesis's engine mixes constants into what it draws that it finds in whichever local modules happen to be imported,
and keeps a database of examples. Neither must decide about a bank. So draws here are read from a stream of bytes, by
the interface that Hypothesis has for fuzzers (``fuzz_one_input``), which knows neither. The stream is a hash of the
seed, the exercise and the number of the attempt: each draw is the same on every run and on every machine that has the
same versions of Hypothesis and NumPy, whatever else is drawn, and the first n of many draws are the n draws.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from grader.bank import edges as must_have
from grader.bank.plans import Candidate, CasePlan, dims, distinct, fill
from grader.bank.profiles import GENERIC, PROFILES
from grader.bank.strata import STRATA
from grader.records.assignment import custom_functions
from grader.records.bank import Origin
from grader.records.entries import flat_inputs
from grader.records.shapes import SizeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from grader.records.assignment import Exercise

#: An author's strategies by name ("properties:sentences"); each function is given the sizes.
Strategies: TypeAlias = "Mapping[str, Callable[[dict[str, int]], SearchStrategy[Any]]]"

NONE: Strategies = MappingProxyType({})
STREAM = 8192  # bytes of one draw; Hypothesis reads no more
NOWHERE = Path(os.devnull, "hypothesis")  # what cannot be kept is worked out by whoever needs it
_drawing = RLock()
ATTEMPTS = 20  # per candidate asked for: domains may be small, or empty for some sizes

_WEIGHTED = tuple(stratum for stratum in STRATA for _ in range(stratum.weight))


@st.composite
def plans(draw: DrawFn, exercise: Exercise) -> CasePlan:
    """Plans of cases. Half of them use generic value profiles throughout, so that no input hides another's mistake."""
    named = dims(exercise)
    stratum = draw(st.sampled_from(_WEIGHTED))
    drawn = {name: draw(st.integers(interval.low, interval.high)) for name, interval in named.items()}
    chosen = draw(st.sampled_from(tuple(named))) if named else ""
    kind, sizes = stratum.sizes(drawn, named, chosen)
    profile = st.sampled_from(tuple(PROFILES) if draw(st.booleans()) else GENERIC)
    profiles = {name: draw(profile) for name in flat_inputs(exercise.inputs)}
    return CasePlan(origin=Origin(kind), sizes=sizes, profiles=profiles, seed=draw(st.integers(0, 2**32 - 1)))


@st.composite
def filled(draw: DrawFn, exercise: Exercise, plan: SearchStrategy[CasePlan], custom: Strategies = NONE) -> Candidate:
    """Candidates that follow the plans. Raises SizeError where a domain is empty for the sizes."""
    chosen = draw(plan)
    return fill(exercise, chosen, lambda function: draw(custom[function](dict(chosen.sizes))))


def draw(exercise: Exercise, count: int, seed: int | str, custom: Strategies = NONE) -> list[Candidate]:
    """So many distinct candidates, or fewer where 20 attempts for each do not find them."""
    return drawing(exercise, seed, custom).first(count)


def drawing(exercise: Exercise, seed: int | str, custom: Strategies = NONE) -> Drawing:
    """The same, for whoever does not know yet how many."""
    return Drawing(filled(exercise, plans(exercise), custom), f"{seed}/{exercise.id}")


def edges(exercise: Exercise, seed: int | str, custom: Strategies = NONE) -> list[Candidate]:
    """The must-have edges, at most 16, no two alike. Those at sizes for which a domain is empty are left out."""
    return planned(exercise, must_have.plans(exercise, seed), f"{seed}/{exercise.id}/edges", custom)


def planned(exercise: Exercise, each: Sequence[CasePlan], label: str, custom: Strategies) -> list[Candidate]:
    """A candidate for each of these plans that can be followed, no two alike."""
    found = [_followed(exercise, plan, label, custom) for plan in each]
    return distinct(candidate for candidates in found for candidate in candidates)


def _followed(exercise: Exercise, plan: CasePlan, label: str, custom: Strategies) -> list[Candidate]:
    """The plan's candidate, if it has one. Only an author's strategy has something left to draw."""
    if any(custom_functions(domain) for domain in exercise.inputs.values()):
        return read(filled(exercise, st.just(plan), custom), label, 1)
    with suppress(SizeError):
        return [fill(exercise, plan, custom.__getitem__)]
    return []


def read(strategy: SearchStrategy[Candidate], label: str, count: int) -> list[Candidate]:
    """Up to ``count`` distinct candidates out of 20 streams for each. A stream may be too short, or filtered out."""
    return Drawing(strategy, label).first(count)


class Drawing:
    """Distinct candidates of a strategy, in one order: whoever asks for more of them gets the same ones first."""

    def __init__(self, strategy: SearchStrategy[Candidate], label: str) -> None:
        self._label = label
        self._found: dict[bytes, Candidate] = {}
        self._attempts = 0

        @settings(database=None)
        @given(strategy)
        def keep(candidate: Candidate) -> None:
            self._found.setdefault(candidate.key(), candidate)

        self._feed = keep.hypothesis.fuzz_one_input  # type: ignore[attr-defined]  # documented, but in none of its types

    def first(self, count: int) -> list[Candidate]:
        """So many of them, or fewer where 20 streams for each do not hold them."""
        with no_folder_left():
            while len(self._found) < count and self._attempts < ATTEMPTS * count:
                with suppress(SizeError):  # a domain is empty for these sizes
                    self._attempts += 1
                    self._feed(stream(self._label, self._attempts - 1))
        return list(self._found.values())[:count]


def stream(label: str, attempt: int) -> bytes:
    """What one draw reads."""
    return hashlib.shake_256(f"{label}/{attempt}".encode()).digest(STREAM)


@contextmanager
def no_folder_left() -> Iterator[None]:
    """Hypothesis keeps its table of Unicode, which an author's strategy may need, for this process alone.

    That is a setting of the whole process, so one thread at a time may draw.
    """
    with _drawing:
        set_hypothesis_home_dir(NOWHERE)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
