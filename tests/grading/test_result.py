"""Why an exercise has its result: which reason, as facts."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.grading.phase import Phase, asked
from grader.grading.result import absent_names, graded, missing, remarks, ungraded, unreadable, without_fault
from grader.grading.students import Told, students_result
from grader.judge.example import smallest
from grader.judge.points import shares
from grader.judge.trials import try_cases, try_raises
from grader.records.assignment import Interval, Output, PropertyCheck, Reals
from grader.records.bank import Case, Origin
from grader.records.finding import Finding, OutputsRight, Share
from grader.records.holding import Holding
from grader.records.raises_check import RaisesCheck
from grader.records.report import (
    AllRight,
    BreaksRule,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    GraderFailed,
    HiddenFails,
    LawsFail,
    NotDone,
    NotReached,
    OnlyEarlier,
    Undefined,
)
from grader.records.run import (
    FATAL,
    Crashed,
    Definition,
    Frame,
    Loaded,
    NotRun,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
)
from grader.records.verdict import (
    Ending,
    Fault,
    LawBroken,
    LawUntried,
    NotRaised,
    Remark,
    RuleBroken,
    WrongInHidden,
)
from tests.judge.examples import case, exercise, loaded, raised, returned

OWN = Frame(file="memory.py", line=3, function="<module>", text="import helpers")
HELPER = Frame(file="helpers.py", line=7, function="sizes", text="return 1 / 0")
UNREAD = Frame(file="memory.py", line=4, function="", text="h = (")
TASK = exercise()
RIGHT = returned(case().expected["h"])
WRONG = returned(-case().expected["h"])
SLOW = TimedOut(seconds=2, clock="cpu", scope="case")
RAISES = RaisesCheck(inputs={}, error="ValueError", because="x must be a column")
LAW = PropertyCheck(check="law", title="it holds")
TWO = exercise(outputs={"h": Output(), "c": Output()})


def phase(task, *outcomes, public=True, cases=None, **found):
    """A phase in which the cases ended so."""
    made = Phase(task, asked(task, []).public, None, None)
    chosen = cases or [case(number, public=public) for number in range(len(outcomes))]
    made.trials = try_cases(task, chosen, outcomes)
    made.shown = smallest(made.trials)
    for name, value in found.items():
        setattr(made, name, value)
    return made


def result(*outcomes, hidden=(RIGHT,), task=TASK, found=None, followed=None, diagnosis=(), **public):
    """The result of an exercise whose public and hidden cases ended so."""
    phases = (phase(task, *outcomes, **public), phase(task, *hidden, public=False))
    return graded(task, *phases, "memory.py", found or loaded(), followed or {}, diagnosis)


def two(h, c):
    return Returned(outputs={"h": h, "c": c})


def stopped(error, *frames):
    return Raised(error=error, message="?", ancestors=(error, "SyntaxError", "Exception"), frames=frames)


def test_what_is_right_has_no_reason_but_that():
    found = result(RIGHT)
    assert (found.status, found.reason, found.earned, found.counterexamples) == ("right", AllRight(), 10.0, ())


def test_what_is_not_done_is_unfinished_and_nothing_else_is_told():
    found = result(raised("NotImplementedError", "", "RuntimeError"))
    assert (found.status, found.reason, found.raised) == ("unfinished", NotDone("step"), None)
    assert found.counterexamples == ()


def test_what_calls_a_function_that_is_not_written_waits_for_it():
    lines = tuple(Frame(file="memory.py", line=n, function=name) for n, name in ((7, "step"), (3, "sigmoid")))
    stopped = replace(raised("NotImplementedError", "", "RuntimeError"), frames=lines)
    waits = reason_of(stopped, loaded("step", "sigmoid"))
    assert (waits, reason_of(stopped, loaded("step"))) == (NotDone("step", waits_for="sigmoid"), NotDone("step"))
    own = replace(stopped, frames=lines[:1])
    assert reason_of(own, loaded("step", "sigmoid")) == NotDone("step")


def reason_of(outcome, known):
    return graded(TASK, phase(TASK, outcome), phase(TASK, RIGHT, public=False), "memory.py", known, {}, ()).reason


def test_what_is_not_done_in_part_is_partly_right():
    task = exercise(raises=(RAISES,))
    met = try_raises([case(9, raises="ValueError")], [raised("ValueError")])
    found = result(raised("NotImplementedError", "", "RuntimeError"), task=task, raises=met)
    assert (found.status, found.reason) == ("partly", NotDone("step"))
    assert len(found.counterexamples) == 1


def test_a_public_case_that_deviates():
    found = result(WRONG, hidden=(WRONG,))
    deviation = found.reason.deviation
    assert found.reason == Deviates("h", deviation)
    assert (found.status, deviation.fault, deviation.where) == ("wrong", Fault("value", "numbers"), (1, 0))
    assert [example.hidden for example in found.counterexamples] == [False, True]


def test_outputs_that_are_wrong_for_reasons_of_their_own_come_first():
    expected = {"h": np.ones(2), "c": np.ones(2)}
    found = result(
        two(np.zeros(2), np.zeros(2)),
        task=TWO,
        cases=[case(expected=expected)],
        hidden=(),
        followed={"h": ("gate",)},
    )
    assert (found.reason.output, found.status, found.earned) == ("c", "partly", 5.0)


def test_where_only_earlier_functions_are_to_blame_nothing_else_is_told():
    known = (Finding(OutputsRight(("c",)), Share(20, 20, 20), ("h",)),)
    found = result(WRONG, followed={"h": ("gate", "mixed")}, diagnosis=known)
    assert (found.reason, found.diagnosis, found.counterexamples) == (OnlyEarlier(("gate", "mixed")), (), ())
    assert result(WRONG, diagnosis=known).diagnosis == known


@pytest.mark.parametrize(("domain", "steps"), [(Reals(shape=("T",)), 4), (Reals(shape=("T", "T")), 0)])
def test_a_step_of_a_sequence_is_told_from_a_row(domain, steps):
    task = exercise(
        inputs={"xs": domain}, run="h = step(xs)", outputs={"h": Output(shape=("T", 1))}, dims={"T": Interval(1, 4)}
    )
    expected = {"h": np.zeros((4, 1))}
    asks = Case("step/1", Origin("any"), True, {"T": 4}, {"xs": np.zeros(4)}, expected)
    found = result(returned(np.eye(4)[:, 2:3]), task=task, cases=[asks], hidden=())
    assert (found.reason.deviation.where, found.reason.steps) == ((2, 0), steps)


# ── code that does not come to its end ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("outcome", [SLOW, Crashed(signal="SIGSEGV"), OutOfMemory(limit=1 << 30), raised("KeyError")])
def test_a_public_case_that_does_not_return(outcome):
    found = result(outcome, hidden=(NotRun(),))
    assert (found.status, found.reason) == ("wrong", Ends("step", outcome, "memory.py"))
    assert found.cut_short is isinstance(outcome, FATAL)
    assert found.raised is (outcome if isinstance(outcome, Raised) else None)


def test_parameters_that_do_not_fit():
    outcome = raised("TypeError", "step() takes 1 positional argument but 2 were given", frames=False)
    found = result(outcome, found=loaded("step", parameters=("x",)))
    assert found.reason == CallFails("step", outcome, TASK.run, yours=("x",))


def test_a_value_in_place_of_a_function():
    outcome = raised("TypeError", "'int' object is not callable", frames=False)
    assert result(outcome, found=loaded("step", parameters=None)).reason == CallFails(
        "step", outcome, TASK.run, value="step", value_type="int"
    )


def test_what_a_function_gives_back_may_be_called_too():
    outcome = raised("TypeError", "'int' object is not callable", frames=False)
    assert result(outcome).reason == CallFails("step", outcome, TASK.run)


# ── hidden cases, rules, exceptions, laws ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "problem", "output"),
    [
        (WRONG, Fault("value", "numbers"), "h"),
        (SLOW, Ending("timed_out", limit=2, clock="cpu"), ""),
        (raised("KeyError", "0.12345"), Ending("raised", error="KeyError"), ""),
        (raised("Secret025", "0.12345"), Ending("raised", error="Exception"), ""),
        (Crashed(exit_code=123), Ending("exited"), ""),
    ],
)
def test_where_only_hidden_cases_fail_their_class_is_told(outcome, problem, output):
    found = result(RIGHT, hidden=(RIGHT, outcome, outcome))
    assert found.reason == HiddenFails(problem, "step", output, failed=2, hidden=3)


def test_nothing_that_a_hidden_case_said_is_in_the_reason():
    secret = "Unable to allocate 0.12345 GiB for an array"
    for outcome in (OutOfMemory(limit=1 << 30, message=secret), raised("ValueError", secret)):
        found = result(RIGHT, hidden=(outcome,))
        assert "0.12345" not in repr((found.reason, found.parts))


def test_a_rule_for_the_exercise_as_a_whole():
    rule = RuleBroken("repeatable")
    found = result(RIGHT, broken=rule)
    assert (found.status, found.reason, found.parts[0].problem) == ("wrong", BreaksRule("step", rule), rule)


def test_an_exception_that_does_not_come():
    outcome = raised("KeyError", "no", "LookupError")
    (trial,) = try_raises([case(9, raises="ValueError", because=RAISES.because)], [outcome])
    found = result(RIGHT, task=exercise(raises=(RAISES,)), raises=(trial,), shown=trial)
    problem = NotRaised("ValueError", Ending("raised", error="KeyError"))
    assert found.reason == DoesNotRaise("step", problem, outcome, RAISES.because)
    assert (found.status, found.raised) == ("partly", outcome)


def test_laws_that_do_not_hold():
    task = exercise(properties=(LAW, PropertyCheck(check="other", title="another")))
    holdings = (Holding("law", LawBroken("it is 3"), 1, 1), Holding("other", LawUntried(), 1, 1))
    found = result(RIGHT, task=task, holdings=holdings)
    assert found.reason == LawsFail("it holds", (LawBroken("it is 3"), LawUntried()))


# ── names that are not there ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (stopped("IndentationError", UNREAD), True),
        (Crashed(exit_code=1), False),
        (Raised(error="ZeroDivisionError", message="", frames=(OWN, HELPER)), False),
    ],
)
def test_of_a_file_that_was_not_loaded_nobody_knows_what_it_defines(problem, expected):
    found = missing(TASK, ["step"], "memory.py", loaded("other", problem=problem), {"step"})
    assert (found.status, found.earned) == ("missing", 0.0)
    assert found.reason == NotReached("memory.py", problem, unreadable=expected)


def test_a_name_that_is_much_alike_is_named():
    names = loaded("stop", "other")
    assert absent_names(TASK, names) == ["step"]
    value = Loaded(names=(Definition(name="stop", parameters=None),))
    for found, wanted, near in (
        (names, {"step"}, "stop"),
        (names, {"step", "stop"}, ""),  # another exercise asks for that one
        (loaded("other"), {"step"}, ""),
        (value, {"step"}, ""),
    ):
        reason = missing(TASK, ["step"], "memory.py", found, wanted).reason
        assert reason == Undefined("memory.py", ("step",), near)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (stopped("SyntaxError", UNREAD), True),
        (stopped("SyntaxError", Frame(file="helpers.py", line=1, function="")), False),
        (stopped("SyntaxError", OWN), False),  # raised by a line that ran, such as exec("(")
        (stopped("SyntaxError"), False),
        (raised("ValueError"), False),
        (Crashed(), False),
        (None, False),
    ],
)
def test_unreadable(problem, expected):
    assert unreadable(problem, "memory.py") is expected


# ── remarks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_remarks_are_made_once_and_name_what_they_are_about():
    outcome = replace(returned(case().expected["h"].tolist()), changed=("x",), aliased=(("h", "x"),))
    found = remarks(try_cases(TASK, [case(0), case(1)], [outcome, outcome]))
    assert found == (
        Remark("is_a_sequence", "h", got="list"),
        Remark("changes_input", "x"),
        Remark("shares_memory", "h", "x"),
    )


def test_of_dtypes_is_said_what_is_so_in_every_case_and_nothing_of_what_is_wrong():
    numbers = np.array([[1.0], [2.0]])
    cases = [case(0, expected={"h": numbers}), case(1, expected={"h": numbers + 0.5})]
    whole, decimals, other = (returned(each) for each in (numbers.astype(int), numbers + 0.5, numbers.astype(int) + 1))
    assert [remark.kind for remark in remarks(try_cases(TASK, cases[:1], [whole]))] == ["other_dtype"]
    assert remarks(try_cases(TASK, cases, [whole, decimals])) == ()  # whole numbers in one case only
    assert remarks(try_cases(TASK, cases, [whole, other])) == ()  # cut off, which is told as what is wrong


def test_of_digits_nothing_is_said_where_hidden_cases_say_that_there_is_more():
    trials = try_cases(TASK, [case(0)], [returned(case().expected["h"] + 1e-9)])
    assert [remark.kind for remark in remarks(trials)] == ["few_digits"]
    assert remarks(trials, wrong=["h"]) == ()


# ── as its student may know it ────────────────────────────────────────────────────────────────────────────────────


def told(*outcomes, task=TASK, bits=None, followed=None, diagnosis=(), failed=None, **public):
    """The result for students of an exercise whose public cases ended so; ``bits``: what earned its points."""
    shown = phase(task, *outcomes, **public)
    bits = bits or {}
    keys = [key for key, _ in shares(task)]
    known = {key: Told(bits.get(key.name, True), 40, failed) for key in keys}
    return students_result(task, shown, known, 5.0, "memory.py", loaded(), followed or {}, diagnosis)


def test_of_hidden_cases_a_student_is_told_that_some_fail():
    found = told(RIGHT, bits={"h": False})
    assert (found.status, found.reason, found.counterexamples) == ("wrong", HiddenFails(), ())
    (part,) = found.parts
    assert (part.problem, part.right, part.hidden, part.hidden_failed) == (WrongInHidden(), False, 40, None)


def test_how_many_of_them_where_the_assignment_says_so():
    assert told(RIGHT, bits={"h": False}, failed=3).parts[0].hidden_failed == 3


def test_a_public_case_is_told_as_for_the_staff():
    found = told(WRONG, bits={"h": False})
    staff = result(WRONG, hidden=(SLOW,))
    assert (found.reason, found.parts[0].problem) == (staff.reason, staff.parts[0].problem)
    assert [example.hidden for example in found.counterexamples] == [False]


def test_an_output_that_hidden_cases_alone_show_to_be_wrong_stands_beside_a_public_failure():
    expected = {"h": np.ones(2), "c": np.ones(2)}
    found = told(two(np.zeros(2), np.ones(2)), task=TWO, cases=[case(expected=expected)], bits={"h": False, "c": False})
    assert (found.reason.output, [part.problem for part in found.parts]) == (
        "h",
        [Fault("value", "numbers"), WrongInHidden()],
    )


def test_a_method_is_told_where_a_public_case_needs_it_and_is_else_as_good_as_right():
    found = told(WRONG, followed={"h": ("gate",)})
    assert (found.reason, found.parts[0].earned, found.parts[0].followed) == (OnlyEarlier(("gate",)), 10.0, ("gate",))
    assert told(RIGHT, followed={"h": ("gate",)}) == told(RIGHT)


def test_no_finding_calls_an_output_right_that_is_not():
    known = (Finding(OutputsRight(("c",)), Share(20, 20, 20), ("h",)),)
    expected = {"h": np.ones(2), "c": np.ones(2)}
    given = {"task": TWO, "cases": [case(expected=expected)], "diagnosis": known}
    assert told(two(np.zeros(2), np.ones(2)), bits={"h": False}, **given).diagnosis == known
    assert told(two(np.zeros(2), np.ones(2)), bits={"h": False, "c": False}, **given).diagnosis == ()


def test_a_law_that_fails_on_hidden_cases_alone():
    task = exercise(properties=(LAW,))
    found = told(RIGHT, task=task, bits={"law": False}, holdings=(Holding("law", public=3),))
    assert found.reason == LawsFail("it holds", (WrongInHidden(),))
    broken = told(RIGHT, task=task, bits={"law": False}, holdings=(Holding("law", LawBroken("no"), 3, 1),))
    assert broken.reason == LawsFail("it holds", (LawBroken("no"),))


def test_bad_input_that_does_not_raise_comes_before_hidden_cases():
    task = exercise(raises=(RAISES,))
    met = try_raises([case(9, raises="ValueError")], [RIGHT])
    made = phase(task, RIGHT, raises=met)
    known = {key: Told(False, 40) for key, _ in shares(task)}
    made.shown = smallest(met)
    found = students_result(task, made, known, 0.0, "memory.py", loaded(), {}, ())
    assert isinstance(found.reason, DoesNotRaise)
    assert [part.problem for part in found.parts] == [WrongInHidden(), met[0].problem]


def test_what_failed_of_ours_is_not_told():
    failed = ungraded(TASK, ValueError("0.12345"))
    assert (failed.reason, without_fault(failed)) == (
        GraderFailed("ValueError: 0.12345"),
        replace(failed, reason=GraderFailed()),
    )
