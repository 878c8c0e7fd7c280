"""What ``grade --watch`` holds work against while its course is being written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.cli import ground
from grader.records.errors import GraderError


def test_a_course_that_cannot_be_read_is_an_error_until_it_can(monkeypatch):
    course = {"text": "right"}

    def of_course(files, pool):
        if course["text"] == "broken":
            raise GraderError("broken")
        return course["text"]

    monkeypatch.setattr(ground, "_of_course", of_course)
    files = SimpleNamespace(sources=lambda: dict(course))
    opened = ground._opened(files, None, SimpleNamespace(exercises=()))
    assert (opened.ground, opened.changed()) == ("right", None)
    course["text"] = "broken"
    for _ in range(2):  # at each save: nothing is graded by what the course said before
        with pytest.raises(GraderError):
            opened.changed()
    course["text"] = "better"
    assert (opened.changed(), opened.changed()) == ("better", None)
    course["text"] = "broken"
    with pytest.raises(GraderError):
        opened.changed()
    course["text"] = "better"  # as it was: what is held is of this very text
    assert opened.changed() is None
