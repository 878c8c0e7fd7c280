"""``grade release``: what students get, and that it grades in a place where nothing of the course can be read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest

import grader
import grader.report
from grader.classroom.release import Release, write
from grader.course.disclosed import solution_told
from grader.course.find import find_course
from grader.records.assignment import Assignment, Exercise, PropertyCheck
from tests.written_course import write_course

COURSES = Path(__file__).parents[1] / "courses"
TINY = COURSES / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("W @ x + b", "W @ x - b")
LAW = PropertyCheck("its_square_is_the_number", "Its square is the number")
ROOT = Exercise(
    "square_root", "Root", 1.0, inputs={}, run="result = square_root(number)", outputs={}, properties=(LAW,)
)
ASKED = Assignment("tiny", "Tiny", "tiny.py", (ROOT,))


@pytest.fixture
def course(tmp_path):
    """A copy of the tiny course that a test may change."""
    return shutil.copytree(TINY, tmp_path / "course")


@pytest.fixture(scope="module")
def released(run_command, bank_cache, tmp_path_factory):
    """The tiny course's folder for students, made once; to be copied."""
    folder = tmp_path_factory.mktemp("released") / "tiny"
    ran = run_command(["release", "tiny", "-o", str(folder)], TINY, {**os.environ, "GRADER_CACHE": str(bank_cache)})
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def mine(released, tmp_path):
    """That folder, where a student has it: with no course above, and a cache that holds nothing."""
    return shutil.copytree(released, tmp_path / "somewhere" / "my work (new)")


def alone(grade, folder, *words, **more):
    """``grade`` in a student's folder, on a machine that knows nothing of the course."""
    return grade(*words, cwd=folder, GRADER_CACHE=str(folder.parent / "no-cache"), **more)


def in_json(ran):
    assert ran.stderr == ""
    return json.loads(ran.stdout)


# ── the story ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_course_to_full_marks_where_nothing_of_it_can_be_read(course, grade, tmp_path):
    ran = grade("release", "tiny", "-o", "out/tiny", cwd=course)
    assert ran.returncode == 0, ran.stderr
    assert (
        "It holds no reference, no wrong version and, in the open, no hidden case: that was searched for." in ran.stdout
    )
    assert "can now read these laws of properties.py:\n  its_square_is_the_number\n" in ran.stdout
    mine = shutil.copytree(course / "out" / "tiny", tmp_path / "elsewhere" / "tiny")
    shutil.rmtree(course)

    unfinished = alone(grade, mine)
    assert (unfinished.returncode, unfinished.stdout.count("Not done yet")) == (1, 4)
    assert "practice: 0 / 10" in unfinished.stdout
    (mine / "tiny.py").write_text(WRONG, encoding="utf-8")
    wrong = alone(grade, mine)
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert "It behaves as if `b` had the other sign." in wrong.stdout
    assert "practice: 7 / 10" in wrong.stdout
    (mine / "tiny.py").write_text(RIGHT, encoding="utf-8")
    right = alone(grade, mine)
    assert (right.returncode, right.stderr) == (0, "")
    assert "practice: 10 / 10" in right.stdout
    assert "checks passed. This is practice on public cases" in " ".join(right.stdout.split())
    assert not (mine.parent / "no-cache").exists(), "nothing is kept"
    assert sorted(path.name for path in mine.iterdir()) == [".grade.toml", "handout.md", "practice.bundle", "tiny.py"]


def test_it_says_in_public_what_the_course_says(mine, grade):
    """Parts by their public cases, and words on mistakes; for submissions that no hidden case says more of."""
    for old, new in (
        ("W @ x + b", "W.T @ x"),
        ("np.abs(values - mean).mean()", "np.abs(values - mean).sum()"),
        ("number < 0", "False"),
    ):
        (mine / "tiny.py").write_text(RIGHT.replace(old, new), encoding="utf-8")
        theirs, own = in_json(grade("tiny", mine, "--json")), in_json(alone(grade, mine, "--json"))
        for course, practice in zip(theirs["exercises"], own["exercises"], strict=True):
            assert practice["diagnosis"] == course["diagnosis"]
            assert (practice["headline"], practice["status"]) == (course["headline"], course["status"])
            for one, other in zip(practice["parts"], course["parts"], strict=True):
                assert {**one, "hidden": other["hidden"]} == other
        assert (own["score"], own["practice"], theirs["practice"]) == (theirs["score"], True, False)
        assert own["score"] < 10


