import pytest
from msgspec.structs import replace

from grader.records.bank import Condition
from grader.records.finding import Contrast, Finding, When
from grader.records.record import Foreign, Record
from grader.records.run import Raised
from grader.report import WRITERS, github, terminal, view
from tests.report.samples import (
    ALL_RIGHT,
    HIDDEN_FAILS,
    HIDDEN_ONLY,
    MARKER,
    RAISED,
    SAMPLES,
    SYNTAX_ERROR,
    report,
)

EVERYTHING = {
    **WRITERS,
    "coloured": lambda shown: terminal.render(shown, color=True),
    "annotations": lambda shown: "\n".join(github.annotations(shown, "memory.py")),
}


def filled(record: Record) -> bool:
    """Whether every text of a record, at any depth, is the marker."""
    values = [getattr(record, name) for name in record.__struct_fields__]
    return all(_holds_marker(value) for value in values)


def _holds_marker(value):
    if isinstance(value, Record):
        return filled(value)
    if isinstance(value, dict):
        return value == {} or all(map(_holds_marker, value))
    if isinstance(value, tuple | list):
        return all(map(_holds_marker, value))
    return not isinstance(value, str) or MARKER in value or value == "type"


def test_the_sample_marks_every_text_of_a_hidden_case():
    assert filled(HIDDEN_ONLY.counterexamples[0])
    assert HIDDEN_ONLY.counterexamples[0].outputs[0].got == [MARKER, {MARKER: Foreign(MARKER)}]


@pytest.mark.parametrize("writer", EVERYTHING)
def test_no_writer_shows_a_student_what_is_hidden(writer):
    assert MARKER not in EVERYTHING[writer](view.student(HIDDEN_FAILS))


@pytest.mark.parametrize("writer", EVERYTHING)
def test_every_writer_shows_it_to_the_staff(writer):
    assert MARKER in EVERYTHING[writer](view.staff(HIDDEN_FAILS))


def test_hidden_text_does_not_survive_beside_a_public_failure():
    public = replace(HIDDEN_ONLY.parts[1], public_failed=1, right=False, earned=0.0, problem="h is wrong.")
    exercise = replace(HIDDEN_ONLY, parts=(HIDDEN_ONLY.parts[0], public), headline="Look at h.", explanation=("Why.",))
    shown = view.student(report([exercise])).exercises[0]
    assert (shown.headline, shown.explanation) == ("Look at h.", ("Why.",))
    assert (shown.error, shown.traceback, shown.counterexamples) == ("", (), ())


def test_what_a_public_case_raised_is_shown():
    shown = view.student(report([RAISED])).exercises[0]
    assert (shown.error, shown.traceback) == (RAISED.error, RAISED.traceback)
    assert shown.counterexamples == RAISED.counterexamples


def test_the_public_exception_takes_the_place_of_a_hidden_one():
    (example,) = RAISED.counterexamples
    public = replace(example, outcome=Raised(error="KeyError", message="", frames=RAISED.traceback[:1]))
    shown = view.student(report([replace(RAISED, counterexamples=(public,), error=MARKER)])).exercises[0]
    assert shown.error == "KeyError"
    assert shown.traceback == RAISED.traceback[:1]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("ValueError: 0.25 is not allowed", "ValueError"),
        ("ZeroDivisionError", "ZeroDivisionError"),
        ("Secret025Error: x", ""),
        ("print: x", ""),
        ("int: x", ""),
        ("", ""),
    ],
)
def test_only_builtin_names_of_hidden_exceptions(error, shown):
    assert view.student(report([replace(HIDDEN_ONLY, error=error)])).exercises[0].error == shown


def test_counts_and_problems_of_hidden_cases_stay():
    shown = view.student(HIDDEN_FAILS).exercises[1]
    assert shown.parts == HIDDEN_ONLY.parts
    assert shown.headline == view.HIDDEN_ONLY


def test_a_diagnosis_is_for_students_too_for_it_never_saw_a_hidden_case():
    wrong_when = When(right=False, conditions=(Condition("size_one", "T"),))
    known = (Finding(wrong_when, Contrast(given=3, opposite=16, ordinary=16)),)
    shown = view.student(report([replace(HIDDEN_ONLY, diagnosis=known)])).exercises[0]
    assert (shown.headline, shown.diagnosis) == (view.HIDDEN_ONLY, known)


@pytest.mark.parametrize("beginning", view.HIDDEN_ENDINGS)
def test_how_hidden_cases_ended_is_told_by_its_kind(beginning):
    ended = replace(HIDDEN_ONLY.parts[0], problem=f"{beginning} {MARKER}")
    shown = view.student(report([replace(HIDDEN_ONLY, parts=(ended,))])).exercises[0]
    assert (shown.headline, shown.explanation) == (view.HIDDEN_ENDINGS[beginning], ())


def test_what_happened_before_any_case_is_shown():
    shown = view.student(SYNTAX_ERROR)
    assert (shown.problem, shown.error, shown.traceback) == (
        SYNTAX_ERROR.problem,
        SYNTAX_ERROR.error,
        SYNTAX_ERROR.traceback,
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_idempotent(name):
    once = view.student(SAMPLES[name])
    assert once.view == "student"
    assert repr(view.student(once)) == repr(once)


def test_a_report_that_only_says_it_is_a_students_is_filtered_all_the_same():
    assert MARKER not in repr(view.student(replace(HIDDEN_FAILS, view="student")))


def test_staff_sees_everything():
    assert view.staff(HIDDEN_FAILS) is HIDDEN_FAILS
    assert view.staff(ALL_RIGHT).view == "staff"


def test_the_text_of_a_fault_is_for_the_staff():
    fault = replace(HIDDEN_ONLY, status="ungraded", earned=None, headline="Not graded.", remarks=())
    shown = view.student(report([fault])).exercises[0]
    assert shown.headline == "Not graded."
    assert MARKER not in repr(shown)


def test_what_only_earlier_functions_make_wrong_is_told_even_if_hidden_cases_alone_show_it():
    parts = tuple(replace(each, followed=() if each.right else ("rnn_step",)) for each in HIDDEN_ONLY.parts)
    exercise = replace(
        HIDDEN_ONLY, parts=parts, headline="Right but for `rnn_step`.", explanation=("Mend that first.",)
    )
    shown = view.student(report([exercise])).exercises[0]
    assert (shown.headline, shown.explanation) == (exercise.headline, exercise.explanation)
    assert (shown.error, shown.traceback, shown.counterexamples) == ("", (), ())
