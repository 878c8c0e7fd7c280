"""A class graded with fake grading functions: no process is started."""

import csv
import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.classroom import batch
from grader.classroom.batch import grade_class
from grader.classroom.collect import Entry
from grader.classroom.export import read_results
from grader.records.errors import GraderError, SandboxFault, SubmissionError, UsageError
from grader.records.report import BreaksRule, ExerciseResult, Report
from grader.records.run import Isolation
from grader.records.schemas import CLASS, REPORT
from grader.records.verdict import RuleBroken
from grader.report.document import Document
from grader.report.words.written import written


def report(score: float | None = 3.0) -> Document:
    exercise = ExerciseResult("a", "A", 4.0, score, "partly", BreaksRule("a", RuleBroken("repeatable")))
    isolation = Isolation(level=1, layers=())
    made = Report(
        assignment="x",
        title="X",
        module="memory.py",
        score=score,
        max_score=4.0,
        exercises=(exercise,),
        isolation=isolation,
    )
    return written(made)


def as_json(made: Document) -> str:
    exercises = [{"id": exercise.id, "earned": exercise.earned} for exercise in made.exercises]
    return json.dumps({"schema": REPORT, "score": made.score, "max_score": made.max_score, "exercises": exercises})


WRITERS: dict[str, Callable[[Document], str]] = {"json": as_json, "html": lambda made: f"<p>{made.score}</p>"}


@pytest.fixture
def pupils(tmp_path) -> Callable[..., list[Entry]]:
    """Entries for names; each has a file of its own, whatever the name."""

    def make(*names: str) -> list[Entry]:
        folder = tmp_path / "submissions"
        folder.mkdir(exist_ok=True)
        entries = []
        for number, name in enumerate(names):
            (folder / f"{number}.py").write_text(name if name.isprintable() else "")
            entries.append(Entry(name, folder / f"{number}.py"))
        return entries

    return make


def lines(scores: Path) -> dict[str, dict[str, str]]:
    with scores.open(encoding="utf-8-sig", newline="") as stream:
        return {line["student"]: line for line in csv.DictReader(stream)}


def test_a_class_of_fifty(tmp_path, pupils, caplog) -> None:
    names = [f"s{number:02}" for number in range(50)]

    def grade_one(path: Path) -> Document:
        match path.read_text():
            case "s07":
                raise SandboxFault("the worker could not be started")
            case "s13":
                raise RuntimeError("a bug")
            case "s21":
                raise SubmissionError("memory.py is no text")
            case name:
                time.sleep(0.001 * (int(name[1:]) % 3))  # so that they end in another order
                return report(int(name[1:]) % 4)

    seen: list[tuple[str, float | None]] = []
    here = threading.get_ident()

    def progress(entry: Entry, made: Document | None) -> None:
        assert threading.get_ident() == here
        seen.append((entry.student, made and made.score))

    results = tmp_path / "results"
    made = grade_class(pupils(*names), grade_one, results=results, writers=WRITERS, workers=4, progress=progress)

    assert [row.student for row in made.rows] == names
    assert sorted(name for name, _ in seen) == names
    assert {name for name, score in seen if score is None} == {"s07", "s13", "s21"}
    assert not made.interrupted
    table = lines(made.scores)
    assert list(table) == names
    assert [table["s07"][key] for key in ("score", "max_score", "status", "a")] == ["", "4", "ungraded", ""]
    assert table["s07"]["message"] == "the worker could not be started"
    assert [table["s13"][key] for key in ("score", "status", "a")] == ["", "ungraded", ""]
    assert table["s13"]["message"] == "the grader itself failed (RuntimeError: a bug)"
    assert "a bug" in caplog.text
    assert [table["s21"][key] for key in ("score", "max_score", "status", "a")] == ["", "4", "needs a look", ""]
    assert [table["s05"][key] for key in ("score", "status", "a", "message")] == ["1", "graded", "1", ""]
    assert len(list(results.glob("*.html"))) == 47
    assert (results / "s05.html").read_text() == "<p>1</p>"
    assert not list(results.glob(".*"))
    assert read_results(results) == made.rows


@pytest.mark.parametrize("error", [SubmissionError("no file in bob"), UsageError("two files in bob")])
def test_what_cannot_be_taken_needs_a_look_and_is_no_zero(tmp_path, pupils, error) -> None:
    def grade_one(path: Path) -> Document:
        raise error

    [row] = grade_class(pupils("bob"), grade_one, results=tmp_path / "r", writers=WRITERS, workers=1).rows
    assert (row.status, row.score, row.max_score, row.message) == ("needs a look", None, None, str(error))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (SandboxFault("no worker"), "no worker"),
        (ZeroDivisionError("x"), "the grader itself failed (ZeroDivisionError: x)"),
    ],
)
def test_who_could_not_be_graded_has_a_report_too_and_the_row_says_why(tmp_path, pupils, fault, message) -> None:
    def grade_one(path: Path) -> Document:
        raise fault

    results = tmp_path / "results"
    [row] = grade_class(
        pupils("anna"), grade_one, ungraded=lambda _: report(None), results=results, writers=WRITERS, workers=1
    ).rows
    assert (row.status, row.score, row.message) == ("ungraded", None, message)
    assert json.loads((results / "anna.json").read_text(encoding="utf-8"))["score"] is None
    assert read_results(results) == (row,)


