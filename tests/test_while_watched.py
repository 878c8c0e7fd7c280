"""What ``grade --watch`` looks at, and holds work against, while either is being written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.cli import bank_or_bundle
from grader.cli.watch import _Keeper
from grader.records.errors import GraderError
from grader.submission import read
from grader.submission.data import MAX_DATA


def test_a_course_that_cannot_be_read_is_an_error_until_it_can(monkeypatch):
    course = {"text": "right"}

    def of_course(files, pool):
        if course["text"] == "broken":
            raise GraderError("broken")
        return SimpleNamespace(text=course["text"], bank=SimpleNamespace(sources=dict(course)))

    monkeypatch.setattr(bank_or_bundle, "_of_course", of_course)
    files = SimpleNamespace(sources=lambda: dict(course), draws=Path("draws"))
    opened = bank_or_bundle._opened(files, None, SimpleNamespace(exercises=()))
    assert (opened.against.text, opened.changed()) == ("right", None)
    course["text"] = "broken"
    for _ in range(2):  # at each save: nothing is graded by what the course said before
        with pytest.raises(GraderError):
            opened.changed()
    course["text"] = "better"
    assert (opened.changed().text, opened.changed()) == ("better", None)
    course["text"] = "broken"
    with pytest.raises(GraderError):
        opened.changed()
    course["text"] = "better"  # as it was: what is held is of this very text
    assert opened.changed() is None


def test_files_that_were_taken_are_known_also_while_one_cannot_be_read(monkeypatch, tmp_path):
    monkeypatch.setattr("grader.grading.grade.handed_in", lambda path, assignment: read(path, assignment.module))
    held = SimpleNamespace(bank=SimpleNamespace(assignment=SimpleNamespace(module="m.py")))
    keeper = _Keeper(SimpleNamespace(path=tmp_path), (held, lambda: None), None)
    with pytest.raises(GraderError):
        keeper.read()
    assert keeper.taken == ()
    module, data = tmp_path / "m.py", tmp_path / "words.txt"
    module.write_text("name = 'words.txt'\n")
    data.write_text("a\n")
    keeper.read()
    assert keeper.taken == (module, data)
    data.write_bytes(bytes(MAX_DATA + 1))
    with pytest.raises(GraderError):
        keeper.read()
    assert keeper.taken == (module, data)
    module.unlink()
    with pytest.raises(GraderError):
        keeper.read()
    assert keeper.taken == (module, data)
