"""Asking the reference for what the cases of an exercise are to expect.

Inputs on which it raises, or gives by accident no finite numbers, are counted. Everything else that goes wrong is the
author's to mend, and kept as a mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from grader.bank.acceptance import judge, without_accidents
from grader.bank.literals import in_words
from grader.bank.plans import frozen
from grader.bank.sieve import Sieve
from grader.course.sampled import run_of_reference
from grader.course.wording import Path
from grader.records.assignment import Exercise
from grader.records.bank import Unfit
from grader.records.errors import Mistake
from grader.records.record import Foreign
from grader.records.run import Job, Outcome, Returned, Run
from grader.records.values import is_finite, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.bank.acceptance import Acceptance
    from grader.bank.plans import Candidate
    from grader.records.record import Value

#: Executes a job on the reference.
Reference: TypeAlias = Callable[[Exercise, Job], Run]
#: A mistake at a place of the exercise, where that stands in its file.
Places: TypeAlias = Callable[[Path, str], Mistake]

RUN: Path = ("run",)


@dataclass
class Solver:
    """The reference, asked about one exercise. Of mistakes of one kind at one place, the first is kept."""

    exercise: Exercise
    place: Places
    run: Reference
    mistakes: dict[tuple[Path, str], Mistake] = field(default_factory=dict)
    expected: dict[bytes, dict[str, Value]] = field(default_factory=dict)  # by a candidate's key
    sieve: Sieve = field(default_factory=Sieve)

    def solved(self, candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[str]]:
        """The candidates for which the reference gives something to expect, and its errors for the others."""
        sendable = self.sendable(candidates)
        named = {check.error for check in self.exercise.raises}
        solved, errors = [], []
        for candidate, verdict in zip(sendable, self.verdicts(sendable), strict=True):
            if verdict.usable:
                self.expected.setdefault(candidate.key(), dict(verdict.outputs))
                solved.append(candidate)
            elif verdict.fault:
                output = verdict.about in self.exercise.outputs
                self.mistake(("outputs", verdict.about) if output else RUN, verdict.fault, verdict.about)
            else:
                why = Unfit.REFUSED if verdict.raised else Unfit.NOT_FINITE
                self.sieve.leave_out(candidate, why, verdict.about, verdict.message)
                line = f"line {verdict.line} of the reference, " if verdict.line else ""
                errors.append(f"{verdict.error} ({line}sizes {in_words(candidate.sizes)})")
                refused = {"ValueError", *named} if verdict.meant else named
                if verdict.raised and not refused.intersection(verdict.raised):
                    self._raises(errors[-1])
        return solved, errors

    def _raises(self, error: str) -> None:
        """Keep a mistake of the reference from leaving just those inputs on which it does not show.

        A ValueError that it raises itself, and what a check under ``raises`` names, is an answer: those inputs are
        drawn anew. One that NumPy raises tells of shapes that do not fit.
        """
        message = (
            f"raises on an input that its domains allow: {error}. Mend it, or narrow the domains; where the exception "
            "is right, say so by a check under `raises`"
        )
        self.mistake(RUN, message, "raises")

    def verdicts(self, candidates: Sequence[Candidate]) -> list[Acceptance]:
        """Two runs, with different seeds for chance. An exercise's seconds are meant for no more cases than it has."""
        if not candidates:
            return []
        limits, cases = self.exercise.limits, self.exercise.cases
        times = max(1, ceil(len(candidates) / (cases.public + cases.hidden)))
        job = Job(
            run=run_of_reference(self.exercise),
            outputs=tuple(self.exercise.outputs),
            sizes=tuple(candidate.sizes for candidate in candidates),
            inputs=tuple(candidate.inputs for candidate in candidates),
            limits=replace(limits, seconds=limits.seconds * times),
            helpers=self.exercise.helpers,
        )
        first, again = (self.run(self.exercise, replace(job, salt=salt)).outcomes for salt in (0, 1))
        strict = self._strictly(job, first)
        return [judge(self.exercise, *each) for each in zip(candidates, first, again, strict, strict=True)]

    def _strictly(self, job: Job, outcomes: Sequence[Outcome]) -> list[Outcome | None]:
        """A third run, for the cases with outputs that are not finite: whether NumPy warns of them."""
        odd = [
            n for n, outcome in enumerate(outcomes) if isinstance(outcome, Returned) and not is_finite(outcome.outputs)
        ]
        found: list[Outcome | None] = [None] * len(outcomes)
        if odd:
            sizes, inputs = ([values[n] for n in odd] for values in (job.sizes, job.inputs))
            asked = replace(job, run=without_accidents(job.run), sizes=tuple(sizes), inputs=tuple(inputs))
            for n, outcome in zip(odd, self.run(self.exercise, asked).outcomes, strict=True):
                found[n] = outcome
        return found

    def sendable(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates with frozen inputs; an input that no worker can be sent is a mistake."""
        found = []
        for candidate in candidates:
            inputs = {name: frozen(value) for name, value in candidate.inputs.items()}
            foreign = {name: leaf for name in inputs for leaf in leaves(inputs[name]) if isinstance(leaf, Foreign)}
            for name, leaf in foreign.items():
                message = f"takes a value that cannot be sent to a worker: {leaf.type}"
                self.mistake(("inputs", name), message)
            if not foreign:
                found.append(replace(candidate, inputs=inputs))
        return found

    def mistake(self, path: Path, message: str, about: str = "") -> None:
        """Keep a mistake of the author's."""
        self.mistakes.setdefault((path, about), self.place(path, message))
