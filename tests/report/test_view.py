"""Who may see what: reports in which every text of a hidden case is a marker that no student may read."""

import pytest
from msgspec.structs import replace

from grader.records.bank import Condition
from grader.records.finding import Contrast, Finding, When
from grader.records.record import Foreign, Record
from grader.records.report import (
    AllRight,
    BreaksRule,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    ExerciseResult,
    GraderFailed,
    HiddenFails,
    NotReached,
    OnlyEarlier,
    Report,
    Timing,
)
from grader.records.run import Crashed, Frame, Isolation, Raised, ReadRemark, TimedOut
from grader.records.verdict import (
    ButFor,
    Counterexample,
    Deviation,
    Ending,
    Fault,
    LawBroken,
    NotRaised,
    OutputDetail,
    Part,
    PartKey,
    Remark,
    RuleBroken,
    Unearned,
    ValueForm,
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
WRONG = Fault("value", "numbers")
CALL = Frame("memory.py", 58, "lstm_step", "f = forget_gate(h_prev, x, W_f, b_f)")
GATE = Frame("memory.py", 41, "forget_gate", "return sigmoid(W_f @ h_prev + b_f)")
STOPS = Raised("ValueError", "matmul: sizes 3 and 4", ("ValueError", "Exception"), (CALL, GATE))
SECRET = Raised(MARKER, MARKER, (MARKER, "Exception"), (Frame(MARKER, 3, MARKER, MARKER),))
NOT_SHOWN = "Every public case is right, some hidden ones are not: try sizes and values that the public cases lack."


def part(name="c", problem=None, *, public_failed=0, hidden_failed=0, kind="output", followed=()):
    right = problem is None
    return Part(
        PartKey(kind, name),
        4.0,
        4.0 if right else 0.0,
        right,
        public=10,
        public_failed=public_failed,
        hidden=40,
        hidden_failed=hidden_failed,
        problem=problem,
        followed=followed,
    )


def exercise(reason, *parts, status="wrong", **more):
    return ExerciseResult("cell_state", "The cell state", 8.0, 4.0, status, reason, parts=parts, **more)


def report(*exercises, **more):
    fields = {"timing": Timing("2026-03-02T09:30:00Z", 1.25, {"cell_state": 0.125})}
    isolation = Isolation(4, ("Landlock",))
    return Report("week", "Week 3", "memory.py", 4.0, 8.0, exercises, isolation, **(fields | more))


def example(outcome=None, *, hidden=False):
    return Counterexample("cell_state/0", "", hidden, False, {"n": 3}, {}, "c = f(n)", outcome=outcome)


HIDDEN_EXAMPLE = Counterexample(
    case=f"cell_state/{MARKER}",
    origin=MARKER,
    hidden=True,
    minimised=True,
    inputs={MARKER: MARKER},
    sizes={MARKER: 4},
    code=MARKER,
    outputs=(
        OutputDetail(
            name=MARKER,
            expected=MARKER,
            got=[MARKER, {MARKER: Foreign(MARKER)}],
            deviation=Deviation(
                Fault("type", "named", ValueForm("foreign", MARKER), MARKER),
                path=(MARKER,),
                wanted=ValueForm("foreign", MARKER),
                came=ValueForm("foreign", MARKER),
                keys=(MARKER,),
            ),
        ),
    ),
    outcome=SECRET,
)
#: Its reason and its counterexample hold what is hidden.
HIDDEN_ONLY = exercise(
    HiddenFails(Ending("crashed"), MARKER, MARKER, 2, 40),
    part("c", WRONG, hidden_failed=2),
    part("h"),
    status="partly",
    counterexamples=(HIDDEN_EXAMPLE,),
)
RAISED = exercise(
    Ends("lstm_step", STOPS, "memory.py"),
    part("h", Ending("raised", error="ValueError"), public_failed=10, hidden_failed=40),
    counterexamples=(example(STOPS),),
)
UNGRADED = replace(HIDDEN_ONLY, status="ungraded", earned=None, reason=GraderFailed(MARKER))
BROKEN = report(
    exercise(NotReached("memory.py", STOPS), status="missing"),
    problem=STOPS,
    remarks=(ReadRemark("cells", "week3.ipynb"),),
)
HIDDEN_FAILS = report(exercise(AllRight(), part(), status="right"), HIDDEN_ONLY)

REPORTS = {
    "right": report(
        exercise(AllRight(), part(), status="right", remarks=(Remark("few_digits", "c"),), printed="n is 3")
    ),
    "hidden_fails": HIDDEN_FAILS,
    "raised": report(RAISED),
    "ungraded": report(UNGRADED),
    "broken": BROKEN,
    "secret": report(replace(RAISED, reason=Ends("lstm_step", SECRET, "memory.py"))),
}


def filled(record: Record) -> bool:
    """Whether every text of a record, at any depth, is the marker."""
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    return all(_holds_marker(value) for name, value in values.items() if name not in ("kind", "what"))


def _holds_marker(value):
    if isinstance(value, Record):
        return filled(value)
    if isinstance(value, dict):
        return value == {} or all(map(_holds_marker, value))
    if isinstance(value, tuple | list):
        return all(map(_holds_marker, value))
    return not isinstance(value, str) or MARKER in value or value == "Exception"


def shown(given):
    return view.student(report(given)).exercises[0]


def test_the_sample_marks_every_text_of_a_hidden_case():
    assert filled(HIDDEN_EXAMPLE)
    assert HIDDEN_EXAMPLE.outputs[0].got == [MARKER, {MARKER: Foreign(MARKER)}]


@pytest.mark.parametrize("writer", EVERYTHING)
@pytest.mark.parametrize("name", REPORTS)
def test_no_writer_shows_a_student_what_is_hidden(name, writer):
    assert MARKER not in EVERYTHING[writer](written(view.student(REPORTS[name])))


@pytest.mark.parametrize("name", REPORTS)
def test_no_fact_that_a_student_is_given_holds_what_is_hidden(name):
    assert MARKER not in repr(view.student(REPORTS[name]))


@pytest.mark.parametrize("writer", EVERYTHING)
def test_every_writer_shows_it_to_the_staff(writer):
    assert MARKER in EVERYTHING[writer](written(view.staff(HIDDEN_FAILS)))


def test_hidden_text_does_not_survive_beside_a_public_failure():
    public = part("h", WRONG, public_failed=1)
    reason = Deviates("h", Deviation(WRONG, wanted=ValueForm("array"), wrong=1, total=1))
    found = shown(replace(HIDDEN_ONLY, parts=(HIDDEN_ONLY.parts[0], public), reason=reason))
    assert (found.reason, found.raised, found.counterexamples) == (reason, None, ())


def test_what_a_public_case_raised_is_shown():
    found = shown(RAISED)
    assert (found.reason, found.raised, found.counterexamples) == (RAISED.reason, STOPS, RAISED.counterexamples)


@pytest.mark.parametrize(
    "bring",
    [
        lambda raised: Ends("lstm_step", raised, "memory.py"),
        lambda raised: CallFails("lstm_step", raised, "c = f(n)", yours=(MARKER,), value=MARKER),
        lambda raised: DoesNotRaise("lstm_step", NotRaised("ValueError", Ending("raised")), raised),
    ],
)
@pytest.mark.parametrize(
    ("error", "kept"),
    [
        ("ValueError", "ValueError"),
        ("ZeroDivisionError", "ZeroDivisionError"),
        ("Secret025Error", ""),
        ("print", ""),
        ("int", ""),
        ("", ""),
    ],
)
def test_of_an_exception_that_no_public_case_raised_a_builtin_name_is_left(bring, error, kept):
    raised = replace(SECRET, error=error, ancestors=(error, "Exception"))
    found = shown(replace(RAISED, reason=bring(raised)))
    assert found.raised == Raised(error=kept, message="", ancestors=(kept,) if kept else ())
    assert MARKER not in repr(found)
    assert found.counterexamples == RAISED.counterexamples


def test_counts_and_problems_of_hidden_cases_stay():
    found = view.student(HIDDEN_FAILS).exercises[1]
    assert found.parts == HIDDEN_ONLY.parts
    assert written(view.student(HIDDEN_FAILS)).exercises[1].headline == NOT_SHOWN


def test_a_law_that_hidden_cases_alone_cost_its_points_does_not_say_how():
    def told(problem, hidden=3):
        law = Part(PartKey("property", "law"), 1.0, 0.0, right=False, public=3, hidden=hidden, problem=problem)
        given = view.student(report(replace(HIDDEN_ONLY, parts=(law,))))
        return given.exercises[0].parts[0].problem

    assert told(Unearned()) == told(LawBroken()) == LawBroken()
    assert told(Unearned(), hidden=0) == Unearned()
    assert told(LawBroken("|h| is 3.0")) == LawBroken("|h| is 3.0")


def test_a_diagnosis_is_for_students_too_for_it_never_saw_a_hidden_case():
    wrong_when = When(right=False, conditions=(Condition("size_one", "T"),))
    known = (Finding(wrong_when, Contrast(given=3, opposite=16, ordinary=16)),)
    found = shown(replace(HIDDEN_ONLY, diagnosis=known))
    assert (found.reason, found.diagnosis) == (HiddenFails(None), known)


@pytest.mark.parametrize("kind", view.TOLD_ENDINGS)
def test_how_hidden_cases_ended_is_told_by_its_kind(kind):
    ended = part("c", Ending(kind, error=MARKER, limit=0.12345, clock="cpu"), hidden_failed=2)
    reason = HiddenFails(ended.problem, "f", failed=2, hidden=40)
    assert shown(replace(HIDDEN_ONLY, reason=reason, parts=(ended,))).reason == HiddenFails(Ending(kind))


@pytest.mark.parametrize("kind", ["exited", "bad_reply", "not_run"])
def test_other_endings_are_not(kind):
    ended = part("c", Ending(kind), hidden_failed=2)
    assert shown(replace(HIDDEN_ONLY, parts=(ended,))).reason == HiddenFails(None)


def test_of_several_endings_the_first_is_told_and_of_outputs_alone():
    slow, stops = (part(name, Ending(kind), hidden_failed=1) for name, kind in (("c", "raised"), ("h", "timed_out")))
    law = part("law", Ending("out_of_memory"), hidden_failed=1, kind="property")
    assert shown(replace(HIDDEN_ONLY, parts=(stops, slow, law))).reason == HiddenFails(Ending("timed_out"))
    assert shown(replace(HIDDEN_ONLY, parts=(law,))).reason == HiddenFails(None)


def test_a_rule_that_is_broken_stays_where_no_hidden_case_fails():
    rule = RuleBroken("repeatable")
    reason = BreaksRule("f", rule)
    assert shown(exercise(reason, part("c", rule))).reason == reason


def test_what_happened_before_any_case_is_shown():
    found = view.student(BROKEN)
    assert (found.problem, found.remarks, found.exercises) == (STOPS, BROKEN.remarks, BROKEN.exercises)


def test_a_public_case_that_does_not_finish_is_told_as_it_was():
    slow = TimedOut(2.0, "cpu", "case")
    reason = Ends("f", slow, "memory.py")
    parts = (part("c", Ending("timed_out", limit=2.0, clock="cpu"), public_failed=1, hidden_failed=3),)
    assert shown(exercise(reason, *parts, counterexamples=(example(slow),))).reason == reason
    crashed = Ends("f", Crashed(signal="SIGSEGV"), "memory.py")
    assert shown(exercise(crashed, *parts)).reason == crashed


@pytest.mark.parametrize("name", REPORTS)
def test_idempotent(name):
    once = view.student(REPORTS[name])
    assert once.view == "student"
    assert repr(view.student(once)) == repr(once)


def test_how_long_it_took_is_not_for_students():
    assert view.student(HIDDEN_FAILS).timing == Timing("2026-03-02T09:30:00Z")


def test_a_report_that_only_says_it_is_a_students_is_filtered_all_the_same():
    assert MARKER not in repr(view.student(replace(HIDDEN_FAILS, view="student")))


def test_staff_sees_everything():
    assert view.staff(HIDDEN_FAILS) is HIDDEN_FAILS
    assert view.staff(HIDDEN_FAILS).view == "staff"


def test_the_text_of_a_fault_is_for_the_staff():
    found = shown(UNGRADED)
    assert (found.status, found.reason, found.parts) == ("ungraded", GraderFailed(), ())
    assert MARKER not in repr(found)


def test_what_only_earlier_functions_make_wrong_is_told_even_if_hidden_cases_alone_show_it():
    reason = OnlyEarlier(("rnn_step",))
    parts = (part("c", ButFor(("rnn_step",)), hidden_failed=2, followed=("rnn_step",)), part("h"))
    found = shown(replace(HIDDEN_ONLY, reason=reason, parts=parts))
    assert (found.reason, found.raised, found.counterexamples) == (reason, None, ())
