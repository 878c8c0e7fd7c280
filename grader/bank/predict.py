"""What known mistakes answer to diagnostic cases, which the answers of a wrong solution are held against.

The mistakes are wrong versions of the reference, and the reference itself given inputs that were read wrongly; see
:mod:`grader.bank.diagnostic` for both the cases and these probes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np
from msgspec.structs import replace

from grader.bank import diagnostic
from grader.bank.plans import canonical
from grader.bank.witness import witnesses
from grader.diagnose.known import SAY_MORE, vagueness
from grader.diagnose.rows import is_told, places, right_row, row, sums
from grader.records.bank import Case, Diagnostics, KnownMistake, MistakeKind
from grader.records.run import job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.bank.calibrate import Calibrator
    from grader.bank.plans import Candidate
    from grader.bank.strategies import Strategies
    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Exercise
    from grader.records.record import Array, Value

    Answers = Callable[[Exercise, Sequence[Case]], list[dict[str, Value] | None]]

_V = TypeVar("_V")


class AnsweredMistake(NamedTuple, Generic[_V]):
    """A mistake, its answers to the generic cases as a row of numbers, and what makes it: a version or a probe."""

    mistake: KnownMistake
    row: Array
    made_by: _V | diagnostic.Probe


class Predictions:
    """The diagnostic cases of an assignment's exercises, and what mistakes answer to them."""

    def __init__(
        self,
        source: str,
        runner: VersionRunner,
        seed: int | str,
        custom: Strategies,
        calibrator: Calibrator,
        answers: Answers | None,
    ) -> None:
        """``source`` is the reference's own; ``answers`` asks it, and without it there are no cases."""
        self._source = source
        self._runner = runner
        self._seed = seed
        self._custom = custom
        self._calibrator = calibrator
        self._answers = answers
        self._cases: dict[str, list[Case]] = {}

    def generic(self, exercise: Exercise) -> list[Case]:
        """The cases in which nothing is simple: mistakes are told apart by their answers to these."""
        return [case for case in self._all(exercise) if case.condition is None]

    def telling(self, exercise: Exercise) -> list[Case]:
        """The same, where answers to any of them can be told apart by what a row keeps of them."""
        cases = self.generic(exercise)
        return cases if any(is_told(value) for case in cases for value in case.expected.values()) else []

    def diagnostics(
        self,
        exercise: Exercise,
        versions: Sequence[AnsweredMistake[_V]],
        public: Sequence[Case],
        answers_to: Callable[[Sequence[Case], Sequence[_V]], Sequence[Array]],
    ) -> Diagnostics:
        """Cases, witnesses, mistakes and answers. ``versions`` are wrong ones; ``answers_to`` asks them for more.

        Of mistakes that answer alike the most telling is kept, of mutants one for each function.
        """
        generic = self.telling(exercise)
        kept: list[AnsweredMistake[_V]] = []
        right = right_row(generic)
        rows = {"": _Rows(right)}  # of mutants by their function, and of all else
        for each in self._ranked(exercise, generic, versions):
            of = each.mistake.function if each.mistake.kind is MistakeKind.MUTANT else ""
            known = rows.setdefault(of, _Rows(right))
            if not np.isnan(each.row).all() and not known.hold(each.row) and not rows[""].hold(each.row):
                kept.append(each)
                known.add(each.row)
        cases, witnesses = self._all(exercise), self._apart(exercise, public)
        others = [*cases[len(generic) :], *witnesses, *public]
        more = self._more(exercise, kept, others, answers_to)
        answers = [
            sums(places(those), found) for those, found in ((generic, [each.row for each in kept]), (others, more))
        ]
        return Diagnostics(
            tuple(cases), tuple(each.mistake for each in kept), np.concatenate(answers, axis=1), tuple(witnesses)
        )

    def _more(
        self,
        exercise: Exercise,
        kept: Sequence[AnsweredMistake[_V]],
        others: Sequence[Case],
        answers_to: Callable[[Sequence[Case], Sequence[_V]], Sequence[Array]],
    ) -> list[Array]:
        """What mistakes answer to other cases than generic ones."""
        versions = [each.made_by for each in kept if not isinstance(each.made_by, diagnostic.Probe)]
        read = [each.made_by for each in kept if isinstance(each.made_by, diagnostic.Probe)]
        of_versions, of_probes = iter(answers_to(others, versions)), iter(self._probed(exercise, others, read))
        return [next(of_probes if isinstance(each.made_by, diagnostic.Probe) else of_versions) for each in kept]

    def _ranked(
        self, exercise: Exercise, generic: Sequence[Case], versions: Sequence[AnsweredMistake[_V]]
    ) -> Iterator[AnsweredMistake[_V]]:
        """Mistakes with their answers, in the order of :class:`~grader.records.bank.MistakeKind`; vague ones later."""
        for kind in MistakeKind:
            if kind is MistakeKind.PROBE:
                yield from (each for each in versions if each.mistake.name in SAY_MORE)
                probes = list(diagnostic.probes(exercise))
                for probe, answer in zip(probes, self._probed(exercise, generic, probes), strict=True):
                    yield AnsweredMistake(KnownMistake(kind, probe.name, probe.sentence), answer, probe)
            else:
                found = (each for each in versions if each.mistake.kind is kind)
                yield from sorted(found, key=lambda each: vagueness(each.mistake))

    def _probed(self, exercise: Exercise, cases: Sequence[Case], probes: Sequence[diagnostic.Probe]) -> Iterator[Array]:
        """What the reference answers to inputs that were read wrongly."""
        asked = [replace(case, inputs=probe.read(case.inputs)) for probe in probes for case in cases]
        outcomes = next(self._runner.right([self._source], [job_of(exercise, asked)])) if asked else ()
        for number in range(len(probes)):
            yield row(cases, outcomes[number * len(cases) : (number + 1) * len(cases)])

    def _all(self, exercise: Exercise) -> list[Case]:
        """Generic cases and simple ones, drawn when they are first asked for."""
        if exercise.id not in self._cases:
            generic = diagnostic.generic(exercise, self._seed, self._custom)
            simple = diagnostic.simple(exercise, generic, self._seed, self._custom)
            self._cases[exercise.id] = self._solved(exercise, [*generic, *simple], "diagnostic")
        return self._cases[exercise.id]

    def _apart(self, exercise: Exercise, public: Sequence[Case]) -> list[Case]:
        """The witnesses, none of them a case that a solution has been run on before."""
        known = {_key(case) for case in (*self._all(exercise), *public)}

        def solve(exercise: Exercise, candidates: Sequence[Candidate]) -> list[Case]:
            return self._solved(exercise, [each for each in candidates if each.key() not in known], "witness")

        return witnesses(exercise, self._seed, self._custom, solve) if self._answers else []

    def _solved(self, exercise: Exercise, candidates: Sequence[Candidate], name: str) -> list[Case]:
        """Those of the candidates that the reference answers, and no rounding alone decides."""
        cases = [
            Case(f"{exercise.id}/{name}{number}", one.origin, True, one.sizes, one.inputs, condition=one.condition)
            for number, one in enumerate(candidates, 1)
        ]
        answers = self._answers(exercise, cases) if cases and self._answers else [None] * len(cases)
        known = [replace(case, expected=found) for case, found in zip(cases, answers, strict=True) if found]
        calibrated = self._calibrator.calibrated(exercise, known) if known else []
        return [case for case in calibrated if case is not None]


def _key(case: Case) -> bytes:
    return canonical([case.sizes, case.inputs])


class _Rows:
    """Answers that can be told apart by what is stored of them. Most are by their first few numbers."""

    FEW = 24

    def __init__(self, right: Array) -> None:
        self.all = [right]
        self._first = right[None, : self.FEW]

    def add(self, answer: Array) -> None:
        """One more, which none of them equals."""
        self.all.append(answer)
        self._first = np.concatenate([self._first, answer[None, : self.FEW]])

    def hold(self, answer: Array) -> bool:
        """Whether one of them equals this."""
        alike = _close(answer[None, : self.FEW], self._first).all(axis=1)
        return any(bool(_close(answer, self.all[index]).all()) for index in np.flatnonzero(alike))


def _close(one: Array, other: Array) -> Array:
    return np.isclose(one, other, rtol=1e-6, atol=1e-6, equal_nan=True)
