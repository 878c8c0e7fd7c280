"""Hand-ins of students, right and wrong in every way: the name of each says how many points it must get."""

from __future__ import annotations

import re
import shutil
from math import floor
from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.report import view
from grader.report.words.written import written

ROOT = Path(__file__).parents[1]
HANDED_IN = sorted((ROOT / "tests/submissions").glob("*/[01][0-9][0-9]_*"))  # files, notebooks, folders


#: Right ones that stop while they are imported: no function needs what they stop at.
STOPPED = ("100_input_at_import", "100_missing_package")


@pytest.mark.parametrize("path", HANDED_IN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_submission_gets_the_points_of_its_name(path, graded):
    points = int(path.name[:3])
    report = graded(path).report
    assert report.score is not None
    assert floor(report.score) == points
    parts = [part for exercise in report.exercises for part in exercise.parts]
    assert all(part.problem for part in parts if not part.right)
    if points == 100:
        assert (report.problem is not None) == (path.stem in STOPPED)
        assert all(part.right and part.hidden + part.public for part in parts)
        assert sum(part.hidden for part in parts) > sum(part.public for part in parts)
        assert sum(part.public_failed + part.hidden_failed for part in parts) == 0
    else:
        document = written(view.student(report))
        told = [exercise for exercise in document.exercises if exercise.status != "right"]
        assert told
        assert all(exercise.headline for exercise in told)
        begun = [exercise for exercise in told if exercise.status != "unfinished"]  # of those the headline is enough
        assert not begun or any(
            exercise.explanation or exercise.counterexamples or document.problem for exercise in begun
        )


@pytest.mark.usefixtures("cached")
def test_the_sample_in_the_readme_is_what_make_demo_prints(grade, pool, tmp_path):
    bank_for(find_course(ROOT).assignment("assignment3"), pool)  # here, where it may take its time
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (sample,) = re.findall(r"^```text\n(Week 3.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (demo,) = re.findall(r"^DEMO \?= (\S+)$", makefile, re.MULTILINE)
    if (level := pool.isolation.level) < 3:
        pytest.skip(f"this machine has level {level}, below which hidden cases are refused")
    sample, told = re.subn(r"^ +Isolation level 5\.$", f"  Isolation level {level}.", sample, flags=re.MULTILINE)
    assert told == 1  # the sample comes from a machine that has all layers
    (tmp_path / demo).parent.mkdir(parents=True)
    shutil.copy(ROOT / demo, tmp_path / demo)
    command = ("assignment3", demo, "--course", ROOT, "--html", "report.html")
    ran = grade(*command, cwd=tmp_path, COLUMNS="80")
    assert len(ran.stdout.splitlines()) <= 60
    printed = iter([*ran.stdout.splitlines(), *ran.stderr.splitlines()])
    shown = [line for line in sample.splitlines() if line.strip() != "…"]
    assert [line for line in shown if line not in printed] == []  # which looks for each behind the one before


@pytest.mark.parametrize("assignment", [f"assignment{number}" for number in range(1, 6)])
def test_there_are_right_ones_in_several_styles_and_many_wrong_ones(assignment):
    by_points = [int(path.name[:3]) for path in HANDED_IN if path.parent.name == assignment]
    assert by_points.count(100) >= 3
    assert sum(points < 100 for points in by_points) >= 12


def test_some_are_notebooks_and_some_are_folders():
    assert sum(path.suffix == ".ipynb" for path in HANDED_IN) >= 4
    assert sum(path.is_dir() for path in HANDED_IN) >= 3
