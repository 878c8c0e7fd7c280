"""Data files come along where the source names them, and no other file does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records.errors import SubmissionError
from grader.submission.data import MAX_DATA, data_files


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.txt", "b.csv", "helper.py", "sub/c.npy"):
        (folder / name).write_bytes(name.encode())
    (tmp_path / "outside.txt").write_text("secret")
    (folder / ".grader").mkdir()
    (folder / ".grader" / "secret").write_text("secret")
    (folder / ".hidden").write_text("secret")
    return folder


def test_named_files_come_along(home):
    text = """open("a.txt"); np.load('sub/c.npy'); 'missing.txt'; "helper.py"; "sub"; '' """
    assert data_files([text], home, home) == {"a.txt": b"a.txt", "sub/c.npy": b"sub/c.npy"}


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "sub/../../outside.txt", "/etc/hostname", ".", ".grader/secret", "sub/../.hidden", "./.hidden"],
)
def test_nothing_outside_is_taken(home, name):
    assert data_files([f"open({name!r})"], home, home) == {}


def test_a_link_that_leaves_the_folder_is_refused(home):
    (home / "link.txt").symlink_to(home.parent / "outside.txt")
    with pytest.raises(SubmissionError, match="leaves"):
        data_files(["open('link.txt')"], home, home)


def test_too_much_is_refused(home):
    (home / "big.bin").write_bytes(bytes(MAX_DATA + 1))
    with pytest.raises(SubmissionError, match="larger than"):
        data_files(["open('big.bin')"], home, home)
    names = [f"{number}.txt" for number in range(33)]
    for name in names:
        (home / name).touch()
    with pytest.raises(SubmissionError, match="reads 33 data files, more than the 32 allowed"):
        data_files([repr(names)], home, home)


@given(st.text(max_size=60))
def test_any_text_is_searched_without_failing(text):
    from pathlib import Path

    assert data_files([text, repr(text)], Path("/nowhere"), Path("/nowhere")) == {}
