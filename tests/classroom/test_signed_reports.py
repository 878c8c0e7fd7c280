"""Signed reports taken in as the results of a class: nobody is dropped, and nobody gets a 0 by a report's fault."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from grader.classroom import signed_reports
from grader.classroom.export import read_results
from grader.classroom.signed_reports import take_in
from grader.classroom.whose import BothNames, named_alike
from grader.records.errors import UsageError
from tests.signing import key_of, signed

BRIEF = Path(__file__).parents[1] / "courses" / "brief"
KEY, EARLIER, STRANGE = key_of(1), key_of(2), key_of(3)
KEYS = (KEY.public, EARLIER.public)
EXERCISE = {"id": "square_root", "earned": 3.0, "headline": "All right."}
REPORT = {
    "schema": "grader/report/v2",
    "assignment": "brief",
    "title": "Brief",
    "score": 3.0,
    "max_score": 3,
    "exercises": [EXERCISE],
    "sandbox": {"level": 4, "layers": []},
    "bank": "11" * 32,
}


def report(student="", key=KEY, changes=(), **said):
    return signed({**REPORT, **dict(changes)}, key, student=student, **said)


@pytest.fixture
def rows(tmp_path):
    """``rows({"ada.json": report, "bob/report.json": report})``: the rows of that class, by student."""

    def taken(files):
        for name, data in files.items():
            path = tmp_path / "reports" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        found = take_in(tmp_path / "reports", "brief", KEYS, tmp_path / "results")
        assert [row.student for row in found.rows] == sorted(row.student for row in found.rows)
        assert read_results(tmp_path / "results") == found.rows, "grade export says the same"
        return {row.student: row for row in found.rows}

    return taken


def test_each_verified_report_is_a_row_as_if_it_was_graded_here(rows, tmp_path):
    half = {"score": 1.5, "exercises": [{**EXERCISE, "earned": 1.5, "headline": "Check `root`."}]}
    ungraded = {"score": None, "exercises": [{**EXERCISE, "earned": None, "headline": "The grader failed."}]}
    ada = report("course/ada")
    found = rows(
        {
            "ada.json": ada,
            "bob/report-brief/report.json": report("course/brief-Bob", EARLIER, half),
            "cyd.json": report("cyd", changes=ungraded),
        }
    )
    assert [(row.status, row.score, row.points["square_root"], row.note) for row in found.values()] == [
        ("graded", 3, 3, ""),
        ("graded", 1.5, 1.5, ""),
        ("ungraded", None, None, ""),
    ]
    assert found["cyd"].message == "The grader failed."
    assert (tmp_path / "results" / "ada.json").read_bytes() == ada


def test_what_proves_nothing_has_no_score_and_says_why(rows, tmp_path):
    good = report("course/ada")
    (tmp_path / "reports" / "kim").mkdir(parents=True)
    (tmp_path / "reports" / "lee.json").symlink_to("ada.json")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "bob.json").write_bytes(good)  # of an earlier run
    (tmp_path / "results" / "bob.html").write_text("of an earlier run")
    found = rows(
        {
            "ada.json": good,
            "bob.json": good.replace(b'"score": 3.0', b'"score": 3.5'),
            "cyd.json": json.dumps(REPORT).encode(),
            "dan.json": report("dan", changes={"assignment": "long"}),
            "eve.json": report("eve", STRANGE),
            "fay.json": b"{",
            "gus.zip": b"PK",
            "hal/package.json": b'{"name": "mine"}',
        }
    )
    why = {name: row.message for name, row in found.items() if row.status == "ungraded"}
    assert set(why) == {"bob", "cyd", "dan", "eve", "fay", "gus", "hal", "kim", "lee"}
    assert all(
        row.score is None and row.points == {"square_root": None} for name, row in found.items() if name != "ada"
    )
    for student, told in {
        "bob": f"it was changed since it was signed, or was never signed with key {KEY.id}, which it names",
        "cyd": "cyd.json proves nothing: it bears no signature: anybody could have written it",
        "dan": "it is a report of long",
        "eve": f"it is signed with key {STRANGE.id}, which is none of this course",
        "fay": "it is no report that can be read: it is no JSON",
        "gus": "gus.zip is no zip archive that can be unpacked",
        "hal": "package.json proves nothing: it is no report that can be read: it is no report of grade",
        "kim": "there is no report in ",
        "lee": "it is a link, which is not followed",
    }.items():
        assert told in why[student]
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"ada.json", "class.json", "scores.csv"}


def test_of_several_reports_of_one_student_the_newest_counts(rows):
    late = {"score": 2, "exercises": [{**EXERCISE, "earned": 2}]}
    found = rows(
        {
            "ada/1/report.json": report("ada", changes=late, time="2026-11-30T12:00:00Z"),
            "ada/2/report.json": report("ada", time="2026-11-30T09:00:00Z"),
            "ada/3/forged.json": report("ada", STRANGE, time="2026-11-30T13:00:00Z"),
            "ada/3/package.json": b"{}",
        }
    )
    assert (found["ada"].score, found["ada"].status) == (2, "graded")
    assert found["ada"].note == (
        "the newest of 2 signed reports, of 2026-11-30T12:00:00Z; "
        f"not taken: forged.json (it is signed with key {STRANGE.id}, which is none of this course)"
    )


def test_whose_a_report_is_says_the_report(rows):
    found = rows(
        {
            "ada.json": report("course/brief-ada"),
            "bob.json": report("course/brief-ada"),
            "cyd.json": report("course/brief-dan"),
            "eve.json": report("", student_from="", commit="c0ffee"),
            "fay.json": report("course/team1"),
            "gus.json": report("Course/Team1"),
            "course-brief-hal.json": report("course/brief-hal"),
            "ian.json": report(""),
            "jon.json": report(""),
        }
    )
    assert {name: (row.status, row.score) for name, row in found.items()} == {
        "ada": ("graded", 3),
        "bob": ("needs a look", None),
        "course-brief-hal": ("graded", 3),
        "cyd": ("graded", 3),
        "eve": ("graded", 3),
        "fay": ("needs a look", None),
        "gus": ("needs a look", None),
        "ian": ("needs a look", None),
        "jon": ("needs a look", None),
    }
    assert found["bob"].message == "it is signed for course/brief-ada, as is what lies in ada: see whose it is"
    assert found["fay"].message == "it is signed for course/team1, as is what lies in gus: see whose it is"
    assert found["jon"].message == "it does not say whose it is, and the very same lies in ian: see whose it is"
    assert found["cyd"].note == "it is signed for course/brief-dan"
    assert found["eve"].note == "it does not say whose it is: only the name of its file does"
    assert found["ada"].note == found["course-brief-hal"].note == ""


def test_a_name_within_another_is_told_and_what_stands_around_all_names_is_not(rows):
    found = rows({f"{name}.json": report(f"course/a3-{name}") for name in ("ada", "bob", "cyd")})
    assert {row.note for row in found.values()} == {""}
    found = rows({"ann.json": report("course/a3-mary-ann")})
    assert found["ann"].note == "it is signed for course/a3-mary-ann"


@pytest.mark.parametrize(
    ("signed_for", "name", "alike"),
    [
        ("course/week1-ada", "ada", True),
        ("course/ada-week1", "ada", True),
        ("group/ada/week1", "ada", True),
        ("week1-ada", "Ada", True),
        ("ada", "week1-ada", True),
        ("course/week1-mary-ann", "ann", False),
        ("course/week1-mary-ann", "mary ann", True),
        ("course/week1-ann", "mary-ann", False),
        ("course/a3-ann", "ann", False),  # alone, a3 may be anybody's name
        ("", "ann", False),
    ],
)
def test_two_names_are_of_one_student_if_nothing_but_the_assignment_stands_around(signed_for, name, alike):
    assert named_alike([BothNames(signed_for, name)], "week1") == [alike]


def test_a_run_that_ends_early_leaves_no_old_mark(rows, tmp_path, monkeypatch):
    rows({"ada.json": report("ada"), "bob.json": report("bob")})

    def ends(path, data):
        if path.name == "bob.json":
            raise KeyboardInterrupt
        write(path, data)

    write = signed_reports.write_whole
    monkeypatch.setattr(signed_reports, "write_whole", ends)
    with pytest.raises(KeyboardInterrupt):
        rows({})
    found = {row.student: row for row in read_results(tmp_path / "results")}
    assert (found["ada"].score, found["bob"].score) == (3, None)
    assert (found["bob"].status, found["bob"].message) == ("ungraded", "not taken in yet: run it again")
    assert not (tmp_path / "results" / "bob.json").exists()
    assert "not taken in yet" in (tmp_path / "results" / "scores.csv").read_text(encoding="utf-8")


def test_an_archive_is_opened(rows):
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("report-brief/report.json", report("course/ada"))
        archive.writestr("report-brief/report.html", "<p>")
    found = rows({"ada.zip": packed.getvalue(), "bob.zip": b"PK", "cyd.tar": b""})
    assert (found["ada"].status, found["ada"].score, found["ada"].note) == ("graded", 3, "")
    assert "is no zip archive that can be unpacked" in found["bob"].message
    assert "cyd.tar is not opened: unpack it" in found["cyd"].message


def test_what_another_course_graded_is_told(tmp_path):
    for name, course in (("ada", "11" * 8), ("bob", "22" * 8), ("cyd", "")):
        (tmp_path / f"{name}.json").write_bytes(report(name, course=course))
    found = take_in(tmp_path, "brief", KEYS, tmp_path.with_name("results"), "11" * 8)
    told = "another course graded it, or this one with another secret: grade it here"
    assert [row.note for row in found.rows] == ["", told, ""]


def test_who_was_graded_by_another_measure_is_told(rows):
    others = {"bob": {"bank": "22" * 32}, "cyd": {"max_score": 4}, "ada": {}, "dan": {}, "eve": {}}
    files = {f"{name}.json": report(name, changes=changes) for name, changes in others.items()}
    found = rows({**files, "eve.json": report("eve", hidden=False)})
    told = "it was graded on other cases, or for other points, than 3 of 5 in this class: grade them alike"
    assert {name: row.note for name, row in found.items()} == {
        "ada": "",
        "bob": told,
        "cyd": told,
        "dan": "",
        "eve": "hidden cases were not graded, as they were for others",
    }


def test_a_folder_without_reports_is_told(tmp_path):
    with pytest.raises(
        UsageError, match="does not exist: expected a folder with one folder, or one signed report, for"
    ):
        take_in(tmp_path / "gone", "brief", KEYS, tmp_path / "results")
    with pytest.raises(UsageError, match="holds no reports: expected one folder, or one file"):
        take_in(tmp_path, "brief", KEYS, tmp_path / "results")
    with pytest.raises(UsageError, match=r"the course has no signing-keys.txt, by which signed reports are verified"):
        take_in(tmp_path, "brief", (), tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_reports_are_not_taken_from_where_results_go(tmp_path):
    (tmp_path / "ada.json").write_bytes(report("ada", STRANGE))
    for results in (tmp_path, tmp_path / "below"):
        with pytest.raises(UsageError, match="would be written among the reports"):
            take_in(tmp_path, "brief", KEYS, results)
    assert (tmp_path / "ada.json").exists()


def test_a_signed_report_that_this_grader_cannot_read_stops_nobody(rows):
    found = rows({"ada.json": report("ada"), "bob.json": report("bob", changes={"exercises": [1]})})
    assert (found["ada"].status, found["bob"].status) == ("graded", "ungraded")
    assert found["bob"].message.startswith("its signature is valid, and this grader cannot read it (Expected `object`")


def test_the_command_takes_them_in_and_their_scores_go_out(grade, tmp_path):
    course = shutil.copytree(BRIEF, tmp_path / "course")
    (course / "signing-keys.txt").write_text(f"{KEY.public.bits.hex()}\n", encoding="utf-8")
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "ada.json").write_bytes(report("team/ada"))
    (folder / "cyd.json").write_bytes(report("team/dan"))
    words = ("class", "brief", "--reports", folder)
    ran = grade(*words, cwd=course)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "cyd: it is signed for team/dan\n2 graded, 0 need a look, 0 not graded; scores are in " in ran.stderr
    (folder / "bob.json").write_text("{}", encoding="utf-8")
    assert grade(*words, cwd=course).returncode == 3
    table = list(csv.DictReader(io.StringIO(grade("export", "brief", cwd=course).stdout)))
    assert [(row["student"], row["score"], row["status"]) for row in table] == [
        ("ada", "3", "graded"),
        ("bob", "", "ungraded"),
        ("cyd", "3", "graded"),
    ]
    assert table[2]["message"] == "it is signed for team/dan"
    for more, told in (([folder], "name one folder"), (["--resume"], "--resume keeps what an earlier run has graded")):
        refused = grade(*words, *more, cwd=course)
        assert (refused.returncode, told in refused.stderr) == (2, True)
    assert "name one folder" in grade("class", "brief", cwd=course).stderr


def test_reports_replace_nothing_that_was_graded_here(grade, tmp_path):
    staff = tmp_path / "results" / "staff"
    staff.mkdir(parents=True)
    (tmp_path / "reports").mkdir()
    (staff / "ada.record").write_bytes(b"of a grading")
    ran = grade("class", "tiny", "--reports", tmp_path / "reports", "-o", tmp_path / "results")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "holds what was graded here, and reports would replace it: name another by -o FOLDER" in ran.stderr
    assert (staff / "ada.record").read_bytes() == b"of a grading"


def test_a_hand_in_with_reports_of_two_students_is_somebodys_to_see(rows):
    found = rows({"bob/own.json": report("course/bob"), "bob/zz.json": report("course/zoe", EARLIER)})
    assert (found["bob"].status, found["bob"].score) == ("needs a look", None)
    assert "its reports are signed for course/bob, course/zoe: see whose it is" in found["bob"].message
