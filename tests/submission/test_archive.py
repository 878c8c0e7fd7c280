"""Zip archives as they are handed in, honest and hostile."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.records.errors import SubmissionError
from grader.records.run import ReadRemark
from grader.submission import archive, read

LINK = 0o120777 << 16


def packed(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_an_archive_is_read_like_the_folder_that_it_holds(tmp_path) -> None:
    members = {
        "hw/tiny.py": b"import helpers\nopen('data/x.csv')",
        "hw\\helpers.py": b"y = 1",
        "hw/data/x.csv": b"1,2",
        "__MACOSX/hw/tiny.py": b"litter",
        "hw/film.mp4": b"0" * (5 << 20),
    }
    packed(tmp_path / "ada.zip", members)
    for path in (tmp_path / "ada.zip", tmp_path):
        made = read(path, "tiny.py")
        assert made.files == {"tiny.py": members["hw/tiny.py"].decode(), "helpers.py": "y = 1"}
        assert made.data == {"data/x.csv": b"1,2"}
        assert made.remarks == (ReadRemark("unpacked", "ada.zip"),)


def linked(name: str = "tiny.py") -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = LINK
    return info


def encrypted(data: bytes) -> bytes:
    """With the flag set in the list of files, for the last of them."""
    place = data.rindex(b"PK\x01\x02") + 8
    return data[:place] + struct.pack("<H", 1) + data[place + 2 :]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../tiny.py", r"holds '../tiny.py', which leads out of it"),
        ("/etc/tiny.py", r"which leads out of it"),
        ("C:\\tiny.py", r"which leads out of it"),
        ("a\\..\\..\\tiny.py", r"which leads out of it"),
        ("a\nb.py", r"a file of an odd name, 'a\\nb.py'"),
        ("a" * 250 + ".py", r"a file of an odd name"),
        ("a/" * 20 + "tiny.py", r"more than 16 folders in each other"),
        ("inner.zip", r"work.zip.inner.zip is an archive within an archive"),
        ("notes.txt", r"Expected tiny.py in .*work.zip or up to 3 folders below it"),
    ],
)
def test_what_an_honest_archive_does_not_hold(tmp_path, name: str, words: str) -> None:
    path = packed(tmp_path / "work.zip", {name: b"x = 1"})
    with pytest.raises(SubmissionError, match=words) as caught:
        read(path, "tiny.py")
    assert "grader-" not in str(caught.value)
    assert not (tmp_path / "tiny.py").exists()


def test_links_passwords_doubles_and_rare_methods(tmp_path) -> None:
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(linked(), "/etc/passwd")
    with pytest.raises(SubmissionError, match="a link or device"):
        read(path, "tiny.py")
    packed(path, {"tiny.py": b"x = 1"}, zipfile.ZIP_LZMA)
    with pytest.raises(SubmissionError, match="packed by a rare method"):
        read(path, "tiny.py")
    path.write_bytes(encrypted(packed(path, {"tiny.py": b"x = 1"}).read_bytes()))
    with pytest.raises(SubmissionError, match="protected by a password"):
        read(path, "tiny.py")
    for other in ("tiny.py", "tiny.py/deep.py"):
        with zipfile.ZipFile(path, "w") as made, pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *_, **__: None)  # which zipfile gives for a name that is there
            made.writestr("tiny.py", "x = 1")
            made.writestr(other, "x = 2")
        with pytest.raises(SubmissionError, match="twice"):
            read(path, "tiny.py")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_litter_is_left_out_before_anything_is_asked_of_it(tmp_path) -> None:
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("hw/tiny.py", "x = 1")
        for number in range(3_000):
            made.writestr(f"hw/venv/lib/site-packages/{number}.py", "")
        made.writestr("hw/__pycache__/" + "a/" * 20 + "tiny.py", "")
        made.writestr(".git/a\nb", "")
        made.writestr(".git/" + "a" * 300, "")
        made.writestr("__MACOSX/../../tiny.py", "")
        made.writestr(linked("hw/.venv/bin/python"), "/usr/bin/python")
        made.writestr(linked("hw/.venv/bin/python"), "/usr/bin/python")
        made.writestr("__MACOSX/._tiny.py", "")
    path.write_bytes(encrypted(path.read_bytes()))
    assert read(path, "tiny.py").files == {"tiny.py": "x = 1"}


def test_damage_is_a_sentence(tmp_path) -> None:
    whole = packed(tmp_path / "work.zip", {"tiny.py": b"x = 1" * 99, "caf\xe9.py": b""}).read_bytes()
    bad_name = whole.replace("caf\xe9".encode(), b"caf\xff\xff")
    for data in (b"", b"Rar!", whole[:60], whole[:-30], whole[40:], whole[:42] + b"\xff" * 4 + whole[46:], bad_name):
        (tmp_path / "work.zip").write_bytes(data)
        with pytest.raises(SubmissionError, match=r"no zip archive that can be unpacked|Expected tiny.py|several"):
            read(tmp_path / "work.zip", "tiny.py")


def test_bombs_cost_little(tmp_path) -> None:
    zeros = bytes(30 << 20)
    packed(tmp_path / "large.zip", {f"{number}.py": zeros for number in range(4)})
    packed(tmp_path / "deep.zip", {"tiny.py": packed(tmp_path / "x", {"y": zeros}).read_bytes() + bytes(200 << 20)})
    members = io.BytesIO()
    with zipfile.ZipFile(members, "w") as made:
        made.writestr("tiny.py", "")
    entry = members.getvalue()[members.getvalue().index(b"PK\x01\x02") :]
    (tmp_path / "list.zip").write_bytes(members.getvalue() + entry * archive.MAX_LISTED)
    named = entry[:28] + b"\xff\xff" + entry[30:] + bytes(0xFFFF)
    (tmp_path / "long.zip").write_bytes(members.getvalue() + named * 260)
    packed(tmp_path / "many.zip", {f"{number}.py": b"" for number in range(2_001)})
    tracemalloc.start()
    try:
        for name, words in (
            ("large", "unpacks to more than 64 MiB"),
            ("deep", "larger than"),
            ("many", "more than 2,000"),
            ("list", "too many files, or too long names"),
            ("long", "too many files, or too long names"),
        ):
            with pytest.raises(SubmissionError, match=words):
                read(tmp_path / f"{name}.zip", "tiny.py")
        assert tracemalloc.get_traced_memory()[1] < 120 << 20
    finally:
        tracemalloc.stop()


def test_a_virtual_environment_costs_nobody_the_work_beside_it(tmp_path) -> None:
    members = {f"hw/env/Lib/site/{number}.py": b"" for number in range(archive.MAX_MEMBERS)}
    members |= {"hw/env/pyvenv.cfg": b"", "hw/src/mine.py": b"x = 1", "hw/env/lib64": b"../lib"}
    packed(tmp_path / "ada.zip", members)
    assert read(tmp_path / "ada.zip", "tiny.py").files == {"tiny.py": "x = 1"}
