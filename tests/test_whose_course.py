"""A hand-in that brings a course of its own: what is handed in is graded, and never grades."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import zipfile
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
    if any(word.endswith(".py") for word in words):
        told = (
            f" lies beside assignments/, in the folder of the course {eve} itself, so that both may have been handed in"
        )
        assert f"{told}: put the work into a folder of its own, or name the course by --course FOLDER\n" in said.stderr
    else:
        root = eve.parent if start == ".." else eve
        assert f"{root} is a course, and no work to be graded: name the file or the folder with the work" in said.stderr
        assert f"If {root} was handed in, nothing in it is taken for a course" in said.stderr
        assert said.stderr.endswith(": name yours by --course FOLDER\n")
    assert not ran.exists()


def test_in_a_course_s_own_folder_it_is_said_what_to_type(grade, tmp_path):
    course = shutil.copytree(BRIEF, tmp_path / "course")
    shutil.copy(course / "reference" / "brief.py", course)
    said = grade("brief", cwd=course)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith(
        f"{course} is a course, and no work to be graded: name the file or the folder with the "
    )
    assert "`grade start brief` makes such a folder" in said.stderr
    assert "`grade start" not in grade("brief", "brief.py", cwd=course).stderr


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


# ── what is graded never decides by what ──────────────────────────────────────────────────────────────────────────

WRONG = "def square_root(number):\n    return 0.0\n"
WITHOUT = 0  # points of it: it raises nothing, is no root, and no square of it is the number


@pytest.fixture
def course(tmp_path):
    """The instructor's."""
    return shutil.copytree(BRIEF, tmp_path / "course")


def laden(folder, ran):
    """A hand-in that is wrong, with everything in it by which it might be held against itself, and be right."""
    runs = f"open({str(ran)!r}, 'w').close()\n"
    shutil.copytree(BRIEF / "assignments", folder / "assignments")
    (folder / "reference").mkdir()
    (folder / "reference" / "brief.py").write_text(f"{runs}{WRONG}")
    (folder / "student_template" / "brief").mkdir(parents=True)
    (folder / "student_template" / "brief" / "brief.py").write_text(RIGHT, encoding="utf-8")
    lenient = f"{runs}def its_square_is_the_number(student, case):\n    return None\n"
    for name in ("properties.py", "helpers.py", "conftest.py", "sitecustomize.py", "numpy.pth"):
        for place in (folder, folder / "assignments", folder / "assignments" / "brief"):
            (place / name).write_text(lenient)
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-p conftest"\n')
    (folder / ".grade.toml").write_text('assignment = "brief"\ncourse = "."\n')
    (folder / "brief").mkdir()  # as if it had been started here
    (folder / "brief" / ".grade.toml").write_text('assignment = "brief"\ncourse = ".."\n')
    (folder / "brief.py").write_text(WRONG)
    return folder


def as_folder(folder):
    return folder


def as_archive(folder):
    made = folder.with_suffix(".zip")
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, Path(folder.name) / path.relative_to(folder))
    shutil.rmtree(folder)
    return made


def as_links(folder):
    """The planted course is a link to one that lies in the hand-in, and the note's is one as well."""
    if sys.platform == "win32":
        pytest.skip("Windows has links for some alone")
    (folder / "assignments").rename(folder / "kept")
    (folder / "assignments").symlink_to("kept", target_is_directory=True)
    (folder / "note").write_text('assignment = "brief"\ncourse = "."\n')
    (folder / ".grade.toml").unlink()
    (folder / ".grade.toml").symlink_to("note")
    return folder


@pytest.mark.parametrize("shape", [as_folder, as_archive, as_links])
def test_what_is_planted_in_a_hand_in_decides_nothing(shape, grade, course, tmp_path):
    ran = tmp_path / "ran"
    path = shape(laden(tmp_path / "all" / "eve", ran))
    inside = path if path.is_dir() else path.parent
    scored = [
        grade("brief", path, "--json", "--exit-zero", cwd=course),
        grade("brief", path, "--json", "--exit-zero", "--course", course, cwd=inside),
        grade("brief", path.name, "--json", "--exit-zero", cwd=path.parent, GRADER_COURSE=str(course)),
        grade("brief", "." if path.is_dir() else path, "--json", "--exit-zero", cwd=inside, GRADER_COURSE=str(course)),
    ]
    assert [json.loads(each.stdout)["score"] for each in scored] == [WITHOUT] * 4, [each.stderr for each in scored]
    for where, more in (
        (course, {}),
        (path.parent, {"GRADER_COURSE": str(course)}),
        (inside, {"GRADER_COURSE": str(course)}),
    ):
        said = grade("class", "brief", path.parent, "-o", tmp_path / "results", cwd=where, **more)
        assert said.returncode == 0, said.stderr
        rows = csv.DictReader((tmp_path / "results" / "scores.csv").read_text(encoding="utf-8-sig").splitlines())
        assert [(row["student"], row["score"]) for row in rows] == [("eve", str(WITHOUT))]
    assert not ran.exists()


