"""Each service as its documentation says it: the folder that it lays out, what it starts, and what it reads."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile

from jsonschema import Draft202012Validator

from tests.services.shapes import CLASSROOM50, DODONA, GRADESCOPE, PRAIRIELEARN, SUBMITTY

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
CI = ROOT / "ci"
COURSE = ROOT / "tests/courses/tiny"
CLASSROOM = {
    "CLASSROOM": "numerics",
    "ASSIGNMENT": "tiny",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/numerics/tiny-ada/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/numerics/tiny-ada/releases/tag/submit%2F2026",
    "REVIEW_URL": "https://github.com/numerics/tiny-ada/compare/0...a1b2c3d",
    "GITHUB_ACTIONS": "true",
}


class Left(NamedTuple):
    """What a service finds after it ran an adapter. ``score`` is None where nothing was graded."""

    ran: subprocess.CompletedProcess[str]
    text: str
    score: float | None
    most: float
    page: str = ""

    @property
    def seen(self) -> str:
        """All that a student may see."""
        return self.text + self.ran.stdout + self.ran.stderr + self.page


def classroom50(folder: Path, work: Path, environment: Mapping[str, str]) -> Left:
    """The runner starts autograder.py in the student's checkout."""
    shutil.copytree(work, folder / "checkout", symlinks=True)
    (folder / "checkout/result.json").symlink_to(folder / "elsewhere")  # as a student might
    bundle = folder / "bundle"
    bundle.mkdir()
    shutil.copy(CI / "classroom50/autograder.py", bundle)
    summary = bundle / "summary"
    summary.write_text("of the step before\n")
    told = {**CLASSROOM, "GITHUB_STEP_SUMMARY": str(summary)}
    ran = _run([sys.executable, str(bundle / "autograder.py")], folder / "checkout", {**environment, **told})
    assert not (folder / "elsewhere").exists()
    text = (folder / "checkout/result.json").read_text(encoding="utf-8")
    found = json.loads(text)
    Draft202012Validator(CLASSROOM50).validate(found)
    assert [sum(test[name] for test in found["tests"]) for name in ("score", "max-score")] == [
        found["score"],
        found["max-score"],
    ]
    graded = found["max-score"] > 0
    assert (ran.returncode == 0) is graded
    page = summary.read_text(encoding="utf-8")
    assert page.startswith("of the step before\n## Tiny" if graded else "of the step before\n")
    return Left(ran, text, found["score"] / 100 if graded else None, found["max-score"] / 100, page)


def prairielearn(folder: Path, work: Path, environment: Mapping[str, str]) -> Left:
    """The container's entrypoint, with all there is below /grade."""
    shutil.copytree(work, folder / "grade/student")
    (folder / "grade/data").mkdir()
    (folder / "grade/data/data.json").write_text("{}")
    script = str(CI / "prairielearn/grade.sh")
    ran = _run([script, "tiny"], folder, {**environment, "GRADE_FOLDER": str(folder / "grade")})
    text = (folder / "grade/results/results.json").read_text(encoding="utf-8")
    found = json.loads(text)
    Draft202012Validator(PRAIRIELEARN).validate(found)
    assert len(text.encode()) <= 1_000_000
    if not found["gradable"]:
        return Left(ran, text, None, 0)
    most = sum(test["max_points"] for test in found["tests"])
    assert round(sum(test["points"] for test in found["tests"]) / most, 9) == round(found["score"], 9)
    return Left(ran, text, found["score"] * most, most)


def submitty(folder: Path, work: Path, environment: Mapping[str, str]) -> Left:
    """Validation in a folder of its own: custom_validation_code lies in it, and a folder of each test case."""
    shutil.copytree(work, folder / "tmp_work/test01")
    shutil.copy(CI / "submitty/grader.py", folder / "tmp_work")
    (folder / "tmp_work/custom_validator_input.json").write_text(
        json.dumps({"method": "custom_validator", "actual_file": "tiny.py", "testcase_prefix": "test01"})
    )
    ran = _run([sys.executable, "grader.py", "tiny"], folder / "tmp_work", environment)
    found = json.loads(ran.stdout)
    Draft202012Validator(SUBMITTY).validate(found)
    written = folder / "tmp_work/validation_results.json"
    assert not written.is_file() or written.read_text(encoding="utf-8") == ran.stdout
    assert ran.returncode == 0
    score = 10 * found["data"]["score"] if found["status"] == "success" else None
    return Left(ran, ran.stdout, score, 10)


