"""``grade report``: pages of a graded class written anew, with hidden cases where the instructor says so."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from click.testing import CliRunner

import grader.report
from grader.bank import bundle
from grader.bank.build import bank_for
from grader.bank.layout import pack_cases
from grader.classroom import staff_records
from grader.classroom.leaks import leaks_in, secrets_of
from grader.classroom.staff_records import keep_record, read_record
from grader.cli.call import grade as command_line
from grader.course.disclosed import secret_statements
from grader.course.find import find_course
from grader.records.errors import UsageError
from tests.conftest import TINY
from tests.repository.test_repository import ROOT

PAST, OPEN = "2020-01-01 12:00Z", "2999-01-01 12:00+01:00"
SCHEMA = json.loads(Path(grader.report.__file__).with_name("report.schema.json").read_text(encoding="utf-8"))

#: In words of its own, so that no line of it is the reference's; wrong where W, or the values, are ``odd``.
SUBMISSION = """
import numpy as np

def affine(W, x, b):
    y = b + np.dot(W, x)
    return y + (W.tolist() == {odd})

def mean_and_spread(values):
    m = sum(values) / len(values)
    return m, sum(abs(value - m) for value in values) / len(values) + (values.tolist() == {odd})

def square_root(number):
    if number < 0:
        raise ValueError(number)
    return number ** 0.5
