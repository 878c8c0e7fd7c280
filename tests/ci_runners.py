"""Jobs of GitHub and GitLab, run on this machine: scripts are read from their files, folders laid out as there.

What stands outside of the files is replaced: checkouts are copies, uploads are copies, and pip installs nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 120  # that a script may take
_GRADE = Path(sys.executable).with_name("grade")
#: Python, but that pip tells its version where it should install: if that is pip's.
_PYTHON = f"""#!{sys.executable} -I
import os, sys
words = sys.argv[1:]
if "pip" in words:
    assert words[words.index("--constraint") + 1] in os.listdir("."), "installed from a folder that lacks it"
    assert "pyproject.toml" in os.listdir("."), "nothing to install here"
    words = [*words[: words.index("pip") + 1], "--version"]
os.execv({sys.executable!r}, [{sys.executable!r}, *words])
"""


def read(path: Path) -> dict[Any, Any]:
    """A file of YAML; of a workflow the key "on", which YAML 1.1 takes for true, is a word again."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if True in content:
        content["on"] = content.pop(True)
    return content


def programs(folder: Path, **scripts: str) -> Path:
    """A folder for PATH with Python, this grader and more ``scripts``."""
    folder.mkdir()
    for name, script in {"python": _PYTHON, "grade": f'#!/bin/sh\nexec {_GRADE} "$@"\n', **scripts}.items():
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@dataclass
class Left:
    """What a job left."""

    code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    artifacts: dict[str, Path] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """All that anybody can read who may see the job."""
        found = {"log": self.log, "summary": self.summary, "outputs": str(self.outputs)}
        texts = {name: text.encode() for name, text in found.items()}
        paths = [path for folder in self.artifacts.values() for path in folder.rglob("*") if path.is_file()]
        return texts | {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


# ── GitHub ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Hosted:
    """A runner of GitHub's: its folders, and what stands for the repositories that jobs check out."""

    folder: Path
    environment: Mapping[str, str]
    repositories: Mapping[str, Path]
    actions: Mapping[str, Path] = field(default_factory=dict)  # by what `uses` says
    left: Left = field(default_factory=Left)
    tokens: dict[str, str] = field(default_factory=dict)  # with which repositories were checked out

    def __post_init__(self) -> None:
        for folder in (self.workspace, self.temporary):
            folder.mkdir(parents=True)

    @property
    def workspace(self) -> Path:
        """Where a job begins, and checks out to."""
        return self.folder / "work" / "repository" / "repository"

    @property
    def temporary(self) -> Path:
        """What the runner clears before and after each job."""
        return self.folder / "work" / "_temp"

    def run(self, steps: list[dict[str, Any]], context: Mapping[str, Any]) -> dict[str, Any]:
        """The steps of a job or an action, each if it is its turn. Returns their outputs, by id."""
        known = {"runner": {"temp": str(self.temporary)}, **context, "steps": {}}
        before = self.left.code
        for step in steps:
            condition = step.get("if", "true" if self.left.code == before else "")
            if self.left.code != before and condition != "always()":
                continue
            if condition not in {"always()", "true"} and not value(condition, known):
                continue
            outputs = self._use(step, known) if "uses" in step else self._script(step, known)
            known["steps"][step.get("id", "")] = {"outputs": outputs}
        return known["steps"]

    def _use(self, step: dict[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
        given = {name: filled(text, known) for name, text in step.get("with", {}).items()}
        name = step["uses"].partition("@")[0]
        match name:
            case "actions/setup-python":
                return {}
            case "actions/checkout":
                repository = given.get("repository", "student/repository")
                shutil.copytree(
                    self.repositories[repository], self.workspace / given.get("path", "."), dirs_exist_ok=True
                )
                self.tokens[repository] = given.get("token", "")
                return {"commit": f"commit-of-{repository}"}
            case "actions/upload-artifact":
                if Path(given["path"]).is_dir():
                    self.left.artifacts[given["name"]] = Path(given["path"])
                return {}
        folder = self.workspace / name if name.startswith("./") else self.actions[name]
        return self.action(folder, given, known)

    def action(self, folder: Path, given: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, str]:
        """A composite action, as the step that uses it runs it. Returns its outputs."""
        action = read(folder / "action.yml")
        assert given.keys() <= action["inputs"].keys(), "an input that the action has not"
        inputs = {name: given.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
        github = {**known["github"], "action_path": str(folder.resolve())}
        steps = self.run(action["runs"]["steps"], {"inputs": inputs, "github": github})
        return {name: filled(each["value"], {"steps": steps}) for name, each in action["outputs"].items()}

    def _script(self, step: dict[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
        files = {name: self.folder / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for path in files.values():
            path.write_text("", encoding="utf-8")
        script = self.folder / "script.sh"
        script.write_text(filled(step["run"], known), encoding="utf-8")
        shell = "bash --noprofile --norc -eo pipefail" if step.get("shell") == "bash" else "bash -e"
        done = subprocess.run(
            [*shell.split(), str(script)],
            cwd=self.workspace / filled(step.get("working-directory", "."), known),
            env={
                **self.environment,
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.workspace),
                **{name: str(path) for name, path in files.items()},
                "RUNNER_TEMP": str(self.temporary),
                **{name: filled(text, known) for name, text in step.get("env", {}).items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        self.left.log += done.stdout
        self.left.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self.left.code = self.left.code or done.returncode
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


def filled(text: object, known: Mapping[str, Any]) -> str:
    """The text with the values of its expressions."""
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: str(value(found[1], known)), str(text))


def value(expression: str, known: Mapping[str, Any]) -> Any:
    """What an expression of GitHub's comes to, as far as these files use them: ``||`` binds less than ``&&``."""
    for sign, ends in (("||", bool), ("&&", lambda one: not one)):
        first, found, rest = expression.partition(f" {sign} ")
        if found:
            one = value(first, known)
            return one if ends(one) else value(rest, known)
    if " != " in expression:
        one, other = (value(each, known) for each in expression.split(" != "))
        return one != other
    if text := re.fullmatch(r"'([^']*)'", expression):
        return text[1]
    if call := re.fullmatch(r"format\('([^']*)', (.*)\)", expression):
        return call[1].format(value(call[2], known))
    assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", expression), f"no expression that this runner knows: {expression}"
    found = known
    for name in expression.split("."):
        found = found.get(name, "")
        if found == "":
            return ""
    return found


# ── GitLab ────────────────────────────────────────────────────────────────────────────────────────────────────────


def gitlab(template: Path, folder: Path, environment: Mapping[str, str], variables: Mapping[str, str]) -> Left:
    """The job of the template, in ``folder/builds/project``, the student's; ``variables`` come before its own."""
    content = read(template)
    job = content["grade"]
    builds = folder / "builds"
    known = {"CI": "true", "CI_BUILDS_DIR": str(builds), "CI_PROJECT_DIR": str(builds / "project"), "CI_JOB_ID": "17"}
    for declared in (content["variables"], job["variables"]):
        known |= {name: Template(text).safe_substitute(known) for name, text in declared.items()}
    known |= variables
    left = Left()
    for commands in ([*job["before_script"], *job["script"]], job["after_script"]):
        done = subprocess.run(
            ["bash", "-c", "\n".join(["set -eo pipefail", *commands])],
            cwd=builds / "project",
            env={**environment, **known},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        left.code, left.log = left.code or done.returncode, left.log + done.stdout
    for path in job["artifacts"]["paths"]:
        left.artifacts[path] = builds / "project" / path
    assert job["artifacts"]["when"] == "always"
    return left


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of tests, without what the grader takes from it: a job has what its file gives it."""
    return {name: text for name, text in environment.items() if not name.startswith("GRADER_")} | {"PATH": os.defpath}
