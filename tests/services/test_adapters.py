"""Each adapter, run in a folder laid out as its service does it, ends in a results file that the service reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.classroom.leaks import leaks_in, secrets_of
from grader.course.disclosed import secret_statements
from grader.course.find import find_course
from tests.services.layouts import COURSE, LAYOUTS, ROOT, SUBMITTED

pytestmark = pytest.mark.skipif(os.name != "posix", reason="adapters are run by /bin/sh")

REAL = Path(sys.executable).with_name("grade")
NO_POINTS_LOST = "costs no points"
WRONG = """\
import numpy as np

print("seen", __file__)

def affine(W, x, b):
    return W @ x

def mean_and_spread(values):
    return values.mean(), np.abs(values - values.mean()).mean()

def square_root(number):
    raise ValueError(number)
"""
HANDED_IN = {"right": (COURSE / "reference/tiny.py").read_text(encoding="utf-8"), "wrong": WRONG, "empty": None}
NAMES = {"empty": [], "two": ["a/tiny.py", "b/tiny.py"]}
#: Of wrong work, which is pushed before: tests/repository/test_ci_jobs.py.
POINTS = {"right": 10.0, "empty": 0.0}


@pytest.fixture
def adapt(environment, tmp_path, pool):
    """``adapt("submitty", "wrong", GRADE=...)``: what a service finds."""
    if pool.isolation.level < 3:
        pytest.skip("adapters ask for isolation level 3")

    def adapt(service, handed_in, **more):
        folder, work = tmp_path / "service", tmp_path / "work"
        folder.mkdir(exist_ok=True)
        work.mkdir()
        for name in NAMES.get(handed_in, ["tiny.py"]):
            (work / name).parent.mkdir(exist_ok=True)
            (work / name).write_text(HANDED_IN["right" if name != "tiny.py" else handed_in], encoding="utf-8")
        told = {"GRADER_HOME": str(ROOT), "GRADER_COURSE": str(COURSE), "GRADE": str(REAL)}
        return LAYOUTS[service](folder, work, {**environment, **told, **more})

    return adapt


@pytest.fixture
def secrets(cached, pool):
    """What nobody may read of the tiny course."""
    files = find_course(COURSE).assignment("tiny")
    bank = bank_for(files, pool)
    return secrets_of(bank, secret_statements(files, bank.assignment))


@pytest.mark.parametrize("handed_in", POINTS)
@pytest.mark.parametrize("service", LAYOUTS)
def test_the_same_work_gets_the_same_points_everywhere(service, handed_in, adapt, secrets, environment):
    left = adapt(service, handed_in)
    assert (round(left.score, 9), left.most) == (POINTS[handed_in], 10)
    assert leaks_in({"left": left.seen.encode()}, secrets) == []
    for never in (str(COURSE), environment["GRADER_SECRET"], environment["GRADER_CACHE"]):
        assert never not in left.seen


@pytest.mark.parametrize("service", ["gradescope", "submitty"])
def test_a_student_reads_why_nothing_was_graded(service, adapt):
    left = adapt(service, "two")
    assert left.score is None
    assert "What was handed in holds several files that could be tiny.py: a/tiny.py, b/tiny.py." in left.text
    assert "grader's fault" not in left.text


@pytest.mark.parametrize("graded", [str(REAL), "/nowhere/grade", "stopped"])
def test_on_gradescope_the_score_of_the_submission_before_stands_on(graded, adapt, monkeypatch, tmp_path):
    before = {"submission_time": "2026-06-01T11:00:00-07:00", "score": 7.5, "autograder_error": False, "results": {}}
    monkeypatch.setitem(SUBMITTED, "previous_submissions", [before])
    if graded == "stopped":
        a_grade(tmp_path, f'exec {sys.executable} "$@"', "python")
        graded = a_grade(tmp_path, "exit 2")
    left = adapt("gradescope", "two", GRADE=graded)
    known = graded != "/nowhere/grade"  # without its Python nothing is read
    assert json.loads(left.text)["score"] == (7.5 if known else 0)
    assert ("Until then Gradescope shows the 7.5 of your submission before this one." in left.text) is known


#: What may become of a grader: what stands for the command, in the shell. Its ninth word is the file of results.
BROKEN = {
    "exits 2": "echo /secret/course >&2; exit 2",
    "exits 3": "echo /secret/course; exit 3",
    "is killed": "kill -9 $$",
    "writes half": 'head -c 700 "$SAMPLE" >"$9"; exit 0',
    "writes nothing": ': >"$9"; exit 0',
    "is killed after it wrote": 'cp "$SAMPLE" "$9"; kill -9 $$',
    "takes the shell with it": "kill -9 $PPID",
    "says that all is well": "exit 0",
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("service", LAYOUTS)
def test_a_grader_that_fails_loses_nobody_points(service, broken, adapt, tmp_path):
    grade = a_grade(tmp_path, BROKEN[broken])
    left = adapt(service, "right", GRADE=grade, SAMPLE=str(sample(service, tmp_path)))
    assert left.score is None
    assert NO_POINTS_LOST in left.text
    assert "/secret/course" not in left.seen


def a_grade(folder, script, name="grade"):
    """A command that stands for grade, or for what lies beside it."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def sample(service, folder):
    """A whole results file."""
    from grader.report.services import SERVICES, Delivery
    from tests.report.samples import FOR_STUDENTS

    path = folder / "sample"
    path.write_text(SERVICES[service](FOR_STUDENTS["mixed"], Delivery()), encoding="utf-8")
    return path


