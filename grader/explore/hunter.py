"""One exercise: inputs are tried until one is found on which the submission is wrong, which is then made small."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from grader.bank.plans import Candidate
from grader.explore.sides import fails
from grader.judge.minimise import minimise, signature
from grader.records.assignment import custom_function
from grader.records.errors import GraderError, Mistake, ReferenceFault
from grader.records.hunt import Explored, FalsePass
from grader.records.run import FATAL, BadReply, NotRun, OutOfMemory, Raised, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.bank.hunt import Hunt
    from grader.explore.sides import Sides
    from grader.records.bank import Case
    from grader.records.verdict import Trial

BATCH = 40  # inputs of a round trip: as many as the hidden cases of an exercise that does not say how many
ATTEMPTS = 300  # inputs that are tried to make one small
ENDINGS = 6  # processes that may end meanwhile: each may cost all the time that a case has
REPEATS = 3  # times that what is shown has come again
UNSTABLE = 3  # differences that did not come again, after which an exercise is given up

#: What a process may come to by all that it was asked, or on a busy machine, whatever it is asked last.
_MAY_HAPPEN = (OutOfMemory, BadReply, TimedOut)


class HuntProgress(NamedTuple):
    """How far a hunt has come: how many inputs were drawn, and whether one of them is being made small."""

    exercise: str
    drawn: int
    shrinking: bool = False


class Hunter:
    """A hunt through one exercise."""

    def __init__(self, sides: Sides, hunt: Hunt, progress: Callable[[HuntProgress], None]) -> None:
        self._exercise = sides.exercise
        self._sides = sides
        self._hunt = hunt
        self._progress = progress
        self._drawn = self._tried = self._unanswered = self._ill = 0
        self._found: Trial | None = None  # what came again in a fresh process
        self._unstable: list[Trial] = []  # what did not

    def explore(self, until: float | None, inputs: int | None) -> Explored:
        """Hunt until a time of the monotonic clock, or for so many inputs; for one batch at least.

        An interruption (Ctrl-C) ends it with what was found so far. Raises SandboxFault and ReferenceFault.
        """
        everything = interrupted = False
        try:
            everything = self._search(until, inputs)
        except KeyboardInterrupt:
            interrupted = True
        wrong = self._found or next(iter(self._unstable), None)
        return Explored(
            exercise=self._exercise,
            tried=self._tried,
            unanswered=self._unanswered,
            ill=self._ill,
            everything=everything,
            interrupted=interrupted,
            found=None if wrong is None else FalsePass(self._exercise, wrong, again=self._found is not None),
        )

    @property
    def _over(self) -> bool:
        return self._found is not None or len(self._unstable) == UNSTABLE

    # ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _search(self, until: float | None, inputs: int | None) -> bool:
        """Try batch after batch; True if the domains hold no more."""
        self._progress(HuntProgress(self._exercise.id, 0))
        while not self._over:
            with self._strategies():
                batch = self._hunt.batch(BATCH if inputs is None else min(BATCH, inputs - self._drawn))
            if not batch:
                return True
            self._drawn += len(batch)
            self._try(batch)
            self._progress(HuntProgress(self._exercise.id, self._drawn))
            if self._drawn == inputs or (until is not None and time.monotonic() >= until):
                break
        return False

    def _try(self, batch: Sequence[Candidate]) -> None:
        """Try a batch, up to the first difference that comes again."""
        known = [
            (candidate, case)
            for candidate, case in zip(batch, self._sides.cases(batch), strict=True)
            if case is not None
        ]
        self._unanswered += len(batch) - len(known)
        trials = self._sides.trials([case for _, case in known])
        for (candidate, _), trial in zip(known, trials, strict=True):
            if trial is None:
                self._ill += 1
            elif not isinstance(trial.outcome, NotRun):
                self._tried += 1
                if fails(trial):
                    self._confirm(candidate, trial)
            if self._over:
                return

    def _confirm(self, candidate: Candidate, trial: Trial) -> None:
        again = self._sides.alone(trial.case)
        if again is None:  # that rounding decides was not noticed before
            self._ill += 1
        elif fails(again):
            self._found = trial
            self._make_small(candidate, trial)
        elif not isinstance(trial.outcome, _MAY_HAPPEN):
            self._unstable.append(trial)

    def _comes_again(self, trial: Trial) -> bool:
        again = self._sides.alone(trial.case)
        return again is not None and fails(again)

    # ── making it small ───────────────────────────────────────────────────────────────────────────────────────────

    def _make_small(self, candidate: Candidate, first: Trial) -> None:
        """By Hypothesis, which knows how inputs are drawn, and then number by number."""
        self._progress(HuntProgress(self._exercise.id, self._drawn, shrinking=True))
        shrunk = self._shrunk(candidate, first)
        for trial in (self._minimised(shrunk), shrunk, first):
            if all(self._comes_again(trial) for _ in range(REPEATS)):
                self._found = trial
                return
        self._found = None
        self._unstable.append(first)

    def _shrunk(self, candidate: Candidate, first: Trial) -> Trial:
        """The simplest trial that Hypothesis finds to fail as the first one did.

        It is told the same of the same candidate whenever it asks, whatever the submission would answer by then.
        """
        known: dict[bytes, Trial | None] = {candidate.key(): first}
        endings = 0
        fault: GraderError | None = None

        def same(other: Candidate) -> bool:
            nonlocal endings, fault
            key = other.key()
            if key not in known and len(known) <= ATTEMPTS and endings < ENDINGS and fault is None:
                try:
                    known[key] = trial = self._alike(other, first)
                except GraderError as error:  # Hypothesis would take it for what is to be made small
                    fault, trial = error, None
                if trial is not None:
                    endings += isinstance(trial.outcome, FATAL)
                    self._found = trial  # should an interruption come
            return known.get(key) is not None

        with self._strategies():
            simplest = self._hunt.shrink(candidate, same)
        if fault is not None:
            raise fault
        return known[simplest.key()] or first

    def _alike(self, candidate: Candidate, first: Trial) -> Trial | None:
        """The candidate's trial, if it fails as the first one did."""
        (case,) = self._sides.cases([candidate])
        trial = None if case is None else self._sides.alone(case)
        return trial if trial is not None and signature(trial) == signature(first) else None

    def _minimised(self, trial: Trial) -> Trial:
        if not isinstance(trial.outcome, Returned | Raised):
            return trial
        return minimise(trial, self._exercise, self._attempt)

    def _attempt(self, cases: Sequence[Case]) -> list[Trial | None]:
        """Trials of cases whose inputs were changed, so that what they expect is no longer right."""
        changed = [Candidate(case.origin, case.sizes, case.inputs) for case in cases]
        return self._sides.trials([case for case in self._sides.cases(changed) if case is not None]) if cases else []

    @contextmanager
    def _strategies(self) -> Iterator[None]:
        """What an author's strategy raises is a mistake of the author's."""
        try:
            yield
        except Exception as error:
            if not any(map(custom_function, self._exercise.inputs.values())):
                raise  # a fault of ours
            message = f"a strategy fails: {type(error).__name__}: {error}"
            raise ReferenceFault([Mistake("properties.py", 0, 0, self._exercise.id, message)]) from error
