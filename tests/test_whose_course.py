"""A hand-in that brings a course of its own: what is handed in is graded, and never grades."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

BRIEF = Path(__file__).parent / "courses" / "brief"
RIGHT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")


@pytest.fixture
def planted(tmp_path):
    """A class in which eve's hand-in holds a course, and what would be imported from the current folder."""
    eve = tmp_path / "term" / "all" / "eve"
    ran = tmp_path / "ran"
    runs = f"open({str(ran)!r}, 'w').close()\n"
    for part in ("assignments", "reference"):
        shutil.copytree(BRIEF / part, eve / part)
        shutil.copytree(BRIEF / part, eve.parent / part)  # from a student who is called "assignments"
    for properties in (eve / "assignments/brief/properties.py", eve.parent / "assignments/brief/properties.py"):
        properties.write_text(runs + properties.read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("click.py", "msgspec.py", "sitecustomize.py"):
        (eve / name).write_text(runs)
    (eve / "src").mkdir()
    for name in ("brief.py", "src/brief.py"):
        (eve / name).write_text(RIGHT, encoding="utf-8")
    return eve, ran


STARTS = [
    (".", ("brief",)),
    (".", ("brief", ".")),
    (".", ("brief", "brief.py")),
    (".", ("run", "brief", "../eve")),
    (".", ("brief", "{eve}/brief.py")),
    ("src", ("brief", "..")),
    (".", ("explore", "brief", ".", "--examples", "1")),
    ("..", ("class", "brief", ".")),
    (".", ("class", "brief", "..")),
    (".", ("brief", "link.py")),
    ("src", ("brief", "../brief.py")),
]


@pytest.mark.parametrize(("start", "words"), STARTS)
def test_a_course_that_was_handed_in_is_not_used(start, words, grade, planted):
    eve, ran = planted
    if "link.py" in words:
        if sys.platform == "win32":
            pytest.skip("Windows has links for some alone")
        (eve / "link.py").symlink_to("src/brief.py")
    shutil.rmtree(eve.parent / "reference")
    if "class" not in words:
        shutil.rmtree(eve.parent / "assignments")
    said = grade(*(word.format(eve=eve) for word in words), cwd=eve / start)
    assert (said.returncode, said.stdout) == (2, "")
    assert (
        "holds assignments/, but lies in what is to be graded, and nothing that was handed in is taken" in said.stderr
    )
    assert said.stderr.endswith("for a course: name yours by --course FOLDER, or a submission in it as PATH\n")
    assert not ran.exists()


def test_the_search_goes_on_above_and_says_so(grade, planted):
    eve, ran = planted
    shutil.rmtree(eve.parent / "assignments")
    for part in ("assignments", "reference"):
        shutil.copytree(BRIEF / part, eve.parents[1] / part)
    said = grade("brief", ".", cwd=eve)
    assert said.returncode == 0, said.stderr
    assert f"{eve} holds assignments/, but lies in what is graded, and is not used: the course is " in said.stderr
    assert f"the course is {eve.parents[1]}; --course names another\n" in said.stderr
    assert not ran.exists()
    beside = grade("brief", "src", cwd=eve)  # as far as its path tells, eve's own folder may be a course
    assert beside.returncode == 2
    assert f"src lies in two courses that have an assignment 'brief', {eve} and {eve.parents[1]}" in beside.stderr
    assert not ran.exists()


def test_a_course_that_is_named_is_used(grade, planted):
    eve, ran = planted
    for words, variables in ((("--course", "."), {}), ((), {"GRADER_COURSE": str(eve)}), (("--course", BRIEF), {})):
        ran.unlink(missing_ok=True)
        said = grade("brief", ".", *words, cwd=eve, **variables)
        assert said.returncode == 0, said.stderr
        assert ran.exists() == (BRIEF not in words)
