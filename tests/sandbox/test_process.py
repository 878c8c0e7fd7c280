"""Ending all processes at once, as the end of the grader itself does."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader.errors import SandboxFault
from grader.sandbox import process
from grader.sandbox.process import Process


@pytest.fixture
def fresh(monkeypatch):
    """What other tests may have started stays out of this one's reach."""
    monkeypatch.setattr(process, "_living", set())
    monkeypatch.setattr(process, "_ending", threading.Event())


def close(worker):
    for descriptor in (worker.requests, worker.replies):
        os.close(descriptor)
    for stream in (worker.stdout, worker.stderr):
        stream.close()


@pytest.mark.usefixtures("fresh")
def test_all_that_live_are_ended_and_none_starts_afterwards():
    ended, living = Process({}), Process({})
    ended.end()
    process.end_all()
    for worker in (ended, living):
        assert worker.wait(0) is not None
        assert not Path(worker.folder).exists()
        close(worker)
    with pytest.raises(SandboxFault, match="the grader was told to end"):
        Process({})
