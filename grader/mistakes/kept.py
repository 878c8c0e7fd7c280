"""Processes that are kept, since to start one and to compile a module takes longer than most of what is asked.

Whoever uses one has its module executed anew (:mod:`grader.mistakes.executed`), so that nothing that was asked before,
as what a cache holds, is there: the same answers come in whatever order it is asked, and by whichever process.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Self

import numpy as np

from grader.mistakes.equivalent import SIGHTINGS
from grader.records.assignment import Limits
from grader.records.run import FATAL, Job, NotRun, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.records.record import Array
    from grader.sandbox.api import Sandbox

EXECUTED = "grader.mistakes.executed"
SWAPPED = "grader.mistakes.swapped"
BESIDE = (EXECUTED, SWAPPED, SIGHTINGS)  # what such a process has beside the reference
_EXECUTE = f"import {EXECUTED} as _executed\n_executed.execute(path, bytes(text).decode(), bytes(instead).decode())"


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

    @contextmanager
    def running(self, text: str, instead: str = "") -> Iterator[ModuleProcess]:
        """A process for that text of the module, in which ``instead`` takes the place of some definition."""
        try:
            sandbox = self._idle.get_nowait()
        except Empty:
            sandbox = self._all.enter_context(self._start())
        given = {"path": self._path, "text": _as_bytes(text), "instead": _as_bytes(instead)}
        process = ModuleProcess(sandbox, Job(_EXECUTE, (), ({},), (given,), self._limits))
        yield process
        if not process.harmless:
            sandbox.close()  # the next to use it has a new one
        self._idle.put(sandbox)


class ModuleProcess:
    """A process in which the module is executed anew before it is first asked, and after whatever ended it.

    ``harmless``: what ran in it has touched nothing but the module, so that others may run there afterwards.
    """

    def __init__(self, sandbox: Sandbox, execute: Job) -> None:
        self.harmless = True
        self._sandbox = sandbox
        self._execute = execute
        self._ready = False

    def run(self, job: Job) -> Run:
        """Run a job. Where the module raised when it was executed, what came after that is missing."""
        if not self._ready:
            self._ready = _lives(self._sandbox.run(self._execute))
        if not self._ready:
            return Run((NotRun(),) * len(job.inputs))
        found = self._sandbox.run(job)
        self._ready = _lives(found)
        return found


def _lives(run: Run) -> bool:
    return not any(isinstance(outcome, (*FATAL, NotRun)) for outcome in run.outcomes)


def _as_bytes(text: str) -> Array:
    """A text of any length, as an input that is a text may not be."""
    return np.frombuffer(text.encode(), np.uint8)
