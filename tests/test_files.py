"""Files are written whole or not at all; what is no file, and a link, stays what it is."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from grader.files import check_file, check_folder, write_again, write_folder, write_private, write_whole
from grader.records.errors import UsageError

FULL = Path("/dev/full")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes, and links for some alone")


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch) -> None:
    file = tmp_path / "a.json"
    write_whole(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "new \ud800")
    assert file.read_text() == "old"
    write_whole(file, "new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(UsageError, match=r"a\.json cannot be written \(.*\); check that its folder"):
        write_whole(tmp_path / "gone" / "a.json", "x")


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path) -> None:
    file = tmp_path / ("a" * 255)
    write_whole(file, "new")
    assert file.read_text() == "new"


@posix
def test_a_pipe_stays_one(tmp_path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    check_file(pipe)
    write_whole(pipe, "x" * 100_000)
    reader.join(10)
    assert read == ["x" * 100_000]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


@posix
def test_a_device_stays_one(tmp_path) -> None:
    ours, its = os.openpty()
    device = tmp_path / "device"
    device.symlink_to(os.ttyname(its))
    check_file(device)
    write_whole(device, "abc")
    assert os.read(ours, 100) == b"abc"
    os.close(ours)
    os.close(its)
    assert device.is_symlink()
    assert list(tmp_path.iterdir()) == [device]


@posix
def test_a_link_stays_one_and_its_target_is_replaced_or_made(tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link, target, second = tmp_path / "link", elsewhere / "target", tmp_path / "second"
    link.symlink_to("second")
    second.symlink_to(target)
    for text in ("made", "replaced"):
        check_file(link)
        write_whole(link, text)
        assert target.read_text() == text
        assert (link.readlink(), second.readlink()) == (Path("second"), target)
    before = target.stat().st_ino
    write_whole(link, "whole")
    assert target.stat().st_ino != before, "it was written in place"
    assert list(elsewhere.iterdir()) == [target]


@posix
@pytest.mark.parametrize("redirected", ["file", "pipe"])
def test_what_is_printed_to_is_written_between_what_is_printed(redirected, tmp_path, capfd) -> None:
    """A link to /dev/fd/1, wherever stdout leads; a file opened a second time would be written from its beginning."""
    link, file = tmp_path / "link", tmp_path / "stdout"
    link.symlink_to("/dev/fd/1")
    read_end, write_end = os.pipe() if redirected == "pipe" else (None, os.open(file, os.O_RDWR | os.O_CREAT))
    before = os.dup(1)
    os.dup2(write_end, 1)
    try:
        os.write(1, b"before ")
        check_file(link)
        write_whole(link, "report")
        os.write(1, b" after")
    finally:
        os.dup2(before, 1)
        os.close(before)
        os.close(write_end)
    got = os.read(read_end, 100) if read_end is not None else file.read_bytes()
    if read_end is not None:
        os.close(read_end)
    assert got == b"before report after"
    assert link.is_symlink()


@posix
def test_what_cannot_be_written_is_told_beforehand(tmp_path, monkeypatch) -> None:
    file, loop, pipe = tmp_path / "file", tmp_path / "loop", tmp_path / "pipe"
    file.write_text("")
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    for path, said in (
        (tmp_path, "is a folder: name a file in it"),
        (tmp_path / "gone" / "a", r"cannot be written \(No such file or directory\); check that its folder is there"),
        (file / "a", r"cannot be written \(Not a directory\)"),
        (loop, r"cannot be written \(Too many levels of symbolic links\)"),
        (tmp_path / ("a" * 300), r"cannot be written \(File name too long\)"),
    ):
        with pytest.raises(UsageError, match=said):
            check_file(path)
        with pytest.raises(UsageError):
            write_whole(path, "x")
    for path in (file, file / "a" / "b", loop):
        with pytest.raises(UsageError, match=r"cannot be a folder for results \(.*\): name another"):
            check_folder(path)
    check_file(file)
    check_folder(tmp_path / "new" / "folder")
    monkeypatch.setattr(os, "access", lambda path, rights: False)
    for path in (file, pipe, tmp_path / "new"):
        with pytest.raises(UsageError, match=r"cannot be written \(Permission denied\)"):
            check_file(path)
    with pytest.raises(UsageError, match=r"\(Permission denied\): name another"):
        check_folder(tmp_path / "new" / "folder")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_device_that_takes_nothing_is_told() -> None:
    with pytest.raises(UsageError, match=r"/dev/full cannot be written \(No space left on device\)"):
        write_whole(FULL, "x")


def test_what_is_written_again_is_only_what_this_wrote(tmp_path) -> None:
    one, other = tmp_path / "new" / "one.py", tmp_path / "new" / "other.py"
    write_again({one: "print(1)\n", other: "print(2)\n"})
    write_again({one: "print(3)\n"})
    assert one.read_text().endswith("\nprint(3)\n")
    other.write_text(other.read_text() + "# my own thoughts\n")
    with pytest.raises(UsageError, match=r"other\.py is there, and was not written by this or was changed since"):
        write_again({one: "print(4)\n", other: "print(4)\n"})
    assert one.read_text().endswith("\nprint(3)\n")
    assert other.read_text().endswith("# my own thoughts\n")


@posix
def test_what_is_written_again_follows_no_link(tmp_path) -> None:
    own, link = tmp_path / "own.py", tmp_path / "link.py"
    write_again({own: "print(1)\n"})
    link.symlink_to(own)
    with pytest.raises(UsageError, match=r"link\.py is there"):
        write_again({link: "print(2)\n"})
    with pytest.raises(UsageError, match="cannot be written"):
        write_again({own / "below.py": "print(2)\n"})


def test_what_is_private_is_nobody_elses_and_comes_whole(tmp_path) -> None:
    path = tmp_path / "ada.record"
    path.write_bytes(b"for everybody")
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="cannot be written"):
        write_private(tmp_path / "gone" / "a", b"")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_comes_whole_or_not_at_all(tmp_path) -> None:
    write_folder(tmp_path / "new", {"a": b"1", "b/c": b"2"})
    assert (tmp_path / "new" / "b" / "c").read_bytes() == b"2"
    with pytest.raises(UsageError, match=r"other cannot be written \(.*\): name another folder"):
        write_folder(tmp_path / "other", {"a": b"1", "a/b": b"2"})
    with pytest.raises(UsageError, match="cannot be written"):
        write_folder(tmp_path / "new", {"a": b"3"})
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new" / "a").read_bytes() == b"1"
