"""How many workers at a time: what this process may use, not what the machine has."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.sandbox import processors as module
from grader.sandbox.processors import processors


@pytest.fixture(autouse=True)
def quota(tmp_path, monkeypatch):
    """The file in which a container's share stands."""
    monkeypatch.setattr(module, "QUOTA", tmp_path / "cpu.max")
    return tmp_path / "cpu.max"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        *(("100000 100000", 1), ("250000 100000", 2), ("50000 100000", 1), ("9999999 1", 7), ("1 0", 7)),
        *(("max 100000", 7), ("", 7), ("many", 7)),
    ],
)
def test_it_is_no_more_than_a_container_may_use(said, number, quota, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    quota.write_text(f"{said}\n", encoding="ascii")
    assert processors() == number


def test_where_the_system_says_nothing_else_it_is_all_there_are(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for found, number in ((7, 7), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda found=found: found)
        assert processors() == number


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to processors")
def test_it_is_those_that_this_process_is_bound_to():
    assert processors() == len(os.sched_getaffinity(0))
    code = (
        "import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1]);"
        "from grader.sandbox.processors import processors; print(processors())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
