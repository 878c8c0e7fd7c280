"""Consoles that know few characters, paths of every kind, files as Windows writes them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.test_cli import EVERY_COMMAND

BRIEF = Path(__file__).parent / "courses" / "brief"
RIGHT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")
HALF = RIGHT.replace("return float(np.sqrt(number))", "return 3.0")


@pytest.fixture
def course(tmp_path):
    """A course whose title and students no narrow encoding knows."""
    made = shutil.copytree(BRIEF, tmp_path / "course")
    yaml = made / "assignments" / "brief" / "assignment.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("A square root", "√ – Wurzel, też ∂½"), encoding="utf-8")
    for student, text in (("ada", RIGHT), ("bob", HALF), ("Łódź", HALF)):
        (made / "all" / student).mkdir(parents=True)
        (made / "all" / student / "brief.py").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def run(grade, course):
    """``run(words, encoding)``: the exit code of the command, and what its streams got, as bytes."""

    def run(words, encoding, **how):
        ran = grade(*words.split(), cwd=course, PYTHONIOENCODING=encoding, **how)
        return ran.returncode, os.fsencode(ran.stdout), os.fsencode(ran.stderr)

    return run


def test_no_command_fails_for_what_a_console_cannot_show(run):
    data = ("--json", "schema", "export", "template")
    for words in (
        *EVERY_COMMAND,
        "help",
        "rum brief",
        "brief nowhere/Łódź",
        "start brief Łódź",
        "brief all/Łódź --full",
    ):
        code, stdout, stderr = run(words.replace(" --fresh", ""), "cp1252")
        assert b"Traceback" not in stderr, (words, stderr.decode("cp1252", "replace"))
        assert code in (0, 1, 2), words
        stderr.decode("cp1252")
        stdout.decode("utf-8" if any(each in words for each in data) else "cp1252")


@pytest.mark.parametrize(
    ("encoding", "marks", "title"),
    [
        ("cp1252", "x\x96", "? – Wurzel, tez ?½"),
        ("cp437", "x-", "√ - Wurzel, tez ?½"),
        ("ascii", "x-", "? - Wurzel, tez ?1"),
        ("utf-8", "✗–", "√ – Wurzel, też ∂½"),
    ],
)
def test_plain_characters_stand_for_those_that_are_lacking(encoding, marks, title, run):
    code, stdout, stderr = run("brief all/bob", encoding, fresh=encoding == "cp1252")
    text = stdout.decode(encoding)
    assert code == 1, stderr
    row = next(line for line in text.splitlines() if title in line)
    assert row.split()[0] in {"x", "~", "✗", "◐"}
    assert row.index(title) == 5
    assert "Check `root`" in text
    _, stdout, _ = run("brief all/bob --json", encoding)
    assert json.loads(stdout.decode("utf-8"))["exercises"][0]["title"] == "√ – Wurzel, też ∂½"


@pytest.mark.parametrize("name", ["my course", "Prüfung Übung", "Łódź 'quoted'", "100% [new]; $HOME & co", "D: drive"])
def test_paths_of_every_kind(name, grade, tmp_path):
    course = shutil.copytree(BRIEF, tmp_path / name / "course")
    where = tmp_path / name / f"{name} work"
    assert grade("template", "brief", "--write", cwd=course).returncode == 0
    started = grade("start", "brief", where, cwd=course)
    assert started.returncode == 0, started.stderr
    (where / "brief.py").write_text(RIGHT, encoding="utf-8")
    for words, folder in (
        ((), where),
        (("--html", f"{name}.html", "--junit", f"{name}.xml"), where),
        (("brief", where / "brief.py"), course),
        (("brief", f"../{name} work", "--course", "."), course),
    ):
        ran = grade(*words, cwd=folder)
        assert ran.returncode == 0, (words, ran.stderr)
    assert (where / f"{name}.html").is_file()
    (tmp_path / name / "all").mkdir()
    where.rename(tmp_path / name / "all" / name)
    graded = grade("class", "brief", tmp_path / name / "all", "-o", tmp_path / name / "results", cwd=course)
    assert graded.returncode == 0, graded.stderr


def test_lines_may_end_as_windows_ends_them(grade, tmp_path):
    """All of a course, what is handed in, and the note in the student's folder."""
    course = shutil.copytree(BRIEF, tmp_path / "course")
    for words in (("build", "brief"), ("template", "brief", "--write")):
        assert grade(*words, cwd=course).returncode == 0
    for path in [path for path in course.rglob("*") if path.suffix in (".py", ".yaml", ".md")]:
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert grade("check", cwd=course).returncode == 0
    assert grade("start", "brief", cwd=course).returncode == 0
    note = course / "brief" / ".grade.toml"
    note.write_bytes(note.read_bytes().replace(b"\n", b"\r\n"))
    (course / "brief" / "brief.py").write_bytes(RIGHT.encode().replace(b"\n", b"\r\n"))
    ran = grade(cwd=course / "brief")
    assert ran.returncode == 0, ran.stderr
