"""Candidates without end, for a hunt on one that fails: Hypothesis live, where a bank is frozen.

They are drawn as a bank's are, from streams of bytes, so that many can be tried in one round trip and a seed gives the
same ones again. Hypothesis keeps the choices behind one that fails, as its interface for fuzzers promises, and shrinks
them as it does those of any test.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

from grader.bank.plans import CasePlan, dims
from grader.bank.profiles import PROFILES
from grader.bank.strata import STRATA
from grader.bank.strategies import filled, no_folder_left, stream
from grader.records.bank import Origin
from grader.records.entries import flat_inputs
from grader.records.shapes import SizeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from grader.bank.plans import Candidate
    from grader.bank.strategies import Strategies
    from grader.records.assignment import Exercise

ENOUGH = 500  # draws in a row that bring nothing new, after which a domain is taken to hold nothing more

# Hypothesis shrinks towards what comes first: sizes that nothing arranges, values that say least.
_STRATA = tuple(sorted(STRATA, key=lambda stratum: stratum.kind != "any"))
_PROFILES = tuple(reversed(PROFILES))


class Hunt:
    """The candidates of one exercise: for one seed the same ones in the same order, no two alike."""

    def __init__(self, exercise: Exercise, number: int, custom: Strategies) -> None:
        """``number`` is the seed."""
        self._strategy = _candidates(exercise, custom)
        self._label = f"hunt/{number}/{exercise.id}"
        self._attempts = 0
        self._known: set[int] = set()  # hashes of keys: a long hunt tries a great many
        self._streams: dict[bytes, bytes] = {}  # of the last batch

    def batch(self, count: int) -> list[Candidate]:
        """The next candidates; fewer of them, and then none, where the domains hold no more."""
        drawn: list[Candidate] = []
        found: list[Candidate] = []
        self._streams = {}

        @settings(database=None)
        @given(self._strategy)
        def keep(candidate: Candidate) -> None:
            drawn.append(candidate)

        feed = keep.hypothesis.fuzz_one_input  # type: ignore[attr-defined]  # documented, but in none of its types
        last = self._attempts
        with no_folder_left():
            while len(found) < count and self._attempts - last < ENOUGH:
                read = stream(self._label, self._attempts)
                self._attempts += 1
                feed(read)
                for candidate in drawn:
                    key = candidate.key()
                    if hash(key) not in self._known:
                        self._known.add(hash(key))
                        self._streams[key] = read
                        found.append(candidate)
                        last = self._attempts
                drawn.clear()
        return found

    def shrink(self, candidate: Candidate, fails: Callable[[Candidate], bool]) -> Candidate:
        """The simplest that Hypothesis finds to fail, from a candidate of the last batch that does.

        ``fails`` must say the same of the same candidate whenever it is asked.
        """
        simplest = candidate

        # The order counts: below the settings, a seed leaves them their database.
        @settings(
            database=InMemoryExampleDatabase(),
            deadline=None,
            phases=(Phase.reuse, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=tuple(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @seed(0)
        @given(self._strategy)
        def attempt(drawn: Candidate) -> None:
            nonlocal simplest
            if fails(drawn):
                simplest = drawn
                raise _FailsError

        feed = attempt.hypothesis.fuzz_one_input  # type: ignore[attr-defined]  # as above
        with no_folder_left():
            with suppress(_FailsError):
                feed(self._streams[candidate.key()])  # into the database, which keeps what fails
            with suppress(_FailsError):
                attempt()  # ends with the simplest
        return simplest


class _FailsError(Exception):
    """What was drawn fails."""


@st.composite
def _candidates(draw: DrawFn, exercise: Exercise, custom: Strategies) -> Candidate:
    try:
        return draw(filled(exercise, _plans(exercise), custom))
    except SizeError:  # a domain is empty for these sizes
        reject()


@st.composite
def _plans(draw: DrawFn, exercise: Exercise) -> CasePlan:
    """Plans as a bank's are made of; but any stratum and any profile is as likely as another."""
    named = dims(exercise)
    sizes = {name: draw(st.integers(interval.low, interval.high)) for name, interval in named.items()}
    stratum = draw(st.sampled_from(_STRATA))
    chosen = draw(st.sampled_from(tuple(named))) if named else ""
    _, sizes = stratum.sizes(sizes, named, chosen)
    profiles = {name: draw(st.sampled_from(_PROFILES)) for name in flat_inputs(exercise.inputs)}
    return CasePlan(origin=Origin("hunt"), sizes=sizes, profiles=profiles, seed=draw(st.integers(0, 2**32 - 1)))