def dodona(folder: Path, work: Path, environment: Mapping[str, str]) -> Left:
    """The judge's own program, with a description on stdin; what was handed in is one file, without its name."""
    found = next(work.glob("*.py"), None)
    (folder / "source").write_bytes(found.read_bytes() if found else b"")
    said = {"resources": str(folder), "source": str(folder / "source"), "assignment": "tiny", "time_limit": 60}
    (folder / "workdir").mkdir()
    ran = _run([str(CI / "dodona/run")], folder / "workdir", environment, json.dumps(said))
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    for line in lines:
        Draft202012Validator(DODONA).validate(line)
    _check_nesting([line["command"] for line in lines])
    end = lines[-1]
    assert ran.returncode == 0
    if end["status"]["enum"] == "internal error":
        assert not end["accepted"]
        return Left(ran, ran.stdout, None, 0)
    score, most = (float(each) for each in end["status"]["human"].split(" / "))
    assert end["accepted"] is (score == most) is (end["status"]["enum"] == "correct")
    return Left(ran, ran.stdout, score, most)


def gradescope(folder: Path, work: Path, environment: Mapping[str, str]) -> Left:
    """The unpacked archive in source, what was handed in beside it; setup.sh has been run, as far as tests need it."""
    there = folder / "autograder"
    there.mkdir()
    (there / "source").symlink_to(_autograder(environment["GRADER_CACHE"], environment["GRADER_SECRET"]))
    if environment["GRADER_COURSE"] != str(COURSE):  # another one came with the archive
        own = Path(shutil.copytree(there / "source", work.parent / "other", ignore=shutil.ignore_patterns("course")))
        (own / "course").symlink_to(environment["GRADER_COURSE"])
        (there / "source").unlink()
        (there / "source").symlink_to(own)
    shutil.copytree(work, there / "submission")
    if not environment.get("FULL_DISK"):
        (there / "submission_metadata.json").write_text(json.dumps(SUBMITTED))
        (there / "results").mkdir()
        (there / "results/results.json").write_text('{"score": 100}')  # nothing that lay there may stay
    ran = _run([str(there / "source/run_autograder")], folder, {**environment, "AUTOGRADER": str(there)})
    assert ran.returncode == 0
    text = (there / "results/results.json").read_text(encoding="utf-8")
    found = json.loads(text)
    Draft202012Validator(GRADESCOPE).validate(found)
    if found["extra_data"]["ungraded"]:
        assert "NOT GRADED" in found["output"]
        return Left(ran, text, None, 0)
    assert round(sum(test["score"] for test in found["tests"]), 9) == found["score"]
    assert "Submitted 2 h 5 min after the due date." in found["output"]
    return Left(ran, text, found["score"], sum(test["max_score"] for test in found["tests"]))


SUBMITTED = {
    "id": 7,
    "created_at": "2026-06-01T14:05:00.000000-07:00",
    "assignment": {"id": 1, "title": "tiny", "due_date": "2026-06-01T12:00:00.000000-07:00", "total_points": "10.0"},
    "users": [{"id": 3, "email": "ada@example.org", "name": "Ada"}],
    "previous_submissions": [],
}


@cache
def _autograder(banks: str, secret: str) -> Path:
    """The archive of the tiny course, unpacked as Gradescope does it."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=Path(banks).parent))
    grade = Path(sys.executable).with_name("grade")
    environment = {**os.environ, "GRADER_CACHE": banks, "GRADER_SECRET": secret}
    made = [grade, "release", "tiny", "--course", COURSE, "--gradescope", folder / "autograder.zip"]
    subprocess.run(made, env=environment, check=True, capture_output=True)
    with ZipFile(folder / "autograder.zip") as archive:
        archive.extractall(folder / "source")
    for name in ("setup.sh", "run_autograder"):
        (folder / "source" / name).chmod(0o700)
    return folder / "source"


def _check_nesting(commands: list[str]) -> None:
    opened: list[str] = []
    for command in commands:
        verb, _, what = command.partition("-")
        if verb == "start":
            assert opened == ["judgement", "tab", "context", "testcase"][: len(opened)]
            opened.append(what)
        elif verb == "close":
            assert opened.pop() == what
    assert not opened


def _run(
    words: list[str], folder: Path, environment: Mapping[str, str], said: str = ""
) -> subprocess.CompletedProcess[str]:
    if full := environment.get("FULL_DISK"):
        fill(Path(full))
    return subprocess.run(
        words, cwd=folder, env=environment, input=said, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def fill(disk: Path) -> None:
    """Write until there is no room left."""
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while file.write(b"x"):
            pass


#: Each service by the kind that is written for it.
LAYOUTS = {
    "classroom50": classroom50,
    "prairielearn": prairielearn,
    "submitty": submitty,
    "dodona": dodona,
    "gradescope": gradescope,
}
