"""What a shown example claims is what its code does when it is pasted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TINY = Path(__file__).parent / "courses/tiny"
RIGHT = (TINY / "reference/tiny.py").read_text(encoding="utf-8").replace("return W @ x + b", "return W @ x + b")

REMEMBERS = """

SEEN = []


def square_root(number):
    SEEN.append(number)
    if number < 0:
        raise ValueError
    return float(np.sqrt(number)) + len(SEEN) - 1
"""
REMEMBERS_LONG = REMEMBERS.replace("len(SEEN) - 1", "(len(SEEN) > 3)")
CHANCE = """

import os


def square_root(number):
    if number < 0:
        raise ValueError
    return float(np.sqrt(number)) + os.getpid() % 97 + np.random.rand() + 1
"""
BREAKS_A_LAW = """

right = square_root


def square_root(number):
    if number < 0:
        raise ValueError
    return right(number) * (1 + 1e-7)
"""


@pytest.fixture
def shown(grade, tmp_path, pool):
    def run(source):
        (tmp_path / "tiny.py").write_text(RIGHT + source, encoding="utf-8")
        ran = grade("tiny", "tiny.py", "--course", TINY, "--allow-weak-isolation", cwd=tmp_path, COLUMNS="80")
        found = re.search(r"\n(import numpy as np\n.*?)\n\n ", ran.stdout, re.DOTALL)
        assert found, ran.stdout
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        words = [sys.executable, "-c", found[1]]
        pasted = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
        return " ".join(ran.stdout.split()), pasted.stdout.split()

    return run


@pytest.mark.usefixtures("cached")
def test_code_that_remembers_earlier_calls_is_shown_at_its_second(shown):
    text, pasted = shown(REMEMBERS)
    assert "Wrong when it is called again" in text
    assert "gives another result when the same inputs come again" in text
    claimed = re.search(r"result got: (\S+)", text)
    assert float(pasted[-1]) == pytest.approx(float(claimed[1]), rel=1e-5)


@pytest.mark.usefixtures("cached")
def test_what_goes_wrong_after_more_calls_is_said_to(shown):
    text, _ = shown(REMEMBERS_LONG)
    assert "goes wrong only after other calls" in text


@pytest.mark.usefixtures("cached")
def test_what_is_wrong_in_another_way_each_time_is_wrong_at_once(shown):
    text, _ = shown(CHANCE)
    assert "A small failing input" in text or "A failing public case" in text
    assert "only after other calls" not in text
    assert "when it is called again" not in text
