"""`grade list`: a course at a glance, and that each state is told when it is so and no longer."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

BRIEF = Path(__file__).parent / "courses" / "brief"
YAML = "assignments/brief/assignment.yaml"


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(BRIEF, folder)
    return folder


@pytest.fixture
def listed(grade, course, tmp_path):
    """The only assignment's line, without its title: the cells after the number of exercises."""

    def read(code=0):
        ran = grade("list", cwd=course, GRADER_CACHE=str(tmp_path / "cache"))
        assert (ran.returncode, ran.stderr) == (code, "")
        return ran.stdout

    return read


@pytest.fixture
def run(grade, course, tmp_path):
    return lambda *words: grade(*words, cwd=course, GRADER_CACHE=str(tmp_path / "cache"))


def test_each_state_is_told_while_it_is_so(listed, run, course):
    today = datetime.now(UTC).date()
    assert listed().splitlines()[:2] == [
        "assignment  points  exercises  cases      audit       title",
        "brief            3          1  not built  none known  Brief: a single small task",
    ]
    assert "made when it is graded first, or by `grade build ASSIGNMENT`" in listed()
    assert run("build", "brief").returncode == 0
    assert "  ready  none known  " in listed()

    assert run("audit", "brief").returncode == 0
    assert f"  ready  passed {today}  Brief" in listed()
    assert "`grade" not in listed()  # nothing is left to be done

    right = course / "assignments/brief/right/plain.py"
    right.parent.mkdir()
    right.write_text("def square_root(number):\n    return number\n")
    assert f"  ready  changed since {today}  Brief" in listed()
    assert run("audit", "brief").returncode == 1
    assert f"  ready  1 failure {today}  Brief" in listed()

    yaml = course / YAML
    text = yaml.read_text().replace("hidden: 3", "hidden: 4")
    yaml.write_text(f"due: 2026-12-01 23:59+01:00\n{text}")
    assert f"2026-12-01 23:59+0100  not built  changed since {today}  Brief" in listed()


def test_an_assignment_with_mistakes_is_no_reason_to_hide_the_others(run, course):
    other = course / "assignments/other"
    other.mkdir()
    (other / "assignment.yaml").write_text("title: Other\nmodul: other.py\n")
    (course / "assignments/empty").mkdir()
    ran = run("list")
    assert (ran.returncode, ran.stderr) == (2, "")
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["brief", "empty", "other"]
    assert lines[2].endswith("1 mistake: grade check empty")
    assert lines[3].endswith("grade check other")

    found = {each["id"]: each for each in json.loads(run("list", "--json").stdout)["assignments"]}
    assert found["brief"]["bank"] == {"exercises": 1, "ready": 0, "shipped": ""}
    assert (found["brief"]["problems"], found["empty"]["problems"], found["empty"]["bank"]) == (0, 1, None)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("assignments/brief/properties.py", b"def broken(:\n"),
        ("assignments/brief/properties.py", b"x = '\xff'\n"),
        ("reference/brief.py", b"def broken(:\n"),
    ],
)
def test_python_that_cannot_be_read_is_a_mistake_of_that_assignment(run, course, file, line):
    (course / file).write_bytes((course / file).read_bytes() + line)
    ran = run("list")
    assert (ran.returncode, ran.stderr) == (2, "")
    assert ran.stdout.splitlines()[1].endswith("1 mistake: grade check brief")
    told = run("check", "brief")
    assert (told.returncode, told.stderr) == (2, "")
    assert Path(file).name in told.stdout


def test_cases_that_come_with_the_course_are_there(run, course, tmp_path):
    built = run("build", "brief", "--frozen")
    assert (built.returncode, "assignments/brief/bank.frozen is written: commit it" in built.stderr) == (0, True)
    shutil.rmtree(tmp_path / "cache")
    assert "  ready  " in run("list").stdout
    yaml = course / YAML
    yaml.write_text(yaml.read_text().replace("hidden: 3", "hidden: 4"))
    assert "  not built  " in run("list").stdout
    (course / YAML).with_name("bank.frozen").write_bytes(b"none")
    assert "  not built  " in run("list").stdout
    (course / YAML).with_name("bank.frozen").rename((course / YAML).with_name("bank.sealed"))
    assert "  sealed  " in run("list").stdout


def test_a_course_without_assignments_leads_on(run, course):
    shutil.rmtree(course / "assignments/brief")
    ran = run("list")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "holds no assignment: `grade new ASSIGNMENT` begins one" in ran.stderr
