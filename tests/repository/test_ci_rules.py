"""What no workflow, action or template does, in docs/ci.md neither: keep a bank, run with too much, show a secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.ci_runners import read

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKFLOW, ACTION = ROOT / ".github/workflows/grade.yml", ROOT / "action.yml"
CALLER, GITLAB = ROOT / "ci/github-submission.yml", ROOT / "ci/gitlab-ci.yml"
FILES = [*sorted((ROOT / ".github").rglob("*.y*ml")), *sorted((ROOT / "ci").rglob("*.y*ml")), ACTION]
SHOWN = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/ci.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

ACTIONS = {"actions/checkout", "actions/setup-python", "actions/upload-artifact"}
OF_A_COURSE = ("OWNER/COURSE", "./course")  # this repository's own action and workflow
#: All that is uploaded: the folder that holds reports and nothing else.
UPLOADED = {"${{ runner.temp }}/grader-report/${{ inputs.assignment }}", "grader-report/"}
SECRETS = {
    "GRADER_KEY",
    "GRADER_SECRET",
    "COURSE_TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
}
HOLDS_SECRETS = re.compile(r"secrets\.|github\.token|inputs\.([\w-]+-)?(key|secret|token)\b")
RIGHTS = {"contents": "read"}
LONGEST = {"audit": 120}  # minutes of a job that may take more than 30; it grades no student


def faults(content: dict[str, Any]) -> list[str]:
    """What is wrong with a workflow, an action or a template of GitLab's."""
    return [*_triggers(content), *(_gitlab(content) if not {"jobs", "runs"} & content.keys() else _github(content))]


def _triggers(content: dict[str, Any]) -> Iterator[str]:
    for trigger in ("pull_request_target", "workflow_run"):
        if trigger in str(content.get("on", "")):
            yield f"{trigger} runs with secrets on what anybody proposes"


def _github(content: dict[str, Any]) -> Iterator[str]:
    jobs = list(content.get("jobs", {"action": content.get("runs")}).values())
    if "jobs" in content and (content.get("permissions") != RIGHTS or any("permissions" in job for job in jobs)):
        yield "more rights than reading"
    for level in (content, *jobs):
        if HOLDS_SECRETS.search(str(level.get("env", ""))):
            yield "a secret for every step"
    for name, job in content.get("jobs", {"action": content.get("runs")}).items():
        if job.get("timeout-minutes", 0 if "uses" in job or "runs" in content else 360) > LONGEST.get(name, 30):
            yield "a job without an end"
        if "secrets" in job and job["secrets"] == "inherit":
            yield "every secret there is"
        for step in [job] if "uses" in job else job["steps"]:
            yield from _used(step, gives_secrets=bool(HOLDS_SECRETS.search(str(content))))
            given = {name for name, text in step.get("env", {}).items() if HOLDS_SECRETS.search(str(text))}
            yield from _script(step.get("run", ""), given)


def _used(step: dict[str, Any], *, gives_secrets: bool) -> Iterator[str]:
    name, _, version = step.get("uses", "").partition("@")
    given = step.get("with", {})
    if not name or name.startswith(OF_A_COURSE):
        return
    if name not in ACTIONS or not re.fullmatch(r"v\d+", version):
        yield f"an action of others: {name}@{version}"
    if name == "actions/checkout" and given.get("persist-credentials") is not False:
        yield "a token stays on the disk"
    if name == "actions/upload-artifact" and given.get("path") not in UPLOADED:
        yield f"uploads {given.get('path')}"
    if "cache" in name or ("cache" in given and gives_secrets):
        yield "keeps a cache"


def _script(script: str, given: set[str]) -> Iterator[str]:
    if "${{" in script:
        yield "an expression is written into a script"
    expanded = re.sub(r"'[^']*'", "", script)  # what stands between such quotes is handed on as it is
    if found := {name for name in SECRETS | given if re.search(rf"\$\{{?{name}\b(?!:\+)", expanded)}:
        yield f"{', '.join(sorted(found))} in a command line"


