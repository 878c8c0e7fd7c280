"""A student's first minutes: ``grade start``, then ``grade`` alone; no note leads to code that came with work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from grader.cli.shell import ShellFamily, calls, changes_to

TINY = Path(__file__).parent / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    """A copy of the tiny course that a test may change."""
    return shutil.copytree(TINY, tmp_path / "course")


# ── grade start ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_start_copies_template_and_handout(grade, tmp_path):
    folder = tmp_path / "mine"
    ran = grade("start", "tiny", folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == [".grade.toml", "handout.md", "tiny.py"]
    assert (folder / "tiny.py").read_bytes() == (TINY / "student_template/tiny/tiny.py").read_bytes()
    unfinished = grade("tiny", folder)
    assert unfinished.returncode == 1
    assert unfinished.stdout.count("Not done yet") == 4  # of each in the table, and of the first below it
    assert "expected:" not in unfinished.stdout


def test_folders_of_a_template_come_along(course, grade):
    (course / "student_template/tiny/data/__pycache__").mkdir(parents=True)
    (course / "student_template/tiny/data/words.txt").write_text("a b c\n")
    assert grade("start", "tiny", cwd=course).returncode == 0
    assert [path.name for path in (course / "tiny/data").iterdir()] == ["words.txt"]


def test_start_copies_what_was_released(course, grade, tmp_path):
    """Where students may read no course: in a room or on a hub, where GRADER_COURSE names what was released."""
    released = tmp_path / "srv" / "tiny"
    made = grade("release", "tiny", "-o", released, cwd=course)
    assert made.returncode == 0, made.stderr
    names = {path.name for path in released.iterdir()}
    inside = shutil.copytree(released, course / "out" / "tiny").parent
    for number, named in enumerate((inside, released, released.parent)):
        where = {"cwd": tmp_path, "GRADER_COURSE": str(named)}
        work = tmp_path / f"mine{number}"
        started = grade("start", "tiny", work, **where)
        assert started.returncode == 0, started.stderr
        assert {path.name for path in work.iterdir()} == names
        (work / "tiny.py").write_text(RIGHT, encoding="utf-8")
        graded = grade(**{**where, "cwd": work})
        assert graded.returncode == 0, graded.stderr
        assert "practice" in graded.stdout.lower()
        again = grade("start", "tiny", work, **where)
        assert (again.returncode, "already holds" in again.stderr) == (2, True)
        assert (work / "tiny.py").read_text(encoding="utf-8") == RIGHT
    assert grade("--course", course, cwd=work).returncode == 0, "the user's own word counts more"
    assert "no course here" in grade("start", "plain", tmp_path / "other", **where).stderr


@pytest.mark.parametrize("name", ["tiny.py", "handout.md", ".grade.toml"])
def test_start_never_overwrites(name, grade, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("my work\n")
    ran = grade("start", "tiny", tmp_path / "mine")
    assert ran.returncode == 2
    assert f"already holds {name}: nothing was changed" in ran.stderr
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["my work\n"]


def test_start_writes_through_no_link(grade, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tiny.py").symlink_to(tmp_path / "elsewhere.py")
    ran = grade("start", "tiny", tmp_path / "mine")
    assert ran.returncode == 2
    assert "already holds tiny.py: nothing was changed" in ran.stderr
    assert not (tmp_path / "elsewhere.py").exists()


def test_what_it_copies_can_be_changed_and_holds_no_litter(course, grade):
    template = course / "student_template/tiny"
    for name in (
        ".DS_Store",
        "__pycache__/tiny.pyc",
        "data/.ipynb_checkpoints/a.ipynb",
        "data/a.csv",
        ".vscode/settings.json",
    ):
        (template / name).parent.mkdir(parents=True, exist_ok=True)
        (template / name).write_text("")
    for path in (template / "tiny.py", template / "data/a.csv"):
        path.chmod(0o444)
    assert grade("start", "tiny", "mine", cwd=course).returncode == 0
    made = {
        path.relative_to(course / "mine").as_posix(): path for path in (course / "mine").rglob("*") if path.is_file()
    }
    assert set(made) == {".grade.toml", ".vscode/settings.json", "data/a.csv", "handout.md", "tiny.py"}
    assert all(path.stat().st_mode & 0o200 for path in made.values())


def test_nothing_is_left_of_a_start_that_fails(course, grade):
    missing = course / "student_template/tiny/words.txt"
    missing.symlink_to(course / "nowhere")
    ran = grade("start", "tiny", cwd=course)
    assert (ran.returncode, (course / "tiny").exists()) == (2, False)
    assert "words.txt: No such file or directory), and nothing was left there" in ran.stderr
    missing.unlink()
    assert grade("start", "tiny", cwd=course).returncode == 0


def test_start_in_a_place_that_is_no_folder(grade, tmp_path):
    (tmp_path / "file").write_text("")
    ran = grade("start", "tiny", tmp_path / "file")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "cannot be filled" in ran.stderr


def test_start_without_a_template(course, grade):
    shutil.rmtree(course / "student_template")
    ran = grade("start", "tiny", "mine", cwd=course)
    assert ran.returncode == 2
    assert "tiny has no template" in ran.stderr


# ── and then ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["tiny", "../mine", "../my work (new)"])
def test_the_commands_that_it_prints_grade_what_it_made(where, course, grade, environment):
    started = grade("start", "tiny", where, cwd=course)
    said, commands = started.stdout.split("Now:\n")
    assert said.rstrip().endswith(": tiny.py, handout.md")
    script = "\n".join(line.strip() for line in commands.splitlines())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=course,
        env={**environment, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("Tiny: three small tasks")
    assert ran.stdout.count("Not done yet") == 4


@pytest.mark.skipif(sys.platform == "win32", reason="names of processes are chosen by links to bash")
@pytest.mark.parametrize(
    ("shell", "folder", "said"),
    [
        ("bash", "my work", "cd 'my work'"),
        ("fish", "mine", "cd mine"),
        ("pwsh", "Ada's Übung", "cd 'Ada''s Übung'"),
        ("pwsh", "week [1]", "cd -LiteralPath 'week [1]'"),
        ("powershell.exe", "mine", "cd mine"),
        ("cmd.exe", "my work", 'cd "my work"'),
    ],
)
def test_the_commands_are_those_of_the_shell_in_use(shell, folder, said, course, environment, tmp_path):
    (tmp_path / shell).symlink_to(shutil.which("bash"))
    path = {"PATH": f"/usr/bin{os.pathsep}/bin"}
    line = [str(tmp_path / shell), "-c", '"$@"; exit $?', "-", sys.executable, "-m", "grader", "start", "tiny", folder]
    ran = subprocess.run(
        line, cwd=course, env={**environment, **path}, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr
    python = f'"{sys.executable}"' if shell == "cmd.exe" else sys.executable  # where / begins an option
    assert ran.stdout.splitlines()[1:] == ["Now:", f"  {said}", f"  {python} -m grader"]


@pytest.mark.parametrize(
    ("shell", "folder", "lines"),
    [
        (ShellFamily.CMD, r"D:\Kurs\Übung 3", (r'cd /d "D:\Kurs\Übung 3"', r'"D:\Kurs\Übung 3" -m grader')),
        (ShellFamily.CMD, r"D:\R&D", (r'cd /d "D:\R&D"', r'"D:\R&D" -m grader')),
        (ShellFamily.CMD, r"C:\x", (r"cd /d C:\x", r"C:\x -m grader")),
        (ShellFamily.POWERSHELL, r"D:\Kurs\Übung 3", (r"cd 'D:\Kurs\Übung 3'", r"& 'D:\Kurs\Übung 3' -m grader")),
        (ShellFamily.POWERSHELL, r"C:\x", (r"cd C:\x", r"C:\x -m grader")),
        (ShellFamily.POWERSHELL, r"C:\$x", (r"cd 'C:\$x'", r"& 'C:\$x' -m grader")),
    ],
)
def test_paths_of_windows_are_written_as_its_shells_read_them(shell, folder, lines):
    assert (changes_to(shell, PureWindowsPath(folder)), calls(shell, folder, "-m grader")) == lines


def test_options_alone_are_those_of_grading(course, grade):
    assert grade("start", "tiny", cwd=course).returncode == 0
    work = course / "tiny"
    (work / "tiny.py").write_text(RIGHT, encoding="utf-8")
    assert grade("--html", "report.html", cwd=work).returncode == 0
    assert (work / "report.html").is_file()
    assert "[OPTIONS] COMMAND [ARGS]" in grade("--help", cwd=work).stdout
    assert grade("doctor", cwd=work).returncode == 0


def test_in_the_courses_own_folder_the_work_lies_where_start_puts_it(course, grade):
    """The two commands of a handout, one after the other, without a change of folder."""
    assert grade("start", "tiny", cwd=course).returncode == 0
    ran = grade("tiny", cwd=course)
    assert (ran.returncode, ran.stdout.count("Not done yet")) == (1, 4)


def test_a_folder_that_moves_with_its_course_goes_on(course, grade, tmp_path):
    assert grade("start", "tiny", cwd=course).returncode == 0
    moved = shutil.move(course, tmp_path / "moved")
    assert grade(cwd=Path(moved) / "tiny").returncode == 1


def test_a_name_typed_where_it_needs_none_is_told_so(course, grade, tmp_path):
    """Whatever it names: the assignment, as a handout may say, or an exercise."""
    assert grade("start", "tiny", tmp_path / "mine", cwd=course).returncode == 0
    for word in ("tiny", "affine"):
        ran = grade(word, cwd=tmp_path / "mine")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"no course here: in a folder of your own, type `grade` alone, without {word}" in ran.stderr
    assert grade("--exercise", "affine", cwd=tmp_path / "mine").returncode == 1


def test_help_is_a_word_too(grade, tmp_path):
    assert grade("help", cwd=tmp_path).stdout == grade("--help", cwd=tmp_path).stdout
    assert grade("help", "class", cwd=tmp_path).stdout == grade("class", "--help", cwd=tmp_path).stdout


# ── a note is not believed because it is there ────────────────────────────────────────────────────────────────────


def note(folder, course, assignment="tiny"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".grade.toml").write_text(f'assignment = "{assignment}"\ncourse = "{course}"\n', encoding="utf-8")
    return folder


@pytest.fixture
def planted(course):
    """A course that leaves a trace where its code is run, as what is handed in may hold one."""
    properties = course / "assignments" / "tiny" / "properties.py"
    trace = course.parent / "trace"
    properties.write_text(f"open({str(trace)!r}, 'w').close()\n{properties.read_text()}", encoding="utf-8")
    return course, trace


def test_a_course_that_came_with_the_work_is_not_run(planted, grade, tmp_path):
    course, trace = planted
    handed_in = note(tmp_path / "handed in", course)
    (handed_in / "tiny.py").write_text(RIGHT, encoding="utf-8")
    ran = grade(cwd=handed_in)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "whose code would run with your rights, and you have started nothing from it here" in ran.stderr
    assert not trace.exists()


def test_a_note_decides_nothing_where_the_assignment_is_named(planted, grade, tmp_path):
    course, trace = planted
    work = note(tmp_path / "all" / "ada", course)
    (work / "tiny.py").write_text(RIGHT, encoding="utf-8")
    assert grade("tiny", work).returncode == 0
    assert grade("tiny", "--course", TINY, cwd=work).returncode == 0
    assert grade("--course", TINY, cwd=work).returncode == 0, "the user's own word counts more than the note's"
    assert grade("class", "tiny", work.parent, "-o", tmp_path / "results").returncode == 0
    assert not trace.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("assignment = ", "is no TOML: "),
        ('assignment = "tiny"\n', 'should hold assignment = "…" and course = "…"'),
        ('assignment = 3\ncourse = "x"\n', 'should hold assignment = "…" and course = "…"'),
        ('assignment = "tiny"\ncourse = "\\u0000"\n', 'should hold assignment = "…" and course = "…"'),
        ("#" * 70_000, "is none that `grade start` wrote"),
        (b"\xff\xfe", "is none that `grade start` wrote"),
    ],
)
def test_a_damaged_note_is_said(text, said, grade, tmp_path):
    (tmp_path / ".grade.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = grade("--exit-zero", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "grade ASSIGNMENT" in ran.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_note_is_not_waited_for(grade, tmp_path):
    os.mkfifo(tmp_path / ".grade.toml")
    ran = grade("--exit-zero", cwd=tmp_path)
    assert ran.returncode == 2
    assert "is none that `grade start` wrote" in ran.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_note_of_another_user_is_not_read(course, grade):
    assert grade("start", "tiny", cwd=course).returncode == 0
    os.chown(course / "tiny" / ".grade.toml", 65534, 65534)
    ran = grade(cwd=course / "tiny")
    assert ran.returncode == 2
    assert "belongs to another user, and is not read" in ran.stderr


def test_where_nothing_was_started_it_says_how(grade, tmp_path):
    ran = grade("run", cwd=tmp_path)
    assert ran.returncode == 2
    assert re.search(
        r"nothing says what to grade here: name an assignment, .* a folder that `grade start` made", ran.stderr
    )
