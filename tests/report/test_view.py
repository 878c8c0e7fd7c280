"""Who may see what: results for students are made apart, and nothing of the staff's comes with them."""

import pytest
from msgspec.structs import replace

from grader.records.bank import Origin
from grader.records.finding import Finding, OutputsRight, Share
from grader.records.report import (
    ExerciseResult,
    GraderFailed,
    HiddenFails,
    LawsFail,
    NotReached,
    Report,
    Timing,
)
from grader.records.run import Frame, Isolation, Raised, ReadRemark
from grader.records.verdict import (
    Counterexample,
    Deviation,
    Ending,
    Fault,
    LawFailed,
    OutputDetail,
    Part,
    PartKey,
    ValueForm,
    WrongInHidden,
)
from grader.report import WRITERS, github, terminal, view
from grader.report.words.written import written

EVERYTHING = {
    **WRITERS,
    "coloured": lambda shown: terminal.render(shown, color=True),
    "annotations": lambda shown: "\n".join(github.annotations(shown, "memory.py")),
}

#: Stands in every field that only a hidden case fills.
MARKER = "Hh1dd3nM4rk3r"
STOPS = Raised("ValueError", "no", ("ValueError", "Exception"), (Frame("memory.py", 58, "<module>", "boom()"),))
TEXT = ValueForm("text")
ANOTHER = Deviation(Fault("type", "named", TEXT, MARKER), wanted=TEXT, came=TEXT)
SECRET = Raised(MARKER, MARKER, (MARKER, "Exception"), (Frame(MARKER, 3, MARKER, MARKER),))


def exercise(reason, problem=None, *, status="wrong", failed=0, **more):
    part = Part(PartKey("output", "c"), 8.0, 0.0, problem is None, "", 10, 0, 40, failed, problem)
    return ExerciseResult("cell_state", "The cell state", 8.0, 0.0, status, reason, **{"parts": (part,), **more})


HIDDEN_EXAMPLE = Counterexample(
    case=f"cell_state/{MARKER}",
    origin=Origin("example", note=MARKER),
    hidden=True,
    minimised=True,
    inputs={MARKER: MARKER},
    sizes={MARKER: 4},
    code=MARKER,
    outputs=(
        OutputDetail(
            MARKER, MARKER, MARKER, deviation=Deviation(Fault("type", "named", TEXT, MARKER), wanted=TEXT, came=TEXT)
        ),
    ),
    outcome=SECRET,
)
STAFFS = exercise(
    HiddenFails(Ending("crashed"), MARKER, MARKER, 2, 40),
    Ending("crashed"),
    failed=2,
    counterexamples=(HIDDEN_EXAMPLE,),
)
STUDENTS = exercise(HiddenFails(), WrongInHidden(), failed=None)
REPORT = Report(
    assignment="week",
    title="Week 3",
    module="memory.py",
    score=0.0,
    max_score=8.0,
    exercises=(STAFFS,),
    isolation=Isolation(4, ("Landlock",)),
    students=(STUDENTS,),
    timing=Timing("2026-03-02T09:30:00Z", 1.25, {"cell_state": 0.125}),
    public_timing=Timing("", 0.5, {"cell_state": 0.0625}),
)


@pytest.mark.parametrize("writer", EVERYTHING)
def test_every_writer_shows_the_staff_what_none_shows_a_student(writer):
    assert MARKER in EVERYTHING[writer](written(view.staff(REPORT)))
    assert MARKER not in EVERYTHING[writer](written(view.student(REPORT)))


def test_a_student_is_given_the_results_for_students_and_times_from_before_hidden_cases():
    shown = view.student(REPORT)
    assert (shown.view, shown.exercises, shown.students) == ("student", (STUDENTS,), ())
    assert shown.timing == Timing("2026-03-02T09:30:00Z", 0.5, {"cell_state": 0.0625})
    assert MARKER not in repr(shown)


def test_what_is_revealed_is_what_came_of_hidden_cases_and_nothing_for_the_staff_alone():
    own = Finding(OutputsRight(("a",)), Share(4, 4, 4), ("c",))
    contradicted = replace(own, contradicted=True)
    fault = LawFailed("ZeroDivisionError in properties.py")
    law = Part(PartKey("property", "law"), 1.0, 0.0, right=False, title="It holds", hidden=3, hidden_failed=1)
    results = (
        replace(STAFFS, diagnosis=(contradicted, own)),
        exercise(LawsFail("It holds", (fault,)), parts=(replace(law, problem=fault),)),
        exercise(GraderFailed("disk full: /srv/course"), status="ungraded"),
    )
    shown = view.revealed(replace(REPORT, exercises=results))
    assert (shown.view, shown.students, shown.timing) == ("revealed", (), view.student(REPORT).timing)
    assert (shown.exercises[0].counterexamples, shown.exercises[0].diagnosis) == ((HIDDEN_EXAMPLE,), (own,))
    for name, writer in EVERYTHING.items():
        text = writer(written(shown))
        assert MARKER in text, name
        assert "properties.py" not in text
        assert "/srv/course" not in text
    assert "Could not be tried on a hidden case." in WRITERS["html"](written(shown))
    assert view.student(shown).exercises == (), "it cannot be taken for a student's"


def test_what_nobody_made_for_students_is_not_theirs():
    assert view.student(replace(REPORT, students=())).exercises == ()


def test_what_happened_before_any_case_is_shown():
    broken = exercise(NotReached("memory.py", STOPS), status="missing")
    report = replace(
        REPORT, exercises=(broken,), students=(broken,), problem=STOPS, remarks=(ReadRemark("cells", "week3.ipynb"),)
    )
    found = view.student(report)
    assert (found.problem, found.remarks, found.exercises) == (STOPS, report.remarks, (broken,))


def test_doing_it_twice_changes_nothing():
    once = view.student(REPORT)
    assert view.student(once) == once


def test_staff_sees_everything():
    assert view.staff(REPORT) is REPORT
    assert view.staff(REPORT).view == "staff"


@pytest.mark.parametrize(
    ("hidden", "viewer", "counts"),
    [
        ("verdict", view.student, "verdict"),
        ("counts", view.student, "counts"),
        ("verdict", view.staff, "counts"),
        ("verdict", view.revealed, "counts"),
    ],
)
def test_a_report_says_what_it_tells_of_hidden_cases(hidden, viewer, counts):
    assert written(viewer(replace(REPORT, hidden=hidden))).hidden == counts
