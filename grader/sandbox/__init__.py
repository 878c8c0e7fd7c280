"""Running student code at a distance.

:class:`Sandbox` is the seam: the rest of grader knows only this. :class:`grader.sandbox.host.ProcessSandbox` is the
real one; :class:`grader.sandbox.fake.FakeSandbox` runs code in this process and serves tests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.run import Isolation, Job, Loaded, Run
    from grader.sandbox.channel import Channel
    from grader.sandbox.memory import Ceiling
    from grader.sandbox.start import Program
    from grader.sandbox.threaded import ThreadedChannel


class Nursery(Protocol):
    """Makes workers. Used from several threads at once; to be closed in the end."""

    @property
    def isolation(self) -> Isolation:
        """How its workers are kept apart."""

    def worker(self) -> WorkerProcess:
        """A new worker. Raises SandboxFault."""

    def __enter__(self) -> Self:
        """Itself; leaving closes it."""

    def __exit__(self, *_: object) -> None:
        """As :meth:`close`."""

    def close(self) -> None:
        """End what makes workers, and any that are left."""


class WorkerProcess(Protocol):
    """A worker that has been started: how to talk to it, and its end."""

    pid: int

    def channel(self) -> Channel | ThreadedChannel:
        """The way to talk to it, which takes over all that is open; to be asked for once."""

    def limit_memory(self, size: int) -> Sequence[Ceiling]:
        """Hold it to so much more memory than it has now, if it has not limited itself; what is to be watched for that.

        Raises SandboxFault.
        """

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


def open_nursery(highest: int = 5, program: Program | None = None) -> Nursery:
    """The strongest nursery that this platform has, of a level of at most ``highest``. It begins to start at once.

    ``program``: one that was started before, which is taken if it fits, and ended if it does not.
    """
    if hasattr(os, "pidfd_open"):  # Linux
        from grader.sandbox.nursery import ZygoteNursery

        if program is not None and program.highest != highest:
            program.control.close()  # which ends it
            program = None
        return ZygoteNursery(highest, program)
    from grader.sandbox.portable import Portable

    return Portable()