def test_an_entry_that_is_not_taken_is_no_zero(tmp_path, pupils) -> None:
    [entry] = pupils("a")
    for _ in range(2):
        grade_class([entry], lambda path: report(), results=tmp_path / "r", writers=WRITERS)
    held = replace(entry, not_taken="it is a link")
    made = grade_class([held], lambda path: report(), results=tmp_path / "r", writers=WRITERS)
    assert [(row.status, row.score, row.message) for row in made.rows] == [("needs a look", None, held.not_taken)]
    assert not (tmp_path / "r" / "a.json").exists()


def test_a_submission_that_vanished_meanwhile_is_no_zero(tmp_path, pupils) -> None:
    entries = pupils("anna")
    entries[0].path.unlink()

    def grade_one(path: Path) -> Document:
        raise AssertionError(path)

    [row] = grade_class(entries, grade_one, results=tmp_path / "r", writers=WRITERS, workers=1).rows
    assert (row.status, row.score) == ("ungraded", None)
    assert "is gone since the class was listed" in row.message


def test_hostile_names_stay_in_the_folder_and_apart(tmp_path, pupils) -> None:
    names = ["../../x", "=cmd()", "CON", "🙂", "x" * 300, "Anna", "anna", "class", "a\nb", "\udce9", "scores"]
    results = tmp_path / "deep" / "er" / "results"
    made = grade_class(pupils(*names), lambda path: report(), results=results, writers=WRITERS, workers=2)
    assert all(row.status == "graded" for row in made.rows)
    assert len(list(results.glob("*.html"))) == len(names)
    assert len(list(results.glob("*.json"))) == len(names) + 1
    assert not list(tmp_path.glob("*x*.json"))
    table = lines(made.scores)
    assert len(table) == len(names)
    assert "'=cmd()" in table
    assert {"Anna", "anna", "../../x", "\\udce9"} <= set(table)
    assert read_results(results) == made.rows


def test_who_is_kept_is_not_graded_and_nothing_else_is_left_of_an_earlier_run(tmp_path, pupils) -> None:
    entries = pupils("anna", "bob", "dora")
    results = tmp_path / "results"
    first = grade_class(entries, lambda path: report(), results=results, writers=WRITERS, workers=1)
    calls: list[str] = []
    seen: list[tuple[str, bool]] = []

    def grade_one(path: Path) -> Document:
        assert not list(results.glob("[bd]*.json")), "an old mark beside new ones, if this were the end"
        calls.append(path.read_text())
        raise SandboxFault("no worker")

    made = grade_class(
        entries,
        grade_one,
        results=results,
        writers=WRITERS,
        workers=1,
        progress=lambda entry, got: seen.append((entry.student, got is None)),
        kept={"anna": first.rows[0]},
    )
    assert calls == ["bob", "dora"]
    assert seen[0] == ("anna", True)
    assert [(row.status, row.score) for row in made.rows] == [("graded", 3.0), *[("ungraded", None)] * 2]


def test_reports_of_nobody_in_the_class_are_named_and_stay(tmp_path, pupils) -> None:
    results = tmp_path / "results"
    grade_class(pupils("anna", "bob"), lambda path: report(), results=results, writers=WRITERS, workers=1)
    (results / "notes.json").write_text("{}")
    old = (results / "bob.json").read_text()
    made = grade_class(pupils("anna"), lambda path: report(), results=results, writers=WRITERS, workers=1)
    assert made.others == ("bob.json",)
    assert [row.student for row in made.rows] == ["anna"] == list(lines(made.scores))
    assert ((results / "bob.json").read_text(), (results / "bob.html").exists()) == (old, True)


def test_without_resume_nothing_is_left_of_an_earlier_run(tmp_path, pupils) -> None:
    entries = pupils("anna", "bob")
    results = tmp_path / "results"
    grade_class(entries, lambda path: report(), results=results, writers=WRITERS, workers=1)

    def grade_one(path: Path) -> Document:
        raise SandboxFault("no worker")

    made = grade_class(entries, grade_one, results=results, writers=WRITERS, workers=1)
    assert [row.status for row in made.rows] == ["ungraded", "ungraded"]
    assert sorted(path.name for path in results.iterdir()) == ["class.json", "scores.csv"]
    assert read_results(results) == made.rows


