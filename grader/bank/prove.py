"""Proving an assignment's tests: wrong versions of its reference run on the candidates for its cases.

A wrong version is a *misconception*, which the author wrote beside the reference, or a *mutant*, the reference with one
change. While a bank is frozen, a :class:`Prover` tells which wrong versions each candidate kills, that is, tells from
the reference, so that the bank can be chosen to kill them all; and how far rounding alone moves the expected values.
Afterwards it says which of the first cases kill whom, and what wrong solutions of students can be held against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.bank.calibrate import Calibrator
from grader.bank.equivalence import Onlooker
from grader.bank.guide import Examined
from grader.bank.plans import canonical
from grader.bank.predict import AnsweredMistake, Predictions
from grader.course.misconceptions import misconceptions
from grader.course.reach import swappable
from grader.course.snippet import needed_names
from grader.judge.properties import hold, in_turn
from grader.judge.trials import try_raises
from grader.mistakes.mutants import Mutants
from grader.mistakes.trials import Swap, TrialRunner, VersionTrial
from grader.records.bank import Case, Diagnostics, Kill, KnownMistake, MistakeKind, WrongVersion
from grader.records.errors import PropertyFault
from grader.records.run import FATAL, Job, Run, job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.bank.predict import Answers
    from grader.judge.margin import Margin
    from grader.judge.properties import Property
    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Assignment, Exercise, PropertyCheck
    from grader.records.bank import CaseBank
    from grader.records.record import Array, Value

_ANNOTATIONS = "from __future__ import annotations"
KNOWN_WELL = 6  # cases that kill a version, after which it is run on no more


class VersionSource(NamedTuple):
    """A wrong version of the reference, whole and as what is to be swapped.

    ``operator`` made it, if it is a mutant; then ``former`` is its id in the form that such ids had before.
    """

    id: str
    kind: MistakeKind
    sentence: str
    line: int
    change: str
    source: str
    swap: Swap | None
    operator: str = ""
    former: str = ""
    function: str = ""  # in which it is wrong


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
    """Guides the freezing of an assignment's bank; see :class:`grader.bank.guide.Guide`."""

    def __init__(  # noqa: PLR0913 - one parameter for each thing that it is made of
        self,
        assignment: Assignment,
        source: str,
        runner: VersionRunner,
        properties: Mapping[str, Callable[..., Value]],
        file: str,
        answers: Answers | None = None,
        module: str = "",
        *,
        seed: int | str,
    ) -> None:
        """``source`` is the reference's own, ``file`` how mistakes name it, ``module`` how it is imported.

        Raises ReferenceFault.

        ``answers`` asks the reference; without it there are no diagnostic cases. ``seed`` decides these, and whatever
        else is drawn here. None of it is hidden.
        """
        self.by = assignment.audit.by
        self._source = source
        self._runner = runner
        self._trials = TrialRunner(runner, source, module)
        self._mutants = Mutants(source)
        self._swappable = swappable(source)
        self._future = f"{_ANNOTATIONS}\n" if _ANNOTATIONS in source else ""
        self._properties = properties
        self._misconceptions = misconceptions(source, file)
        self._calibrator = Calibrator(source, runner, seed)
        self._predictions = Predictions(source, runner, seed, properties, self._calibrator, answers)
        self._onlooker = Onlooker(source, runner, seed, properties)
        self._versions: dict[str, list[VersionSource]] = {}
        self._records: dict[str, dict[str, _Record]] = {}
        self._progressed: dict[str, bool] = {}
        self._rows: dict[str, dict[str, Array]] = {}  # what versions answer to the generic diagnostic cases

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
        return self._calibrator.calibrated(exercise, cases)

    def _kill(self, exercise: Exercise, cases: Sequence[Case]) -> dict[bytes, set[str]]:
        """Which versions each case kills, by the case's key."""
        records = self._records.setdefault(exercise.id, {version.id: _Record() for version in self.versions(exercise)})
        enough = max(KNOWN_WELL, self.by)
        waiting = [version for version in self.versions(exercise) if len(records[version.id].kills) < enough]
        keys = [_key(case) for case in cases]
        kills: dict[bytes, set[str]] = {key: set() for key in keys}
        progressed = False
        for version, margins in zip(waiting, self._run(exercise, waiting, cases), strict=True):
            record = records[version.id]
            weak = len(record.kills) < self.by
            for key, found in zip(keys, margins, strict=True):
                if found is None:
                    continue
                record.add(key, killed=found.killed, units=found.units)
                if found.killed:
                    kills[key].add(version.id)
                    progressed = progressed or weak
        self._progressed[exercise.id] = progressed
        return kills

    def _run(
        self, exercise: Exercise, versions: Sequence[VersionSource], cases: Sequence[Case]
    ) -> Iterator[tuple[Margin | None, ...]]:
        """What each version makes of the cases; the first time, of the generic diagnostic cases as well.

        Starting a version takes longer than running it.
        """
        first = exercise.id not in self._rows
        rows = self._rows.setdefault(exercise.id, {})
        generic = self._predictions.telling(exercise) if first else []
        tried = self._trials.try_all(VersionTrial(exercise, cases, generic), versions)
        for version, found in zip(versions, tried, strict=True):
            if first:
                rows[version.id] = found.row
            yield found.margins

    def mutants(self, exercise: Exercise) -> int:
        """How many mutants it has at most, which are made by that. From one thread."""
        return len(self._mutants.reached(needed_names(exercise)))

    def versions(self, exercise: Exercise) -> list[VersionSource]:
        """The wrong versions of what an exercise runs: misconceptions, then mutants."""
        if exercise.id not in self._versions:
            self._versions[exercise.id] = list(self._make_versions(exercise))
        return self._versions[exercise.id]

    def _make_versions(self, exercise: Exercise) -> Iterator[VersionSource]:
        roots = needed_names(exercise)
        made = self._mutants.reached(roots)
        reached = roots | {mutant.function.partition(".")[0] for mutant in made}
        if exercise.mutants == "skip":
            made = []
        idle = self._onlooker.idle(exercise, {mutant.idle for mutant in made if mutant.idle is not None})
        for wrong in self._misconceptions:
            if wrong.of in reached:
                kind = MistakeKind.MISCONCEPTION if wrong.of in roots else MistakeKind.INHERITED
                change = f"{wrong.of} as {wrong.name}"
                swap = self._swap(wrong.of, wrong.instead)
                source = wrong.source
                yield VersionSource(wrong.name, kind, wrong.says, wrong.line, change, source, swap, function=wrong.of)
        for mutant in made:
            if mutant.idle in idle:
                continue
            yield VersionSource(
                id=mutant.id,
                kind=MistakeKind.MUTANT,
                sentence=mutant.sentence,
                line=mutant.line,
                change=f"{mutant.before} → {mutant.after}",
                source=mutant.source,
                swap=self._swap(mutant.name, mutant.text),
                operator=mutant.operator,
                former=mutant.former,
                function=mutant.function,
            )

    def _swap(self, name: str, text: str) -> Swap | None:
        return Swap(name, f"{self._future}{text}") if name in self._swappable else None

    # ── afterwards ────────────────────────────────────────────────────────────────────────────────────────────────

    def proof(self, exercise: Exercise, cases: Sequence[Case]) -> tuple[WrongVersion, ...]:
        """Who of the wrong versions is killed by which of these cases, the ones that the bank was frozen with.

        More of them may kill a version than are named: one that is known well was run on no more.
        Where too few cases kill a version, cases that ask for an exception, and properties, are tried as well.
        """
        ids = {_key(case): case.id for case in cases if case.raises is None}
        records, versions = self._records[exercise.id], self.versions(exercise)
        kills = {
            version.id: [Kill(case) for case in sorted(ids[key] for key in records[version.id].kills if key in ids)]
            for version in versions
        }
        weak = [version for version in versions if len(kills[version.id]) < self.by]
        others = self._runner.each(lambda version: self._other_kills(exercise, version, cases), weak)
        for version, found in zip(weak, others, strict=True):
            kills[version.id] += found
        return tuple(
            WrongVersion(
                id=version.id,
                kind=version.operator or version.kind,
                sentence=version.sentence,
                line=version.line,
                change=version.change,
                killed_by=tuple(kills[version.id]),
                off=records[version.id].off,
            )
            for version in versions
        )

    def _other_kills(self, exercise: Exercise, version: VersionSource, cases: Sequence[Case]) -> list[Kill]:
        """Exceptions that a version does not raise, and laws that it breaks, with the case on which it does."""
        raising = [case for case in cases if case.raises is not None]
        if not (raising or exercise.properties):
            return []
        swap, runner = version.swap, self._runner
        with runner.running(self._source, swap.text) if swap else runner.open(version.source) as process:
            found = list(self._raised_otherwise(exercise, raising, process.run))
            for check in exercise.properties:
                for public in (True, False):
                    tried = [case for case in cases if case.raises is None and case.public == public]
                    found += _broken(check, self._properties[check.check], exercise, tried, process.run)
        return found

    def _raised_otherwise(self, exercise: Exercise, cases: Sequence[Case], run: Callable[[Job], Run]) -> Iterator[Kill]:
        count = 0
        for case in cases:
            outcomes = run(job_of(exercise, [case])).outcomes
            (trial,) = try_raises([case], outcomes)
            if trial.problem:
                count += 1
                yield Kill(trial.case.id)
            if isinstance(outcomes[0], FATAL) and count >= self.by:
                return  # one that never ends is known well, and waited for no longer

    def diagnostics(self, exercise: Exercise, cases: Sequence[Case]) -> Diagnostics:
        """What a wrong solution of the exercise is held against; ``cases`` are those that the bank was frozen with."""
        rows = self._rows.get(exercise.id, {})

        def answers_to(asked: Sequence[Case], versions: Sequence[VersionSource]) -> list[Array]:
            return [found.row for found in self._trials.try_all(VersionTrial(exercise, (), asked), versions)]

        versions = [
            AnsweredMistake(_known(version), rows[version.id], version)
            for version in self.versions(exercise)
            if version.id in rows
        ]
        public = [case for case in cases if case.public and case.raises is None]
        return self._predictions.diagnostics(exercise, versions, public, answers_to)


def untold_misconceptions(bank: CaseBank) -> list[str]:
    """Misconceptions that no case of any exercise tells from the reference."""
    told: dict[str, bool] = {}
    for versions in bank.proof.values():
        for wrong in versions:
            if wrong.kind == MistakeKind.MISCONCEPTION:
                told[wrong.id] = told.get(wrong.id, False) or bool(wrong.killed_by)
    return [name for name, by_some in told.items() if not by_some]


def _known(version: VersionSource) -> KnownMistake:
    return KnownMistake(version.kind, version.operator or version.id, version.sentence, version.function)


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
