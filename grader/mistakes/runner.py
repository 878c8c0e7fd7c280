"""Running many versions of a reference, several at once: in workers of their own, or in ones that are kept.

They are the author's side, but wrong on purpose: they hang, crash and exhaust memory. So they run under the limits of
the sandbox, and those limits are tight: a version that needs more than ``CASE_SECONDS`` for a case is wrong enough.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from grader.mistakes.kept import BESIDE, KeptProcesses
from grader.records.assignment import Limits
from grader.records.run import NotRun
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.processors import processors
from grader.sandbox.room import AUTHORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.mistakes.kept import ModuleProcess
    from grader.records.run import Job, Outcome, Run, Submission
    from grader.sandbox.api import WorkerPool

_Result = TypeVar("_Result")

CASE_SECONDS = 0.5
LOAD_SECONDS = 60.0
ENDINGS = 3  # of its process, after which a version is tried no further


class VersionRunner:
    """Versions of a reference's module, beside the files and data that it takes along.

    As a context it may be used from several threads, which share its processors, and it keeps the processes in which
    the reference itself is asked. Leaving ends them, and whoever still asks gets no answer any more.
    """

    def __init__(
        self, reference: Submission, pool: WorkerPool, preload: Sequence[str], stand_ins: Sequence[str] = ()
    ) -> None:
        self._reference = reference
        self._pool = pool
        self._preload = preload
        self._stand_ins = stand_ins
        self._threads: ThreadPoolExecutor | None = None
        self._kept: KeptProcesses | None = None

    def __enter__(self) -> Self:
        self._threads, self._kept = ThreadPoolExecutor(processors()), self._processes()
        return self

    def __exit__(self, *ended: object) -> None:
        if self._threads is not None and self._kept is not None:
            self._threads.shutdown(cancel_futures=True)  # also when whoever asked is interrupted
            self._kept.__exit__(*ended)

    def run(self, sources: Sequence[str], jobs: Sequence[Job]) -> Iterator[tuple[Outcome, ...]]:
        """The outcomes of each source on its job, in order. Raises SandboxFault."""
        yield from self.each(self.outcomes, sources, jobs)

    def right(self, sources: Sequence[str], jobs: Sequence[Job]) -> Iterator[tuple[Outcome, ...]]:
        """The same for the reference's own source and what is next to it: nothing that could harm a process."""
        yield from self.each(lambda source, job: self.several(source, [job])[0], sources, jobs)

    def each(self, work: Callable[..., _Result], *given: Iterable[Any]) -> Iterator[_Result]:
        """The work done on each of what is given, in order, as many at once as there are processors."""
        if self._threads is not None:
            yield from self._threads.map(work, *given)
            return
        with ThreadPoolExecutor(processors()) as threads:
            try:
                yield from threads.map(work, *given)
            finally:
                threads.shutdown(cancel_futures=True)

    def open(self, source: str) -> ProcessSandbox:
        """A sandbox with one version; to be closed."""
        files = {**self._reference.files, self._reference.module: source}
        return self._opened(replace(self._reference, files=files), ())

    def _opened(self, version: Submission, beside: Sequence[str]) -> ProcessSandbox:
        version = replace(version, cells=())  # of a notebook all its code is in its source
        preload, limits = (*self._preload, *beside), Limits(load_seconds=LOAD_SECONDS)
        return ProcessSandbox(version, limits, self._pool, preload, self._stand_ins, unforeseen=AUTHORS)

    def _processes(self) -> KeptProcesses:
        return KeptProcesses(lambda: self._opened(self._reference, BESIDE), self._reference.module, LOAD_SECONDS)

    @contextmanager
    def running(self, source: str, instead: str = "") -> Iterator[ModuleProcess]:
        """A process for a source that harms none, in which ``instead`` takes the place of a definition.

        It has :mod:`grader.mistakes.kept` ``.BESIDE`` beside it. From any thread.
        """
        alone = self._processes() if self._kept is None else nullcontext(self._kept)
        with alone as kept, kept.running(source, instead) as process:
            yield process

    def outcomes(self, source: str, job: Job) -> tuple[Outcome, ...]:
        """The outcomes of one source, whatever it does. Raises SandboxFault. From any thread."""
        with self.open(source) as sandbox:
            return tuple(_outcomes(sandbox.run, job))

    def several(self, source: str, jobs: Sequence[Job]) -> list[tuple[Outcome, ...]]:
        """The outcomes on several jobs, one after the other, of a source that harms no process."""
        with self.running(source) as process:
            return [tuple(_outcomes(process.run, job)) for job in jobs]


def _outcomes(run: Callable[[Job], Run], job: Job) -> Iterator[Outcome]:
    """Case by case, in a new process after each that ended the last one; NotRun for the rest after some of these."""
    limits = replace(job.limits, case_seconds=CASE_SECONDS, seconds=CASE_SECONDS * len(job.inputs))
    done = 0
    for _ in range(ENDINGS):
        left = replace(job, sizes=job.sizes[done:], inputs=job.inputs[done:], limits=limits)
        for outcome in run(left).outcomes:
            if isinstance(outcome, NotRun):
                break
            done += 1
            yield outcome
        if done == len(job.inputs):
            return
    yield from [NotRun()] * (len(job.inputs) - done)
