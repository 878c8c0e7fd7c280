"""Workers as programs of their own: what serves on any system, where the kernel offers no confinement."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Lock
from typing import Self

from grader.records.errors import SandboxFault
from grader.records.run import Isolation
from grader.sandbox.api import ALWAYS
from grader.sandbox.confine import kernel
from grader.sandbox.portable.process import PortableWorker


class PortablePool:
    """Starts each worker anew. All are level 1: student code may do there what the grader's user may."""

    isolation = Isolation(level=1, layers=ALWAYS)

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed = False
        self._living: set[PortableWorker] = set()
        kernel.hide_memory()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def worker(self) -> PortableWorker:
        """A new worker. Raises SandboxFault when no process can be started."""
        self._check_open()  # before there is a folder that nobody may have the time to remove
        made = PortableWorker(self._living.discard)
        try:
            with self._lock:
                self._living.add(made)
                self._check_open()  # closing may have begun meanwhile
        except SandboxFault:
            made.abandon()
            raise
        return made

    def _check_open(self) -> None:
        if self._closed:
            raise SandboxFault("no process is started any more: the grader was told to end")

    def close(self) -> None:
        """End any workers that are left, of which nobody has: after an interruption. Called twice it does nothing."""
        with self._lock:
            self._closed = True
            left = list(self._living)
        with ExitStack() as ends:  # one that cannot be ended keeps no other alive
            for worker in left:
                ends.callback(worker.abandon)