@pytest.mark.parametrize("service", LAYOUTS)
def test_no_grader_at_all(service, adapt):
    left = adapt(service, "right", GRADE="/nowhere/grade")
    assert left.score is None
    assert NO_POINTS_LOST in left.text


@pytest.mark.parametrize("service", LAYOUTS)
def test_a_course_that_is_wrong_is_told_to_whom_it_belongs(service, adapt, tmp_path):
    (tmp_path / "no-course").mkdir()
    log = tmp_path / "log"
    left = adapt(service, "right", GRADER_COURSE=str(tmp_path / "no-course"), GRADER_LOG=str(log))
    assert left.score is None
    assert "no-course" not in left.seen
    assert "no-course" in log.read_text(encoding="utf-8")


def test_a_validator_without_its_assignment_still_prints_an_answer(environment, tmp_path):
    script = ROOT / "ci/submitty/validate.sh"
    told = {**environment, "GRADE": "/nowhere/grade"}
    ran = subprocess.run(["sh", script], cwd=tmp_path, env=told, capture_output=True, encoding="utf-8", check=True)
    assert json.loads(ran.stdout)["status"] == "failure"


# ── a full disk ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few kilobytes, for the folders of a service."""
    disk = tmp_path / "service"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "small", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("service", LAYOUTS)
def test_a_disk_that_is_full_from_the_start(service, adapt, small_disk):
    left = adapt(service, "wrong", FULL_DISK=str(small_disk), TMPDIR=str(small_disk))
    assert left.score is None
    assert NO_POINTS_LOST in left.text


@pytest.mark.parametrize("service", LAYOUTS)
def test_a_disk_that_is_full_when_grade_writes(service, adapt, small_disk, tmp_path):
    grade = a_grade(tmp_path, f'cat /dev/zero >{small_disk}/filler 2>/dev/null; exec {REAL} "$@"')
    left = adapt(service, "wrong", GRADE=grade, TMPDIR=str(small_disk))
    assert left.score is None
    assert NO_POINTS_LOST in left.text


def test_what_a_link_on_a_full_disk_leads_to_stays(adapt, tmp_path):
    """Where neither a copy nor another name can be made, as between two disks."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, script in {"cp": "exit 1", "ln": '[ "$1" = -s ] && exec /bin/ln "$@"; exit 1'}.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    left = adapt("classroom50", "right", GRADE="/nowhere/grade", PATH=f"{commands}:{os.environ['PATH']}")
    assert left.score is None
    assert NO_POINTS_LOST in left.text


@pytest.mark.parametrize("service", LAYOUTS)
def test_a_file_that_may_not_grow(service, adapt, tmp_path):
    grade = a_grade(tmp_path, f'ulimit -f 0; exec {REAL} "$@"')
    left = adapt(service, "wrong", GRADE=grade)
    assert left.score is None
    assert NO_POINTS_LOST in left.text
