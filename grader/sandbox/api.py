"""Running student code at a distance.

:class:`Sandbox` is the seam: the rest of grader knows only this. :class:`grader.sandbox.host.ProcessSandbox` is the
real one; :class:`grader.sandbox.fake.FakeSandbox` runs code in this process and serves tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.records.run import Isolation, Job, Loaded, Outcome, Run
    from grader.sandbox.channel import Channel

#: What every level has, in the words of a report.
ALWAYS = ("own process", "limits", "clean environment")


class WorkerPool(Protocol):
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


class Watched(Protocol):
    """What a worker may not pass: an amount of time, or of memory."""

    def wait(self) -> float:
        """Wall seconds until it is worth a look at the latest."""

    def passed(self) -> Outcome | None:
        """The outcome if it has been passed."""


class WorkerProcess(Protocol):
    """A worker that has been started: how to talk to it, and its end."""

    pid: int

    def channel(self) -> Channel:
        """The way to talk to it, which takes over all that is open; to be asked for once."""

    def cpu_seconds(self) -> float:
        """CPU seconds that it has used; 0 once it is gone."""

    def queued_seconds(self) -> float:
        """Seconds that it has waited for a processor; 0 where the system does not say, and once it is gone."""

    def limit_memory(self, size: int) -> Sequence[Watched]:
        """Hold it to so much more memory than it has now, if it has not limited itself; what is to be watched for that.

        Raises SandboxFault.
        """

    def wait(self, seconds: float) -> int | None:
        """The exit code (negative for a signal), or None if it still runs after that time."""

    def end(self) -> None:
        """Kill it and see that nothing is left of it; twice does nothing. Raises SandboxFault if something survives."""


class Used(NamedTuple):
    """What a submission has used so far: so many ``workers``, and of what it has in all a ``share``.

    That is the larger share of its time and of the room for its answers.
    """

    share: float = 0.0
    workers: int = 0


class Sandbox(Protocol):
    """One submission, imported and ready to run snippets. Use as a context manager: leaving ends every process."""

    @property
    def isolation(self) -> Isolation:
        """How the submission is kept apart."""

    @property
    def used(self) -> Used:
        """What was used by now."""

    def load(self) -> Loaded:
        """What importing the submission gave."""

    def run(self, job: Job) -> Run:
        """One outcome for each case of the job, in order. After a fatal outcome the rest of the job is NotRun."""

    def run_each(self, jobs: Iterable[Job]) -> Iterator[Run]:
        """:meth:`run` for one job after the other; a job may be under way while its caller looks at the one before.

        The next but one may be made meanwhile: at most two are taken ahead of the runs that are handed out. Nothing
        else may be asked before the last run has been taken.
        """

    def aside(self) -> Sandbox:
        """Another one for the same submission: what was run in this one can neither slow nor end it."""

    def __enter__(self) -> Self:
        """Itself; leaving closes it."""

    def __exit__(self, *_: object) -> None:
        """As :meth:`close`."""

    def close(self) -> None:
        """End everything that was started; called twice it does nothing."""
