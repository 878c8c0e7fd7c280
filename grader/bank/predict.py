"""What known mistakes answer to diagnostic cases, which the answers of a wrong solution are held against.

The mistakes are wrong versions of the reference, and the reference itself given inputs that were read wrongly; see
:mod:`grader.bank.diagnostic` for both the cases and these probes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader.bank import diagnostic
from grader.diagnose.rows import right_row, row
from grader.records.bank import Case, Diagnostics, KnownMistake, MistakeKind
from grader.records.run import job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.bank.calibrate import Calibrator
    from grader.bank.strategies import Strategies
    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Exercise
    from grader.records.record import Array, Value

    Answers = Callable[[Exercise, Sequence[Case]], list[dict[str, Value] | None]]

#: Operators whose sentence says more than that an input was read wrongly: that z and 1 - z are exchanged is the same as
#: another sign of the weights of z.
_SAY_MORE = frozenset({"coupled_gates"})


class Predictions:
    """The diagnostic cases of an assignment's exercises, and what mistakes answer to them."""

    def __init__(
        self,
        source: str,
        runner: VersionRunner,
        seed: int,
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

    def diagnostics(self, exercise: Exercise, versions: Sequence[tuple[KnownMistake, Array]]) -> Diagnostics:
        """Cases, mistakes and answers. ``versions`` are wrong ones, and what they answer to the generic cases.

        Of mistakes that answer alike the most telling is kept.
        """
        generic = self.generic(exercise)
        found: list[KnownMistake] = []
        right = right_row(generic)
        rows = _Rows(right)
        for mistake, answer in self._ranked(exercise, generic, versions):
            if not np.isnan(answer).all() and not rows.hold(answer):
                found.append(mistake)
                rows.add(answer)
        return Diagnostics(tuple(self._all(exercise)), tuple(found), _narrow(rows.all[1:], right.size))

    def _ranked(
        self, exercise: Exercise, generic: Sequence[Case], versions: Sequence[tuple[KnownMistake, Array]]
    ) -> Iterator[tuple[KnownMistake, Array]]:
        """Mistakes with their answers, in the order of :class:`~grader.records.bank.MistakeKind`."""
        for kind in MistakeKind:
            if kind is MistakeKind.PROBE:
                yield from (each for each in versions if each[0].name in _SAY_MORE)
                yield from self._probed(exercise, generic)
            else:
                yield from (each for each in versions if each[0].kind is kind)

    def _probed(self, exercise: Exercise, generic: Sequence[Case]) -> Iterator[tuple[KnownMistake, Array]]:
        """What the reference answers to inputs that were read wrongly."""
        probes = list(diagnostic.probes(exercise))
        asked = [replace(case, inputs=probe.read(case.inputs)) for probe in probes for case in generic]
        outcomes = next(self._runner.run([self._source], [job_of(exercise, asked)])) if asked else ()
        for number, probe in enumerate(probes):
            start = number * len(generic)
            mistake = KnownMistake(MistakeKind.PROBE, probe.name, probe.sentence)
            yield mistake, row(generic, outcomes[start : start + len(generic)])

    def _all(self, exercise: Exercise) -> list[Case]:
        """Generic cases and simple ones, drawn when they are first asked for."""
        if exercise.id not in self._cases:
            generic = diagnostic.generic(exercise, self._seed, self._custom)
            simple = diagnostic.simple(exercise, generic, self._seed, self._custom)
            cases = [
                Case(
                    f"{exercise.id}/diagnostic{number}",
                    one.origin,
                    True,
                    one.sizes,
                    one.inputs,
                    condition=one.condition,
                )
                for number, one in enumerate([*generic, *simple], 1)
            ]
            answers = self._answers(exercise, cases) if cases and self._answers else [None] * len(cases)
            known = [replace(case, expected=found) for case, found in zip(cases, answers, strict=True) if found]
            calibrated = self._calibrator.calibrated(exercise, known) if known else []
            self._cases[exercise.id] = [case for case in calibrated if case is not None]
        return self._cases[exercise.id]


def _narrow(rows: Sequence[Array], width: int) -> Array:
    """In float32: half the size, and far more digits than mistakes differ by. What is too large for it is infinite."""
    with np.errstate(over="ignore"):
        return np.array(rows, np.float32).reshape(len(rows), width)


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
