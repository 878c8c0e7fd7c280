"""``--write KIND FILE`` and its neighbours: which files are written, and what is refused before any work."""

import json
import sys
from xml.etree import ElementTree as ET

import pytest

from grader.cli.targets import KINDS, Targets, delivery_of
from grader.files import check_distinct
from grader.records.errors import UsageError
from grader.report.services import SERVICES
from tests.conftest import TINY

RIGHT = TINY / "reference" / "tiny.py"


def test_every_kind_is_written_at_once(grade, tmp_path):
    files = {kind: tmp_path / kind for kind in KINDS}
    options = [word for kind, path in files.items() for word in ("--write", kind, path)]
    ran = grade("tiny", RIGHT, *options, "--write", "json", tmp_path / "again", OWNER="", USERNAME="ada")
    assert ran.returncode == 0
    texts = {kind: path.read_text(encoding="utf-8") for kind, path in files.items()}
    assert json.loads(texts["json"])["score"] == 10
    assert (tmp_path / "again").read_text(encoding="utf-8") == texts["json"]
    assert ET.fromstring(texts["junit"]).tag == "testsuites"
    assert texts["html"].startswith("<!DOCTYPE html>")
    assert texts["github"].startswith("## Tiny: three small tasks: 10 / 10")
    assert json.loads(texts["classroom50"])["owner"] == "ada"
    assert json.loads(texts["prairielearn"])["score"] == json.loads(texts["submitty"])["data"]["score"] == 1
    assert f"The full report is in {files['html']}" in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--write", "canvas", "x"], "'canvas' is not one of 'json', 'html', 'junit', 'github', 'classroom50'"),
        (["--write", "json"], "Option '--write' requires 2 arguments"),
        (["--write", "json", "nowhere/x"], "nowhere/x cannot be written (No such file or directory)"),
        (["--write", "json", "x", "--html", "x"], "two reports would be written to x: name a file for each"),
        (["--write", "json", "x", "--write", "dodona", "./a/../x"], "two reports would be written to"),
        (["--write", "submitty", "x", "--staff"], "students read what --write submitty writes: leave out --staff"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_graded(words, said, grade, tmp_path):
    ran = grade("tiny", RIGHT, "--course", TINY, *words, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert list(tmp_path.glob("x")) == []


def test_two_names_of_one_file_are_told_both(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(UsageError, match=r"two reports would be written to .*link, which .*file is as well"):
        check_distinct([tmp_path / "file", tmp_path / "link"])
    check_distinct([tmp_path / "file", tmp_path / "other"])


def test_what_is_no_file_takes_more_than_one_report(grade):
    assert grade("tiny", RIGHT, "--write", "json", "/dev/null", "--junit", "/dev/null").returncode == 0


SERVICES_READ = [word for kind in (*SERVICES, "junit", "html", "json") for word in ("--write", kind, kind)]


@pytest.fixture
def not_taken(grade, tmp_path):
    """``not_taken(path)``: what each target says of work that cannot be taken as it was handed in."""
    work = tmp_path / "work"
    for each in ("a", "b"):
        (work / each).mkdir(parents=True)
        (work / each / "tiny.py").write_bytes(RIGHT.read_bytes())
    (tmp_path / "leads-out").symlink_to(TINY / "reference")

    def told(path):
        ran = grade("tiny", tmp_path / path, "--course", TINY, *SERVICES_READ, cwd=tmp_path)
        assert ran.returncode == 3, ran.stderr
        texts = {kind: (tmp_path / kind).read_text(encoding="utf-8") for kind in SERVICES_READ[1::3]}
        for text in texts.values():
            assert str(tmp_path) not in text
            assert "grader's fault" not in text
            assert "the grader itself failed" not in text
        return texts

    return told


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("work", "holds several files that could be tiny.py: a/tiny.py, b/tiny.py. Hand in the one that is to be"),
        ("leads-out", "leads-out is a link that leads out of its folder: hand in what it leads to in its place."),
        ("nowhere", "Nothing was handed in: there is no file to grade."),
    ],
)
def test_a_service_is_told_what_to_do_about_work_that_cannot_be_taken(path, said, not_taken):
    texts = not_taken(path)
    assert [kind for kind, text in texts.items() if said not in text] == []
    assert json.loads(texts["prairielearn"])["gradable"] is False
    assert json.loads(texts["submitty"])["status"] == "failure"
    assert json.loads(texts["classroom50"])["max-score"] == 0
    assert json.loads(texts["gradescope"])["extra_data"]["ungraded"] is True
    assert json.loads(texts["dodona"].splitlines()[-1])["status"]["enum"] == "internal error"
    assert {each["status"] for each in json.loads(texts["json"])["exercises"]} == {"ungraded"}


def test_a_job_on_github_says_it_too(grade, tmp_path):
    for each in ("a", "b"):
        (tmp_path / each).mkdir()
        (tmp_path / each / "tiny.py").write_bytes(RIGHT.read_bytes())
    files = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    ran = grade("tiny", ".", "--course", TINY, cwd=tmp_path, GITHUB_ACTIONS="true", **files)
    assert ran.returncode == 3
    assert "::error file=tiny.py,title=Tiny%3A three small tasks::What was handed in holds several files" in ran.stdout
    assert "**What was handed in holds several files that could be" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    assert "status=ungraded" in (tmp_path / "GITHUB_OUTPUT").read_text()
    assert grade("tiny", ".", "--course", TINY, cwd=tmp_path).returncode == 2, "at a terminal the command is at fault"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has links for some alone")
def test_a_link_that_leads_elsewhere_leads_to_no_course(grade, tmp_path):
    (tmp_path / "leads-out").symlink_to(TINY)
    ran = grade("tiny", tmp_path / "leads-out", "--write", "dodona", tmp_path / "x")
    assert (ran.returncode, ran.stdout, (tmp_path / "x").exists()) == (2, "", False)
    assert "is a link that leads out of" in ran.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_practice_hands_in_no_score(service, tmp_path):
    with pytest.raises(UsageError, match=f"--write {service} hands in a score, and what a bundle gives is practice"):
        Targets(((service, tmp_path),)).check_marks(practice=True)
    Targets(((service, tmp_path),)).check_marks(practice=False)
    Targets((("json", tmp_path),)).check_marks(practice=True)


def test_a_bundle_is_refused_before_it_is_graded(grade, tmp_path):
    assert grade("release", "tiny", "-o", tmp_path / "mine").returncode == 0
    ran = grade("--write", "dodona", tmp_path / "judgement", cwd=tmp_path / "mine")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "hands in a score" in ran.stderr
    assert not (tmp_path / "judgement").exists()


def test_a_service_says_what_it_is_that_is_graded():
    found = delivery_of({"CLASSROOM": "numerics", "USERNAME": "ada", "COMMIT_URL": "https://x.example"})
    assert (found.classroom, found.owner, found.commit, found.review) == ("numerics", "ada", "https://x.example", "")
    assert found.now.endswith("+00:00")
