"""A process and what it started: watched and ended from outside."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from grader.records.run import OutOfMemory
from grader.sandbox.portable import tree
from grader.sandbox.portable.tree import Ceiling, Tree

MIB = 1 << 20
PATIENCE = 20.0

BUSY = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], start_new_session=True)
print(child.pid, flush=True)
{then}
"""


@pytest.fixture
def start():
    """``start(source)``: the tree of a program, and the process; ended afterwards whatever happens."""
    started = []

    def start(source: str):
        pipe = subprocess.PIPE  # for what it waits for as well: a test may run without standard input
        process = subprocess.Popen([sys.executable, "-c", source], stdin=pipe, stdout=pipe, text=True)
        started.append((Tree(process.pid), process))
        return started[-1]

    yield start
    for made, process in started:
        made.end()  # with its children, which hold the pipe as well
        process.kill()
        process.communicate()


def until(said) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if said():
            return True
        time.sleep(0.01)
    return False


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_process_that_is_not_there_has_no_tree():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    with pytest.raises(psutil.NoSuchProcess):
        Tree(process.pid)


def test_computing_time_is_that_of_all_and_does_not_go_back(start, monkeypatch):
    monkeypatch.setattr(tree, "LOOK_SECONDS", 0.0)
    then = BUSY.format(0.2) + "child.wait(); print('done', flush=True); time.sleep(60)"
    made, process = start(PARENT.format(child=BUSY.format(0.4), then=then))
    child = int(process.stdout.readline())
    seen = []
    while child in psutil.pids():
        seen.append(made.cpu_seconds())
        time.sleep(0.01)
    assert process.stdout.readline() == "done\n"
    seen.append(made.cpu_seconds())
    assert seen == sorted(seen)
    assert 0.5 < seen[-1] < 2


def test_between_two_looks_nobody_asks_who_is_there(start, monkeypatch):
    made, process = start(PARENT.format(child="import time; time.sleep(60)", then="time.sleep(60)"))
    made.look()
    asked = []
    monkeypatch.setattr(made, "look", lambda: asked.append(1))
    made.cpu_seconds()
    made.memory()
    assert not asked
    monkeypatch.setattr(tree, "LOOK_SECONDS", 0.0)
    made.cpu_seconds()
    made.memory()
    assert len(asked) == 2
    monkeypatch.undo()
    process.stdout.readline()
    assert made.end()


def test_memory_is_that_of_all(start, monkeypatch):
    monkeypatch.setattr(tree, "LOOK_SECONDS", 0.0)
    made, process = start(
        PARENT.format(child=f"held = b'x' * {200 * MIB}\nimport time; time.sleep(60)", then="input()")
    )
    process.stdout.readline()
    assert until(lambda: made.memory() > 200 * MIB)
    assert psutil.Process(process.pid).memory_info().rss < 200 * MIB


def test_the_end_is_that_of_all_in_whatever_session_they_are(start):
    then = "time.sleep(60)"
    made, process = start(PARENT.format(child=PARENT.format(child="import time; time.sleep(60)", then=then), then=then))
    child = int(process.stdout.readline())
    grandchild = int(process.stdout.readline())
    assert made.end()
    assert not any(map(runs, (process.pid, child, grandchild)))
    assert made.end()


def test_what_was_seen_is_ended_after_its_parent_left_it(start):
    made, process = start(PARENT.format(child="import time; time.sleep(60)", then="input()"))
    child = int(process.stdout.readline())
    made.look()
    process.kill()
    process.wait()
    assert runs(child)
    assert made.end()
    assert not runs(child)


def test_what_survives_is_told(start, monkeypatch):
    made, process = start("import time; time.sleep(60)")
    monkeypatch.setattr(psutil.Process, "kill", lambda _: None)
    monkeypatch.setattr(tree, "END_SECONDS", 0.1)
    assert not made.end()
    assert process.poll() is None


def test_a_process_that_nobody_may_ask_about_is_there(start, monkeypatch):
    made, _ = start("import time; time.sleep(60)")

    def denied(_):
        raise psutil.AccessDenied

    with monkeypatch.context() as patch:
        patch.setattr(psutil.Process, "status", denied)
        patch.setattr(psutil.Process, "memory_info", denied)
        made.look()
        assert made.memory() == 0
        assert made._cpu
    assert made.end()


@pytest.mark.parametrize(
    ("held", "outcome"),
    [(150 * MIB, None), (151 * MIB, OutOfMemory(limit=100 * MIB)), (0, None)],
    ids=["as much as it may", "more", "gone"],
)
def test_the_limit_counts_from_what_python_held_before(held, outcome, start, monkeypatch):
    made, _ = start("import time; time.sleep(60)")
    monkeypatch.setattr(made, "memory", lambda: held)
    ceiling = Ceiling(made, base=50 * MIB, limit=100 * MIB)
    assert ceiling.passed() == outcome
    assert ceiling.wait() == math.inf


def test_a_tree_that_grows_while_it_is_ended_comes_to_its_end(start):
    """Each process starts the next and leaves it: some are orphans by the time that they are looked for."""
    source = """
import subprocess, sys, time
source, left = sys.argv[1], int(sys.argv[2])
children = [subprocess.Popen([sys.executable, "-c", source, source, str(left - 1)]) for _ in range(2)] if left else []
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", source, source, "3"])
    try:
        made = Tree(process.pid)
        assert until(lambda: made.look() or len(made._cpu) >= 5)
        known = list(made._cpu)
        assert made.end()
        assert not any(runs(each.pid) for each in known)
    finally:
        process.kill()
        process.wait()
        for entry in psutil.process_iter(["cmdline"]):  # whatever happened, nothing stays
            if source in (entry.info["cmdline"] or ()):
                with suppress(psutil.NoSuchProcess):
                    os.kill(entry.pid, 9)
