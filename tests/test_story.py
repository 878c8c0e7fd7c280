"""From an instructor's repository to a student's folder: the whole way, as both of them type it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.watched import SECONDS, Watched

COURSE = Path(__file__).parent / "courses" / "proven"
WRONG = "import numpy as np\n\n\ndef affine(W, x, b):\n    return W @ x - b\n"


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")
@pytest.mark.usefixtures("interruptible")
def test_author_audit_release_start_wrong_watch_right(grade, environment, tmp_path):
    course = shutil.copytree(COURSE, tmp_path / "course")
    audited = grade("audit", "proven", cwd=course)
    assert (audited.returncode, "The tests reach their bar" in audited.stdout) == (0, True), audited.stderr
    released = grade("release", "proven", "-o", tmp_path / "out" / "proven", cwd=course)
    assert released.returncode == 0, released.stderr
    mine = shutil.copytree(tmp_path / "out" / "proven", tmp_path / "elsewhere" / "mine")
    shutil.rmtree(course)
    shutil.rmtree(tmp_path / "out")
    nothing = {"GRADER_CACHE": str(tmp_path / "no-cache"), "GRADER_SECRET": ""}

    started = grade(cwd=mine, **nothing)
    assert (started.returncode, "practice: 0 / 3" in started.stdout) == (1, True), started.stdout
    (mine / "proven.py").write_text(WRONG, encoding="utf-8")
    wrong = grade(cwd=mine, **nothing)
    assert "You take b away from the product instead of adding it." in " ".join(wrong.stdout.split())

    watched = Watched(["--watch"], mine, {**environment, **nothing})
    try:
        assert "practice: 0 / 3" in watched.wait(1)
        (mine / "proven.py").write_text(WRONG.replace("- b", "+ b"), encoding="utf-8")
        assert "practice: 3 / 3" in watched.wait(2), watched.printed()
        assert "+3: `affine` is right now." in watched.printed()
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(SECONDS) == 130
    finally:
        watched.close()
    assert not (tmp_path / "no-cache").exists()