def forged(folder, ran, grade):
    """A hand-in that is a release of a course of eve's own, by which what is wrong would be right."""
    course = shutil.copytree(BRIEF, folder.parent.parent / "forged")
    (course / "student_template" / "brief").mkdir(parents=True)
    for place in (course / "reference", course / "student_template" / "brief"):
        (place / "brief.py").write_text(WRONG)
    yaml = course / "assignments" / "brief" / "assignment.yaml"
    text = yaml.read_text(encoding="utf-8")
    yaml.write_text(text[: text.index("    raises:")] + text[text.index("    properties:") :], encoding="utf-8")
    law = f"def its_square_is_the_number(student, case):\n    open({str(ran)!r}, 'w').close()\n"
    (yaml.parent / "properties.py").write_text(law)
    made = grade("release", "brief", "-o", folder, cwd=course)
    assert made.returncode == 0, made.stderr
    ran.unlink(missing_ok=True)
    return folder


def test_a_forged_bundle_decides_nothing(grade, course, tmp_path):
    ran = tmp_path / "ran"
    eve = forged(tmp_path / "all" / "eve", ran, grade)
    practised = grade("--json", cwd=eve)
    assert json.loads(practised.stdout)["score"] == 3, "what eve sees at home, or this test shows nothing"
    assert ran.exists()
    ran.unlink()
    named = {"GRADER_COURSE": str(course)}
    for shape in (as_folder, as_archive):
        path = shape(eve)
        inside = path if path.is_dir() else path.parent
        scored = [
            grade("brief", path, "--json", cwd=course),
            grade("brief", path.name, "--json", cwd=path.parent, **named),
            grade("brief", "." if path.is_dir() else path, "--json", cwd=inside, **named),
            grade("--json", cwd=inside, **named) if path.is_dir() else None,
        ]
        assert [json.loads(each.stdout)["score"] for each in scored if each] == [0] * (4 if path.is_dir() else 3)
        said = grade("class", "brief", path.parent, "-o", tmp_path / "results", cwd=inside, **named)
        assert said.returncode == 0, said.stderr
        assert (tmp_path / "results" / "eve.json").read_text(encoding="utf-8").count('"score": 0') == 1
    assert not ran.exists()


def test_no_course_is_taken_from_there_where_the_instructor_names_none(grade, tmp_path):
    """Not by `grade ASSIGNMENT` either, which in a course means what `grade start` made: nothing was started there."""
    ran = tmp_path / "ran"
    eve = laden(tmp_path / "all" / "eve", ran)
    (eve / "brief" / "brief.py").write_text(WRONG)
    for words, where in (
        (("brief",), eve),
        (("brief", "."), eve),
        (("brief", "eve"), eve.parent),
        (("brief", eve), "/"),
    ):
        said = grade(*words, cwd=where)
        assert (said.returncode, said.stdout) == (2, ""), words
        assert "name yours by --course FOLDER" in said.stderr or "name it by --course FOLDER" in said.stderr
    assert not ran.exists()


def test_work_is_found_beside_a_course_that_came_along(grade, course, tmp_path):
    """A right answer in a folder of its own, in a copy of all that students get."""
    eve = laden(tmp_path / "eve", tmp_path / "ran")
    (eve / "brief.py").unlink()
    (eve / "brief" / "mine.py").write_text(RIGHT, encoding="utf-8")
    for name in ("properties.py", "helpers.py"):
        (eve / name).unlink()
    (eve / "work" / "lib" / "site").mkdir(parents=True)  # a virtual environment
    (eve / "work" / "pyvenv.cfg").write_text("")
    (eve / "work" / "lib" / "site" / "brief.py").write_text(WRONG)
    for shape in (as_folder, as_archive):
        said = grade("brief", shape(eve), cwd=course)
        assert said.returncode == 0, said.stdout + said.stderr


def test_neither_template_nor_reference_is_taken_for_work(grade, course):
    said = grade("brief", course, "--course", course)
    assert said.returncode == 1
    told = " ".join(said.stdout.split())
    assert "0 / 3" in told
    assert "What is in reference was not looked at: hand in the folder with your work" in told