def test_every_way_to_ask_works(mine, grade):
    (mine / "tiny.py").write_text(WRONG, encoding="utf-8")
    ran = alone(grade, mine, "--exercise", "affine", "--html", "report.html", "--junit", "report.xml")
    assert ran.returncode == 1
    assert "A square root" not in ran.stdout
    assert alone(grade, mine, "--json", "--json-file", "report.json").returncode == 1
    schema = json.loads(Path(grader.report.__file__).with_name("report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads((mine / "report.json").read_text(encoding="utf-8")), schema)
    page = (mine / "report.html").read_text(encoding="utf-8")
    assert "This is practice on public cases" in page
    assert "practice: 7 / 10" in (mine / "report.xml").read_text(encoding="utf-8")
    assert "there is no exercise 'afine'" in alone(grade, mine, "--exercise", "afine").stderr
    staff = alone(grade, mine, "--staff")
    assert (staff.returncode, staff.stdout) == (2, "")
    assert "shows no hidden case: there is nothing for --staff to show" in staff.stderr


def test_such_a_folder_is_no_course_and_it_is_said_what_it_is(mine, grade, tmp_path):
    (tmp_path / "tiny.py").write_text(RIGHT, encoding="utf-8")
    for words in (("tiny", "tiny.py"), ("check",), ("build", "tiny")):
        ran = grade(*words, "--course", mine, cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr == (
            f"{mine} is what `grade release` made to practise in, and no course: there, type `grade` alone, or make a "
            f"copy to work in by `grade start ASSIGNMENT --course '{mine}'`\n"
        )


def test_nothing_that_draws_or_reads_a_course_is_loaded(mine, environment):
    (mine / "tiny.py").write_text(WRONG, encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "grader"]
    ran = subprocess.run(command, cwd=mine, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 1
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}
    assert {"numpy", "grader.bank.bundle", "grader.grading.practice"} <= loaded
    strangers = {"hypothesis", "yaml", "sqlite3", "sqlalchemy", "filelock", "platformdirs", "jinja2", "rich"}
    assert not strangers & {name.partition(".")[0] for name in loaded}
    assert not {"grader.bank.freezer", "grader.bank.fresh", "grader.course.load", "grader.mistakes.runner"} & loaded


# ── marks for the method ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_only_the_course_can_give_is_said_to_be_possible(grade, tmp_path):
    """`step` is right but for `gate`: the course credits its method, and practice says that it may."""
    course = COURSES / "chained"
    source = (course / "reference" / "chained.py").read_text(encoding="utf-8")
    template = tmp_path / "course" / "student_template" / "chained" / "chained.py"
    shutil.copytree(course, tmp_path / "course")
    template.parent.mkdir(parents=True)
    wrong = source.replace(
        "def gate(x, W, b):", "def gate(x, W, b):\n    return 1.5 * _gate(x, W, b)\n\n\ndef _gate(x, W, b):"
    )
    assert wrong != source
    template.write_text("def gate(x, W, b):\n    raise NotImplementedError\n", encoding="utf-8")
    mine = tmp_path / "mine"
    assert grade("release", "chained", "-o", mine, cwd=tmp_path / "course").returncode == 0
    (mine / "chained.py").write_text(wrong, encoding="utf-8")
    theirs = in_json(grade("chained", mine, "--json", cwd=tmp_path / "course"))
    own = in_json(alone(grade, mine, "--json"))
    assert own["possible"] > 0
    assert own["score"] < theirs["score"] <= own["score"] + own["possible"]
    shown = " ".join(alone(grade, mine, "--full").stdout.split())
    assert f"(+{own['possible']:.4g} possible) / 15" in shown
    assert "possible in the course's grading, which sees whether its method is right." in shown


# ── what is written ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_is_the_template_the_handout_a_note_and_a_bundle(course, grade, tmp_path):
    template = course / "student_template" / "tiny"
    for name in ("data/deep/words.txt", "data/__pycache__/x.pyc", ".DS_Store"):
        (template / name).parent.mkdir(parents=True, exist_ok=True)
        (template / name).write_text("a b c\n")
    (course / "assignments/tiny/notes.txt").write_text("for me alone\n")
    first, second = tmp_path / "one", tmp_path / "two"
    second.mkdir()  # an empty folder is as good as none
    for folder in (first, second):
        assert grade("release", "tiny", "-o", folder, cwd=course).returncode == 0
    names = {path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file()}
    assert names == {".grade.toml", "handout.md", "practice.bundle", "tiny.py", "data/deep/words.txt"}
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names), (
        "equal banks, equal bytes"
    )
    members = set(zipfile.ZipFile(first / "practice.bundle").namelist())
    exercises = {f"diagnostics/{name}.msgpack" for name in ("affine", "mean_and_spread", "square_root")}
    assert members == {"bundle.json", "assignment.msgpack", "public.msgpack", "laws.py", "mistakes.msgpack", *exercises}


def test_work_is_never_overwritten(grade, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tiny.py").write_text("my work\n")
    (tmp_path / "file").write_text("")
    for folder, said in (
        ("mine", "is not empty, and is left as it is"),
        ("file", "cannot be a folder"),
    ):
        ran = grade("release", "tiny", "-o", tmp_path / folder)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["tiny.py"]


def test_the_current_folder_is_refused_before_cases_are_made(grade, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for folder in (".", here, "../here"):
        ran = grade("release", "tiny", "-o", folder, "--course", TINY, cwd=here, GRADER_CACHE=str(tmp_path / "none"))
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
        assert "is the folder you are in, which cannot be replaced" in ran.stderr
    assert here.is_dir()
    assert not (tmp_path / "none" / "banks").exists()


def test_a_folder_is_written_by_whatever_path_it_has(tmp_path):
    (tmp_path / "one").mkdir()
    write(Release({"x": b"1"}, (), ()), tmp_path / "one" / ".." / "two" / ".")
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["x"]
    (tmp_path / "two" / "x").unlink()
    write(Release({"x": b"2"}, (), ()), tmp_path / "one" / ".." / "two")
    assert (tmp_path / "two" / "x").read_bytes() == b"2"


def test_a_template_that_was_left_behind_is_told(course, grade, tmp_path):
    path = course / "student_template" / "tiny" / "tiny.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def square_root(", "def cube_root("), encoding="utf-8")
    ran = grade("release", "tiny", "-o", tmp_path / "mine", cwd=course)
    assert ran.returncode == 0, ran.stderr
    assert "student_template/tiny/tiny.py, which students start from, lacks `square_root`: add that" in ran.stdout


def test_nothing_is_left_of_a_release_that_fails(course, grade, tmp_path):
    inside = grade("release", "tiny", "-o", "student_template/tiny/out", cwd=course)
    assert (inside.returncode, "lies in student_template/, which holds the course's own files" in inside.stderr) == (
        2,
        True,
    )
    among = grade("release", "tiny", "-o", "assignments/week9", cwd=course)
    assert (among.returncode, "lies in assignments/" in among.stderr) == (2, True)
    shutil.rmtree(course / "student_template")
    ran = grade("release", "tiny", "-o", tmp_path / "out" / "mine", cwd=course)
    assert ran.returncode == 2
    assert "tiny has no template" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_strategies_stay_with_the_course(grade, tmp_path):
    course = write_course(
        tmp_path / "course",
        {
            "assignments/doubled/assignment.yaml": DOUBLED,
            "assignments/doubled/properties.py": PROPERTIES,
            "reference/doubled.py": "def doubled(x):\n    return x + x\n",
            "student_template/doubled/doubled.py": "def doubled(x):\n    raise NotImplementedError\n",
        },
    )
    assert grade("release", "doubled", "-o", "mine", cwd=course).returncode == 0
    laws = zipfile.ZipFile(course / "mine/practice.bundle").read("laws.py").decode()
    assert "def zero_stays" in laws
    assert "def other(" in laws, "what a law reaches"
    for left_out in ("hypothesis", "def evens", "a comment", "A docstring"):
        assert left_out not in laws
    mine = shutil.copytree(course / "mine", tmp_path / "mine")
    (mine / "doubled.py").write_text("def doubled(x):\n    return 2 * x\n", encoding="utf-8")
    assert alone(grade, mine).returncode == 0

    drawing = PROPERTIES.replace("return None if", "TENTHS.example()\n    return None if")
    (course / "assignments/doubled/properties.py").write_text(drawing, encoding="utf-8")
    ran = grade("release", "doubled", "-o", "other", cwd=course)
    assert ran.returncode == 2
    assert "zero_stays needs Hypothesis, which students have not" in ran.stderr


DOUBLED = """
title: Doubled
module: doubled.py
exercises:
  - id: doubled
    points: 2
    inputs: {x: {kind: strategy, function: "properties:evens"}}
    run: y = doubled(x)
    outputs: {y: {shape: []}}
    cases: {public: 4, hidden: 6}
    properties: [{check: zero_stays, title: twice nothing is nothing}]
"""
PROPERTIES = '''
import hypothesis.strategies as st

TENTHS = st.integers(0, 40)


def evens(sizes):
    return TENTHS.map(lambda n: n / 4)


def other(value):
    """A docstring."""
    return value["y"]  # a comment


def zero_stays(student, case):
    evens = student.run({"x": 0.0})  # a name of its own
    return None if other(evens) == 0 else "twice 0 is not 0"
'''


def test_a_law_that_holds_a_statement_of_the_reference_is_refused(course, grade, tmp_path):
    properties = course / "assignments/tiny/properties.py"
    told = properties.read_text(encoding="utf-8").replace(
        "def its_square_is_the_number(student, case):",
        "def its_square_is_the_number(student, case):\n    def y(W, x, b):\n        return W@x  +b",
    )
    assert told != properties.read_text(encoding="utf-8")
    properties.write_text(f"import numpy as np\n{told}", encoding="utf-8")
    for words in (("check", "tiny"), ("release", "tiny", "-o", tmp_path / "mine")):
        ran = grade(*words, cwd=course)
        assert ran.returncode == 2
        assert "holds a statement of the reference, `return W @ x + b`" in ran.stdout + ran.stderr
        assert "properties.py:" in ran.stdout + ran.stderr
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ('return abs(student["result"] - float(np.sqrt(number))) < 1e-9', "float(np.sqrt(number))"),
        ("return np.allclose(y, W@x + b)", "W @ x + b"),
        ("assert np.allclose(y, W@x + b)", "W @ x + b"),
        ("raise ValueError(W @ x+b)", "W @ x + b"),
        ("return [lambda: (W @ x+b, 1)]", "W @ x + b"),
        ("return np.abs(values - mean).mean() - y", "np.abs(values - mean).mean()"),
        ("return W @ x+b", "return W @ x + b"),
    ],
)
def test_a_law_that_holds_what_the_reference_works_out_is_refused(statement, told, course):
    properties = course / "assignments/tiny/properties.py"
    source = properties.read_text(encoding="utf-8")
    properties.write_text(
        f"{source}\n\ndef its_square_is_the_number(student, case):\n    {statement}\n", encoding="utf-8"
    )
    files = find_course(course).assignment("tiny")
    (found,) = map(str, solution_told(files, ASKED))
    said = f"properties.py:{len(source.splitlines()) + 4}:1: holds a statement of the reference, `{told}`, and students"
    assert said in found


