"""A ``grade --watch`` that runs beside a test, and what it has printed so far."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

SECONDS = 240  # on a busy machine


class Watched:
    """A running ``grade --watch``, and what it has printed so far."""

    def __init__(self, words, folder: Path, environment) -> None:
        self._out = (folder.parent / "out").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, words)],
            cwd=folder,
            env=environment,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def printed(self) -> str:
        return Path(self._out.name).read_text(encoding="utf-8")

    def wait(self, runs: int) -> str:
        """What was printed for the last of so many runs."""
        end = time.monotonic() + SECONDS
        while self.printed().count("Waiting for the next save") < runs:
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < end, self.printed()
            time.sleep(0.05)
        return re.split(r"Waiting for the next save.*\n", self.printed())[runs - 1]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self._out.close()
