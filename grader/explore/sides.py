"""The reference and a submission, asked the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from grader.bank.acceptance import judge
from grader.course.sampled import run_of_reference
from grader.judge.trials import try_cases
from grader.records.bank import Case
from grader.records.run import NotRun, Outcome, job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.bank.plans import Candidate
    from grader.bank.prove import Prover
    from grader.records.assignment import Exercise
    from grader.records.run import Job, Run
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox

RENEWED = 25  # jobs, after which a sandbox is exchanged: what one answers in all is bounded, and so is its life


class Renewed:
    """A sandbox, exchanged for a new one now and then."""

    def __init__(self, start: Callable[[], Sandbox]) -> None:
        self._start = start
        self._sandbox: Sandbox | None = None
        self._jobs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, job: Job) -> Run:
        """Run a job in the process that is there, or in a new one."""
        if self._jobs % RENEWED == 0:
            self.close()
        self._jobs += 1
        if self._sandbox is None:
            self._sandbox = self._start()
        return self._sandbox.run(job)

    def close(self) -> None:
        """End the process: the next job has a fresh one."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()


class Sides:
    """What both answer to inputs of one exercise."""

    def __init__(self, exercise: Exercise, reference: Renewed, submission: Renewed, prover: Prover) -> None:
        self.exercise = exercise
        self._reference = reference
        self._submission = submission
        self._prover = prover

    def cases(self, candidates: Sequence[Candidate]) -> list[Case | None]:
        """The candidates as cases; None where the reference gives nothing that a case of a bank could expect."""
        cases = [Case(self.exercise.id, each.origin, False, each.sizes, each.inputs) for each in candidates]
        asked = run_of_reference(self.exercise)
        jobs = [replace(self._job(cases, salt), run=asked) for salt in (0, 1)]
        first, again = (self._reference.run(job).outcomes for job in jobs)
        verdicts = [judge(self.exercise, *each) for each in zip(candidates, first, again, strict=True)]
        return [
            replace(case, expected=dict(verdict.outputs)) if verdict.usable else None
            for case, verdict in zip(cases, verdicts, strict=True)
        ]

    def trials(self, cases: Sequence[Case]) -> list[Trial | None]:
        """What the submission makes of the cases; None where rounding decides, so that no tolerance is fair.

        Where the submission ended its process, the trials of the cases after that say only that they were not run.
        """
        return self._fair(cases, self._submission.run(self._job(cases, 0)).outcomes) if cases else []

    def alone(self, case: Case) -> Trial | None:
        """What the submission makes of one case in a fresh process, and with other chance."""
        self._submission.close()
        return self._fair([case], self._submission.run(self._job([case], 1)).outcomes)[0]

    def _fair(self, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Trial | None]:
        """Trials with the tolerance that a bank would have. It is measured only where the least one is not enough."""
        found: list[Trial | None] = list(try_cases(self.exercise, cases, outcomes))
        wrong = [number for number, trial in enumerate(found) if trial is not None and fails(trial)]
        if wrong:
            measured = self._prover.calibrated(self.exercise, [cases[number] for number in wrong])
            for number, case in zip(wrong, measured, strict=True):
                found[number] = None if case is None else try_cases(self.exercise, [case], [outcomes[number]])[0]
        return found

    def _job(self, cases: Sequence[Case], salt: int) -> Job:
        """Each case may take all that a case may; an exercise's seconds are meant for the cases of its bank."""
        job = job_of(self.exercise, cases, salt)
        enough = job.limits.case_seconds * (len(cases) + 1)  # so that it is a case that takes too long, and not all
        return replace(job, limits=replace(job.limits, seconds=enough))


def fails(trial: Trial) -> bool:
    """Whether it was run and was wrong."""
    return not trial.right and not isinstance(trial.outcome, NotRun)
