"""Proving an assignment's tests: wrong versions of its reference run on the candidates for its cases.

A wrong version is a *misconception*, which the author wrote beside the reference, or a *mutant*, the reference with one
change. While a bank is frozen, a :class:`Prover` tells which wrong versions each candidate kills, that is, tells from
the reference, so that the bank can be chosen to kill them all; and how far rounding alone moves the expected values.
Afterwards it says which of the first cases kill whom, and what wrong solutions of students can be held against.
"""

from __future__ import annotations

from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.bank import diagnostic as drawing
from grader.bank.calibrate import IllConditionedError, perturbed, units
from grader.bank.freezer import Examined
from grader.bank.plans import canonical
from grader.course.misconceptions import misconceptions
from grader.course.snippet import needed_names
from grader.diagnose.rows import right_row, row
from grader.judge.margin import margin
from grader.judge.properties import hold, in_turn
from grader.judge.trials import try_raises
from grader.mistakes.mutants import mutants
from grader.mistakes.noise import noisy
from grader.records.bank import INHERITED, MISCONCEPTION, PROBE, Case, Clue, Clues, Kill, Suspect
from grader.records.errors import PropertyFault
from grader.records.run import Job, NotRun, Returned, Run, job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.judge.properties import Property
    from grader.mistakes.runner import Laboratory
    from grader.records.assignment import Assignment, Exercise, PropertyCheck
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

    Answers = Callable[[Exercise, Sequence[Case]], list[dict[str, Value] | None]]

AUTHORS = (MISCONCEPTION, INHERITED)
NOISY = 3  # runs with noisy arithmetic, and as many with noisy inputs
KNOWN_WELL = 6  # cases that kill a version, after which it is run on no more


class WrongVersion(NamedTuple):
    """A wrong version of the reference; the fields are those of a :class:`~grader.records.bank.Suspect`."""

    id: str
    kind: str
    sentence: str
    line: int
    change: str
    source: str


class _Record:
    """What is known of one version."""

    def __init__(self) -> None:
        self.kills: set[bytes] = set()  # keys of cases
        self.off: float | None = 0.0

    def add(self, key: bytes, *, killed: bool, units: float | None) -> None:
        if killed:
            self.kills.add(key)
        self.off = None if units is None or self.off is None else max(self.off, units)