def test_interruption_keeps_what_is_done(tmp_path, pupils) -> None:
    entries = pupils(*"abcdefgh")
    results = tmp_path / "results"
    calls: list[str] = []

    def grade_one(path: Path) -> Document:
        calls.append(path.read_text())
        return report()

    def progress(entry: Entry, made: Document | None) -> None:
        raise KeyboardInterrupt

    made = grade_class(entries, grade_one, results=results, writers=WRITERS, workers=1, progress=progress)
    assert made.interrupted
    done = set(calls)
    assert {row.student for row in made.rows if row.status == "graded"} == done >= {"a"}
    table = lines(made.scores)
    assert list(table) == list("abcdefgh")
    assert {name for name, line in table.items() if line["score"] == "3"} == done
    assert all(line["status"] == "ungraded" and line["score"] == "" for name, line in table.items() if name not in done)
    assert read_results(results) == made.rows

    calls.clear()
    kept = {row.student: row for row in made.rows if row.status == "graded"}
    resumed = grade_class(entries, grade_one, results=results, writers=WRITERS, workers=1, kept=kept)
    assert set(calls) == set("abcdefgh") - done
    assert [row.score for row in resumed.rows] == [3.0] * 8


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_waiting_lets_the_running_ones_finish(tmp_path, pupils) -> None:
    calls: list[str] = []

    def grade_one(path: Path) -> Document:
        calls.append(path.read_text())
        if calls == ["a", "b"]:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            time.sleep(0.2)  # so that it runs still when the main thread has met the signal
        return report()

    made = grade_class(pupils(*"abcdef"), grade_one, results=tmp_path / "r", writers=WRITERS, workers=1)
    assert made.interrupted
    assert {"a", "b"} <= {row.student for row in made.rows if row.status == "graded"} == set(calls)


def test_a_fault_of_progress_is_raised_after_the_scores_are_written(tmp_path, pupils) -> None:
    def progress(entry: Entry, made: Document | None) -> None:
        raise BrokenPipeError

    results = tmp_path / "results"
    with pytest.raises(BrokenPipeError):
        grade_class(pupils("a"), lambda path: report(), results=results, writers=WRITERS, workers=1, progress=progress)
    assert lines(results / "scores.csv")["a"]["score"] == "3"


def test_a_renderer_that_fails_costs_no_score(tmp_path, pupils, caplog) -> None:
    def broken(made: Document) -> str:
        raise ZeroDivisionError("oops")

    results = tmp_path / "results"
    writers = WRITERS | {"html": broken, "txt": lambda made: "\ud800"}
    [row] = grade_class(pupils("a"), lambda path: report(), results=results, writers=writers, workers=1).rows
    assert (row.status, row.score) == ("graded", 3.0)
    assert row.message.startswith("no html report (ZeroDivisionError: oops); no txt report (UnicodeEncodeError: ")
    assert sorted(path.name for path in results.iterdir()) == ["a.json", "class.json", "scores.csv"]
    assert "oops" in caplog.text


def test_a_report_in_the_way_leaves_one_student_ungraded(tmp_path, pupils) -> None:
    results = tmp_path / "results"
    entries = pupils("a", "b")

    def grade_one(path: Path) -> Document:
        (results / "b.html").mkdir(exist_ok=True)
        return report()

    made = grade_class(entries, grade_one, results=results, writers=WRITERS, workers=1)
    assert [row.status for row in made.rows] == ["graded", "ungraded"]
    assert "b.html cannot be replaced" in made.rows[1].message
    with pytest.raises(GraderError, match=r"b\.html cannot be replaced"):
        grade_class(entries, grade_one, results=results, writers=WRITERS, workers=1)


def test_a_report_that_cannot_be_written_is_told(tmp_path, pupils) -> None:
    results = tmp_path / "results"

    def grade_one(path: Path) -> Document:
        (results / "a.html").mkdir()
        return report()

    [row] = grade_class(pupils("a"), grade_one, results=results, writers=WRITERS, workers=1).rows
    assert (row.status, row.score) == ("graded", 3.0)
    assert "a.html cannot be written" in row.message


@pytest.mark.parametrize("workers", [0, -1])
def test_wrong_arguments_are_told(tmp_path, pupils, workers: int) -> None:
    with pytest.raises(UsageError, match=r"expected at least 1 worker, got"):
        grade_class(pupils("a"), lambda path: report(), results=tmp_path, writers={}, workers=workers)
    with pytest.raises(UsageError, match=r"two submissions are called 'a'"):
        grade_class(pupils("a", "b", "a"), lambda path: report(), results=tmp_path, writers={}, workers=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be made a folder .*: name another"):
        grade_class(pupils("a"), lambda path: report(), results=tmp_path / "file", writers={}, workers=1)


def test_the_stored_index_is_a_documented_file(tmp_path, pupils) -> None:
    grade_class(pupils("a"), lambda path: report(), results=tmp_path / "r", writers=WRITERS, workers=1)
    stored = json.loads((tmp_path / "r" / batch.CLASS_FILE).read_text())
    assert stored["schema"] == CLASS
    assert [row["student"] for row in stored["rows"]] == ["a"]
