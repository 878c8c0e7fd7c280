"""Scores as CSV, and results read back."""

import csv
import io
import json
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.export import (
    ClassFile,
    ScoreRow,
    exercises_of,
    read_report,
    read_results,
    row_of,
    scores_csv,
    scores_spreadsheet,
)
from grader.records.errors import UsageError
from grader.records.schemas import CLASS, REPORT
from grader.report.document import WrittenExercise
from grader.report.json import render
from tests.report import samples

SCORES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.builds(
    ScoreRow,
    student=st.text(st.characters()),
    status=st.sampled_from(["graded", "needs a look", "ungraded"]),
    score=SCORES,
    max_score=SCORES,
    points=st.dictionaries(st.sampled_from(["rnn_step", "bptt"]), SCORES),
    message=st.text(st.characters()),
)


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@settings(deadline=None)
@given(st.lists(ROWS))
def test_numbers_and_rows_survive(rows: list[ScoreRow]) -> None:
    text = scores_csv(rows, ["rnn_step", "bptt"])
    text.encode()
    assert text.count("\n") == len(text.splitlines()) == len(rows) + 1
    header, *lines = cells(text)
    assert header == ["student", "score", "max_score", "status", "rnn_step", "bptt", "message"]
    for row, line in zip(rows, lines, strict=True):
        expected = [row.score, row.max_score, row.points.get("rnn_step"), row.points.get("bptt")]
        assert [float(cell) if cell else None for cell in (*line[1:3], *line[4:6])] == expected
        assert line[3] == row.status


def test_names_stay_apart_and_as_they_are_in_the_class_file(tmp_path) -> None:
    """Also those that the table would show alike; and the file for a spreadsheet says that it is UTF-8."""
    names = ["a\nb", "a b", "=x", "'=x", "Ali\u200creza", "Alireza", "Ali\\u200creza", "a b (1)", "Zoë"]
    rows = tuple(ScoreRow(student=name, status="graded", file=str(line)) for line, name in enumerate(names))
    (tmp_path / "class.json").write_bytes(index(*rows))
    assert read_results(tmp_path) == rows
    shown = [line[0] for line in cells(scores_csv(rows, []))[1:]]
    assert shown == [
        "a b (1) (1)", "a b (2)", "'=x (3)", "'=x (4)", "Ali\\u200creza (5)", "Alireza", "Ali\\u200creza (7)",
        "a b (1) (8)", "Zoë",
    ]  # fmt: skip
    (tmp_path / "scores.csv").write_text(scores_spreadsheet(rows, []), encoding="utf-8")
    assert (tmp_path / "scores.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,")
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8-sig") == scores_csv(rows, [])


def test_plain_text_of_it() -> None:
    rows = [
        ScoreRow(student="anna", status="graded", score=12.5, max_score=20.0, points={"a": 10.0, "b": 2.5}),
        ScoreRow(
            student="bob", status="ungraded", max_score=20.0, points={"a": 10.0, "b": None}, message="no, sandbox"
        ),
        ScoreRow(student="carl", status="needs a look", max_score=20.0, points={"a": None, "b": None}),
    ]
    assert scores_csv(rows, exercises_of(rows)) == (
        "student,score,max_score,status,a,b,message\n"
        "anna,12.5,20,graded,10,2.5,\n"
        'bob,,20,ungraded,10,,"no, sandbox"\n'
        "carl,,20,needs a look,,,\n"
    )


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def report(score: float | None = 10, earned: float | None = 10, **other: object) -> str:
    exercise = {"id": "a", "earned": earned, "headline": "The sandbox failed", "title": "ignored"}
    document = {"schema": REPORT, "score": score, "max_score": 20, "exercises": [exercise]}
    return json.dumps(document | other)


def index(*rows: ScoreRow) -> bytes:
    return msgspec.json.encode(ClassFile(schema=CLASS, rows=rows))


def test_a_folder_of_reports_alone(tmp_path) -> None:
    (tmp_path / "bob.json").write_text(report(problem="SyntaxError in line 3"))
    (tmp_path / "anna.json").write_text(report())
    (tmp_path / "anna.html").write_text("")
    assert read_results(tmp_path) == (
        ScoreRow("anna", "graded", 10.0, 20.0, {"a": 10.0}, file="anna"),
        ScoreRow("bob", "graded", 10.0, 20.0, {"a": 10.0}, "SyntaxError in line 3", file="bob"),
    )


