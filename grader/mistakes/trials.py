"""Trying wrong versions of a reference: which cases tell each of them from it, and what it answers to others.

To start a process and import a module takes far longer than to run the cases. So versions that differ in one definition
are swapped in where the reference runs (:mod:`grader.mistakes.swapped`), ``TOGETHER`` of them in one process. One that
does not come to its end there is tried alone, as are those whose definition was used while the module was imported, and
all of a reference that keeps state of its own. How many are together depends on nothing but their order, so that what a
process has been through is the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from msgspec.structs import replace

from grader.diagnose.rows import row
from grader.judge.margin import Margin, margin
from grader.judge.tolerance import rule_of
from grader.mistakes.kept import SWAPPED
from grader.records.run import Job, NotRun, Returned, job_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.mistakes.kept import ModuleProcess
    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

TOGETHER = 64
SLOWER = 5  # times what the reference itself takes for all cases, and
PATIENCE = 1.0  # CPU seconds at least, until a version is tried alone
PREPARE_SECONDS = 60.0

_PREPARE = f"import {SWAPPED} as _swapped\nready, seconds = _swapped.prepare(told)"
_ATTEMPT = f"import {SWAPPED} as _swapped\nfound = _swapped.attempt(name, text)"


class Swap(NamedTuple):
    """A definition of the reference, and the text that makes it another in its place."""

    name: str
    text: str


class SwappableVersion(Protocol):
    """A wrong version of the reference, whole and as what is to be swapped."""

    @property
    def source(self) -> str:
        """The text of the whole module."""

    @property
    def swap(self) -> Swap | None:
        """What is to be swapped, if that gives the same."""


class Tried(NamedTuple):
    """What came of a version: for each case a margin, None where it was not run, and its answers to generic cases."""

    margins: tuple[Margin | None, ...]
    row: Array


class VersionTrial(NamedTuple):
    """What versions are tried on; their answers to the ``generic`` cases are kept."""

    exercise: Exercise
    cases: Sequence[Case]
    generic: Sequence[Case]

    def read(self, outcomes: Sequence[Outcome]) -> Tried:
        """What the outcomes of all its cases come to."""
        count = len(self.cases)
        margins = tuple(
            None if isinstance(outcome, NotRun) else margin(self.exercise, case, outcome)
            for case, outcome in zip(self.cases, outcomes[:count], strict=True)
        )
        return Tried(margins, row(self.generic, outcomes[count:]))

    def job(self) -> Job:
        """All its cases."""
        return job_of(self.exercise, [*self.cases, *self.generic])

    def told(self, module: str) -> dict[str, Value]:
        """The same for :func:`grader.mistakes.swapped.prepare`; ``module`` is the reference's name."""
        rules = {name: rule_of(self.exercise, name) for name in self.exercise.outputs}
        literal = {name: rule.tolerance for name, rule in rules.items()}
        return {
            "module": module,
            "run": self.exercise.run,
            "helpers": self.exercise.helpers,
            "outputs": list(self.exercise.outputs),
            "rules": {
                name: [
                    0.0 if (own := literal[name]) is None else own.atol,
                    0.0 if own is None else own.rtol,
                    own is not None,
                    rule.precise,
                    rule.extra_keys,
                ]
                for name, rule in rules.items()
            },
            "count": len(self.cases),
            "cases": [
                {"sizes": case.sizes, "inputs": case.inputs, "expected": case.expected, "units": case.units}
                for case in (*self.cases, *self.generic)
            ],
        }


class TrialRunner:
    """Tries versions of one reference, several processes at once."""

    def __init__(self, runner: VersionRunner, source: str, module: str) -> None:
        """``source`` is the reference's own, ``module`` its name when it is imported."""
        self._runner = runner
        self._source = source
        self._module = module

    def try_all(self, trial: VersionTrial, versions: Sequence[SwappableVersion]) -> Iterator[Tried]:
        """What comes of each version, in their order. Raises SandboxFault."""
        groups = [versions[start : start + TOGETHER] for start in range(0, len(versions), TOGETHER)]
        told = trial.told(self._module)
        for found in self._runner.each(lambda group: self._try(trial, told, group), groups):
            yield from found

    def _try(self, trial: VersionTrial, told: Mapping[str, Value], versions: Sequence[SwappableVersion]) -> list[Tried]:
        found: dict[int, Tried] = {}
        waiting = [number for number, version in enumerate(versions) if version.swap is not None]
        while waiting:
            came_of = self._together(told, [versions[number].swap for number in waiting])
            if not came_of:
                break
            for number, tried in zip(waiting, came_of, strict=False):
                found[number] = self._try_alone(trial, versions[number]) if tried is None else tried
            waiting = waiting[len(came_of) :]
        return [found.get(number) or self._try_alone(trial, version) for number, version in enumerate(versions)]

    def _try_alone(self, trial: VersionTrial, version: SwappableVersion) -> Tried:
        return trial.read(self._runner.outcomes(version.source, trial.job()))

    def _together(self, told: Mapping[str, Value], swaps: Sequence[Swap | None]) -> list[Tried | None]:
        """What came of the first of these in a process of theirs, None for one that must be tried alone.

        Of none if the reference cannot be shared.
        """
        with self._runner.running(self._source) as process:
            (prepared,) = _ask(process, _PREPARE, ("ready", "seconds"), [{"told": told}], PREPARE_SECONDS)
            if not isinstance(prepared, Returned) or prepared.outputs.get("ready") is not True:
                return []
            patience = max(PATIENCE, SLOWER * prepared.outputs["seconds"])
            asked = [{"name": swap.name, "text": swap.text} for swap in swaps if swap is not None]
            found: list[Tried | None] = []
            for outcome in _ask(process, _ATTEMPT, ("found",), asked, patience):
                if isinstance(outcome, NotRun):
                    break
                if not isinstance(outcome, Returned):
                    found.append(None)
                    continue
                answer = outcome.outputs["found"]
                found.append(_read(answer))
                if not answer["clean"]:
                    process.harmless = False
                    break
            return found


def _ask(
    process: ModuleProcess, run: str, outputs: tuple[str, ...], asked: Sequence[Mapping[str, Value]], seconds: float
) -> Sequence[Outcome]:
    job = Job(run=run, outputs=outputs, sizes=({},) * len(asked), inputs=tuple(asked))
    limits = replace(job.limits, case_seconds=seconds, seconds=seconds * len(asked))
    return process.run(replace(job, limits=limits)).outcomes


def _read(answer: Mapping[str, Value]) -> Tried:
    pairs = zip(answer["killed"], answer["units"], strict=True)
    margins = tuple(Margin(bool(killed), None if np.isnan(units) else float(units)) for killed, units in pairs)
    return Tried(margins, answer["row"])
