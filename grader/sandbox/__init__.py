"""Running student code at a distance.

:class:`Sandbox` is the seam: the rest of grader knows only this. :class:`grader.sandbox.host.ProcessSandbox` is the
real one; :class:`grader.sandbox.fake.FakeSandbox` runs code in this process and serves tests.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.model import Isolation, Job, Loaded, Run


class Nursery(Protocol):
    """Makes workers. Used from several threads at once; to be closed in the end."""

    @property
    def isolation(self) -> Isolation:
        """How its workers are kept apart."""

    def worker(self, data: Mapping[str, bytes]) -> WorkerProcess:
        """A new worker, in a folder that holds these files. Raises SandboxFault."""

    def __enter__(self) -> Self:
        """Itself; leaving closes it."""

    def __exit__(self, *_: object) -> None:
        """As :meth:`close`."""

    def close(self) -> None:
        """End what makes workers, and any that are left."""


class WorkerProcess(Protocol):
    """A worker that has been started: this side's ends of its pipes, and its end."""

    pid: int
    requests: int
    replies: int
    stdout: IO[bytes]
    stderr: IO[bytes]

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""

    def end(self) -> None:
        """Kill it and see that nothing is left of it; twice does nothing. Raises SandboxFault if something survives."""


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


def open_nursery(highest: int = 5) -> Nursery:
    """The strongest nursery that this platform has, of a level of at most ``highest``. It begins to start at once."""
    if hasattr(os, "pidfd_open"):  # Linux
        from grader.sandbox.nursery import ZygoteNursery

        return ZygoteNursery(highest)
    from grader.sandbox.process import Portable

    return Portable()
