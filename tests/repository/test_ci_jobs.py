"""The action, the workflow and the GitLab template at work: their own steps, on a tiny course, from push to report."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.classroom.leaks import leaks_in, secrets_of
from grader.course.disclosed import secret_statements
from grader.course.find import find_course
from tests.ci_runners import Hosted, Left, gitlab, programs, read, without_secrets
from tests.conftest import SECRET, TINY
from tests.services.layouts import LAYOUTS

ROOT = Path(__file__).parents[2]
REAL = Path(sys.executable).with_name("grade")
#: In other statements than the reference, which nothing that a job leaves may hold.
RIGHT = """\
import numpy as np


def affine(W, x, b):
    product = np.dot(W, x)
    return product + b


def mean_and_spread(values):
    centre = np.mean(values)
    return centre, np.mean(np.abs(values - centre))


def square_root(number):
    if number < 0:
        raise ValueError("it is negative")
    return number**0.5
"""
WRONG = RIGHT.replace("product + b", "product - b")
SECRETS = {
    "COURSE_TOKEN": "course-token-of-the-tests",
    "GITHUB_TOKEN": "github-token-of-the-tests",
    "GRADER_KEY": "5e" * 32,
    "GRADER_SECRET": SECRET.bits.hex(),
}

#: Right but for one function, and takes what it can: secrets from the machine, the files of the runner, its commands.
HOSTILE = (
    RIGHT.replace("    centre =", "    raise ValueError(' '.join(FOUND) + COMMANDS)\n    centre =")
    + """
import os
FOUND, COMMANDS = list(os.environ.values()), "\\n::error::planted\\n::set-output name=score::100\\n##[error]planted\\n"
try:
    processes = os.listdir("/proc")
except OSError:
    processes = ["self", str(os.getppid()), *map(str, range(1, 2000))]
for process in processes:
    try:
        FOUND.append(open(f"/proc/{process}/environ").read())
    except (OSError, MemoryError):
        pass
for path in @files@:
    try:
        open(path, "a").write("planted")
    except OSError:
        pass
print(COMMANDS, FOUND)
"""
)
#: What a name such as `python -m pip` would find in a student's folder.
TRAPS = ("pip.py", "json.py", "os.py", "sitecustomize.py", "grader.py", "click.py")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jobs run on Linux")


@pytest.fixture(autouse=True)
def _hidden_cases_are_kept(pool):
    if not pool.isolation.keeps_hidden:
        pytest.skip(f"jobs grade from isolation level 3 on, and this machine has {pool.isolation.level}")


@pytest.fixture(scope="module")
def course(tmp_path_factory, run_command, bank_cache):
    """The repository of a course, with the sealed bank that `grade release --ci` put into it."""
    folder = tmp_path_factory.mktemp("course") / "course"
    shutil.copytree(TINY, folder)
    keys = {name: SECRETS[name] for name in ("GRADER_KEY", "GRADER_SECRET")}
    released = run_command(["release", "tiny", "--ci"], folder, {**os.environ, **keys, "GRADER_CACHE": str(bank_cache)})
    assert released.returncode == 0, released.stderr
    assert (folder / "assignments" / "tiny" / "bank.sealed").is_file()
    for name in ("action.yml", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


class Leaks:
    """``leaks(left)``: what anybody who may see a job learns from it and must not; one such ``array``."""

    def __init__(self, bank, statements):
        self.hidden = secrets_of(bank, statements)
        self.array = max((array for _, array in self.hidden.arrays.values()), key=lambda array: array.size)

    def __call__(self, left):
        files = left.files()
        words = [name for name, word in SECRETS.items() if any(word.encode() in data for data in files.values())]
        return [*words, *leaks_in(files, self.hidden)]


@pytest.fixture(scope="module")
def leaks(bank_cache, pool):
    files = find_course(TINY).assignment("tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        bank = bank_for(files, pool)
    return Leaks(bank, secret_statements(files, bank.assignment))


def repository(folder, source, *, traps=None):
    """A student's repository: the work in week1/, and beside it what tries to run where nothing of it should."""
    (folder / "week1").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "week1" / "tiny.py").write_text(source, encoding="utf-8")
    for name in TRAPS if traps else ():
        (folder / name).write_text(f"open({str(traps)!r}, 'a').write(__file__)\n")
    return folder