class Prover:
    """Guides the freezing of an assignment's bank; see :class:`grader.bank.freezer.Guide`."""

    def __init__(
        self,
        assignment: Assignment,
        source: str,
        laboratory: Laboratory,
        properties: Mapping[str, Callable[..., Value]],
        file: str,
        answers: Answers | None = None,
    ) -> None:
        """``source`` is the reference's own, ``file`` how mistakes name it. Raises ReferenceFault.

        ``answers`` asks the reference; without it there are no clues.
        """
        self.by = assignment.audit.by
        self._seed = assignment.seed
        self._source = source
        self._laboratory = laboratory
        self._properties = properties
        self._answers = answers
        self._misconceptions = misconceptions(source, file)
        self._noisy = [noisy(source, seed) for seed in range(NOISY)]
        self._versions: dict[str, list[WrongVersion]] = {}
        self._records: dict[str, dict[str, _Record]] = {}
        self._progressed: dict[str, bool] = {}
        self._clue_cases: dict[str, list[Case]] = {}
        self._rows: dict[str, dict[str, Array]] = {}  # what versions answer to the generic ones of these

    # ── while the bank is frozen ──────────────────────────────────────────────────────────────────────────────────

    def examine(self, exercise: Exercise, cases: Sequence[Case]) -> list[Examined]:
        """Units and kills of each case. A version that many cases have killed is run on no more of them."""
        calibrated = self.calibrated(exercise, cases)
        sound = [case for case in calibrated if case is not None]
        kills = self._kill(exercise, sound)
        return [
            Examined(None) if case is None else Examined(case.units, frozenset(kills[_key(case)]))
            for case in calibrated
        ]

    def content(self, exercise: Exercise) -> bool:
        """True when all versions are killed by enough cases, or the last cases killed none of the others."""
        records = self._records.get(exercise.id, {}).values()
        return not self._progressed.get(exercise.id) or all(len(record.kills) >= self.by for record in records)

    def calibrated(self, exercise: Exercise, cases: Sequence[Case]) -> list[Case | None]:
        """The cases with their units; None for one that is ill-conditioned."""
        job = job_of(exercise, cases)
        rng = np.random.default_rng(self._seed)
        shaken = [
            replace(
                job,
                inputs=tuple({name: perturbed(value, rng) for name, value in case.inputs.items()} for case in cases),
            )
            for _ in range(NOISY)
        ]
        sources, jobs = [*self._noisy, *repeat(self._source, NOISY)], [*repeat(job, NOISY), *shaken]
        runs = list(self._laboratory.run(sources, jobs))
        return [_with_units(case, [run[index] for run in runs]) for index, case in enumerate(cases)]

    def _kill(self, exercise: Exercise, cases: Sequence[Case]) -> dict[bytes, set[str]]:
        """Which versions each case kills, by the case's key."""
        records = self._records.setdefault(exercise.id, {version.id: _Record() for version in self.versions(exercise)})
        enough = max(KNOWN_WELL, self.by)
        waiting = [version for version in self.versions(exercise) if len(records[version.id].kills) < enough]
        kills: dict[bytes, set[str]] = {_key(case): set() for case in cases}
        progressed = False
        for version, outcomes in zip(waiting, self._run(exercise, waiting, cases), strict=True):
            record = records[version.id]
            weak = len(record.kills) < self.by
            for case, outcome in zip(cases, outcomes, strict=True):
                if isinstance(outcome, NotRun):
                    continue
                found = margin(exercise, case, outcome)
                record.add(_key(case), killed=found.killed, units=found.units)
                if found.killed:
                    kills[_key(case)].add(version.id)
                    progressed = progressed or weak
        self._progressed[exercise.id] = progressed
        return kills

    def _run(
        self, exercise: Exercise, versions: Sequence[WrongVersion], cases: Sequence[Case]
    ) -> Iterator[tuple[Outcome, ...]]:
        """What each version answers to the cases; the first time, to the clues as well, for starting one takes long."""
        first = exercise.id not in self._rows
        rows = self._rows.setdefault(exercise.id, {})
        generic = self._generic(exercise) if first else []
        job = job_of(exercise, [*cases, *generic])
        runs = self._laboratory.run([version.source for version in versions], [job] * len(versions))
        for version, outcomes in zip(versions, runs, strict=True):
            if first:
                rows[version.id] = row(generic, outcomes[len(cases) :])
            yield outcomes[: len(cases)]

    def versions(self, exercise: Exercise) -> list[WrongVersion]:
        """The wrong versions of what an exercise runs: misconceptions, then mutants."""
        if exercise.id not in self._versions:
            self._versions[exercise.id] = list(self._make_versions(exercise))
        return self._versions[exercise.id]

    def _make_versions(self, exercise: Exercise) -> Iterator[WrongVersion]:
        roots = needed_names(exercise)
        made = mutants(self._source, roots)
        reached = roots | {mutant.function.partition(".")[0] for mutant in made}
        for wrong in self._misconceptions:
            if wrong.of in reached:
                kind = MISCONCEPTION if wrong.of in roots else INHERITED
                yield WrongVersion(
                    wrong.name, kind, wrong.says, wrong.line, f"{wrong.of} as {wrong.name}", wrong.source
                )
        numbers: Counter[str] = Counter()
        for mutant in made:
            change = f"{mutant.before} → {mutant.after}"
            place = f"{mutant.function}.{mutant.operator}"
            numbers[place] += 1
            # Without its line: a waiver holds when the reference grows above it.
            yield WrongVersion(
                f"{place}.{numbers[place]}", mutant.operator, mutant.sentence, mutant.line, change, mutant.source
            )

    # ── afterwards ────────────────────────────────────────────────────────────────────────────────────────────────

    def proof(self, exercise: Exercise, cases: Sequence[Case]) -> tuple[Suspect, ...]:
        """Who of the wrong versions is killed by which of these cases, the ones that the bank was frozen with.

        More of them may kill a version than are named: one that is known well was run on no more.
        Where too few cases kill a version, cases that ask for an exception, and properties, are tried as well.
        """
        ids = {_key(case): case.id for case in cases if case.raises is None}
        suspects = []
        for version in self.versions(exercise):
            record = self._records[exercise.id][version.id]
            killed_by = [Kill(case) for case in sorted(ids[key] for key in record.kills if key in ids)]
            if len(killed_by) < self.by:
                killed_by += self._other_kills(exercise, version, cases)
            suspects.append(
                Suspect(
                    id=version.id,
                    kind=version.kind,
                    sentence=version.sentence,
                    line=version.line,
                    change=version.change,
                    killed_by=tuple(killed_by),
                    off=record.off,
                )
            )
        return tuple(suspects)

    def _other_kills(self, exercise: Exercise, version: WrongVersion, cases: Sequence[Case]) -> list[Kill]:
        """Exceptions that a version does not raise, and laws that it breaks, with the case on which it does."""
        raising = [case for case in cases if case.raises is not None]
        with self._laboratory.open(version.source) as sandbox:
            outcomes = [sandbox.run(job_of(exercise, [case])).outcomes[0] for case in raising]
            found = [Kill(trial.case.id) for trial in try_raises(raising, outcomes) if trial.problem]
            for check in exercise.properties:
                for public in (True, False):
                    tried = [case for case in cases if case.raises is None and case.public == public]
                    found += _broken(check, self._properties[check.check], exercise, tried, sandbox.run)
        return found

    def clues(self, exercise: Exercise) -> Clues:
        """What a wrong solution of the exercise is held against."""
        generic = self._generic(exercise)
        found: list[Clue] = []
        rows = [right_row(generic)]
        for clue, answer in self._suspicious(exercise, generic):
            if not np.isnan(answer).all() and not any(_equal(answer, other) for other in rows):
                found.append(clue)
                rows.append(answer)
        return Clues(tuple(self._cases_of_clues(exercise)), tuple(found), _narrow(rows[1:], rows[0].size))

    def _suspicious(self, exercise: Exercise, generic: Sequence[Case]) -> Iterator[tuple[Clue, Array]]:
        """Mistakes and what they answer to the generic cases, the most telling sentences first."""
        rows = self._rows.get(exercise.id, {})
        versions = [
            (Clue(version.id, version.kind, version.sentence), rows[version.id])
            for version in self.versions(exercise)
            if version.id in rows
        ]
        for kind in AUTHORS:
            yield from (each for each in versions if each[0].kind == kind)
        yield from self._probed(exercise, generic)
        yield from (each for each in versions if each[0].kind not in AUTHORS)

    def _probed(self, exercise: Exercise, generic: Sequence[Case]) -> Iterator[tuple[Clue, Array]]:
        """What the reference answers to inputs that were read wrongly."""
        probes = list(drawing.probes(exercise))
        asked = [replace(case, inputs=probe.read(case.inputs)) for probe in probes for case in generic]
        outcomes = next(self._laboratory.run([self._source], [job_of(exercise, asked)])) if asked else ()
        for number, probe in enumerate(probes):
            start = number * len(generic)
            yield Clue(probe.id, PROBE, probe.sentence), row(generic, outcomes[start : start + len(generic)])

    def _generic(self, exercise: Exercise) -> list[Case]:
        return [case for case in self._cases_of_clues(exercise) if not case.origin]

    def _cases_of_clues(self, exercise: Exercise) -> list[Case]:
        """Generic cases and simple ones; see :mod:`grader.bank.diagnostic`."""
        if exercise.id not in self._clue_cases:
            generic = drawing.generic(exercise, self._seed, self._properties)
            simple = drawing.simple(exercise, generic, self._seed, self._properties)
            drawn = [*(("", one) for one in generic), *((one.origin, one) for one in simple)]
            cases = [
                Case(f"{exercise.id}/clue{number}", origin, True, one.sizes, one.inputs)
                for number, (origin, one) in enumerate(drawn, 1)
            ]
            answers = self._answers(exercise, cases) if cases and self._answers else [None] * len(cases)
            known = [replace(case, expected=found) for case, found in zip(cases, answers, strict=True) if found]
            calibrated = self.calibrated(exercise, known) if known else []
            self._clue_cases[exercise.id] = [case for case in calibrated if case is not None]
        return self._clue_cases[exercise.id]


