"""Process groups: ended as a whole, and seen to be gone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.sandbox import groups

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")

TWO = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def group():
    with subprocess.Popen([sys.executable, "-c", TWO], stdout=subprocess.PIPE, start_new_session=True) as process:
        process.stdout.readline()
        yield process
        groups.kill_group(process.pid)


def test_a_group_that_lives_is_not_gone(group, monkeypatch):
    monkeypatch.setattr(groups, "END_SECONDS", 0.1)
    assert not groups.gone(group.pid)


def test_a_group_that_was_killed_is_gone_before_anybody_collects_it(group):
    groups.kill_group(group.pid)
    assert groups.gone(group.pid)
    assert group.wait(10) == -9
    assert groups.gone(group.pid)


def test_there_may_be_no_group():
    with subprocess.Popen([sys.executable, "-c", ""], start_new_session=True) as process:
        pass
    groups.kill_group(process.pid)
    assert groups.gone(process.pid)