"""


@pytest.fixture(scope="module")
def bank(bank_cache, pool):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        return bank_for(find_course(TINY).assignment("tiny"), pool)


@pytest.fixture(scope="module")
def secrets(bank):
    """What no page may tell, until it may."""
    return secrets_of(bank, secret_statements(find_course(TINY).assignment("tiny"), bank.assignment))


@pytest.fixture(scope="module")
def failed(bank, secrets):
    """The hidden case that each student alone gets wrong, and the input by which it is told."""
    telling = {case for case, _ in secrets.arrays.values()}
    found = {}
    for student, exercise, name in (("ada", "affine", "W"), ("bob", "mean_and_spread", "values")):
        case = next(each for each in bank.cases[exercise] if each.id in telling)
        found[student] = (exercise, case, name)
    return found


def failing(failed, student):
    _, case, name = failed[student]
    return SUBMISSION.format(odd=case.inputs[name].tolist())


@pytest.fixture(scope="module")
def graded(run_command, bank_cache, failed, tmp_path_factory):
    """A course with a class that was graded, to be copied. What was handed in is gone: nothing runs it once more."""
    folder = tmp_path_factory.mktemp("revealed")
    course = shutil.copytree(TINY, folder / "course")
    for student in failed:
        work = folder / "all" / student / "tiny.py"
        work.parent.mkdir(parents=True)
        work.write_text(failing(failed, student), encoding="utf-8")
    (folder / "all" / "cyd").mkdir()
    (folder / "all" / "cyd" / "notes.txt").write_text("I was ill")
    environment = {**os.environ, "GRADER_CACHE": str(bank_cache)}
    ran = run_command(["class", "tiny", str(folder / "all")], course, environment)
    assert ran.returncode == 1, ran.stderr
    shutil.rmtree(folder / "all")
    return course


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def with_due(course, moment):
    path = course / "assignments" / "tiny" / "assignment.yaml"
    text = re.sub(r"^due:.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(f"due: {moment}\n{text}", encoding="utf-8")


def written(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def noted(course):
    path = course / "assignments" / "tiny" / "draws.txt"
    return re.findall(r"^shown .*$", path.read_text(encoding="utf-8"), re.MULTILINE) if path.exists() else []


NOTED = "assignments/tiny/draws.txt: notes that hidden cases of tiny are known; commit the file\n"


def public(bank):
    return {name: tuple(case for case in cases if case.public) for name, cases in bank.cases.items()}


def drawn_and_hidden(bank):
    """Bytes of the hidden inputs in which something is drawn, as nothing is at an edge that is stated."""
    hidden = [case for case in bank.cases["affine"] if not case.public and case.inputs["b"].any()]
    return {b"".join(case.inputs[name].tobytes() for name in "Wxb") for case in hidden}


# ── the story ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_student_sees_the_hidden_cases_that_failed_and_nothing_of_others(course, grade, failed, secrets):
    with_due(course, PAST)
    ran = grade("report", "results/tiny", "--reveal", "-o", "pages", cwd=course)
    assert (ran.returncode, ran.stderr) == (0, NOTED)
    assert ran.stdout == "2 reports with hidden cases in pages; 1 not graded, so without one\n"
    pages = written(course / "pages")
    assert sorted(pages) == ["ada.html", "ada.json", "bob.html", "bob.json"]
    for student, (exercise, case, name) in failed.items():
        page, data = pages[f"{student}.html"], json.loads(pages[f"{student}.json"])
        jsonschema.validate(data, SCHEMA)
        result = next(each for each in data["exercises"] if each["id"] == exercise)
        (example,) = result["counterexamples"]
        assert (data["view"], example["case"], example["hidden"]) == ("revealed", case.id, True)
        assert example["inputs"][name]["array"] == case.inputs[name].tolist()
        part = result["parts"][-1]
        assert (part["public_failed"], part["hidden_failed"]) == (0, 1)
        assert b"Your course shows its hidden cases now" in page
        assert b"A failing hidden case" in page
        other = "bob" if student == "ada" else "ada"
        assert other.encode() not in page + pages[f"{student}.json"]
        told = leaks_in({"page": page, "data": pages[f"{student}.json"]}, secrets)
        assert {line.rpartition(" ")[2] for line in told} == {case.id}, "its own case, and no line of the reference"


def test_without_being_asked_pages_are_as_students_have_them(course, grade, secrets):
    ran = grade("report", course / "results" / "tiny", "-o", "pages", cwd=course.parent)  # where there is no course
    assert (ran.returncode, ran.stderr) == (0, "")
    pages = written(course.parent / "pages")
    assert len(pages) == 4
    assert all(data == (course / "results" / "tiny" / name).read_bytes() for name, data in pages.items())
    assert leaks_in(pages, secrets) == []
    assert noted(course) == []


def test_a_single_record_is_enough_and_is_of_the_course_that_it_lies_in(course, grade):
    record = course / "results" / "tiny" / "staff" / "bob.record"
    ran = grade("report", record, "--reveal", "-o", course.parent / "pages")  # in another course, with a `tiny` as well
    assert ran.returncode == 0, ran.stderr
    assert sorted(written(course.parent / "pages")) == ["bob.html", "bob.json"]
    assert len(noted(course)) == 1
    assert not (TINY / "assignments" / "tiny" / "draws.txt").exists()


def test_records_are_for_nobody_else(course, secrets):
    results = course / "results" / "tiny"
    assert leaks_in({path.name: path.read_bytes() for path in results.iterdir() if path.is_file()}, secrets) == []
    staff = results / "staff"
    assert stat.S_IMODE(staff.stat().st_mode) == 0o700
    assert (staff / ".gitignore").read_text() == "*\n"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in staff.glob("*.record")} == {
        "ada.record": 0o600,
        "bob.record": 0o600,
    }


# ── deadlines ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_work_can_be_handed_in_it_must_be_meant(course, grade):
    with_due(course, OPEN)
    ran = grade("report", "results/tiny", "--reveal", "-o", "pages", cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "tiny can be handed in until 2999-01-01 12:00+01:00: whoever sees" in ran.stderr
    assert "nothing was written: wait until then, or say --yes" in ran.stderr
    assert (written(course / "pages"), noted(course)) == ({}, [])
    assert grade("report", "results/tiny", "-o", "pages", cwd=course).stderr == "", "what is public is no matter of it"
    shutil.rmtree(course / "pages")
    ran = grade("report", "results/tiny", "--reveal", "--yes", "-o", "pages", cwd=course)
    assert (ran.returncode, ran.stderr.count("\n")) == (0, 2)
    assert "tiny can be handed in until" in ran.stderr
    assert ran.stderr.endswith(NOTED)
    assert (len(written(course / "pages")), len(noted(course))) == (4, 1)


def test_where_no_deadline_is_known_that_is_said(course, grade):
    ran = grade("report", "results/tiny", "--reveal", "-o", "pages", cwd=course)
    assert ran.returncode == 0
    assert ran.stderr == (
        "until when tiny can be handed in is not known, as its assignment.yaml has no `due`: show hidden cases when "
        f"nobody can any more\n{NOTED}"
    )


@pytest.mark.parametrize("due", [OPEN, None])
@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2)])
def test_at_a_terminal_it_asks(course, monkeypatch, answer, code, due):
    if due is not None:
        with_due(course, due)
    monkeypatch.setattr("grader.cli.report.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    words = [str(course / "results" / "tiny"), "--reveal", "-o", str(course / "pages"), "--course", str(course)]
    ran = CliRunner().invoke(command_line, ["report", *words], input=answer, standalone_mode=False)
    assert "Show hidden cases now? [y/N]" in ran.output
    assert getattr(ran.exception, "exit_code", 0) == code
    assert (len(written(course / "pages")), len(noted(course))) == ((4, 1) if code == 0 else (0, 0))


# ── what is known stays known, until others are drawn ─────────────────────────────────────────────────────────────


def test_that_cases_are_known_is_noted_and_told_until_others_are_drawn(course, grade, pool, cached, tmp_path):
    files = find_course(course).assignment("tiny")
    before = bank_for(files, pool)
    with_due(course, PAST)
    for folder in ("pages", "again"):
        assert grade("report", "results/tiny", "--reveal", "-o", folder, cwd=course).returncode == 0
    (shown,) = noted(course)
    assert re.fullmatch(rf"shown 0 \d{{4}}-\d\d-\d\d {before.inputs_sha256[:16]}", shown)
    told = "students were shown hidden cases of tiny on "
    work = tmp_path / "all" / "ada" / "tiny.py"
    work.parent.mkdir(parents=True)
    work.write_text(SUBMISSION.format(odd=None), encoding="utf-8")
    commands = (("tiny", work), ("class", "tiny", tmp_path / "all", "-o", tmp_path / "out"))
    for words in commands:
        ran = grade(*words, cwd=course)
        assert (ran.stderr.count(told), ran.stdout.count(told)) == (1, 0), ran.stderr
    assert grade("check", cwd=course).stdout.count(told) == 1

    ran = grade("build", "tiny", "--fresh", cwd=course)
    assert ran.returncode == 0, ran.stderr
    assert (
        "assignments/tiny/draws.txt: hidden cases are those of draw 1 from now on, and public ones stay" in ran.stderr
    )
    for words in (*commands, ("check",)):
        assert told not in str(grade(*words, cwd=course))
    after = bank_for(files, pool)
    nothing = frozenset()
    assert not secrets_of(before, nothing).arrays.keys() & secrets_of(after, nothing).arrays.keys()
    old, new = drawn_and_hidden(before), drawn_and_hidden(after)
    assert (min(len(old), len(new)) >= 5, old & new) == (True, set())
    assert pack_cases(public(before)) == pack_cases(public(after)), "students have them"
    assert not set(before.keys.values()) & set(after.keys.values())
    assert noted(course) == [shown]
    assert grade("report", tmp_path / "out", "--reveal", "-o", "third", cwd=course).returncode == 0
    assert [line.split()[1] for line in noted(course)] == ["0", "1"]


def test_a_file_of_draws_that_is_damaged_is_told_before_anything_is_drawn(course, grade):
    (course / "assignments" / "tiny" / "draws.txt").write_text("<<<<<<< mine\ndraw 1\n")
    for words in (
        ("check",),
        ("build", "tiny"),
        ("build", "tiny", "--fresh"),
        ("tiny", course / "reference" / "tiny.py"),
    ):
        ran = grade(*words, cwd=course)
        assert ran.returncode == 2
        assert "draws.txt:1:1: is no line that grade wrote, such as `draw 1`" in ran.stdout + ran.stderr


# ── what cannot be ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_cannot_be_used_costs_nobody_else_a_report(course, grade):
    ada = course / "results" / "tiny" / "staff" / "ada.record"
    whole = ada.read_bytes()
    cases = {
        whole[:-9] + b"\x00" + whole[-8:]: "is damaged (SHA-256 differs): grade this hand-in again",
        whole[:200]: "is damaged (SHA-256 differs): grade this hand-in again",
        b"": "is no record of `grade class`: grade",
        whole.replace(
            b"record/v1", b"record/v2", 1
        ): "was written by another version of grader (grader/record/v2): grade",
        ada.with_name("bob.record").read_bytes(): "is of another grading than the report ada.json: grade",
        None: "is missing, as of work that was graded before records were kept: grade this",
    }
    for number, (data, problem) in enumerate(cases.items()):
        ada.unlink(missing_ok=True)
        if data is not None:
            ada.write_bytes(data)
        ran = grade("report", "results/tiny", "-o", f"pages{number}", cwd=course)
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"{Path('results/tiny/staff/ada.record')} {problem}")
        assert ran.stderr.count("\n") == 1
        assert sorted(written(course / f"pages{number}")) == ["bob.html", "bob.json"]
    shutil.rmtree(ada.parent)
    ran = grade("report", "results/tiny", "--reveal", "-o", "none", cwd=course)
    assert ran.returncode == 2
    assert ran.stderr.endswith(
        "nothing was written, for there is no record to write a report from: grade the class first\n"
    )
    assert (written(course / "none"), noted(course)) == ({}, [])


def test_folders_come_whole_and_where_nothing_is(course, grade):
    (course / "full").mkdir()
    (course / "full" / "mine.txt").write_text("mine")
    for folder, problem in (
        ("full", "full is not empty, and is left as it is: name a new folder"),
        (".", "is the folder you are in"),
        ("assignments/tiny/pages", "holds the course's own files"),
    ):
        ran = grade("report", "results/tiny", "--reveal", "-o", folder, cwd=course)
        assert (ran.returncode, noted(course)) == (2, [])
        assert problem in ran.stderr
    assert written(course / "full") == {"mine.txt": b"mine"}
    assert not list(course.rglob("*.part"))
    for result in ("nowhere", "assignments"):
        assert grade("report", result, "-o", "pages", cwd=course).returncode == 2
    ran = grade("report", "results/tiny", "results/tiny/staff/ada.record", "-o", "pages", cwd=course)
    assert "two hand-ins have reports called ada: write each class into a folder of its own" in ran.stderr
    assert not (course / "pages").exists()


def test_a_record_that_cannot_be_written_costs_no_mark(course, grade, tmp_path):
    work = tmp_path / "all" / "ada" / "tiny.py"
    work.parent.mkdir(parents=True)
    work.write_text(SUBMISSION.format(odd=None), encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "staff").write_text("a file")
    ran = grade("class", "tiny", tmp_path / "all", "-o", tmp_path / "out", cwd=course)
    assert ran.returncode == 0, ran.stderr
    scores = (tmp_path / "out" / "scores.csv").read_text(encoding="utf-8-sig")
    assert "ada,10,10,graded" in scores
    assert "where records for the staff are" in scores


def test_a_record_that_would_be_too_large_is_none(course, tmp_path, monkeypatch):
    record = read_record(course / "results" / "tiny" / "staff" / "ada.record")
    monkeypatch.setattr(staff_records, "LARGEST", 1000)
    with pytest.raises(UsageError, match="no record is kept for the staff: it would have more than"):
        keep_record(tmp_path / "staff" / "ada.record", record)
    assert not (tmp_path / "staff").exists()
    with pytest.raises(UsageError, match="which no record has"):
        read_record(course / "results" / "tiny" / "staff" / "ada.record")


# ── no date opens anything ────────────────────────────────────────────────────────────────────────────────────────


def test_what_students_are_given_knows_no_date_and_what_they_run_asks_for_none(course, grade, tmp_path, secrets):
    with_due(course, PAST)
    assert grade("report", "results/tiny", "--reveal", "-o", "pages", cwd=course).returncode == 0
    assert grade("release", "tiny", "-o", tmp_path / "mine", cwd=course).returncode == 0
    assert bundle.read(tmp_path / "mine" / "practice.bundle").bank.assignment.due is None
    (tmp_path / "mine" / "tiny.py").write_text(SUBMISSION.format(odd=None), encoding="utf-8")
    clock = tmp_path / "clock" / "sitecustomize.py"
    clock.parent.mkdir()
    clock.write_text("import time\ntime.time = lambda: 4e9\n")
    ran = grade("--json", "--html", "page.html", cwd=tmp_path / "mine", fresh=True, PYTHONPATH=str(clock.parent))
    data = json.loads(ran.stdout)
    assert (ran.returncode, data["view"], data["score"]) == (0, "student", 10)
    assert leaks_in({"out": ran.stdout.encode(), "page": (tmp_path / "mine" / "page.html").read_bytes()}, secrets) == []


def test_in_the_course_itself_a_students_report_stays_one(course, grade, failed, secrets, tmp_path):
    work = tmp_path / "tiny.py"
    work.write_text(failing(failed, "ada"), encoding="utf-8")
    seen = []
    for moment in (OPEN, PAST):
        with_due(course, moment)
        ran = grade(
            "tiny", work, "--json", "--html", tmp_path / "page.html", "--junit", tmp_path / "junit.xml", cwd=course
        )
        text = grade("tiny", work, "--full", cwd=course).stdout
        data = json.loads(ran.stdout)
        files = {name: (tmp_path / name).read_bytes() for name in ("page.html", "junit.xml")}
        assert leaks_in({"out": ran.stdout.encode(), "text": text.encode(), **files}, secrets) == []
        seen.append({name: each for name, each in data.items() if name not in ("timing", "fingerprint")})
    assert seen[0] == seen[1]
    assert seen[0]["exercises"][0]["counterexamples"] == []


#: What tells an instructor when work is due, beside the assignment's title.
SHOWING_WHEN = ("cli/listing.py", "report/words/overview.py")


def test_only_the_instructors_command_looks_at_when_work_is_due_and_shows_hidden_cases():
    """So neither a notebook's card, nor pytest's items, nor any other command can."""
    asking = {"due": set(), "revealed": set(), "grader.classroom.reveal": set()}
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", getattr(node, "module", ""))  # of an attribute, or of an import
            if isinstance(name, str) and name in asking:
                asking[name].add(path.relative_to(ROOT / "grader").as_posix())
    assert asking == {
        "due": {"cli/report.py", *SHOWING_WHEN},
        "revealed": {"classroom/reveal.py"},
        "grader.classroom.reveal": {"cli/report.py"},
    }
