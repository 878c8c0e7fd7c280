"""The reference, run on other inputs than its bank's: beside grading, for what nobody could have frozen."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from grader.bank.drawn import NoDistributionError, expected_of
from grader.course.sampled import run_of_reference
from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.run import Returned, job_of
from grader.records.values import is_finite
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.room import AUTHORS
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Job, Outcome, Run, Submission
    from grader.sandbox.api import WorkerPool

AUTHORS_OWN = ("grader.author",)  # what a reference may import, and a submission may not
REPLAY = "grader.mistakes.replay"  # what the reference's own process has beside it


class Reference:
    """The reference, to be run on other inputs. Its process starts when it is first asked for something.

    It is trusted, but gets a sandbox all the same: it may hang like any program.
    """

    def __init__(self, files: AssignmentFiles, pool: WorkerPool, preload: Sequence[str]) -> None:
        self._files = files
        self._pool = pool
        self.preload = (*preload, *AUTHORS_OWN)
        self._sandbox: ProcessSandbox | None = None
        self._asking = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sandbox is not None:
            self._sandbox.close()

    @property
    def sandbox(self) -> ProcessSandbox:
        """The reference's own sandbox."""
        if self._sandbox is None:
            limits = Limits(load_seconds=60.0)
            self._sandbox = ProcessSandbox(
                self.submission, limits, self._pool, (*self.preload, REPLAY), unforeseen=AUTHORS
            )
        return self._sandbox

    def begin(self) -> None:
        """Have its process come up while its caller does other things."""
        with suppress(SandboxFault):  # who asks it something is told
            self.sandbox.begin()

    def run(self, job: Job) -> Run:
        """Run a job in its process, beside :mod:`grader.mistakes.replay`. From any thread; one waits for another."""
        with self._asking:
            return self.sandbox.run(job)

    @cached_property
    def submission(self) -> Submission:
        """Its text, with the files and data that it takes along."""
        return read(self._files.reference, self._files.reference.name)

    @property
    def source(self) -> str:
        """Its text."""
        return self.submission.files[self.submission.module]

    def answers(self, exercise: Exercise, cases: Sequence[Case]) -> list[dict[str, Value] | None]:
        """Outputs for each case; None where the reference raises, or is not finite though that is not expected."""
        asked = replace(job_of(exercise, cases), run=run_of_reference(exercise))
        return [_answer(exercise, outcome) for outcome in self.run(asked).outcomes]


def _answer(exercise: Exercise, outcome: Outcome) -> dict[str, Value] | None:
    plain = [name for name, output in exercise.outputs.items() if output.nonfinite != "expected"]
    if not isinstance(outcome, Returned) or not all(is_finite(outcome.outputs.get(name)) for name in plain):
        return None
    try:
        return expected_of(exercise, outcome.outputs)
    except NoDistributionError:
        return None
