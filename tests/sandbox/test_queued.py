"""How long a process has waited for a processor, as Linux says it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from grader.sandbox.queued import Queued

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says it")


def test_it_grows_while_there_is_no_processor_and_stays_when_the_process_is_gone():
    """One process more than the one processor that they all have."""
    first = min(os.sched_getaffinity(0))
    script = f"import os; os.sched_setaffinity(0, [{first}])\nwhile True: pass"
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    queued = Queued(running[0].pid)
    try:
        before = queued.seconds()
        for _ in range(300):
            time.sleep(0.1)
            if queued.seconds() > before + 0.05:
                break
        last = queued.seconds()
        assert last > before + 0.05
    finally:
        for each in running:
            each.kill()
            each.wait()
    assert queued.seconds() >= last
    queued.close()
    queued.close()
    assert queued.seconds() >= last, "what was seen is not forgotten"


def test_what_is_closed_is_not_opened_again(monkeypatch):
    queued = Queued(os.getpid())
    queued.close()
    opened = len(os.listdir("/proc/self/fd"))
    assert queued.seconds() == 0.0
    assert len(os.listdir("/proc/self/fd")) == opened


def test_of_a_process_that_is_not_there_nothing_is_known():
    assert Queued(2**22 + 1).seconds() == 0.0
