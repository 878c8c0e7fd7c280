"""Who handed in what."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.collect import Entry, collect, names_of
from grader.records.errors import GraderError, UsageError


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_folders_and_files_are_students(tmp_path) -> None:
    put(tmp_path, "dora/src/memory.py", "Bob.py", "anna/week3.ipynb", "carl.ipynb", "README.md", "scores.csv")
    put(tmp_path, ".git/x.py", ".hidden.py", "__MACOSX/a.py", "__pycache__/b.py", ".DS_Store")
    assert collect(tmp_path, "memory.py") == (
        Entry("anna", tmp_path / "anna"),
        Entry("Bob", tmp_path / "Bob.py"),
        Entry("carl", tmp_path / "carl.ipynb"),
        Entry("dora", tmp_path / "dora"),
    )


def test_nobody_is_lost(tmp_path) -> None:
    put(tmp_path, "anna/notes.txt", "bob/Memory.py", "dan.rar", "eve.py.txt", "fay.zip", "gil/hw.zip")
    (tmp_path / "carl").mkdir()
    entries = {entry.student: entry.not_taken for entry in collect(tmp_path, "memory.py")}
    assert list(entries) == ["anna", "bob", "carl", "dan", "eve.py", "fay", "gil"]
    assert entries["bob"] == entries["fay"] == entries["gil"] == ""
    assert entries["dan"] == f"{tmp_path / 'dan.rar'} is not opened: unpack it into a folder of that name"
    assert entries["eve.py"] == f"{tmp_path / 'eve.py.txt'} is not opened: if it is Python, call it eve.py"
    for student in ("anna", "carl"):
        assert entries[student] == (
            f"Nothing to grade (.py, .ipynb, .zip) in {tmp_path / student} or up to 3 folders below it: "
            "expected memory.py"
        )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has links for some alone")
def test_a_link_is_named_and_not_taken(tmp_path) -> None:
    folder = tmp_path / "all"
    put(tmp_path, "all/anna/memory.py", "all/notes.txt", "reference/memory.py")
    for name, target in (
        ("bob", "anna"),
        ("carl", "../reference"),
        ("dora.py", "../reference/memory.py"),
        ("eve", "gone"),
        ("frank", "../reference/memory.py"),
        ("gil.ipynb", "gil.ipynb"),
        ("latest.txt", "notes.txt"),
    ):
        (folder / name).symlink_to(target)
    entries = collect(folder, "memory.py")
    taken = {entry.student: entry.not_taken[:14] for entry in entries}
    named = dict.fromkeys(["bob", "carl", "dora", "eve", "frank", "gil"], "it is a link, ")
    assert taken == {"anna": ""} | named


def test_one_name_twice_keeps_suffixes(tmp_path) -> None:
    put(tmp_path, "anna.py", "anna.ipynb", "anna/memory.py", "anna.py.py", "bob.py")
    assert {entry.student: entry.path.name for entry in collect(tmp_path, "memory.py")} == {
        "anna": "anna",
        "anna.ipynb": "anna.ipynb",
        "anna.py": "anna.py",
        "anna.py.py": "anna.py.py",
        "bob": "bob.py",
    }


@settings(deadline=None)
@given(st.sets(st.lists(st.sampled_from(["a", "b", ".py", ".ipynb"]), min_size=1, max_size=4).map("".join)))
def test_names_are_never_the_same(names: set[str]) -> None:
    paths = [Path("nowhere") / name for name in sorted(names)]
    assert len(set(names_of(paths))) == len(paths)


def test_names_that_are_not_utf8(tmp_path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))).write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert [entry.student for entry in collect(tmp_path, "memory.py")] == ["caf\\xe9"]


def test_a_folder_that_cannot_be_listed_is_no_problem_of_the_student(tmp_path, monkeypatch) -> None:
    (tmp_path / "anna").mkdir()

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert collect(tmp_path, "memory.py") == (Entry("anna", tmp_path / "anna"),)
    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(GraderError, match=r"cannot be listed \(Permission denied\)"):
        collect(tmp_path, "memory.py")


def test_wrong_folders_are_told(tmp_path) -> None:
    put(tmp_path, "class.csv")
    with pytest.raises(UsageError, match=r"gone does not exist: expected a folder"):
        collect(tmp_path / "gone", "memory.py")
    with pytest.raises(UsageError, match=r"class.csv is a file: expected a folder"):
        collect(tmp_path / "class.csv", "memory.py")
    with pytest.raises(UsageError, match=r"holds no submissions"):
        collect(tmp_path, "memory.py")
