"""Processes that are kept: the reference, and what is next to it, is asked so often that starting anew costs most.

Whoever is asked has its module executed anew (:mod:`grader.mistakes.executed`), so that nothing of one job, as what a
cache holds, is there for the next: the same answers come in whatever order is asked, and by whichever process.
"""

from __future__ import annotations

from contextlib import ExitStack
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Self

import numpy as np

from grader.records.assignment import Limits
from grader.records.run import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.records.run import Run
    from grader.sandbox.api import Sandbox

EXECUTED = "grader.mistakes.executed"  # what such a process has beside the reference
_EXECUTE = f"import {EXECUTED} as _executed\n_executed.execute(path, bytes(text).decode())"


class KeptProcesses:
    """As many as are in use at one time. From any thread; to be closed."""

    def __init__(self, start: Callable[[], Sandbox], path: str, load_seconds: float) -> None:
        """``path`` is that of the module, which may take so long to be executed."""
        self._start = start
        self._path = path
        self._limits = Limits(case_seconds=load_seconds, seconds=load_seconds)
        self._idle: LifoQueue[Sandbox] = LifoQueue()
        self._all = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._all.close()

    def run(self, text: str, job: Job) -> Run:
        """The job on that text of the module. Raises SandboxFault."""
        try:
            sandbox = self._idle.get_nowait()
        except Empty:
            sandbox = self._all.enter_context(self._start())
        sandbox.run(self._executing(text))  # where it raises, the job lacks what it did not come to
        run = sandbox.run(job)
        self._idle.put(sandbox)
        return run

    def _executing(self, text: str) -> Job:
        """As an array, for a text may be longer than any that is an input."""
        inputs = {"path": self._path, "text": np.frombuffer(text.encode(), np.uint8)}
        return Job(run=_EXECUTE, outputs=(), sizes=({},), inputs=(inputs,), limits=self._limits)
