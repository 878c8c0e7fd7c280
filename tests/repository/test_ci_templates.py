"""The workflows and the GitLab template: least rights, no secret near student code, commands that exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from string import Template

import click
import pytest
import yaml

from grader.cli.call import grade

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
GITHUB = [*WORKFLOWS, ROOT / "ci/github-submission.yml"]
ACTIONS = {"actions/checkout", "actions/setup-python", "actions/cache", "actions/upload-artifact"}


def read(path: Path) -> dict:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["on"] = content.pop(True, None)  # YAML 1.1 takes the word "on" for true
    return content


def steps(path: Path) -> list[dict]:
    return [step for job in read(path)["jobs"].values() for step in job.get("steps", [])]


def grading_step() -> dict:
    (step,) = [step for step in steps(ROOT / ".github/workflows/grade.yml") if step.get("name") == "Grade"]
    return step


def gitlab() -> dict:
    return read(ROOT / "ci/gitlab-ci.yml")


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_rights_are_the_least(path):
    workflow = read(path)

    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_steps_are_safe(path):
    assert steps(path)
    for step in steps(path):
        if "uses" in step:
            action, _, version = step["uses"].partition("@")
            assert action in ACTIONS
            assert re.fullmatch(r"v\d+", version)
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, "student code would find the token in .git/config"
    assert all(job["timeout-minutes"] <= 30 for job in read(path)["jobs"].values())


def test_no_expression_is_written_into_a_script():
    for step in steps(ROOT / ".github/workflows/grade.yml"):
        assert "${{" not in step.get("run", ""), "a value with quotes in it would be run"


def test_tokens_reach_checkouts_alone_and_the_courses_secret_grading_alone():
    workflow = read(ROOT / ".github/workflows/grade.yml")
    secretive = [step for step in steps(ROOT / ".github/workflows/grade.yml") if "secrets." in str(step)]

    assert grading_step()["env"]["GRADER_SECRET"] == "${{ secrets.GRADER_SECRET }}"
    assert str(grading_step()).count("secrets.") == 1
    others = [step for step in secretive if step != grading_step()]
    assert {step["uses"].partition("@")[0] for step in others} == {"actions/checkout"}
    assert "GRADER_SECRET" not in str(others)
    assert "token" not in str(grading_step()).lower()
    assert "secrets" not in str(workflow.get("env"))
    assert all("secrets" not in str(job.get("env")) for job in workflow["jobs"].values())


def test_course_lies_beside_the_submission():
    checkouts = [
        step["with"] for step in steps(ROOT / ".github/workflows/grade.yml") if "checkout" in step.get("uses", "")
    ]

    assert [checkout["path"] for checkout in checkouts] == ["submission", "course"]


def test_bank_is_cached_in_the_course_repository_only():
    (cache,) = [step for step in steps(ROOT / ".github/workflows/grade.yml") if "cache" in step.get("uses", "")]

    assert cache["if"] == "github.repository == (inputs.course || github.repository)"
    assert cache["with"]["path"] == Path(grading_step()["env"]["XDG_CACHE_HOME"]).name


def test_this_repository_is_not_graded_on_push():
    assert set(read(ROOT / ".github/workflows/grade.yml")["on"]) == {"workflow_call", "workflow_dispatch"}


def test_caller_gives_what_the_workflow_takes():
    takes = read(ROOT / ".github/workflows/grade.yml")["on"]["workflow_call"]
    (job,) = read(ROOT / "ci/github-submission.yml")["jobs"].values()

    needed = {name for name, declared in takes["inputs"].items() if declared.get("required")}
    assert needed <= set(job["with"]) <= set(takes["inputs"])
    assert set(job["secrets"]) == set(takes["secrets"])


def test_checks_run_on_every_python_that_is_promised():
    (job,) = read(ROOT / ".github/workflows/ci.yml")["jobs"].values()

    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert job["steps"][-1]["run"].startswith("make check")


# ── the score step of the workflow, run for real ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("score", "exit_code", "words"),
    [
        ("12", 0, "::notice title=Score::12 of 12 points"),
        ("11.5", 1, "::notice title=Score::11.5 of 12 points"),
        ("null", 1, "::error title=Not graded::"),
    ],
)
def test_score_decides_the_check(tmp_path, score, exit_code, words):
    (step,) = [step for step in steps(ROOT / ".github/workflows/grade.yml") if step.get("name") == "Score"]
    command, script = step["run"].split("\n", 1)
    assert command == "python -I - results/report.json <<'SCORE'"
    report = tmp_path / "report.json"
    report.write_text(f'{{"score": {score}, "max_score": 12}}', encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-I", "-", str(report)],
        input=script.removesuffix("SCORE\n"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == exit_code, done.stderr
    assert done.stdout.startswith(words)


# ── GitLab ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_gitlab_keeps_results_and_clears_the_rest():
    job = gitlab()["grade"]

    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == "results/junit.xml"
    assert "cache" not in job
    assert job["after_script"] == ['rm -rf "$COURSE_DIR"']
    (command,) = job["script"]
    assert "TOKEN" not in command
    assert "$GRADER_SECRET" not in command, "a command line is what every process may read"


@pytest.mark.skipif(os.name != "posix", reason="the job runs on Linux")
def test_gitlab_hands_on_the_secret_and_no_token(tmp_path):
    stands_in = tmp_path / "grade"
    stands_in.write_text('#!/bin/sh\nenv\necho "$#"\nexit 3\n')
    stands_in.chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    job = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": "/home", "CI": "true", "GRADER_SECRET": "12" * 16}
    more = {"CI_JOB_TOKEN": "theirs", "COURSE_TOKEN": "ours", "COURSE_DIR": "a course", "CI_PROJECT_DIR": "/builds/a b"}

    (command,) = gitlab()["grade"]["script"]
    done = subprocess.run(
        ["sh", "-c", command], env={**job, **more, "ASSIGNMENT": "a"}, capture_output=True, text=True, check=False
    )

    *told, words = done.stdout.splitlines()
    given = dict(line.split("=", 1) for line in told)
    assert done.returncode == 3, done.stderr
    assert {name: given.get(name) for name in job} == job
    assert set(given) <= {*job, "LANG", "PWD", "OLDPWD", "SHLVL", "_"}
    assert int(words) == len(gitlab_command())


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────


def github_command() -> list[str]:
    (line,) = [line for line in grading_step()["run"].splitlines() if line.startswith("grade ")]
    return shlex.split(line)[1:]


def gitlab_command() -> list[str]:
    (line,) = gitlab()["grade"]["script"]
    words = shlex.split(line)
    return words[words.index("grade") + 1 :]


@pytest.mark.parametrize("words", [github_command(), gitlab_command()], ids=["github", "gitlab"])
def test_command_line_is_one_that_grade_takes(words, tmp_path, monkeypatch):
    values = {"ASSIGNMENT": "assignment3", "SUBMISSION": ".", "CI_PROJECT_DIR": tmp_path, "RESULTS": tmp_path}
    values["COURSE_DIR"] = ROOT
    parsed: list[click.Context] = []
    (tmp_path / "results").mkdir()  # as GitLab's job does
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(click.Command, "invoke", lambda _command, context: parsed.append(context))

    grade.main([Template(word).substitute(values) for word in words], prog_name="grade", standalone_mode=False)

    options = parsed[-1].params
    assert [Path(options[name]).name for name in ("json_file", "html", "junit")] == [
        "report.json",
        "report.html",
        "junit.xml",
    ]
    assert options["assignment"] == "assignment3"
