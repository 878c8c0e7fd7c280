"""The benchmark measures what it says it measures. What it finds is never a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import as_json, as_table
from benchmarks.timing import Pair, compare

ROOT = Path(__file__).parents[1]


def test_each_round_runs_everything_and_a_shared_yardstick_once():
    ran = []
    yardstick = lambda: ran.append("yardstick")  # noqa: E731 - one action, used twice
    pairs = [
        Pair("one", lambda: ran.append("one"), "both", yardstick, promise=2.5),
        Pair("two", lambda: ran.append("two"), "both", yardstick, calls=3),
    ]
    results = compare(pairs, 2)
    assert ran == ["yardstick", "one", "two", "two", "two"] * 3  # a round to warm up, and two that count
    assert [len(result.ratios) for result in results] == [2, 2]
    header, one, two = as_table(results).splitlines()
    assert header.split() == ["time", "yardstick", "time", "ratio", "at", "most"]
    assert one.startswith("one")
    assert one.endswith("2.50")
    assert not two.endswith("2.50")
    first, second = json.loads(as_json(results))
    assert (first["promise"], second["promise"]) == (2.5, None)
    assert first["yardstick_seconds"] == second["yardstick_seconds"]
    ran.clear()
    assert [len(result.ratios) for result in compare(pairs, 0)] == [1, 1]
    assert ran == ["yardstick", "one", "two", "two", "two"]


@pytest.mark.usefixtures("cached")
def test_the_whole_benchmark_runs(environment):
    command = [sys.executable, "-m", "benchmarks", "--repeat", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    rows = done.stdout.splitlines()
    assert [row.partition("  ")[0] for row in rows[1:]] == [
        "grade a right submission",
        "grade a wrong one",
        "grade one more",
        "the same in 30 cells",
        "grade again, one function changed",
        "grade one more, in plain loops",
        "show and name one mistake",
        "see that its method is right",
        "start a worker",
        "ten arrays through the codec",
    ]
    assert all("±" in row for row in rows[1:])
