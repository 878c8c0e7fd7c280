"""Signed reports as CI, a student and an instructor meet them: signed, verified, and taken in as a class's results."""

from __future__ import annotations

import json
import os
import re
import shutil
from types import SimpleNamespace

import pytest

from grader.bank.signing_keys import signing_file
from grader.cli.signing import Signer, Signing, Whose, whose
from grader.course import environment
from grader.records.errors import UsageError
from grader.records.run import Isolation
from tests.test_keys import BRIEF, SPY

RIGHT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")
MARKER = "a value that nobody may see"
PUSH = {"GITHUB_REPOSITORY": "course/brief-ada", "GITHUB_SHA": "c0ffee"}
SEES_FILES = """
import glob

def square_root(number):
    found = [repr(open(name, "rb").read()) for name in glob.glob("{course}/.grader/*") + ["/proc/self/environ"]]
    raise ValueError(" ".join(found))
"""


@pytest.fixture
def ci(grade, tmp_path):
    """A course with a key, a submission beside it, and ``ci.sign(*options)``, which is a push to a repository."""
    course = shutil.copytree(BRIEF, tmp_path / "course")
    assert grade("keys", "new", "--signing", cwd=course).returncode == 0
    work, report = tmp_path / "ada" / "brief.py", tmp_path / "report.json"
    work.parent.mkdir()
    work.write_text(RIGHT, encoding="utf-8")

    def sign(*options, **environment):
        words = ("brief", work.parent, "--json-file", report, "--sign", *options)
        return grade(*words, cwd=course, **{**PUSH, **environment})

    def verify(*paths, **environment):
        return grade("verify", *paths, cwd=course, **environment)

    return SimpleNamespace(course=course, work=work, report=report, sign=sign, verify=verify)


def private_key(course):
    return signing_file(course).read_text(encoding="utf-8").split()[-1]


def test_a_report_is_signed_and_whatever_is_changed_afterwards_is_seen(ci):
    ran = ci.sign()
    assert (ran.returncode, ran.stderr.count(f"{ci.report}: signed with key ")) == (0, 1), ran.stderr
    ran = ci.verify(ci.report)
    assert (ran.returncode, ran.stderr) == (0, "")
    for told in (
        f"of the course in {ci.course}.\n",
        "Assignment   brief: Brief: a single small task\n",
        "Score        3 of 3\n",
        "Student      course/brief-ada, the repository that GitHub named\n",
        "Commit       c0ffee\n",
        "Hidden cases graded\n",
        "It does not prove who wrote the work",
    ):
        assert told in ran.stdout
    assert re.search(r"^Valid: signed with key \w{12} of the course in ", ran.stdout)
    assert re.search(r"Signed at    \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n", ran.stdout)
    assert re.search(r"Isolation    level [345]\n", ran.stdout)
    assert re.search(r"Submission   SHA-256 \w{16}…, not compared: `grade verify REPORT PATH`", ran.stdout)

    same = ci.verify(ci.report, ci.work.parent)
    assert (same.returncode, same.stderr) == (0, "")
    assert f"what lies in {ci.work.parent} is the very one that was graded" in same.stdout
    ci.work.write_text(f"{RIGHT}# as late\n", encoding="utf-8")
    other = ci.verify(ci.report, ci.work)
    assert other.returncode == 1
    assert other.stdout.startswith(
        f"NOT VALID for {ci.work}: another submission was graded. The report itself is signed"
    )

    text = ci.report.read_text(encoding="utf-8")
    ci.report.write_text(text.replace("brief-ada", "brief-bob"), encoding="utf-8")
    ran = ci.verify(ci.report)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith(f"NOT VALID. {ci.report} proves nothing: it was changed since it was signed, or was ")


def test_a_fault_in_signing_loses_nobody_the_report(ci, cached, monkeypatch):
    from click.testing import CliRunner

    from grader.cli.commands import grade as command_line

    def fails(*_):
        raise RuntimeError(MARKER)

    monkeypatch.setattr("grader.bank.signatures.sign", fails)
    words = ["brief", ci.work, "--course", ci.course, "--json-file", ci.report, "--sign", "--exit-zero", "--no-github"]
    ran = CliRunner().invoke(command_line, list(map(str, words)), standalone_mode=False)
    assert ran.return_value == 3
    assert "Brief: a single small task" in ran.stdout
    assert "The grader itself failed. The report is not signed; please report the lines above." in ran.stderr
    assert f"{ci.report}: NOT SIGNED, so that it proves nothing: grade again" in ran.stderr
    assert MARKER not in ran.output
    found = json.loads(ci.report.read_text(encoding="utf-8"))
    assert (found["score"], found["signature"]) == (3, None)