def _gitlab(content: dict[str, Any]) -> Iterator[str]:
    for job in [content, *(each for each in content.values() if isinstance(each, dict))]:
        artifacts = job.get("artifacts", {})
        uploaded = [*artifacts.get("paths", ()), *artifacts.get("exclude", ())]
        if not set(uploaded) <= UPLOADED or artifacts.get("untracked"):
            yield f"uploads {uploaded}"
        if any(not path.startswith("grader-report/") for path in artifacts.get("reports", {}).values()):
            yield "uploads a report of something else"
        if "cache" in job:
            yield "keeps a cache"
        for name in ("before_script", "script", "after_script"):
            yield from _script("\n".join(job.get(name, ())), set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_wrong(path):
    assert not faults(read(path))


def test_nothing_is_wrong_with_what_the_page_shows():
    shown = [yaml.safe_load(text) for text in SHOWN]
    whole = [content for content in shown if isinstance(content, dict) and "jobs" in content]
    assert whole, "docs/ci.md shows no workflow"
    for content in whole:
        assert not faults({**content, "on": content.pop(True)})


# ── what must be found ────────────────────────────────────────────────────────────────────────────────────────────

_JOB = "jobs/grade/steps"
_CACHE = {"uses": "actions/cache@v5", "with": {"path": "course/assignments", "key": "bank"}}
_UPLOAD = "runs/steps/Upload the report/with/path"
_PYTHON = "runs/steps/actions~setup-python@v6"
#: Which file, what is put where in it ("+" behind the last step or item), and what is then wrong.
PLANTED: list[tuple[Path, str, Any, str]] = [
    (WORKFLOW, f"{_JOB}/+", _CACHE, "keeps a cache"),
    (ACTION, f"{_PYTHON}/with/cache", "pip", "keeps a cache"),
    (ACTION, _UPLOAD, "course/", "uploads course/"),
    (ACTION, _UPLOAD, ".", "uploads ."),
    (ACTION, _UPLOAD, "${{ runner.temp }}/grader-cache", "uploads "),
    (ACTION, _UPLOAD, "${{ runner.temp }}/grader-report/${{ inputs.assignment }}\ncourse/.grader", "uploads "),
    (WORKFLOW, "on/pull_request_target", None, "pull_request_target"),
    (WORKFLOW, "on", ["push", "pull_request_target"], "pull_request_target"),
    (WORKFLOW, "on/workflow_run", {"workflows": ["ci"]}, "workflow_run"),
    (WORKFLOW, f"{_JOB}/Check out the course/with", {"path": "course"}, "a token stays"),
    (WORKFLOW, f"{_JOB}/Check out the submission/with/persist-credentials", True, "a token stays"),
    (WORKFLOW, "permissions", "write-all", "more rights"),
    (WORKFLOW, "jobs/grade/permissions", {"id-token": "write"}, "more rights"),
    (WORKFLOW, "jobs/grade/env", {"KEY": "${{ secrets.GRADER_KEY }}"}, "a secret for every step"),
    (WORKFLOW, "jobs/grade/timeout-minutes", 360, "a job without an end"),
    (WORKFLOW, f"{_JOB}/Fetch the bank/run", "gh auth login --with-token <<< $GH_TOKEN", "GH_TOKEN in a command line"),
    (CALLER, "jobs/assignment3/secrets", "inherit", "every secret there is"),
    (ACTION, "runs/steps/Grade/run", "grade x --key ${{ inputs.key }}", "an expression"),
    (ACTION, "runs/steps/Grade/run", 'grade x --key "${GRADER_KEY}"', "GRADER_KEY in a command line"),
    (ACTION, "runs/env", {"KEY": "${{ inputs.signing-key }}"}, "a secret for every step"),
    (ACTION, f"{_PYTHON}/uses", "somebody/setup-python@v6", "an action of others"),
    (ACTION, f"{_PYTHON}/uses", "actions/setup-python@main", "an action of others"),
    (GITLAB, "grade/cache", {"paths": [".cache"]}, "keeps a cache"),
    (GITLAB, "cache", {"paths": [".cache"]}, "keeps a cache"),
    (GITLAB, "default", {"cache": {"paths": [".cache"]}}, "keeps a cache"),
    (GITLAB, "grade/artifacts/paths/+", "$COURSE_DIR", "uploads "),
    (GITLAB, "grade/artifacts/untracked", True, "uploads "),
    (GITLAB, "grade/artifacts/reports/dotenv", "course.env", "uploads a report"),
    (GITLAB, "grade/before_script/+", "git clone https://x:$COURSE_TOKEN@gitlab.test/c", "COURSE_TOKEN in"),
]


@pytest.mark.parametrize(("path", "place", "planted", "fault"), PLANTED)
def test_what_is_wrong_is_found(path, place, planted, fault):
    content = read(path)
    *way, last = place.split("/")
    at = content
    for name in way:
        at = _step(at, name.replace("~", "/")) if isinstance(at, list) else at[name]
    if last == "+":
        at.append(planted)
    else:
        at[last] = planted
    assert any(found.startswith(fault) for found in faults(content)), faults(content)


def _step(steps, name):
    return next(step for step in steps if name in (step.get("name"), step.get("uses")))
