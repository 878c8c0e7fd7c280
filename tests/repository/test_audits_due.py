"""Which assignments are audited after a change: those that it concerns, and all where nobody can tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/audits-due"
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="a script for make"),
    pytest.mark.skipif(shutil.which("git") is None, reason="asks Git"),
]


@pytest.fixture
def repository(tmp_path):
    """Two assignments, of which one's id begins like the other's, all committed."""
    for name in ("scripts/audits-due", "assignments/a1/assignment.yaml", "assignments/a10/assignment.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    shutil.copy(SCRIPT, tmp_path / "scripts/audits-due")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "begun")
    return tmp_path


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, check=True)


def due(folder, *since):
    return subprocess.run(
        [folder / "scripts/audits-due", *since], cwd="/", capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("README.md", []),
        ("grader/report/words/page.py", []),
        ("assignments/a1/properties.py", ["a1"]),
        ("reference/a10.py", ["a10"]),
        ("student_template/a1/memory.py", ["a1"]),
        ("tests/submissions/a10/100_plain.py", ["a10"]),
        ("grader/judge/compare.py", ["a1", "a10"]),
        ("grader/sandbox/worker/inert.py", ["a1", "a10"]),
        ("constraints.txt", ["a1", "a10"]),
    ],
)
def test_what_has_changed_decides(repository, changed, expected):
    path = repository / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    git(repository, "add", ".")
    assert due(repository, "HEAD") == expected


@pytest.mark.parametrize("since", [(), ("",), ("0" * 40,), ("no-such-branch",)])
def test_where_nobody_can_tell_it_is_all(repository, since):
    assert due(repository, *since) == ["a1", "a10"]
