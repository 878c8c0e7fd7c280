"""Marks for the method where a result is cut off, and what a report may say of what an exercise builds on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "courses" / "capped"
HAND_IN = """
import os
import numpy as np

asked = []

def grown(x, W):
    return 9.0 * (W @ x)

def sum_of_all(xs, W):
    asked.append(xs)
    {before}
    found = sum({grown} for x in xs)
    return {result}
"""
CAPPED = "np.clip(found, -6.0, 6.0)"
ADVICE = "It builds on `grown`, whose exercise is not right either: mend that first."


@pytest.fixture
def second(grade, tmp_path):
    """What a student reads of the second exercise."""

    def run(grown="grown(x, W)", result=CAPPED, before="pass"):
        path = tmp_path / "capped.py"
        path.write_text(HAND_IN.format(grown=grown, result=result, before=before), encoding="utf-8")
        ran = grade("capped", path, "--json", "--allow-weak-isolation", cwd=COURSE)
        assert ran.returncode == 1, ran.stderr
        first, second = json.loads(ran.stdout)["exercises"]
        assert first["earned"] == 0
        return second

    return run


@pytest.mark.parametrize("grown", ["grown(x, W)", "9.0 * (W @ x)"], ids=["by name", "written out"])
def test_who_cuts_off_as_the_reference_does_earns_the_method(grown, second):
    assert second(grown)["earned"] == 8


@pytest.mark.parametrize("grown", ["grown(x, W)", "9.0 * (W @ x)"], ids=["by name", "written out"])
@pytest.mark.parametrize("result", ["found", "np.clip(found, -5.0, 5.0)", "np.clip(found, -6.0, 60.0)"])
def test_who_does_not_earns_nothing_and_reads_what_to_mend_first(grown, result, second):
    found = second(grown, result)
    assert found["earned"] == 0
    assert ADVICE in " ".join(found["explanation"])


def test_how_hidden_cases_go_wrong_decides_nothing_of_that(second):
    """All is right in public; from then on results are wrong, or there are none."""
    right = "8.0 * (W @ x)"
    ways = [
        second(right, f"{CAPPED} + (len(asked) > 12)"),
        second(right, before="len(asked) > 12 and os._exit(1)"),
        second(right, before="if len(asked) > 12: raise ValueError"),
    ]
    assert ways[0]["earned"] == 0, "some hidden case has gone wrong"
    for way in ways:
        way.pop("diagnosis")  # is of a process of its own, in which the thirteenth case goes wrong in that way, too
    assert ways[0] == ways[1] == ways[2]
    assert ADVICE not in " ".join(ways[0]["explanation"])
