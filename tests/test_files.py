"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from grader.files import write_whole
from grader.records.errors import GraderError


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch) -> None:
    file = tmp_path / "a.json"
    write_whole(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "new \ud800")
    assert file.read_text() == "old"
    write_whole(file, "new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(GraderError, match=r"a\.json cannot be written \(.*\); check that its folder"):
        write_whole(tmp_path / "gone" / "a.json", "x")
