"""The workflow, the action and the templates fit one another, and give secrets to those steps alone that need them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci_runners import read

ROOT = Path(__file__).parents[2]
CALLED = read(ROOT / ".github/workflows/grade.yml")
STEPS = CALLED["jobs"]["grade"]["steps"]
ACTION = read(ROOT / "action.yml")


def step(name):
    (found,) = [each for each in (*STEPS, *ACTION["runs"]["steps"]) if each.get("name") == name and "uses" not in each]
    return found


def test_tokens_reach_what_fetches_and_keys_reach_grading_alone():
    *fetching, grading = STEPS
    assert "COURSE_TOKEN" not in str(grading)
    assert not any(word in str(fetching) for word in ("GRADER_KEY", "GRADER_SECRET"))
    with_keys = [each for each in ACTION["runs"]["steps"] if "inputs.key" in str(each) or "inputs.secret" in str(each)]
    assert with_keys == [step("Grade")]
    assert "token" not in str(ACTION["runs"]["steps"]).lower()


def test_course_lies_beside_the_submission():
    checkouts = [each["with"]["path"] for each in STEPS if "checkout" in each.get("uses", "")]

    assert checkouts == ["submission", "course"]
    assert STEPS[-1]["uses"] == f"./{checkouts[1]}"
    assert STEPS[-1]["with"]["path"].startswith(f"{checkouts[0]}/")


def test_this_repository_is_not_graded_on_push():
    assert set(CALLED["on"]) == {"workflow_call", "workflow_dispatch"}


def test_caller_gives_what_the_workflow_takes_and_that_what_the_action_takes():
    takes = CALLED["on"]["workflow_call"]
    (job,) = read(ROOT / "ci/github-submission.yml")["jobs"].values()

    needed = {name for name, declared in takes["inputs"].items() if declared.get("required")}
    assert needed <= set(job["with"]) <= set(takes["inputs"])
    assert set(job["secrets"]) == set(takes["secrets"])
    assert {"assignment"} <= set(STEPS[-1]["with"]) <= set(ACTION["inputs"])
    assert set(takes["outputs"]) == set(CALLED["jobs"]["grade"]["outputs"]) <= set(ACTION["outputs"])


def test_machines_that_do_not_keep_student_code_apart_are_refused():
    assert ACTION["inputs"]["require-level"]["default"] == "3"
    assert "require-level" not in STEPS[-1]["with"]
    (command,) = read(ROOT / "ci/gitlab-ci.yml")["grade"]["script"]
    words = shlex.split(command)
    assert words[words.index("--require-level") + 1] == "3"


def test_checks_run_on_every_python_that_is_promised():
    jobs = read(ROOT / ".github/workflows/ci.yml")["jobs"]
    check, audit = jobs.pop("check"), jobs.pop("audit")

    assert not jobs
    assert check["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert check["steps"][-1]["run"].startswith("make check")
    assert audit["steps"][-1]["run"] == 'make audit PYTHON=python SINCE="$BEFORE"'


@pytest.mark.skipif(os.name != "posix", reason="the job runs on Linux")
def test_gitlab_hands_on_keys_and_no_token(tmp_path):
    stands_in = tmp_path / "grade"
    stands_in.write_text("#!/bin/sh\nenv\nexit 3\n")
    stands_in.chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    job = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": "/home", "CI": "true"}
    job |= {"GRADER_SECRET": "12" * 16, "GRADER_KEY": "12" * 32}
    more = {
        "CI_JOB_TOKEN": "theirs",
        "COURSE_TOKEN": "ours",
        "COURSE_DIR": "/a course",
        "CI_PROJECT_DIR": "/builds/a b",
    }

    (command,) = read(ROOT / "ci/gitlab-ci.yml")["grade"]["script"]
    done = subprocess.run(
        ["sh", "-c", command], env={**job, **more, "ASSIGNMENT": "a"}, capture_output=True, text=True, check=False
    )

    given = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert done.returncode == 3, done.stderr
    assert {name: given.get(name) for name in job} == job
    assert set(given) <= {*job, "LANG", "GRADER_CACHE", "PWD", "OLDPWD", "SHLVL", "_"}
    assert given["GRADER_CACHE"].startswith("/a course/"), "what is drawn goes with the course"
