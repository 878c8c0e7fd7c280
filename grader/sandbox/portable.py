"""The portable level of isolation: workers as plain processes, by what each platform has for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from grader.records.run import Isolation

if TYPE_CHECKING:
    from grader.sandbox.memory import Held
    from grader.sandbox.process import Process


class Portable:
    """Starts workers as plain processes: what works on any platform, and is level 1."""

    def __init__(self, held: Held | None = None) -> None:
        """``held`` tells a process's memory, in place of what this platform has for that."""
        from grader.sandbox import memory

        self._held = held or memory.by_platform()
        self._process = _process_of_platform()
        self.isolation = Isolation(level=1, layers=self._process.layers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def worker(self) -> Process:
        """A new worker. Raises SandboxFault when no process can be started."""
        return self._process(self._held)

    def close(self) -> None:
        """Nothing is left to close: each worker ends by itself."""


def _process_of_platform() -> type[Process]:
    if sys.platform == "win32":
        from grader.sandbox.windows import WindowsProcess

        return WindowsProcess
    from grader.sandbox.process import Process

    return Process
