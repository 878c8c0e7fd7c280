"""``grade --watch`` and ``grade --open``, as they are used."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.watched import SECONDS, Watched

TINY = Path(__file__).parent / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")


@pytest.fixture
def watch(environment, grade, tmp_path):
    """``watch(*words)``: start it in a folder that `grade start` might have made."""
    assert grade("build", "tiny").returncode == 0
    running: list[Watched] = []

    def start(*words) -> Watched:
        running.append(Watched(["tiny", ".", "--course", TINY, "--watch", *words], tmp_path / "mine", environment))
        return running[-1]

    (tmp_path / "mine").mkdir()
    yield start
    for each in running:
        each.close()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")
@pytest.mark.usefixtures("interruptible")
def test_each_save_is_graded_until_ctrl_c(watch, tmp_path):
    file, page = tmp_path / "mine" / "tiny.py", tmp_path / "page.html"
    file.write_text(RIGHT.replace("return", "return 0 *", 1))
    watched = watch("--html", page)
    first = watched.wait(1)
    assert "──" not in first
    assert page.read_text(encoding="utf-8").count("<title>")
    page.unlink()
    (tmp_path / "new").write_text(RIGHT)
    (tmp_path / "new").replace(file)
    second = watched.wait(2)
    assert re.search(r"^── \d\d:\d\d:\d\d ─+$\n\+\d+: `\w+` is right now\.$", second, re.MULTILINE), second
    assert page.exists()
    file.unlink()
    assert "tiny.py" in watched.wait(3)
    file.write_text("def half(")
    assert "SyntaxError" in watched.wait(4)
    file.write_text(RIGHT + "\n")
    assert "Compared with the last version that could be run: no points gained or lost." in watched.wait(5)
    file.write_text(RIGHT + "\n\n")
    assert "\nNo points gained or lost." in watched.wait(6)
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(SECONDS) == 130
    with pytest.raises(ProcessLookupError):  # nothing of its session is left
        os.killpg(watched.process.pid, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--json"], "leave out --json; --json-file FILE is written anew"),
        (["--fail-under", "3"], "leave out --fail-under"),
        (["--exit-zero"], "leave out --exit-zero"),
        (["--github"], "GitHub Actions would wait for it"),
    ],
)
def test_what_makes_no_sense_beside_watch_is_refused(words, said, grade, tmp_path):
    (tmp_path / "tiny.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path, "--watch", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


# ── --open ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(os.name == "nt", reason="the browser is a script of the shell")
def test_open_shows_the_page(grade, tmp_path):
    (tmp_path / "tiny.py").write_text(RIGHT)
    browser, told = tmp_path / "browser", tmp_path / "told"
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    browser.chmod(0o755)
    for words, named in (([], r"/grade-\w+/tiny\.html"), (["--html", tmp_path / "my page.html"], r"/my%20page\.html")):
        ran = grade("tiny", tmp_path / "tiny.py", "--open", *words, BROWSER=f"{browser} %s")
        assert ran.returncode == 0
        assert re.search(rf"^file:///.*{named}$", told.read_text().strip())
        assert re.search(r"The full report is in .*\.html", ran.stderr)


def test_where_there_is_no_browser_it_is_said_and_nothing_else_is_different(grade, tmp_path):
    (tmp_path / "tiny.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path / "tiny.py", "--open", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")
    page = re.search(r"Open (\S+) in one yourself", ran.stderr)
    assert ran.returncode == 0
    assert Path(page[1]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert Path(page[1]).parent.stat().st_mode & 0o077 == 0
