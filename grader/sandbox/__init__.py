"""Running student code at a distance.

:class:`Sandbox` is the seam: the rest of grader knows only this. :class:`grader.sandbox.host.ProcessSandbox` is the
real one; :class:`grader.sandbox.fake.FakeSandbox` runs code in this process and serves tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Isolation, Job, Loaded, Run


class Sandbox(Protocol):
    """One submission, imported and ready to run snippets. Use as a context manager: leaving ends every process."""

    @property
    def isolation(self) -> Isolation:
        """How the submission is kept apart."""

    def load(self) -> Loaded:
        """What importing the submission gave."""

    def run(self, job: Job) -> Run:
        """One outcome for each case of the job, in order. After a fatal outcome the rest of the job is NotRun."""

    def run_each(self, jobs: Sequence[Job]) -> Iterator[Run]:
        """:meth:`run` for one job after the other; a job may be under way while its caller looks at the one before.

        Nothing else may be asked before the last run has been taken.
        """

    def close(self) -> None:
        """End everything that was started; called twice it does nothing."""