def test_another_courses_report_is_none_of_this_one(ci):
    """Though both sign with one key, and have an assignment of that name."""
    assert ci.sign(GRADER_SECRET="ab" * 16).returncode == 0
    ran = ci.verify(ci.report)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith(
        "NOT VALID here: another course graded it, or this one with another secret. The report"
    )
    assert ci.verify(ci.report, GRADER_SECRET="ab" * 16).returncode == 0


def test_keys_follow_one_another(grade, ci):
    assert ci.sign().returncode == 0
    first = private_key(ci.course)
    made = grade("keys", "new", "--signing", cwd=ci.course)
    told = grade("keys", cwd=ci.course)
    public = (ci.course / "signing-keys.txt").read_text(encoding="utf-8").splitlines()[-2:]
    assert public[0] in made.stdout
    ids = re.findall(r"^public key (\w{12}) in .*signing-keys.txt: what was signed", told.stdout, flags=re.MULTILINE)
    assert re.search(rf"^signing key {ids[0]} in .*/\.grader/signing: signs reports$", told.stdout, flags=re.MULTILINE)
    assert f"Valid: signed with key {ids[1]}, an earlier one of the course" in ci.verify(ci.report).stdout

    ran = ci.sign(GRADER_SIGNING_KEY=first)
    assert f"signed with key {ids[1]}" in ran.stderr, "the variable comes first"
    (ci.course / "signing-keys.txt").write_text(f"{public[0]}\n", encoding="utf-8")
    gone = ci.verify(ci.report)
    assert (gone.returncode, gone.stdout) == (2, "")
    assert f"it is signed with key {ids[1]}, which is none of this course; the course is {ci.course}" in gone.stderr
    ran = ci.sign(GRADER_SIGNING_KEY=first)
    assert ran.returncode == 0
    assert f"does not hold the public part of key {ids[1]}, which signs: nobody who has that file can ver" in ran.stderr
    told = grade("keys", cwd=ci.course, GRADER_SIGNING_KEY=first)
    assert f"add the line {public[1]}, or what it signs cannot be verified" in told.stdout
    for secret in (first, private_key(ci.course)):
        assert secret not in made.stdout + told.stdout + told.stderr + ran.stdout + ran.stderr


def test_nothing_is_signed_that_says_less_than_it_seems(grade, ci, tmp_path):
    weak = ci.sign("--highest-level", "1", "--allow-weak-isolation")
    assert (weak.returncode, weak.stdout) == (2, "")
    assert (
        "a report is signed from isolation level 3 on, and this run has 1: there student code could read "
        in weak.stderr
    )
    assert not ci.report.exists()
    damaged = ci.sign(GRADER_SIGNING_KEY="ab" * 31 + "xy")
    assert (damaged.returncode, damaged.stdout, damaged.stderr.count("\n")) == (2, "", 1)
    assert damaged.stderr.startswith(
        "GRADER_SIGNING_KEY should hold a signing key of 64 hexadecimal digits, and holds "
    )
    assert "abab" not in damaged.stderr
    signing_file(ci.course).unlink()
    for given, told in (
        ({}, "sign with: make"),
        ({"GRADER_SIGNING_KEY": ""}, "sign with (GRADER_SIGNING_KEY is"),
    ):
        none = ci.sign(**given)
        assert (none.returncode, none.stdout) == (2, "")
        assert f"there is no key to {told}" in none.stderr
    alone = grade("brief", ci.work, "--student", "ada", cwd=ci.course)
    assert "--student is said in a signed report alone: add --sign" in alone.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"json_file": None}, "--sign signs the report that --json-file FILE writes"),
        ({"root": None}, "a report in practice is made of public cases alone"),
        ({"staff": True}, "--staff shows hidden cases"),
        ({"watched": True}, "--watch grades what is not done yet"),
    ],
)
def test_what_cannot_be_signed_is_said_before_anything_is_graded(given, told, tmp_path):
    usual = {"root": tmp_path, "json_file": tmp_path / "report.json", "staff": False, "watched": False}
    with pytest.raises(UsageError, match=told):
        Signing(sign=True).signer(**{**usual, **given})
    Signer().check(Isolation(1, ()))  # who signs nothing may be at any level


