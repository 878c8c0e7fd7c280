"""README's way from a clone to a student's first report, typed as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALLED = ROOT / ".venv" / "installed"


def _made_there(folder: str, names: list[str]) -> set[str]:
    """What is in no clone."""
    at_the_top = {"assignment3", "build", "dist", "results", "report.html"} if Path(folder) == ROOT else set()
    return {name for name in names if name.startswith(".") or name in {"__pycache__", "_build", *at_the_top}}


@pytest.mark.skipif(not INSTALLED.exists() or shutil.which("make") is None, reason="needs what `make` has installed")
def test_the_commands_of_readme_lead_from_a_clone_to_a_first_report(environment, tmp_path):
    section = README.split("## A student's first report\n")[1]
    typed = re.search(r"```console\n(.*?)```", section, re.DOTALL)[1]
    commands = re.sub(r"^\$ ", "", typed, flags=re.MULTILINE)
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=_made_there)
    for name in ("pyproject.toml", "constraints.txt"):
        os.utime(clone / name, (0, 0))  # older than what is installed: nothing is installed anew
    (clone / ".venv").symlink_to(ROOT / ".venv")
    ran = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=clone,
        env={name: value for name, value in environment.items() if not name.startswith("MAKE")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1800,  # where no other test has made the cases of assignment3
    )
    assert ran.returncode == 1, ran.stderr  # graded, and not finished
    demo, _, rest = ran.stdout.partition(
        "assignment3: memory.py, handout.md, figures\nNow:\n  cd assignment3\n  grade\n"
    )
    assert re.match(r"Week 3: teaching networks to remember +67 / 100\n", demo)
    assert re.match(r"Week 3: teaching networks to remember +0 / 100\n", rest)
    assert "Not done yet" in rest
    assert (clone / "report.html").is_file()
    assert not (ROOT / "assignment3").exists(), f"{sys.executable} graded elsewhere"
