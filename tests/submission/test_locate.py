"""Finding the module in what was handed in."""

import os
from pathlib import Path

import pytest

from grader.records.errors import GraderError, SubmissionError, UsageError
from grader.submission import locate as locating
from grader.submission.locate import find_module


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1\n")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["memory.py", "old/memory.py", "a.ipynb"], "memory.py"),
        (["a/b/c/memory.py", "__MACOSX/memory.py", ".git/memory.py", "__pycache__/memory.py"], "a/b/c/memory.py"),
        (["memory.py/memory.py"], "memory.py/memory.py"),
        (["a/week3.ipynb", "notes.txt", "helper.py"], "a/week3.ipynb"),
        (["memory.ipynb", "scratch.ipynb"], "memory.ipynb"),
        (["a/memory.py", "memory.ipynb"], "a/memory.py"),
        (["a/memory.py", "reference/memory.py", "student_template/week3/memory.py"], "a/memory.py"),
        (["mine/memory.py", "assignments/week3/assignment.yaml", "assignments/week3/memory.py"], "mine/memory.py"),
        (["assignments/week3/assignment.yaml", "assignments/week3/memory.py"], "assignments/week3/memory.py"),
        (["env/memory.py", "env/pyvenv.cfg", "env/lib/memory.py", "env/Scripts/memory.py"], "env/memory.py"),
        (["a/memory.py", "node_modules/memory.py", ".ipynb_checkpoints/memory.py"], "a/memory.py"),
    ],
)
def test_one_match_in_a_folder(tmp_path, names: list[str], found: str) -> None:
    put(tmp_path, *names)
    assert find_module(tmp_path, "memory.py") == locating.Found(tmp_path / found, tmp_path)


def test_a_file_is_taken_as_it_is_called(tmp_path) -> None:
    put(tmp_path, "memory.py", "alice.py", "memory.ipynb", "BOB.PY")
    for name, own in [("memory.py", True), ("alice.py", False), ("memory.ipynb", True), ("BOB.PY", False)]:
        found = locating.Found(tmp_path / name, tmp_path, "all" if own else "no rival")
        assert find_module(tmp_path / name, "memory.py") == found
        assert find_module(tmp_path / name, "memory.py", of_class=True) == locating.Found(found.file, tmp_path, "none")


@pytest.mark.parametrize(
    "names",
    [
        ["Memory.py"],
        ["memory (1).py", "notes.md"],
        ["sub/final.PY", "sub/__init__.py"],
        ["__init__.py"],
        ["MEMORY.py", "scratch.ipynb"],
        ["Memory.py", "data.zip"],
    ],
)
def test_a_lone_file_of_any_name_is_taken(tmp_path, names: list[str]) -> None:
    put(tmp_path, *names)
    found = find_module(tmp_path, "memory.py")
    assert found == locating.Found(tmp_path / names[0], tmp_path, only=True)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["memory (1).py", "memory (2).py"], r"Found instead: memory \(1\).py, memory \(2\).py. Rename the one with"),
        (["a/part.py", "main.py"], r"Found instead: a.part.py, main.py. Rename the one with your work to memory.py"),
        (
            ["a.py", "b.zip"],
            r"Found instead: a.py, b.zip. Rename the one with your work to memory.py, or hand in the arch",
        ),
        (["a.zip", "b.ZIP"], r"Found instead: a.zip, b.ZIP. Hand in one archive"),
    ],
)
def test_several_of_other_names_are_listed_with_what_to_do(tmp_path, names: list[str], words: str) -> None:
    put(tmp_path, *names)
    with pytest.raises(SubmissionError, match=words):
        find_module(tmp_path, "memory.py")


def test_only_the_packages_that_an_assignment_names_lead_above_the_path(tmp_path) -> None:
    put(tmp_path, "x/cs/__init__.py", "x/__init__.py", "x/cs/rnn/layers.py")
    for path in ("x", "x/cs", "x/cs/rnn", "x/cs/rnn/layers.py"):
        found = find_module(tmp_path / path, "cs/rnn/layers.py")
        assert found.file == tmp_path / "x/cs/rnn/layers.py"
        assert found.folder == tmp_path / ("x" if path == "x" else "x/cs")
    assert find_module(tmp_path / "x/cs/rnn", "cs/rnn/layers.py", of_class=True).folder == tmp_path / "x/cs/rnn"
    assert find_module(tmp_path / "x/cs/rnn", "layers.py").folder == tmp_path / "x/cs/rnn"


@pytest.mark.parametrize("names", [["a/memory.py", "b/memory.py"], ["a/x.ipynb", "y.ipynb"], ["x.ipynb", "y.zip"]])
def test_several_are_listed_and_are_nobodys_zero(tmp_path, names: list[str]) -> None:
    put(tmp_path, *names)
    with pytest.raises(UsageError, match=r"several files that could be memory.py") as caught:
        find_module(tmp_path, "memory.py")
    assert all(os.path.normpath(name) in str(caught.value) for name in names)