@pytest.fixture
def hosted(tmp_path, course, environment):
    """``hosted(source)``: a runner of GitHub's, before a job on a repository with this work."""

    def made(source, **scripts):
        folder = programs(tmp_path / "programs", **scripts)
        runner = tmp_path / "runner"
        files = [str(runner / name) for name in ("github_step_summary", "github_output")]
        source = source.replace("@files@", repr(files))
        handed_in = repository(tmp_path / "student", source, traps=tmp_path / "trapped")
        paths = without_secrets(environment)
        repositories = {"student/repository": handed_in, "teacher/course": course}
        paths["PATH"] = f"{folder}:{paths['PATH']}"
        return Hosted(runner, paths, repositories, {"teacher/course": course})

    return made


def in_a_workflow_of_ones_own(runner, **given):
    """The action, as docs/ci.md shows it. Returns its outputs."""
    job = {
        "steps": [
            {"uses": "actions/checkout@v6", "with": {"persist-credentials": False}},
            {"id": "grade", "uses": "teacher/course@main", "with": {"assignment": "tiny", "path": "week1", **given}},
        ]
    }
    job["steps"][1]["with"] |= {"key": "${{ secrets.GRADER_KEY }}", "secret": "${{ secrets.GRADER_SECRET }}"}
    return runner.run(job["steps"], context())["grade"]["outputs"]


def by_the_workflow(runner, *, secrets=SECRETS, **given):
    """The reusable workflow, as ci/github-submission.yml calls it. Returns its outputs."""
    declared = read(ROOT / ".github/workflows/grade.yml")
    inputs = {name: each.get("default", "") for name, each in declared["on"]["workflow_call"]["inputs"].items()}
    given = {"assignment": "tiny", "path": "week1", "course": "teacher/course", **given}
    job = declared["jobs"]["grade"]
    steps = runner.run(job["steps"], {**context(), "secrets": secrets, "inputs": inputs | given})
    return steps["grade"]["outputs"]


def context():
    return {"github": {"repository": "student/repository", "token": SECRETS["GITHUB_TOKEN"]}, "secrets": SECRETS}


def told(outputs):
    return outputs["score"], outputs["max-score"], outputs["status"]


