"""``grade class``, run again: marks belong to what is handed in and to the course as it stands."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

BRIEF = Path(__file__).parents[1] / "courses" / "brief"
RIGHT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("if number < 0:", "if number < -9:")  # without the exception that is asked for


@pytest.fixture
def class_run(grade, tmp_path):
    """``class_run(ada=text, bob=None)``: hand in or take away, run with --resume. Scores, and what stderr says."""
    course = shutil.copytree(BRIEF, tmp_path / "course")

    def run(*options, **handed_in):
        for student, text in handed_in.items():
            folder = tmp_path / "all" / student
            shutil.rmtree(folder, ignore_errors=True)
            if text is not None:
                folder.mkdir(parents=True)
                (folder / "brief.py").write_text(text, encoding="utf-8")
        words = ("class", "brief", tmp_path / "all", "-o", tmp_path / "results", "--resume", *options)
        ran = grade(*words, cwd=course, GRADER_CACHE=str(tmp_path / "cache"))
        assert ran.returncode == 0, ran.stderr
        table = (tmp_path / "results" / "scores.csv").read_text(encoding="utf-8-sig")
        scores = {row["student"]: float(row["score"]) for row in csv.DictReader(io.StringIO(table))}
        return scores, ran.stderr

    run.course = course
    run.results = tmp_path / "results"
    return run


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_no_old_mark_stands_beside_new_ones(class_run):
    scores, said = class_run(ada=WRONG, bob=RIGHT)
    assert scores == {"ada": 2, "bob": 3}
    assert "0 results of an earlier run kept, 0 graded again; 2 graded for the first time\n" in said
    times = {path.name: path.stat().st_mtime_ns for path in class_run.results.glob("*.html")}
    scores, said = class_run(ada=RIGHT, cyd=WRONG)  # the bank is now fetched, where it was built before
    assert scores == {"ada": 3, "bob": 3, "cyd": 2}
    assert "kept, 1 graded again: 1 because other work is handed in; 1 graded for the first time\n" in said
    assert {name for name, time in times.items() if (class_run.results / name).stat().st_mtime_ns != time} == {
        "ada.html"
    }

    assignment = class_run.course / "assignments" / "brief"
    change(assignment / "assignment.yaml", "points: 3\n", "points: 30\n")
    scores, said = class_run(bob=WRONG, cyd=None)
    assert scores == {"ada": 30, "bob": 20}
    assert "0 results of an earlier run kept, 2 graded again: 1 because other work is handed in; 2 because " in said
    assert "2 because assignment.yaml has changed\n" in said
    assert "reports of nobody who is in this class now, left as they are: cyd.json\n" in said
    assert json.loads((class_run.results / "cyd.json").read_text(encoding="utf-8"))["score"] == 2

    change(assignment / "properties.py", "is another number", "is not that number")
    assert "2 graded again: 2 because properties.py has changed\n" in class_run()[1]
    reference = class_run.course / "reference" / "brief.py"
    change(reference, "is not negative.", "is at least 0.")  # which is only said
    assert "2 results of an earlier run kept, 0 graded again\n" in class_run()[1]
    change(reference, "has a negative square", "has such a square")
    assert "2 graded again: 2 because the reference has changed, or the cases\n" in class_run()[1]
    assert "2 results of an earlier run kept, 0 graded again\n" in class_run()[1]


def test_what_is_not_read_of_a_hand_in_changes_nothing_and_what_is_does(class_run, tmp_path):
    text = f"import helpers\nimport pathlib\n{RIGHT}\npathlib.Path('some.txt')\n"
    scores, said = class_run(ada=text, **{"ada\u200b": RIGHT})
    assert list(scores) == ["ada", "ada\\u200b"]
    assert "/2 ada\\u200b\n" in said
    folder = tmp_path / "all" / "ada"
    (folder / "notes.txt").write_text("not named by the module")
    assert "2 results of an earlier run kept" in class_run()[1]
    for name in ("helpers.py", "some.txt"):
        (folder / name).write_text("")
        assert "1 result of an earlier run kept, 1 graded again: 1 because other work is" in class_run()[1], name