def _narrow(rows: Sequence[Array], width: int) -> Array:
    """In float32: half the size, and far more digits than mistakes differ by. What is too large for it is infinite."""
    with np.errstate(over="ignore"):
        return np.array(rows, np.float32).reshape(len(rows), width)


def _equal(one: Array, other: Array) -> bool:
    """Whether two answers could not be told apart by what is stored of them."""
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-6, equal_nan=True))


def _with_units(case: Case, outcomes: Sequence[Outcome]) -> Case | None:
    if not all(isinstance(outcome, Returned) for outcome in outcomes):
        return None
    try:
        found = {
            name: units(expected, [_outputs(outcome)[name] for outcome in outcomes])
            for name, expected in case.expected.items()
        }
    except IllConditionedError:
        return None
    return replace(case, units={name: unit for name, unit in found.items() if unit is not None})


def _outputs(outcome: Outcome) -> Mapping[str, Value]:
    assert isinstance(outcome, Returned)
    return outcome.outputs


def _broken(
    check: PropertyCheck,
    law: Property,
    exercise: Exercise,
    cases: Sequence[Case],
    run: Callable[[Job], Run],
) -> list[Kill]:
    """The law with each case on which it does not hold, of as many cases as it is tried on."""
    found = []
    for case in in_turn(cases)[: check.cases]:
        try:
            broken = hold(check, law, exercise, [case], run).problem is not None
        except PropertyFault:
            broken = True
        if broken:
            found.append(Kill(case.id, check.check))
    return found


def _key(case: Case) -> bytes:
    """Bytes that are equal exactly for cases with equal sizes and inputs."""
    return canonical([case.sizes, case.inputs])