@pytest.mark.parametrize("way", [in_a_workflow_of_ones_own, by_the_workflow])
def test_github_right(way, hosted, tmp_path, leaks):
    runner = hosted(RIGHT)
    outputs = way(runner)
    left = runner.left
    assert left.code == 0, left.log
    assert told(outputs) == ("10", "10", "passed")
    assert "::notice file=week1/tiny.py,title=Tiny%3A three small tasks::10 / 10 points." in left.log
    assert left.summary.startswith("## Tiny: three small tasks: 10 / 10\n")
    assert list(left.artifacts) == ["report-tiny"]
    assert json.loads(Path(outputs["json"]).read_bytes())["score"] == 10
    assert Path(outputs["html"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert ET.parse(outputs["junit"]).getroot().find("testsuite").get("failures") == "0"
    assert not (tmp_path / "trapped").exists(), "something of the student's folder ran outside of the sandbox"
    assert not leaks(left)
    assert "making cases" not in left.log
    assert not [*runner.temporary.rglob("tiny-affine-*")], "what was sealed lies on the disk"


def test_github_wrong(hosted, leaks):
    runner = hosted(WRONG)
    outputs = by_the_workflow(runner)
    line = 1 + WRONG[: WRONG.index("def affine")].count("\n")
    assert runner.left.code == 1
    assert told(outputs) == ("7", "10", "failed")
    assert f"::error file=week1/tiny.py,line={line},title=An affine map::" in runner.left.log
    assert "An affine map" in runner.left.summary
    files = {path.name for path in runner.left.artifacts["report-tiny"].iterdir()}
    assert files == {"report.json", "report.html", "junit.xml"}
    assert not leaks(runner.left)
    assert runner.tokens == {"student/repository": SECRETS["GITHUB_TOKEN"], "teacher/course": SECRETS["COURSE_TOKEN"]}


def test_from_a_push_to_a_verified_report_and_the_same_work_through_every_service(
    hosted, course, leaks, grade, environment, tmp_path
):
    """The whole way: what the job leaves is all that is known of the work, and as good as having graded it."""
    mine = shutil.copytree(course, tmp_path / "course-with-a-key")
    assert grade("keys", "new", "--signing", cwd=mine).returncode == 0
    key = next(line for line in (mine / ".grader/signing").read_text().splitlines() if not line.startswith("#"))
    shutil.rmtree(mine / ".grader")
    runner = hosted(WRONG)
    runner.repositories["teacher/course"] = mine
    outputs = by_the_workflow(runner, secrets={**SECRETS, "GRADER_SIGNING_KEY": key})
    assert told(outputs) == ("7", "10", "failed")
    assert not leaks(runner.left)
    assert not [name for name, data in runner.left.files().items() if key.encode() in data]

    report = outputs["json"]
    verified = grade("verify", report, tmp_path / "student/week1", cwd=mine)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    for said in ("Score        7 of 10", "Student      student/repository", "commit-of-student/repository", "graded"):
        assert said in verified.stdout
    collected = tmp_path / "collected"
    collected.mkdir()
    shutil.copy(report, collected / "student.json")
    taken_in = grade("class", "tiny", "--reports", collected, "-o", tmp_path / "results", cwd=mine)
    assert (taken_in.returncode, "1 graded" in taken_in.stderr) == (0, True), taken_in.stderr
    changed = Path(report).read_text(encoding="utf-8").replace('"score": 7', '"score": 9')
    Path(report).write_text(changed, encoding="utf-8")
    assert grade("verify", report, cwd=mine).returncode == 1

    there = {**environment, "GRADER_HOME": str(ROOT), "GRADER_COURSE": str(TINY), "GRADE": str(REAL)}
    for service, lay_out in LAYOUTS.items():
        (tmp_path / service).mkdir()
        left = lay_out(tmp_path / service, tmp_path / "student/week1", there)
        assert (service, round(left.score, 9), left.most) == (service, 7, 10)
        assert "Check `y`: it has wrong values" in left.text
        assert not leaks_in({service: left.seen.encode()}, leaks.hidden)
        assert not [never for never in (str(TINY), environment["GRADER_CACHE"]) if never in left.seen]


def test_github_enough(hosted):
    runner = hosted(WRONG)
    outputs = in_a_workflow_of_ones_own(runner, **{"fail-under": "7", "artifact": "mine"})
    assert (runner.left.code, told(outputs)) == (0, ("7", "10", "passed"))
    assert list(runner.left.artifacts) == ["mine"]


@pytest.mark.parametrize(
    ("given", "secrets", "said"),
    [
        ({"assignment": "tinny"}, SECRETS, "tinny"),
        ({}, {**SECRETS, "GRADER_KEY": "5f" * 32}, "were sealed with key"),
        ({}, {}, "GRADER_SECRET is empty"),
    ],
    ids=["no such assignment", "another key", "a fork's"],
)
def test_github_nothing_graded(given, secrets, said, hosted, leaks):
    runner = hosted(RIGHT)
    outputs = by_the_workflow(runner, secrets=secrets, **given)
    assert runner.left.code == 2
    assert told(outputs) == ("", "", "error")
    assert "::error title=grade stopped with exit code 2::" in runner.left.log
    assert runner.left.summary.startswith("## grade stopped with exit code 2\n\n- ")
    assert said in runner.left.log
    assert not leaks(runner.left)


def test_github_where_the_installation_fails(hosted, course):
    runner = hosted(RIGHT, python="#!/bin/sh\nexit 1\n")
    outputs = in_a_workflow_of_ones_own(runner)
    assert (runner.left.code, outputs["status"], runner.left.artifacts) == (1, "error", {})


def test_github_takes_the_bank_of_a_release(hosted):
    gh = 'printf "%s " "$@" "$GH_TOKEN" > called; [ "$8" = --dir ] && printf sealed > "$9/bank.sealed"'
    runner = hosted(RIGHT, gh=f"#!/bin/sh\n{gh}\n")
    steps = read(ROOT / ".github/workflows/grade.yml")["jobs"]["grade"]["steps"]
    fetch = next(at for at, step in enumerate(steps) if step.get("name") == "Fetch the bank")
    inputs = {"assignment": "tiny", "course": "teacher/course", "bank-release": "week 1"}
    runner.run(steps[: fetch + 1], {**context(), "inputs": inputs})
    assert runner.left.code == 0, runner.left.log
    called = (
        "release download week 1 --repo teacher/course --pattern bank.sealed --dir course/assignments/tiny --clobber"
    )
    assert (runner.workspace / "called").read_text(encoding="utf-8") == f"{called} {SECRETS['COURSE_TOKEN']} "
    assert (runner.workspace / "course/assignments/tiny/bank.sealed").read_text(encoding="utf-8") == "sealed"


def test_github_hostile(hosted, leaks):
    runner = hosted(HOSTILE)
    outputs = in_a_workflow_of_ones_own(runner)
    assert told(outputs) == ("6", "10", "failed")
    commands = [line for line in runner.left.log.splitlines() if line.startswith("::")]
    assert not [line for line in commands if "planted" in line.partition("title=")[0]]
    assert "##[" not in runner.left.log
    assert runner.left.summary.startswith("## Tiny: three small tasks: 6 / 10\n")
    assert not leaks(runner.left)


def test_what_is_hostile_finds_secrets_where_nothing_keeps_it(tmp_path):
    summary = tmp_path / "summary"
    script = HOSTILE.replace("@files@", repr([str(summary)]))
    ran = subprocess.run([sys.executable, "-c", script], env=SECRETS, capture_output=True, encoding="utf-8", check=True)
    assert SECRETS["GRADER_KEY"] in ran.stdout
    assert summary.read_text(encoding="utf-8") == "planted"


def test_what_a_job_must_not_leave_is_found(leaks):
    assert not leaks(Left(log="Tiny: 10 / 10"))
    assert [leaks(Left(log=f"so it said {word}")) for word in SECRETS.values()] == [[name] for name in SECRETS]
    (told,) = leaks(Left(summary="mean = values.mean()"))
    assert told == "summary holds a statement of the reference: mean = values.mean()"
    assert "an array of the hidden case" in leaks(Left(outputs={"score": str(leaks.array.tolist())}))[0]


# ── GitLab ────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Git, but that a clone is a copy of COPIED, after its credentials have been asked for as Git asks; they go into ASKED.
GIT = f"""#!{sys.executable} -I
import os, shutil, subprocess, sys
at = sys.argv.index("clone")
helper = ["-c", "credential.helper=", *sys.argv[1:at], "credential", "fill"]
about = b"protocol=https\\nhost=gitlab.test\\n\\n"
asked = subprocess.run(["/usr/bin/git", *helper], input=about, stdout=-1, check=True)
with open(os.environ["ASKED"], "w") as file:
    file.write(" ".join(sys.argv) + "\\n" + asked.stdout.decode())
shutil.copytree(os.environ["COPIED"], sys.argv[-1])
"""


@pytest.fixture
def on_gitlab(tmp_path, course, environment):
    """``on_gitlab(source)``: what is left of a job of GitLab's on a project with this work."""

    def run(source, **variables):
        folder = programs(tmp_path / "programs", git=GIT)
        project = repository(
            tmp_path / "builds" / "project", source.replace("@files@", "[]"), traps=tmp_path / "trapped"
        )
        (tmp_path / "elsewhere").mkdir()
        (project / "grader-report").symlink_to(tmp_path / "elsewhere")
        paths = without_secrets(environment)
        runner = {**paths, "PATH": f"{folder}:{paths['PATH']}", "ASKED": str(tmp_path / "asked"), "COPIED": str(course)}
        given = {**SECRETS, "CI_SERVER_HOST": "gitlab.test", "COURSE_USER": "deploy", "COURSE": "teacher/course"}
        given |= {"ASSIGNMENT": "tiny", "SUBMISSION": "week1", **variables}
        left = gitlab(ROOT / "ci/gitlab-ci.yml", tmp_path, runner, given)
        assert not list((tmp_path / "elsewhere").iterdir()), "reports went where a link of the student's leads"
        assert not (tmp_path / "builds" / "course-17").exists(), "the course is left"
        return left

    return run


def test_gitlab_right(on_gitlab, tmp_path):
    left = on_gitlab(RIGHT)
    assert left.code == 0, left.log
    report = left.artifacts["grader-report/"]
    assert {path.name for path in report.iterdir()} == {"report.json", "report.html", "junit.xml"}
    assert json.loads((report / "report.json").read_bytes())["score"] == 10
    words, *answer = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert {"username=deploy", f"password={SECRETS['COURSE_TOKEN']}"} <= set(answer)
    assert SECRETS["COURSE_TOKEN"] not in words, "every process may read a command line"
    assert words.split()[-2:] == ["https://gitlab.test/teacher/course.git", str(tmp_path / "builds" / "course-17")]
    assert not (tmp_path / "trapped").exists(), "something of the student's folder ran outside of the sandbox"


@pytest.mark.parametrize(
    ("source", "variables", "code", "said"),
    [
        (WRONG, {}, 1, "7 / 10"),
        (WRONG, {"FAIL_UNDER": "7"}, 0, "7 / 10"),
        (HOSTILE, {}, 1, "6 / 10"),
        (RIGHT, {"ASSIGNMENT": "tinny"}, 2, "tinny"),
    ],
)
def test_gitlab_otherwise(source, variables, code, said, on_gitlab, leaks):
    left = on_gitlab(source, **variables)
    assert (left.code, said in left.log) == (code, True), left.log
    assert not leaks(left)
