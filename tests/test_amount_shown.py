"""How much of a report `grade` shows, and the examples that it saves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TINY = Path(__file__).parent / "courses/tiny"
WRONG = """import numpy as np


def affine(W, x, b):
    return W @ x - b


def mean_and_spread(values):
    return values.mean(), values.spread()


def square_root(number):
    return float(np.sqrt(number)) + 1
"""


@pytest.fixture
def shown(grade, tmp_path, pool):
    (tmp_path / "tiny.py").write_text(WRONG, encoding="utf-8")

    def run(*words):
        return grade("tiny", "tiny.py", "--course", TINY, "--allow-weak-isolation", *words, cwd=tmp_path, COLUMNS="80")

    return run


@pytest.mark.usefixtures("cached")
def test_options_say_how_much_is_shown(shown):
    first = shown().stdout
    assert first.startswith("Tiny")
    assert first.count("import numpy as np") == 1
    assert "tiny.py\n" in first.splitlines(keepends=True)[1]
    assert shown("--full").stdout.count("import numpy as np") == 3
    one = shown("--exercise", "mean_and_spread").stdout
    assert "AttributeError" in one
    assert "affine" not in one
    assert "import numpy" not in shown("--brief").stdout


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--exercise", "affin"], "there is no exercise 'affin': is affine meant?"),
        (["--exercise", "xyz"], "there is no exercise 'xyz': they are affine, "),
        (["--brief", "--full"], "--brief shows less and --full more"),
        (["--brief", "--exercise", "affine"], "--brief shows less and --exercise more"),
        (["--json", "--full"], "--json prints all of the report: leave out --full"),
        (["--json", "--exercise", "affine"], "--json prints all of the report: leave out --exercise"),
    ],
)
def test_what_cannot_be_shown_is_told(shown, words, said):
    ran = shown(*words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


@pytest.mark.usefixtures("cached")
def test_saved_examples_run_and_show_what_the_report_claims(shown, tmp_path):
    ran = shown("--full", "--save-examples", "examples")
    names = sorted(path.name for path in (tmp_path / "examples").iterdir())
    assert names == ["example_affine.py", "example_mean_and_spread.py", "example_square_root.py"]
    assert all(name in ran.stderr for name in names)

    def run(name):
        words = [sys.executable, f"examples/{name}"]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)

    claims = re.search(r"result expected: (\S+) .*\n +result got: (\S+) ", ran.stdout)
    assert claims, ran.stdout
    got, _, expected = run("example_square_root.py").stdout.split("\n")[:3]
    assert [float(expected), float(got)] == [pytest.approx(float(each), rel=1e-5) for each in claims.groups()]
    assert "AttributeError" in run("example_mean_and_spread.py").stderr
    assert shown("--save-examples", "examples").returncode == 1  # its own files are written anew
    own = tmp_path / "examples/example_affine.py"
    own.write_text("mine\n", encoding="utf-8")
    refused = shown("--save-examples", "examples")
    assert refused.returncode == 2
    assert "example_affine.py is there" in refused.stderr
    assert refused.stdout.startswith("Tiny")  # the report is not lost
    assert own.read_text(encoding="utf-8") == "mine\n"
