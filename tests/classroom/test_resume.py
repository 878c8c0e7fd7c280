"""Which results of an earlier run are kept: those whose report says that it belongs to what is there now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader import __version__
from grader.classroom.batch import grade_class
from grader.classroom.collect import Entry
from grader.classroom.resume import earlier
from grader.records.errors import SubmissionError
from grader.records.report import Fingerprint
from grader.report.json import render
from grader.report.words.class_run import left_over, resumed
from tests.report import samples

NOW = Fingerprint(submission="s", assignment="a", properties="p", bank="b")
DOCUMENT = replace(samples.report([samples.right("a", "A", 4.0)]), version=__version__, fingerprint=NOW)
ANNA = Entry("anna", Path("anna.py"))


def stored(folder: Path, document=DOCUMENT) -> None:
    (folder / "anna.json").write_text(render(document), encoding="utf-8")


def found(folder: Path, current=NOW, entry=ANNA):
    def asked(path: Path) -> Fingerprint:
        assert path == entry.path
        if isinstance(current, Exception):
            raise current
        return current

    made = earlier([entry], folder, asked)
    assert len(made.kept) + len(made.outdated) <= 1
    return made.outdated.get("anna", "kept" if made.kept else "nothing")


def test_what_agrees_in_everything_is_kept(tmp_path) -> None:
    stored(tmp_path)
    row = earlier([ANNA], tmp_path, lambda path: NOW).kept["anna"]
    assert (row.status, row.score, row.points, row.file) == ("graded", 4.0, {"a": 4.0}, "anna")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"submission": "x"}, ("submission",)),
        ({"assignment": "x", "bank": "x"}, ("assignment",)),
        ({"properties": "", "bank": "x"}, ("properties",)),
        ({"bank": "x"}, ("bank",)),
        ({"bank": "x", "submission": "x"}, ("submission", "bank")),
        ({"mistakes": "x"}, ("mistakes",)),
    ],
)
def test_what_differs_is_told(changed, why, tmp_path) -> None:
    stored(tmp_path)
    assert found(tmp_path, replace(NOW, **changed)) == why


def test_reports_that_do_not_say_what_they_belong_to(tmp_path) -> None:
    assert found(tmp_path) == "nothing"
    stored(tmp_path, replace(DOCUMENT, version="0.0.1"))
    assert found(tmp_path, replace(NOW, bank="x")) == ("grader",)
    waiting = replace(DOCUMENT.exercises[0], earned=None, status="ungraded")
    stored(tmp_path, replace(DOCUMENT, score=None, exercises=(waiting,)))
    assert found(tmp_path) == ("ungraded",)
    stored(tmp_path)
    assert found(tmp_path, SubmissionError("no file")) == ("submission",)
    assert found(tmp_path, ZeroDivisionError()) == ("submission",)
    assert found(tmp_path, entry=replace(ANNA, not_taken="it is a link")) == "nothing"
    of_an_older_grader = json.loads(render(DOCUMENT))
    del of_an_older_grader["fingerprint"]
    (tmp_path / "anna.json").write_text(render(DOCUMENT).replace('"mistakes": ""', '"x": ""'), encoding="utf-8")
    assert found(tmp_path) == "kept"  # as nothing was named when that was not written yet
    for text in (json.dumps(of_an_older_grader), "{", ""):
        (tmp_path / "anna.json").write_text(text, encoding="utf-8")
        assert found(tmp_path) == ("unknown",)


def test_it_is_said_how_many_and_why() -> None:
    assert resumed(0, [], 3).endswith("kept, 0 graded again; 3 graded for the first time")
    assert resumed(1, []) == "1 result of an earlier run kept, 0 graded again"
    outdated = [("submission", "assignment"), ("assignment",), ("unknown",)]
    assert resumed(2, outdated) == (
        "2 results of an earlier run kept, 3 graded again: 1 because other work is handed in; 2 because "
        "assignment.yaml has changed; 1 because its report cannot be read, or does not say what it belongs to"
    )
    assert left_over(["eve.json"]).endswith(": eve.json")


def test_two_students_are_never_taken_for_each_other(tmp_path) -> None:
    """Names that differ in case alone have files of their own; each is asked about its own work."""
    entries = [Entry("Anna", tmp_path / "1.py"), Entry("anna", tmp_path / "2.py")]
    for entry in entries:
        entry.path.write_text("")

    def prints(path: Path) -> Fingerprint:
        return replace(NOW, submission=path.name)

    results = tmp_path / "results"
    graded = grade_class(
        entries,
        lambda path: replace(DOCUMENT, fingerprint=prints(path)),
        results=results,
        writers={"json": render},
    )
    made = earlier(entries, results, prints)
    assert (tuple(made.kept.values()), made.outdated) == (graded.rows, {})
    entries[0] = replace(entries[0], path=tmp_path / "2.py")
    assert earlier(entries, results, prints).outdated == {"Anna": ("submission",)}
