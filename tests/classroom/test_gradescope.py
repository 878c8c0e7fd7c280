"""``grade release --gradescope``: the archive, and what installs it. What it grades is tried in tests/services."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from datetime import timedelta
from importlib.metadata import version
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from grader.classroom.gradescope import _libraries
from grader.records.errors import UsageError
from grader.report.services import Delivery
from grader.report.services.gradescope import render
from grader.report.services.gradescope_metadata import UNKNOWN, submitted
from grader.report.words.gradescope import span
from tests.conftest import SECRET, TINY
from tests.report.samples import FOR_STUDENTS, HOSTILE_ONE, UNGRADED_ONE, for_student
from tests.services.layouts import SUBMITTED


@pytest.fixture(scope="module")
def archive(run_command, bank_cache, tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "autograder.zip"
    environment = {**os.environ, "GRADER_CACHE": str(bank_cache)}
    ran = run_command(["release", "tiny", "--gradescope", str(path)], TINY, environment)
    assert ran.returncode == 0, ran.stderr
    assert "give it to nobody else" in ran.stdout
    return path


def test_it_has_what_it_takes_and_only_its_owner_may_read_it(archive):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with ZipFile(archive) as opened:
        names = opened.namelist()
        modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in opened.infolist()}
        needed = opened.read("requirements.txt").decode().splitlines()
        assert SECRET.bits.hex() in opened.read("course/.grader/secret").decode()
    assert {"setup.sh", "run_autograder", "course/assignments/tiny/bank.frozen", "course/reference/tiny.py"} <= set(
        names
    )
    assert {name for name, mode in modes.items() if mode == 0o700} == {"setup.sh", "run_autograder"}
    assert set(modes.values()) == {0o600, 0o700}
    assert all("==" in line for line in needed)
    assert any(line.startswith("numpy==") for line in needed)


def test_the_same_course_gives_the_same_bytes_and_nothing_is_replaced(archive, grade, tmp_path):
    again = tmp_path / "again.zip"
    assert grade("release", "tiny", "--gradescope", again).returncode == 0
    assert again.read_bytes() == archive.read_bytes()
    ran = grade("release", "tiny", "--gradescope", again)
    assert (ran.returncode, "is there already, and is left as it is" in ran.stderr) == (2, True)
    ran = grade("release", "tiny", "--gradescope", tmp_path / "other.zip", "--ci")
    assert (ran.returncode, "leave out the other options" in ran.stderr) == (2, True)


def test_libraries_that_students_import_come_in_the_versions_of_here(monkeypatch):
    assert list(_libraries(["yaml", "math", "numpy.linalg"])) == [
        f"PyYAML=={version('PyYAML')}",
        f"numpy=={version('numpy')}",
    ]
    several = {"shared": ["numpy", "PyYAML", "numpy"]}
    monkeypatch.setattr("grader.classroom.gradescope.packages_distributions", lambda: several)
    assert list(_libraries(["shared.part"])) == [f"numpy=={version('numpy')}", f"PyYAML=={version('PyYAML')}"]
    with pytest.raises(UsageError, match="preload names nowhere_at_all, which is not installed here"):
        list(_libraries(["nowhere_at_all"]))


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs it with /bin/sh")
def test_what_takes_too_long_is_ended_while_a_results_file_can_still_be_left(source, tmp_path):
    slow = tmp_path / "grade"
    slow.write_text("#!/bin/sh\nexec sleep 300\n", encoding="utf-8")
    slow.chmod(0o755)
    told = {"AUTOGRADER": str(source.parent), "GRADE": str(slow), "GRADER_SECONDS": "1"}
    ran = subprocess.run(
        ["/bin/sh", source / "run_autograder"], env={**os.environ, **told}, capture_output=True, timeout=60, check=False
    )
    found = json.loads((source.parent / "results" / "results.json").read_text(encoding="utf-8"))
    assert (ran.returncode, "NOT GRADED" in found["output"]) == (0, True)


# ── setup.sh ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def source(archive, tmp_path):
    folder = tmp_path / "autograder" / "source"
    with ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def run_setup(source, tmp_path, **commands):
    """Run it where these commands are all there are, beside what every system has."""
    there = tmp_path / "bin"
    there.mkdir()
    for name in ("sh", "chmod", "rm", "tee", "cat", "mkdir", "dirname"):
        (there / name).symlink_to(shutil.which(name))
    for name, script in commands.items():
        path = there / name.replace("_", ".")
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": str(there), "AUTOGRADER": str(source.parent)}
    return subprocess.run(
        ["/bin/sh", source / "setup.sh"], env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs it with /bin/sh")
def test_where_no_python_can_be_had_it_says_so_and_a_results_file_is_left_all_the_same(source, tmp_path):
    ran = run_setup(source, tmp_path, python3="exit 1", apt_get="exit 100", **{"apt-get": "exit 100"})
    assert ran.returncode == 1
    assert "No Python 3.11 or newer is here, and apt-get could not install python3.11" in ran.stderr
    assert "choose a newer base image" in (source / "setup-failed.txt").read_text(encoding="utf-8")
    (source.parent / "submission").mkdir()
    ran = subprocess.run(
        ["/bin/sh", source / "run_autograder"],
        env={"PATH": os.environ["PATH"], "AUTOGRADER": str(source.parent)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = json.loads((source.parent / "results" / "results.json").read_text(encoding="utf-8"))
    assert ran.returncode == 0
    assert "NOT GRADED" in found["output"]


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs it with /bin/sh")
def test_a_python_that_apt_brings_is_taken(source, tmp_path):
    """Of an image with an old one. What it is told to do is written down."""
    log = tmp_path / "log"
    made = f"mkdir -p {source}/venv/bin; for each in python grade; do cp $0 {source}/venv/bin/$each; done"
    new = f"echo python $* >>{log}; case $* in *venv\\ --clear*) {made};; esac"
    there = tmp_path / "bin"
    apt = f"printf '#!/bin/sh\\n%s\\n' '{new}' >{there}/python3.11; chmod 755 {there}/python3.11"
    commands = {"python3": "exit 1", "apt-get": apt, "cp": 'exec /bin/cp "$@"'}
    ran = run_setup(source, tmp_path, **commands)
    assert ran.returncode == 0, ran.stderr
    told = log.read_text(encoding="utf-8")
    assert f"-m venv --clear {source}/venv" in told
    assert f"install -q -r {source}/requirements.txt {source}/numerical_grader-" in told
    assert f"build tiny --course {source}/course" in told
    assert not (source / "setup-failed.txt").exists()
    assert stat.S_IMODE((source / "course").stat().st_mode) & 0o077 == 0


# ── what it is told of a submission ───────────────────────────────────────────────────────────────────────────────


def metadata(**changes):
    return json.dumps({**SUBMITTED, **changes}).encode()


@pytest.mark.parametrize(
    "data", [b"", b"[", b"3", b"[]", b"{}", b'{"created_at": 3}', b"\xff", metadata(assignment=None)]
)
def test_what_cannot_be_understood_is_not_missed(data):
    assert submitted(data) == UNKNOWN


def test_lateness_is_by_when_it_came():
    assert submitted(metadata()).late == timedelta(hours=2, minutes=5)
    assert submitted(metadata(created_at="2026-06-01T19:00:00+00:00")).late is None
    assert submitted(metadata(created_at="2026-06-01T19:00:00")).late is None, "nobody knows when that was"
    spans = {40: "40 s", 125: "2 min", 7500: "2 h 5 min", 97200: "1 day 3 h", 172800: "2 days"}
    assert {seconds: span(timedelta(seconds=seconds)) for seconds in spans} == spans


def test_what_was_not_graded_has_no_score_of_its_own():
    report = for_student(UNGRADED_ONE)
    found = json.loads(render(report, Delivery()))
    assert found["extra_data"]["ungraded"]
    assert found["output"].startswith("NOT GRADED. That is the grader's fault, not yours, and costs no points")
    (test,) = [test for test in found["tests"] if "score" not in test]
    assert "costs no points" in test["output"]
    before = [
        {"submission_time": "2026-05-30T12:00:00Z", "score": "x"},
        {"submission_time": "2026-05-31T12:00:00Z", "score": 900},
    ]
    found = json.loads(render(report, Delivery(metadata=metadata(previous_submissions=before))))
    assert (found["score"], "Gradescope shows the 900 of your submission before" in found["output"]) == (900, True)


def test_nothing_of_a_submission_is_markup_and_no_test_is_hidden():
    for report in (*FOR_STUDENTS.values(), for_student(replace(HOSTILE_ONE))):
        found = json.loads(render(report, Delivery()))
        assert {found["output_format"], found["test_output_format"], found["test_name_format"]} == {"text"}
        assert {each["visibility"] for each in (found, *found["tests"])} == {"visible"}
        assert "\x1b" not in json.dumps(found)