def test_a_commit_of_the_job_says_nothing_of_work_from_elsewhere():
    gitlab = {"CI_PROJECT_PATH": "group/ada", "CI_COMMIT_SHA": "beef"}
    assert whose(None, None, PUSH) == Whose("course/brief-ada", "GITHUB_REPOSITORY", "c0ffee")
    assert whose(None, None, gitlab) == Whose("group/ada", "CI_PROJECT_PATH", "beef")
    assert whose("ada", None, PUSH) == Whose("ada", "option")
    assert whose("ada", "f00d", {}) == Whose("ada", "option", "f00d")
    assert whose(None, None, {}) == Whose()


@pytest.mark.skipif(os.name != "posix", reason="processes show no environment elsewhere")
def test_no_student_and_no_file_of_a_job_gets_the_key_that_signs(ci, tmp_path):
    secret = private_key(ci.course)
    results = tmp_path / "results"
    results.mkdir()
    others = ("--html", results / "r.html", "--junit", results / "r.xml", "--full", "--save-examples", results)
    for text in (SPY, SEES_FILES.replace("{course}", str(ci.course))):
        ci.work.write_text(text, encoding="utf-8")
        for held in ("file", "variable"):
            given = {"GRADER_SIGNING_KEY": secret} if held == "variable" else {}
            summary = results / "summary.md"
            ran = ci.sign(*others, "--exit-zero", GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true", **given)
            assert ran.returncode == 0, ran.stderr
            assert summary.exists()
            left = [path.read_text(encoding="utf-8") for path in results.iterdir()]
            for told in (ran.stdout, ran.stderr, ci.report.read_text(encoding="utf-8"), *left):
                assert secret[:16] not in told
            assert ci.verify(ci.report).returncode == 0, "it is a wrong one, and signed as that"


def test_no_other_process_of_grader_is_given_the_key(monkeypatch):
    monkeypatch.setenv("GRADER_SIGNING_KEY", "ab" * 32)
    monkeypatch.setenv("GRADER_KEY", "cd" * 32)
    assert environment.with_taken().keys() & set(environment.NAMES) == {"GRADER_KEY", "GRADER_SECRET"}
    environment.take()
    assert environment.with_taken().keys() & set(environment.NAMES) == {"GRADER_KEY", "GRADER_SECRET"}
    assert environment.held("GRADER_SIGNING_KEY") == "ab" * 32
    assert environment.NAMES[0] not in os.environ


def test_a_course_that_was_handed_in_verifies_nothing(grade, ci, tmp_path):
    planted = tmp_path / "handed_in"
    shutil.copytree(ci.course, planted)
    shutil.copy(ci.work, planted)
    assert ci.sign().returncode == 0
    for path in (".", "brief.py"):
        ran = grade("verify", ci.report, path, cwd=planted)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.endswith("by --course FOLDER\n")
        assert f"the course {planted}" in ran.stderr or f"{planted} is a course" in ran.stderr
    assert grade("verify", ci.report, ".", "--course", ci.course, cwd=planted).returncode == 0


def test_a_grading_that_failed_is_signed_as_that_and_is_no_zero(ci, monkeypatch):
    """What the grader failed at has no score, and whoever takes reports in sees it."""
    from click.testing import CliRunner

    from grader.cli.call import grade as command_line
    from grader.grading import grade as grading

    monkeypatch.setattr(grading, "grade_on", lambda *_, **__: 1 / 0)
    words = ["brief", str(ci.work), "--course", str(ci.course), "--json-file", str(ci.report), "--sign"]
    ran = CliRunner().invoke(command_line, words, standalone_mode=False)
    assert ran.return_value == 3
    assert json.loads(ci.report.read_text(encoding="utf-8"))["signature"]["graded"]["hidden"] is False
    told = ci.verify(ci.report, ci.work)
    assert (told.returncode, "Score        not graded, of 3, which is no 0" in told.stdout) == (
        1,
        True,
    )
