"""One exercise of one submission: its public phase, its hidden phase, and what is done where they show a mistake."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from grader.diagnose.diagnose import diagnose
from grader.grading.budget import Budget
from grader.grading.phase import HiddenPhase, PublicPhase
from grader.grading.result import absent_names, graded, missing, ungraded
from grader.records.errors import BankError, GraderError, PropertyFault, SandboxFault
from grader.records.run import Returned, job_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.grading.earlier import EarlierFunction
    from grader.grading.phase import Asked, Author
    from grader.records.assignment import Exercise
    from grader.records.bank import Diagnostics
    from grader.records.finding import Finding
    from grader.records.report import ExerciseResult
    from grader.records.run import Loaded
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox


class Attempt:
    """An exercise on its way through grading. A fault of ours ends it, and it alone."""

    def __init__(self, exercise: Exercise, asked: Asked, sandbox: Sandbox, loaded: Loaded) -> None:
        budget = Budget(sandbox.run, exercise)
        self.exercise = exercise
        self.public = PublicPhase(exercise, asked, sandbox, budget)
        self.hidden = HiddenPhase(exercise, asked, sandbox, budget, self.public)
        self._sandbox = sandbox
        self._loaded = loaded
        self._absent = absent_names(exercise, loaded)
        self._fault: GraderError | None = None
        self._diagnosis: tuple[Finding, ...] = ()
        self._followed: Mapping[str, tuple[str, ...]] = {}

    @property
    def can_run(self) -> bool:
        """True if the submission has what the exercise needs, and nothing of ours has failed."""
        return not self._absent and self.fault is None

    @property
    def fault(self) -> GraderError | None:
        """What of ours has failed."""
        return self.public.fault or self.hidden.fault or self._fault

    @property
    def wrong(self) -> bool:
        """True if a case returned and was wrong, so that there is something to diagnose."""
        returned = any(isinstance(trial.outcome, Returned) for trial in self._trials)
        ended = self.public.ended or self.hidden.ended
        return self.can_run and returned and not ended and any(not trial.right for trial in self._trials)

    def diagnose(self, bank: Mapping[str, Diagnostics]) -> None:
        """Run the diagnostics' cases and say what they show, unless a case that counts contradicts it."""
        with suppress(SandboxFault), self._optional():  # all marks are given already
            diagnostics = bank.get(self.exercise.id)
            if diagnostics is not None:
                job = job_of(self.exercise, diagnostics.cases)
                outcomes = Budget(self._sandbox.run, self.exercise).run(job).outcomes
                self._diagnosis = diagnose(self.exercise, diagnostics, outcomes, self._trials)

    def follow_through(self, author: Author, earlier: Sequence[Attempt]) -> None:
        """See which outputs are wrong for reasons of functions alone that ``earlier`` exercises have shown to be."""
        broken = self.public.broken or self.hidden.broken
        if not self.exercise.follow_through or author.reference is None or not self.can_run or broken is not None:
            return
        from grader.grading.earlier import Earlier, earlier_functions  # seldom needed, as what follows
        from grader.grading.follow_through import follow_through

        wrong = [attempt for attempt in earlier if attempt.wrong]
        functions = earlier_functions(self.exercise.follow_through, [attempt.exercise for attempt in earlier])
        built_on = Earlier(
            functions,
            wrong=_homes_among(functions, wrong),
            by_themselves=_homes_among(functions, [attempt for attempt in wrong if not attempt.right_but_for_others]),
        )
        try:
            with self._optional():
                asked = (self.exercise, built_on, self._trials, self._sandbox, author.reference)
                self._followed = follow_through(*asked)
        except (SandboxFault, PropertyFault) as fault:
            self._fault = fault

    @property
    def right_but_for_others(self) -> bool:
        """True if all its outputs that are wrong are so for reasons of earlier functions."""
        return bool(self._followed) and all(
            found.deviation is None or found.output in self._followed
            for trial in self._trials
            for found in trial.comparisons
        )

    def result(self, module: str) -> ExerciseResult:
        """What the exercise earned, and why."""
        if self.fault is not None:
            return ungraded(self.exercise, self.fault)
        if self._absent:
            return missing(self.exercise, self._absent, module, self._loaded)
        found = (module, self._loaded, self._followed, self._diagnosis)
        return graded(self.exercise, self.public, self.hidden, *found)

    @property
    def _trials(self) -> tuple[Trial, ...]:
        return self.public.trials + self.hidden.trials

    @contextmanager
    def _optional(self) -> Iterator[None]:
        """Work on values that a submission chose, beyond what its cases earn: what they provoke ends this alone."""
        try:
            yield
        except BankError as error:
            self._warn(f"no mistake is named, for {error}; the case bank is made anew on the next run")
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - as the docstring says
            # Its message could hold values of hidden cases.
            self._warn(f"no mistake is named, or no method credited, for the grader met a {type(error).__name__}")

    def _warn(self, problem: str) -> None:
        import logging  # takes as long as a worker takes to start

        logging.getLogger(__name__).warning("%s: %s", self.exercise.id, problem)


def _homes_among(functions: Sequence[EarlierFunction], attempts: Sequence[Attempt]) -> frozenset[str]:
    """Those functions that the exercises of these attempts ask for."""
    exercises = {attempt.exercise.id for attempt in attempts}
    return frozenset(function.name for function in functions if function.home.id in exercises)