def test_what_the_json_writer_writes_is_read(tmp_path) -> None:
    right = WrittenExercise(id="a", title="A", points=4.0, earned=2.5, status="partly", headline="Look at h")
    failed = WrittenExercise(id="b", title="B", points=6.0, earned=None, status="ungraded", headline="No worker")
    made = samples.report([right, failed])
    (tmp_path / "anna.json").write_text(render(made), encoding="utf-8")
    row = ScoreRow("anna", "ungraded", None, 10.0, {"a": 2.5, "b": None}, "No worker", "anna")
    assert read_results(tmp_path) == (row,)
    assert row_of(made, "anna", "anna") == row


@pytest.mark.parametrize(("score", "earned"), [(None, None), (None, 10), (10, None)])
def test_an_ungraded_exercise_leaves_no_score(tmp_path, score, earned) -> None:
    (tmp_path / "anna.json").write_text(report(score, earned))
    [row] = read_results(tmp_path)
    assert (row.status, row.score, row.points) == ("ungraded", None, {"a": earned})
    assert row.message == ("The sandbox failed" if earned is None else "")


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("{", "cannot be read: Input data was truncated"),
        ("", "cannot be read"),
        ("[]", "cannot be read: Expected `object`"),
        (report(max_score="x"), r"cannot be read: Expected `float`"),
        (report(exercises=[{"id": "a"}]), "cannot be read: Object missing required field `earned`"),
        (report(schema="other/v9"), "expected schema grader/report/v2, got other/v9"),
        ('"\ud800"', "cannot be read"),
        ('{"x":' + "[" * 99_999, "cannot be read"),
    ],
)
def test_a_corrupt_report_is_ungraded_and_never_a_zero(tmp_path, stored: str, words: str) -> None:
    (tmp_path / "anna.json").write_bytes(stored.encode("utf-8", "surrogatepass"))
    (tmp_path / "bob.json").write_text(report())
    anna, bob = read_results(tmp_path)
    assert (anna.student, anna.status, anna.score) == ("anna", "ungraded", None)
    assert re.search(words, anna.message)
    assert bob.score == 10


def test_a_report_of_an_earlier_version_keeps_its_points(tmp_path) -> None:
    (tmp_path / "anna.json").write_text(report(schema="grader/report/v1"))
    [anna] = read_results(tmp_path)
    assert (anna.status, anna.score) == ("graded", 10)


def test_what_is_said_of_the_whole_is_the_message(tmp_path) -> None:
    said = "2 code cells did not run to the end: the report's remarks say why."
    right = samples.report([samples.right("a", "A", 1)], headline=said)
    (tmp_path / "kim.json").write_text(render(right), encoding="utf-8")
    assert read_report(tmp_path / "kim.json", "kim") == row_of(right, "kim", "kim")
    assert said in scores_csv([row_of(right, "kim", "kim")], ["a"])
    assert row_of(msgspec.structs.replace(right, problem="It stops."), "kim", "kim").message == "It stops."


def test_a_report_that_vanished(tmp_path) -> None:
    assert "No such file" in read_report(tmp_path / "anna.json", "anna").message


def test_the_class_file_names_everybody_and_reports_win(tmp_path) -> None:
    stored = (
        ScoreRow("../anna", "graded", 5.0, 20.0, {"a": 5.0}, file="_.._anna"),
        ScoreRow("bob", "needs a look", None, 20.0, {"a": None}, "nothing handed in", "bob"),
        ScoreRow("carl", "graded", 7.0, 20.0, {"a": 7.0}, file="carl"),
    )
    (tmp_path / "class.json").write_bytes(index(*stored))
    (tmp_path / "_.._anna.json").write_text(report())
    (tmp_path / "stranger.json").write_text(report())
    assert read_results(tmp_path) == (
        ScoreRow("../anna", "graded", 10.0, 20.0, {"a": 10.0}, file="_.._anna"),
        *stored[1:],
    )


@pytest.mark.parametrize(
    ("stored", "words"),
    [("{", "cannot be read"), ('{"schema": "x", "rows": []}', "expected schema grader/class/v1, got x")],
)
def test_a_corrupt_class_file_is_told(tmp_path, stored: str, words: str) -> None:
    (tmp_path / "class.json").write_text(stored)
    with pytest.raises(UsageError, match=words):
        read_results(tmp_path)


def test_no_results_are_told(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(UsageError, match=r"No results in .*: grade a class first"):
            read_results(folder)