def test_a_long_list_is_cut(tmp_path) -> None:
    put(tmp_path, *(f"{number}/memory.py" for number in range(8)))
    with pytest.raises(UsageError, match=r"4/memory.py and 3 more. Give the path of one"):
        find_module(tmp_path, "memory.py")


def test_too_many_files_are_not_searched(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(locating, "MAX_ENTRIES", 3)
    put(tmp_path, "a", "b", "c", "d")
    with pytest.raises(UsageError, match=r"more than 3 files: give the path of memory.py itself"):
        find_module(tmp_path, "memory.py")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Memory.pyc"], "Found instead: Memory.pyc, which is no Python. Hand in memory.py itself"),
        (["memory.pdf", "memory.docx"], "memory.pdf, memory.docx, which are no Python. Hand in memory.py itself"),
        (["memory.pdf", "memory.txt"], "Found instead: memory.txt. Rename it to memory.py"),
        (["work.tar.gz"], "work.tar.gz is packed in a way that is not opened here: hand in what it holds, or a .zip"),
        (["memory.py.rar"], "memory.py.rar is packed in a way that is not opened here"),
        (["memory.py.txt", "train-images.gz"], "Found instead: memory.py.txt. Rename it to memory.py"),
        (["memory.py.bak"], "Found instead: memory.py.bak. Rename it to memory.py"),
        (["memory.py~"], "Found instead: memory.py~. Rename it to memory.py"),
        (["memory.py.txt", "notes.md"], "Found instead: memory.py.txt. Rename"),
        (
            ["a/b/c/d/memory.py"],
            "it is not there. No file was found. What is in a/b/c/d was not looked at: hand in the",
        ),
        (["a/b/c/d/memory.py", "x.csv"], "What is there: x.csv. What is in a/b/c/d was not looked at"),
        (["x.csv", "y.csv"], "What is there: x.csv, y.csv"),
        ([], "No file was found: hand it in again"),
    ],
)
def test_a_missing_module_names_what_comes_near(tmp_path, names: list[str], words: str) -> None:
    put(tmp_path, *names)
    with pytest.raises(SubmissionError, match=words) as caught:
        find_module(tmp_path, "memory.py")
    assert f"Expected memory.py in {tmp_path}" in str(caught.value)


def test_a_missing_path_names_what_comes_near(tmp_path) -> None:
    put(tmp_path, "memory.ipynb")
    with pytest.raises(SubmissionError, match=r"no such file or folder. Found instead: memory.ipynb"):
        find_module(tmp_path / "memory.py", "memory.py")
    with pytest.raises(SubmissionError, match=r"there is no folder .*gone. Check the path"):
        find_module(tmp_path / "gone" / "memory.py", "memory.py")
    with pytest.raises(SubmissionError, match=r"there is no folder"):
        find_module(tmp_path / "memory.ipynb" / "memory.py", "memory.py")
    (tmp_path / "link.py").symlink_to("gone.py")
    with pytest.raises(SubmissionError, match=r"link.py is a link to nothing"):
        find_module(tmp_path / "link.py", "memory.py")


def test_other_files_and_folders_of_that_name_are_told(tmp_path) -> None:
    put(tmp_path, "memory.rar", "memory.py.txt", "a/memory.py/notes.txt")
    said = "memory.rar is no Python file and no notebook: expected memory.py, or a folder that holds it$"
    with pytest.raises(SubmissionError, match=said):
        find_module(tmp_path / "memory.rar", "memory.py")
    with pytest.raises(SubmissionError, match=r"a folder that holds it. Rename it to memory.py if it holds that$"):
        find_module(tmp_path / "memory.py.txt", "memory.py")
    with pytest.raises(SubmissionError, match=r"is a folder without memory.py in it"):
        find_module(tmp_path / "a", "memory.py")


def test_links_to_folders_are_not_followed(tmp_path) -> None:
    put(tmp_path, "other/memory.py")
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "link").symlink_to("../other")
    with pytest.raises(SubmissionError, match=r"it is not there. No file was found. What is in link was not looked at"):
        find_module(tmp_path / "alice", "memory.py")


def test_what_the_system_refuses_is_not_the_students(tmp_path, monkeypatch) -> None:
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    put(tmp_path, "a/b.py")
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        with pytest.raises(GraderError, match=r"cannot be listed") as listing:
            find_module(tmp_path, "memory.py")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        with pytest.raises(GraderError, match=r"cannot be opened") as opening:
            find_module(tmp_path, "memory.py")
    assert not isinstance(listing.value, SubmissionError)
    assert not isinstance(opening.value, SubmissionError)


def test_what_belongs_to_a_course_is_no_work(tmp_path) -> None:
    put(tmp_path, "reference/memory.py", "student_template/week3/memory.py")
    with pytest.raises(SubmissionError, match=r"What is in reference, student_template was not looked at: hand in"):
        find_module(tmp_path, "memory.py")


def test_a_file_that_tools_look_for_is_no_rival(tmp_path) -> None:
    put(tmp_path, "mine.py", "conftest.py", "sitecustomize.py", "setup.py", "a/__init__.py")
    assert find_module(tmp_path, "memory.py") == locating.Found(tmp_path / "mine.py", tmp_path, only=True)
