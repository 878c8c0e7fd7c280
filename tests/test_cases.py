"""`grade cases` as an author meets it: what was drawn, what was left out, and a case to paste."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DRAWN = Path(__file__).parent / "courses" / "drawn"


@pytest.fixture
def cases(grade):
    def run(*words, width=80, course=DRAWN):
        ran = grade("cases", "drawn", *words, cwd=course, COLUMNS=str(width))
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


@pytest.fixture
def listed(cases):
    """An exercise as data."""

    def read(exercise):
        (found,) = json.loads(cases(exercise, "--json"))["exercises"]
        return found

    return read


def test_a_case_has_a_line_that_says_why_it_is_there(cases, listed):
    lines = cases("picky").splitlines()

    assert max(map(len, lines)) <= 80
    assert lines[0] == "A choosy function (picky)"
    assert re.fullmatch(r"  4 public and 5 hidden cases, by which \d+ of \d+ wrong versions .*", lines[1])
    assert re.fullmatch(r"  picky/1 +public +\d+ +example: exercise sheet 4, where the root of 2…", lines[4])
    assert re.fullmatch(r"  picky/4 +public +\d+ +must raise ValueError", lines[7])
    assert re.fullmatch(r"  picky/5 +hidden +\d+ +edge: .*", lines[8])
    for exercise in ("picky", "gaps"):
        zero = any(not case["kills"] for case in listed(exercise)["cases"])
        assert ("A case with 0 kills may be as good" in " ".join(cases(exercise).split())) == zero
    assert any("edge: every size 1" in line and " N=1 " in line for line in cases("gaps").splitlines())
    assert cases().index("A choosy function (picky)") < cases().index("gaps (gaps)")


def test_a_build_says_where_much_of_what_is_tried_can_be_no_case(grade):
    said = dict(line.split(": ", 1) for line in grade("build", "drawn", cwd=DRAWN).stdout.splitlines())
    assert said["gaps"] == "2 public and 2 hidden cases"
    told = r"4 public and 5 hidden cases; \d+ of \d+ inputs that were tried can be no case, `grade cases` says why"
    assert re.fullmatch(told, said["picky"])


def test_what_can_be_no_case_is_counted_and_shown(cases, listed):
    found = listed("picky")
    counts = {each["why"]: each for each in found["left_out"]}
    assert counts.keys() == {"refused", "not finite", "ill-conditioned"}
    refused, shaky = counts["refused"], counts["ill-conditioned"]
    assert (refused["about"], refused["message"]) == ("ValueError", "only roots of 0 to 4")
    assert refused["inputs"]["mode"] == "root"
    assert refused["inputs"]["x"] > 4
    assert shaky["inputs"]["mode"] == "wave"
    assert all(case["inputs"]["mode"] != "wave" or case["inputs"]["x"] == 0 for case in found["cases"])

    text = " ".join(cases("picky").split())
    left_out = sum(each["count"] for each in found["left_out"])
    assert f"Of {found['tried']} inputs that were tried, {left_out} were left out:" in text
    raised = f"{refused['count']}: the reference raises ValueError, of the first it says: only roots of 0 to 4"
    assert f"{raised} the first: x = {refused['inputs']['x']:g}, mode = 'root'" in text
    assert f"{counts['not finite']['count']}: the reference gives NaN or infinities in `result`" in text
    assert f"{shaky['count']}: ill-conditioned" in text


def test_values_and_whom_a_case_kills(cases, listed):
    case = listed("picky")["cases"][0]
    text = cases("picky", "--values")

    assert case["expected"] == {"result": 1.5}
    assert "      x = 2.25\n      mode = 'root'\n      → result = 1.5\n" in text
    assert case["kills"]
    assert f"kills {case['kills'][0]}" in text
    assert "      → ValueError\n" in text


@pytest.mark.parametrize("beside", ["reference", "submission"])
def test_a_case_runs_as_it_is_printed(cases, listed, tmp_path, beside):
    odd = next(case["id"] for case in listed("gaps")["cases"] if {"NaN", "Infinity"} <= numbers(case, "result"))
    code = cases("--only", odd)
    assert "np.array([[" in code
    assert code == cases("gaps", "--only", odd.partition("/")[2])
    home = tmp_path / ("parts" if beside == "submission" else "")
    home.mkdir(exist_ok=True)
    shutil.copy(DRAWN / "reference" / "drawn.py", home / "drawn.py")
    told = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    check = "\n".join(["given = result", *told[1:], "assert np.array_equal(given, result, equal_nan=True)"])
    (tmp_path / "pasted.py").write_text(f"{code}{check}\n", encoding="utf-8")

    ran = subprocess.run([sys.executable, "pasted.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "nan" in ran.stdout
    assert "# must raise ValueError" in cases("--only", "picky/4")


def numbers(case, output):
    return {number for row in case["expected"][output]["array"] for number in row}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["steps"], "drawn has no exercise 'steps': it has picky, gaps"),
        (["picky", "--only", "77"], "picky has no case '77': they are picky/1 to picky/9"),
        (["--only", "7"], "drawn has no exercise '7': it has picky, gaps"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(grade, words, said):
    ran = grade("cases", "drawn", *words, cwd=DRAWN)
    assert (ran.returncode, ran.stderr) == (2, f"{said}\n")


def test_it_needs_the_reference(grade, tmp_path):
    course = shutil.copytree(DRAWN, tmp_path / "course", ignore=shutil.ignore_patterns("reference"))
    ran = grade("cases", "drawn", cwd=course)
    assert ran.returncode == 2
    assert "reference/drawn.py: is missing: every assignment needs a reference solution" in ran.stderr
