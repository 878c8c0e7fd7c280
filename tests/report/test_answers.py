"""The file of answers that lies beside a student's report."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from grader.records.answers import AnswersFile, CaseAnswer, ExerciseAnswers, unpacked
from grader.records.decoding import from_json
from grader.records.record import Foreign
from grader.records.report import Report
from grader.records.run import Isolation
from grader.report import view
from grader.report.answers import ROOM, as_file
from grader.report.json import plain
from grader.report.words.written import written

REPORT = Report("a", "A", "a.py", 0.0, 1.0, (), Isolation(5, ()))


def kept(**cases):
    found = replace(REPORT, answers=(ExerciseAnswers("f", "key", ("y",), "", cases),))
    return from_json(as_file(found), AnswersFile).exercises[0]


def test_values_come_back_as_they_were():
    odd = {"y": [np.nan, (1, "text\ud800"), {"k": None}], "z": np.array([1 + 2j, np.inf]), "w": Foreign("some.Class")}
    first, second = kept(one=CaseAnswer(odd), two=CaseAnswer(ended="KeyError")).cases
    found = unpacked(first.outputs)
    assert repr(found["y"]) == repr(odd["y"])
    assert np.array_equal(found["z"], odd["z"])
    assert found["w"] == odd["w"]
    assert (second.id, second.ended, unpacked(second.outputs)) == ("two", "KeyError", {})


def test_the_first_cases_that_fit_are_kept():
    third = CaseAnswer({"y": np.zeros(ROOM // 3 // 8)})
    assert [case.id for case in kept(a=third, b=third, c=third, d=third).cases] == ["a", "b"]
    assert kept(a=CaseAnswer({"y": "x" * (ROOM + 1)})).cases == ()


def test_no_student_reads_them():
    answered = replace(REPORT, answers=(ExerciseAnswers("f", "key"),))
    assert view.student(answered).answers == ()
    assert view.kept(answered).answers == answered.answers  # for the file
    assert "answers" not in plain(replace(written(view.kept(answered)), answers=as_file(answered)))
