"""``pytest --grade``: every part of an assignment is a test, with our sentence; without it the plugin costs nothing."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.practised import work  # noqa: F401 - a fixture

#: Wrong in one output, in a rule with points of its own, and in one that costs all; it must never be imported here.
PARTLY = """\
import pathlib
try:
    pathlib.Path("imported").touch()
except OSError:
    pass
import numpy as np


def weighted(x, w):
    return sum(x * w), w.sum()


def total(x):
    s = 0.0
    for each in x:
        s += each
    return s
"""

FAULT = """\
from grader.cli import pytest_items
from grader.records.errors import SandboxFault


def grade_on(*_):
    raise SandboxFault("no process could be started")


pytest_items.grade_on = grade_on
"""


#: The plugin is loaded by the pytest that is to see what it does.
BEFORE = "import sys; sys.modules.pop('grader.cli.pytest_plugin', None)"


@pytest.fixture
def run(work, environment, run_command):  # noqa: F811
    """``run("-q")``: pytest with the plugin, in the folder of the work."""

    def run(*words: str, grade: str | None = "sums", **more: str) -> subprocess.CompletedProcess[str]:
        asked = ["--grade", grade] if grade else []
        without = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]  # which takes as long to load as all else
        return run_command([*without, *asked, *words], work, {**environment, **more}, before=BEFORE, module="pytest")

    return run


def outcomes(ran: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What ``-v`` says of each test."""
    found = re.findall(
        r"^(?:\[gw\d\] \[ *\d+%\] )?(\w+ )?(sums\.\S+)(?: (PASSED|FAILED|SKIPPED|ERROR))?", ran.stdout, re.MULTILINE
    )
    return {name: (before or after).strip() for before, name, after in found if before or after}


def test_no_conftest_meets_the_courses_secret_in_the_environment(work, run):  # noqa: F811
    told = 'import os\nwith open("told", "a") as file:\n    file.write(f"{\'GRADER_SECRET\' in os.environ} ")\n'
    (work / "conftest.py").write_text(told)
    run("-q", "--collect-only")
    run("-q", "--collect-only", grade=None)
    assert (work / "told").read_text() == "False True "


def test_every_part_is_a_test_with_our_sentence(work, run):  # noqa: F811
    (work / "sums.py").write_text(PARTLY)
    (work / "test_own.py").write_text("def test_own():\n    assert True\n")
    ran = run("-v")
    assert ran.returncode == 1, ran.stderr
    assert "grade: sums, public cases only; this is practice and makes no marks" in ran.stdout
    assert outcomes(ran) == {
        "sums.py::total::s": "FAILED",
        "sums.py::total::source": "FAILED",
        "sums.py::weighted::s": "PASSED",
        "sums.py::weighted::n": "FAILED",
        "sums.py::weighted::source": "FAILED",
    }
    assert "test_own.py::test_own PASSED" in ran.stdout
    assert "`n` has wrong values." in ran.stdout
    assert "Uses `for` in line 15, which is not allowed here." in ran.stdout
    assert "from sums import weighted" in ran.stdout
    shown = ran.stdout.partition("weighted::n ___")[2].partition("___ ")[0]
    assert "n expected: " in shown
    assert "s expected: " not in shown
    assert "Traceback" not in ran.stdout
    assert "pytest_items" not in ran.stdout
    assert "hidden" not in ran.stdout
    assert not (work / "imported").exists()
    assert outcomes(run("-v", "-n", "2")) == outcomes(ran)


def test_what_panels_ask_for(work, run):  # noqa: F811
    """Ids and lines are known before anything is graded; one test is run by its id alone, and nothing is imported."""
    (work / "sums.py").write_text(PARTLY)
    listed = run("--collect-only", "-q")
    assert listed.stdout.split()[:5] == [
        f"sums.py::{name}" for name in ("total::s", "total::source", "weighted::s", "weighted::n", "weighted::source")
    ]
    one = run("-v", f"{work / 'sums.py'}::weighted::s")
    assert outcomes(one) == {"sums.py::weighted::s": "PASSED"}
    assert one.returncode == 0
    report = work / "report.xml"
    assert run("-k", "weighted and n", "-x", f"--junit-xml={report}", "-o", "junit_family=xunit1").returncode == 1
    (case,) = re.findall(r"<testcase [^>]*>", report.read_text())
    assert 'file="sums.py" line="8" name="n"' in " ".join(sorted(case.strip("<>").split()))
    assert "<failure" in report.read_text()
    assert not (work / "imported").exists()


def test_what_is_not_done_is_skipped_and_a_fault_of_the_grader_is_an_error(work, run, tmp_path):  # noqa: F811
    ran = run("-v", "-rs")
    assert set(outcomes(ran).values()) == {"SKIPPED"}
    assert "Not done yet: `total` raises NotImplementedError." in ran.stdout
    (work / "conftest.py").write_text(FAULT)
    ran = run("-v")
    assert set(outcomes(ran).values()) == {"ERROR"}
    assert ran.stdout.count("no process could be started") >= 5
    assert "Traceback" not in ran.stdout
    for name in ("sums.py", "conftest.py"):
        (work / name).unlink()
    none = run()
    assert none.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Expected sums.py in" in none.stderr
    assert "Traceback" not in none.stderr + none.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--grade", "summs"], "no assignment 'summs'"),
        (["--grade", "sums", "--grade-course", "nowhere"], "no course here"),
        (["--grade", "sums", "--grade-path", "nothing.py"], "there is no such file"),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_sentence(words, said, run):
    ran = run(*words, grade=None)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout


def test_the_course_may_come_from_the_environment(run, tmp_path, work):  # noqa: F811
    (work / ".grade.toml").unlink()
    assert run("--collect-only", GRADER_COURSE=str(tmp_path / "course")).returncode == 0
    assert run("--collect-only", "--grade-course", str(tmp_path / "course")).returncode == 0


def test_it_is_free_where_nothing_is_graded(tmp_path, environment):
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    script = (
        "import sys, pytest; code = pytest.main(['--co', '-q', '-p', 'no:cacheprovider']);"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('grader', 'numpy', 'click', 'msgspec')))"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "test_own.py::test_own" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "['grader', 'grader.cli', 'grader.cli.pytest_plugin']"
