"""The canary: it succeeds at everything when nothing confines it, and says so."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from grader.records.errors import GuardError
from grader.sandbox.confine import canary, guard

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a BLAS library's idle thread is harmless


def free(_plan):
    """In place of guard.confine: nothing."""


def test_unconfined_it_is_refused_nothing(monkeypatch):
    monkeypatch.setattr(guard, "confine", free)
    assert canary.fly() == canary.Findings(frozenset())


def test_confined_it_is_refused_everything():
    findings = canary.fly(seccomp=True)
    assert findings.problem == ""
    assert findings.refused == {*canary.ATTEMPTS, "exec"}


def test_its_limits_are_its_only_bounds_without_layers():
    findings = canary.fly()
    assert findings.problem == ""
    assert "memory" in findings.refused
    assert not findings.refused & {"read", "stat", "write", "chmod", "socket", "bind", "signal", "exec"}


def test_a_step_that_failed_is_what_it_brings_back(monkeypatch):
    def fail(_plan):
        raise GuardError("a layer is missing")

    monkeypatch.setattr(guard, "confine", fail)
    assert canary.fly() == canary.Findings(frozenset(), "a layer is missing")


def test_an_early_end_is_told_apart_from_refusals(monkeypatch):
    monkeypatch.setattr(guard, "confine", lambda _plan: os.kill(os.getpid(), signal.SIGSYS))
    assert canary.fly() == canary.Findings(frozenset(), f"the canary was ended early, by signal {signal.SIGSYS:d}")


def test_one_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(guard, "confine", lambda _plan: time.sleep(60))
    monkeypatch.setattr(canary, "SECONDS", 0.2)
    assert canary.fly() == canary.Findings(frozenset(), f"the canary was ended early, by signal {signal.SIGKILL:d}")


def test_nothing_is_left_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before, children = sorted(os.listdir("/proc/self/fd")), _children()
    canary.fly()
    assert list(tmp_path.iterdir()) == []
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert _children() == children


def _children() -> list[str]:
    """Processes that this one has started: other tests' among them."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
