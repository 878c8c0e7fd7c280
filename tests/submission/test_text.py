"""Decoding of source files: any encoding that can be told is read, and binary is refused with a sentence."""

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.records.errors import GraderError, SubmissionError
from grader.records.run import ReadRemark
from grader.submission.text import decode, read_bytes, read_text

ACCENT = "# café\nx = 1\n"
CODECS = "utf-8 utf-7 utf-16 latin-1 cp1252 koi8-r shift_jis idna punycode unicode_escape rot13 cp037 hex nonsense"


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", *(f"# coding: {name}\n".encode() for name in CODECS.split())]))
@example(b"\xff\xfe\x00\xd8", b"")
@example(b"\xff\xfe\x00\x00\xff", b"")
@example(b"+2AA-", b"# coding: utf-7\n")  # half a character
@example(b"\xed\xa0\x80", b"")
@example(b"\xef\xbb\xbf\xe9", b"# coding: latin-1\n")
def test_any_bytes_are_text_or_a_submission_error(data: bytes, head: bytes) -> None:
    try:
        text, remarks = decode(head + data, "memory.py")
    except SubmissionError:
        return
    assert "\0" not in text
    assert "\r" not in text
    assert text.encode().decode() == text
    assert all(remark.file == "memory.py" for remark in remarks)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")))
def test_utf8_is_read_as_it_is(text: str) -> None:
    plain, remarks = decode(text.encode(), "memory.py")
    if not remarks:  # a cookie in the text may say something else
        assert plain == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("data", "remark"),
    [
        (ACCENT.encode(), None),
        (ACCENT.encode("utf-8-sig"), None),
        (b"# coding: latin-1\n" + ACCENT.encode("latin-1"), None),
        (b"#!/usr/bin/python\r\n# -*- coding: latin-1 -*-\n" + ACCENT.encode("latin-1"), None),
        (ACCENT.encode("utf-16"), ReadRemark("marked", "memory.py", "UTF-16")),
        (ACCENT.encode("utf-32"), ReadRemark("marked", "memory.py", "UTF-32")),
        (
            ACCENT.encode("cp1252"),
            ReadRemark("guessed", "memory.py", "Windows-1252", byte=0xE9, line=1),
        ),
        (
            b"a\r\nb\rc\n" + ACCENT.encode("cp1252"),
            ReadRemark("guessed", "memory.py", "Windows-1252", byte=0xE9, line=4),
        ),
        (
            b"\x81" + ACCENT.encode("latin-1"),
            ReadRemark("guessed", "memory.py", "Latin-1", byte=0x81, line=1),
        ),
        (
            b"# coding: utf-16\n" + ACCENT.encode(),
            ReadRemark("declared", "memory.py", "utf-16"),
        ),
        (
            b"# coding: utf8mb4\n" + ACCENT.encode(),
            ReadRemark("declared", "memory.py", "utf8mb4"),
        ),
        (
            b"# coding: unicode_escape\n" + ACCENT.encode(),
            ReadRemark("declared", "memory.py", "unicode_escape"),
        ),
    ],
)
def test_the_text_survives_and_the_remark_says_why(data: bytes, remark: ReadRemark | None) -> None:
    text, remarks = decode(data, "memory.py")
    assert text.endswith(ACCENT)
    assert remarks == (() if remark is None else (remark,))


def test_a_cookie_after_code_does_not_count() -> None:
    assert decode(b"x = 1\n# coding: utf-16\n", "memory.py") == ("x = 1\n# coding: utf-16\n", ())


def test_ends_of_lines_become_newlines() -> None:
    assert decode(b"a\r\nb\rc\n", "m.py") == ("a\nb\nc\n", ())


@pytest.mark.parametrize("data", [b"a\0b", "x = 1".encode("utf-16-le"), "a\0b".encode("utf-16"), b"PK\x03\x04\0\0"])
def test_nul_bytes_are_no_text(data: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"memory\.py is no text \(it holds NUL bytes\)"):
        decode(data, "memory.py")


def test_damaged_utf16_is_told(tmp_path) -> None:
    with pytest.raises(SubmissionError, match=r"begins as UTF-16 and is damaged"):
        decode(b"\xff\xfea", "memory.py")


def test_limit_is_exact(tmp_path) -> None:
    file = tmp_path / "memory.py"
    file.write_bytes(b"x" * 1024)
    assert len(read_bytes(file, tmp_path, 1024)) == 1024
    with pytest.raises(SubmissionError, match=r"larger than"):
        read_bytes(file, tmp_path, 1023)


def test_a_link_must_stay_in_the_folder(tmp_path) -> None:
    folder = tmp_path / "alice"
    folder.mkdir()
    (tmp_path / "secret.py").write_text("answer = 42")
    (folder / "memory.py").symlink_to("../secret.py")
    with pytest.raises(SubmissionError, match=r"is a link that leaves"):
        read_text(folder / "memory.py", folder, "memory.py")
    (folder / "real.py").write_text("x = 1")
    (folder / "inner.py").symlink_to("real.py")
    assert read_text(folder / "inner.py", folder, "inner.py") == ("x = 1", ())


def test_what_is_no_ordinary_file_is_not_opened(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "nothing.py").symlink_to("gone.py")
    for name, words in [
        ("pipe.py", "a device or pipe"),
        ("folder.py", "is a folder"),
        ("nothing.py", "link to nothing"),
    ]:
        with pytest.raises(SubmissionError, match=words):
            read_text(tmp_path / name, tmp_path, name)


def test_a_loop_of_links_and_a_refusal_are_not_the_students(tmp_path, monkeypatch) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    with pytest.raises(GraderError, match=r"cannot be read") as caught:
        read_text(tmp_path / "loop.py", tmp_path, "loop.py")
    assert not isinstance(caught.value, SubmissionError)

    (tmp_path / "memory.py").write_text("x = 1")
    monkeypatch.setattr(
        type(tmp_path), "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(GraderError, match=r"Permission denied") as caught:
        read_text(tmp_path / "memory.py", tmp_path, "memory.py")
    assert not isinstance(caught.value, SubmissionError)
