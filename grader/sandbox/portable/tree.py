"""A process and what it started, by psutil: how much computing time and memory they take, and their end.

Who belongs to it is looked up now and then, and remembered: what has left its parent is found again only if it was seen
before. Between two looks memory may be taken, and given back, that nobody saw.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from grader.records.run import OutOfMemory
from grader.sandbox.groups import END_SECONDS

if TYPE_CHECKING:
    from grader.records.run import Outcome

LOOK_SECONDS = 0.25  # between looks at all processes of the system, each of which takes milliseconds


class Tree:
    """The process ``pid`` and what it started. Raises psutil.Error if there is no such process."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._cpu = {self._root: 0.0}  # CPU seconds, as last seen, of those that are known to run
        self._spent = 0.0  # by those that have ended
        self._looked = -math.inf

    def cpu_seconds(self) -> float:
        """CPU seconds that all of them have used."""
        self._look_again()
        for process in tuple(self._cpu):  # which another thread may change
            with suppress(psutil.Error):  # it has ended: what was seen last is kept
                used = process.cpu_times()
                self._cpu[process] = used.user + used.system
        return self._spent + sum(tuple(self._cpu.values()))

    def memory(self) -> int:
        """Bytes of memory that all of them hold. What two of them share counts twice."""
        self._look_again()
        held = 0
        for process in tuple(self._cpu):  # which another thread may change
            with suppress(psutil.Error):
                held += process.memory_info().rss
        return held

    def look(self) -> None:
        """See which of them run now."""
        found: set[psutil.Process] = set()
        for process in tuple(self._cpu):  # the root first; another thread may look as well
            if process not in found:
                with suppress(psutil.Error):
                    found.update(process.children(recursive=True))
        for process in found:
            self._cpu.setdefault(process, 0.0)
        for process in [each for each in tuple(self._cpu) if not _runs(each)]:
            self._spent += self._cpu.pop(process, 0.0)
        self._looked = time.monotonic()

    def end(self) -> bool:
        """Kill all of them; False if some still run after a while."""
        limit = time.monotonic() + END_SECONDS
        self.look()
        while self._cpu:
            for process in tuple(self._cpu):  # which another thread may change
                with suppress(psutil.Error):
                    process.kill()
            if time.monotonic() > limit:
                return False
            time.sleep(0.002)
            self.look()
        return True

    def _look_again(self) -> None:
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self.look()


def _runs(process: psutil.Process) -> bool:
    """False for one that has ended, also while its parent has not collected it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # another user's: it is there
        return True


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The bytes that processes may hold: ``limit`` more than the ``base`` that they held before student code ran."""

    tree: Tree
    base: int
    limit: int

    def wait(self) -> float:
        """Seconds until it is over by itself: never."""
        return math.inf

    def passed(self) -> Outcome | None:
        """The outcome if they hold too much."""
        if self.tree.memory() > self.base + self.limit:
            return OutOfMemory(limit=self.limit)
        return None