@pytest.mark.parametrize("statement", ["y = W @ x", "return np.sqrt(number)", "return abs(y - x) < len(x)"])
def test_a_law_may_hold_what_is_written_by_chance(statement, course):
    properties = course / "assignments/tiny/properties.py"
    law = f"\n\ndef its_square_is_the_number(student, case):\n    {statement}\n"
    properties.write_text(properties.read_text(encoding="utf-8") + law, encoding="utf-8")
    assert not solution_told(find_course(course).assignment("tiny"), ASKED)


# ── what a note and a bundle may do ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bundle", ["../practice.bundle", "/tmp/practice.bundle", "a\\b", "C:x", "..", "", "\0"])
def test_a_note_leads_to_no_bundle_elsewhere(bundle, mine, grade):
    (mine / ".grade.toml").write_text(f'assignment = "tiny"\nbundle = {json.dumps(bundle)}\n', encoding="utf-8")
    ran = alone(grade, mine)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "names no bundle in this folder" in ran.stderr


def test_a_bundle_is_read_where_work_is_ones_own_alone(mine, grade, tmp_path):
    """Whoever names what is graded, or a course, is told by the course; `grade class` as well."""
    forged = mine / "practice.bundle"
    forged.write_bytes(b"no bundle at all")
    (mine / "tiny.py").write_text(WRONG, encoding="utf-8")
    for ran in (grade("tiny", mine), grade("--course", TINY, cwd=mine), grade("tiny", ".", "--course", TINY, cwd=mine)):
        assert (ran.returncode, "practice" in ran.stdout) == (1, False)
        assert " 7 / 10" in ran.stdout
    assert grade("class", "tiny", mine.parent, "-o", tmp_path / "results").returncode == 0
    assert alone(grade, mine).stderr.endswith("is no bundle, or a damaged one: get it again from your course\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_bundle_of_another_user_is_not_read(mine, grade):
    os.chown(mine / "practice.bundle", 65534, 65534)
    ran = alone(grade, mine)
    assert ran.returncode == 2
    assert "belongs to another user, and is not read" in ran.stderr


def test_whoever_names_something_there_is_told_that_grade_alone_will_do(mine, grade):
    for words in (("tiny",), ("tiny.py",), ("tiny", ".")):
        ran = alone(grade, mine, *words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"type `grade` alone, without {words[0]}, to grade by what .grade.toml says" in ran.stderr


def test_a_bundle_of_another_version_is_graded_with_a_remark(mine, grade):
    with zipfile.ZipFile(mine / "practice.bundle") as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    whole["bundle.json"] = json.dumps({**json.loads(whole["bundle.json"]), "grader": "0.0.1"}).encode()
    with zipfile.ZipFile(mine / "practice.bundle", "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    (mine / "tiny.py").write_text(RIGHT, encoding="utf-8")
    ran = alone(grade, mine)
    assert ran.returncode == 0
    assert "The bundle was made by grader 0.0.1, and this is" in ran.stdout


def test_a_note_that_was_left_behind_is_missed(mine, grade):
    (mine / ".grade.toml").unlink()
    ran = alone(grade, mine)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("practice.bundle is here, and .grade.toml, which belongs to it, is not: ")


def test_a_note_beside_the_wrong_bundle(mine, grade):
    (mine / ".grade.toml").write_text('assignment = "other"\nbundle = "practice.bundle"\n', encoding="utf-8")
    assert "is of tiny, and the note beside it of other" in alone(grade, mine).stderr
    (mine / "practice.bundle").unlink()
    assert "practice.bundle is missing" in alone(grade, mine).stderr


def test_a_named_assignment_is_never_held_against_the_bundle_of_another(mine, monkeypatch):
    monkeypatch.chdir(mine)
    monkeypatch.delenv("GRADER_COURSE", raising=False)
    (mine / "tiny.py").write_text(RIGHT, encoding="utf-8")
    assert "no course here" in str(grader.check("affine", assignment="other"))
    for named in (None, "tiny"):
        assert "Define `affine` here" in str(grader.check("affine", assignment=named))
    (mine / ".grade.toml").write_text('assignment = "other"\nbundle = "practice.bundle"\n', encoding="utf-8")
    for named in (None, "other"):
        assert "is of tiny, and the note beside it of other" in str(grader.check("affine", assignment=named))
