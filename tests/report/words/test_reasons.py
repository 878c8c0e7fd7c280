"""Why an exercise has its result: a headline and an explanation for every reason."""

import typing

import pytest
from msgspec.structs import replace

from grader.records.breaches import Breach, SourceBroken
from grader.records.report import (
    AllRight,
    BreaksRule,
    BreaksSource,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    ExerciseResult,
    GraderFailed,
    HiddenFails,
    LawsFail,
    NotDone,
    NothingHandedIn,
    NotReached,
    NotTaken,
    OnlyEarlier,
    Reason,
    Undefined,
)
from grader.records.run import Crashed, Frame, NotRun, OutOfMemory, Raised, TimedOut
from grader.records.verdict import (
    ButFor,
    Deviation,
    Ending,
    Fault,
    LawBroken,
    LawUntried,
    NotRaised,
    Part,
    PartKey,
    RuleBroken,
    ValueForm,
    WrongInHidden,
)
from grader.report.words.language import quoted
from grader.report.words.problems import problem
from grader.report.words.reasons import explanation, headline, says_error, says_problem

OWN = Frame(file="memory.py", line=4, function="step", text="return gate(x)")
HELPER = Frame(file="helpers.py", line=7, function="sizes", text="return 1 / 0")
LOAD = Frame(file="memory.py", line=3, function="<module>", text="import helpers")
RUN = "h = step(x, W)"
USED = "It is used like this: h = step(x, W)"
WRONG = Fault("value", "numbers")
SLOW = TimedOut(seconds=2, clock="cpu", scope="case")
LOOP = "Look for a loop whose condition never becomes false, or for work that grows much too fast."
NO_VALUE = Raised("ValueError", "no", ("ValueError", "Exception"), (OWN,))
CALL = Raised("TypeError", "cannot unpack non-iterable float object", ("TypeError", "Exception"))
NOT_CALLABLE = Raised("TypeError", "'int' object is not callable", ("TypeError", "Exception"))
COLUMN = ValueForm("array", "float64", (3, 1))
SPREAD = Deviation(WRONG, wanted=COLUMN, where=(2, 0), expected=0.5, got=0.25, wrong=2, total=3)
ONE = Deviation(WRONG, wanted=ValueForm("array", "float64"), where=(), expected=0.5, got=0.25, wrong=1, total=1)
FLAT = Deviation(Fault("shape", "lacks_a_one"), wanted=COLUMN, came=ValueForm("array", "float64", (3,)))
RETURNS = NotRaised("ValueError", Ending("returned"))
LOOPS = SourceBroken(
    "memory.py",
    (Breach("forbidden", "for", Frame("memory.py", 3, ""), 2), Breach("lacking", "np.dot")),
    "arrays as a whole",
)
INNER = Frame(file="memory.py", line=9, function="<listcomp>")
LAMBDA = Frame(file="memory.py", line=2, function="<lambda>")
HIDDEN_ONLY = "Every public case is right, some hidden ones are not: try sizes and values that the public cases lack."
LACKING = "Every public case is right: try larger inputs, and values that they lack."
OTHER_SIZES = "Try other sizes and values: the public cases pass, hidden ones do not."


def result(reason, *parts, status="wrong"):
    return ExerciseResult("step", "A step", 10.0, 0.0, status, reason, parts=parts)


def part(name="h", problem=WRONG, *, kind="output", right=False, failed=2, tried=4, followed=()):
    return Part(PartKey(kind, name), 1.0, 0.0, right, public=tried, public_failed=failed, problem=problem,
                followed=followed)  # fmt: skip


SENTENCES = [
    (AllRight(), "Right.", ()),
    (
        GraderFailed("ZeroDivisionError: 3.14"),
        "Not graded: the grader itself failed here, and no points were taken. Please tell your instructor.",
        ("ZeroDivisionError: 3.14",),
    ),
    (
        GraderFailed(),
        "Not graded: the grader itself failed here, and no points were taken. Please tell your instructor.",
        (),
    ),
    (NotTaken(), "Not graded: what was handed in cannot be taken as it is.", ()),
    (NothingHandedIn("memory.py"), "Hand in memory.py.", ()),
    (NotReached("memory.py", CALL, unreadable=True), "Nothing in memory.py could be read.", ()),
    (
        NotReached("memory.py", Raised("ImportError", "no torch", frames=(LOAD,))),
        "Not reached: memory.py stops in line 3.",
        (),
    ),
    (
        NotReached("memory.py", Raised("ZeroDivisionError", "", frames=(LOAD, HELPER))),
        "Not reached: memory.py stops in line 3 (line 7 of helpers.py).",
        (),
    ),
    (
        NotReached("memory.py", Crashed(exit_code=1)),
        "memory.py could not be loaded: it ends the whole Python process.",
        (),
    ),
    (
        Undefined("memory.py", ("step",)),
        "Define `step` in memory.py.",
        ("The name must be exactly `step`.",),
    ),
    (
        Undefined("memory.py", ("rnn_step", "walk"), near="rnn_stp"),
        "Define `rnn_step` and `walk` in memory.py.",
        ("There is `rnn_stp`: if that is meant, rename it.",),
    ),
    (
        OnlyEarlier(("gate",)),
        "Right but for `gate`, which it builds on: the method earns its points.",
        ("What it does with what `gate` gives is right. Mend that function first.",),
    ),
    (
        OnlyEarlier(("gate", "mixed")),
        "Right but for `gate` and `mixed`, which it builds on: the method earns its points.",
        ("What it does with what `gate` and `mixed` give is right. Mend those functions first.",),
    ),
    (
        Deviates("h", SPREAD),
        "Check `h`: it has wrong values.",
        ("2 of 3 elements differ; the worst at index [2, 0].",),
    ),
    (
        Deviates("h", SPREAD, steps=3),
        "Check `h`: it has wrong values.",
        ("2 of 3 elements differ; the worst at index [2, 0], time step 3 of 3.",),
    ),
    (Deviates("h", ONE), "Check `h`: it has wrong values.", ()),
    (
        Deviates("h", FLAT),
        "Check `h`: it lacks a size of 1: np.squeeze, or a sum without keepdims=True, does this.",
        ("Expected shape (3, 1), got (3,).",),
    ),
    (Deviates("h", Deviation(Fault("missing", "never_set"))), "Check `h`: it was never set.", ()),
    (Ends("step", NO_VALUE, "memory.py"), "`step` stops in line 4 with ValueError.", ()),
    (
        Ends("run_all", Raised("ValueError", "", frames=(*NO_VALUE.frames, INNER)), "memory.py"),
        "`run_all` stops in `step`, line 9, with ValueError.",
        (),
    ),
    (
        Ends("run_all", Raised("ValueError", "", frames=(*NO_VALUE.frames, LAMBDA)), "memory.py"),
        "`run_all` stops in a lambda, line 2, with ValueError.",
        (),
    ),
    (
        Ends("Net", Raised("NameError", "name 'W' is not defined", frames=NO_VALUE.frames), "memory.py"),
        "`Net` stops in `step`, line 4, with NameError.",
        (
            (
                "W is unknown where it is used: "
                "write `self.W` if the object holds it; else pass it as an argument or define it."
            ),
        ),
    ),
    (
        Ends("step", Raised("RecursionError", "maximum", ("RecursionError",), (OWN, HELPER)), "memory.py"),
        f"`step` stops in `{HELPER.function}`, line 7 of helpers.py, with RecursionError.",
        ("A function calls itself without end.",),
    ),
    (
        Ends("step", NO_VALUE, "memory.py", unknown="stpe", near="step"),
        "`step` stops in line 4 with ValueError.",
        ("`stpe` is not defined: is `step` meant, which the file defines?",),
    ),
    (
        Ends("step", SLOW, "memory.py"),
        "`step` does not finish: it was stopped after 2 s of computing.",
        (LOOP,),
    ),
    (
        Ends("step", NotRun(), "memory.py"),
        "`step` was not tried, because an earlier case ended the process.",
        (),
    ),
    (NotDone("step"), "Not done yet: `step` raises NotImplementedError.", ()),
    (NotDone("step", "sigmoid"), "Waits for `sigmoid`, which raises NotImplementedError.", ()),
    (
        CallFails("step", CALL, RUN, yours=("x",)),
        "Check the parameters of `step`.",
        ("Yours takes (x).", USED),
    ),
    (
        CallFails("Step", CALL, RUN, method="forward"),
        "Check the parameters of `Step.forward`.",
        ("A method's first parameter is the object itself, `self`; what it is called with comes after it.", USED),
    ),
    (
        CallFails("step", NOT_CALLABLE, RUN, value="step", value_type="int"),
        "`step` must be a function.",
        ("In the file it is a value of type int.", USED),
    ),
    (
        CallFails("Step", NOT_CALLABLE, "h = Step(W).forward(x)", value="Step", value_type="int"),
        "`Step` must be a class.",
        ("In the file it is a value of type int.", "It is used like this: h = Step(W).forward(x)"),
    ),
    (
        CallFails("step", NOT_CALLABLE, RUN),
        "Check what `step` gives back: 'int' object is not callable.",
        (USED,),
    ),
    (
        CallFails("step", CALL, "# a\fb\nh = step(x, W)"),
        "Check what `step` gives back: cannot unpack non-iterable float object.",
        ("It is used like this: # a\fb; h = step(x, W)",),
    ),
    (
        HiddenFails(WRONG, "step", "h", failed=4, hidden=6),
        OTHER_SIZES,
        ("In 4 of 6 hidden cases `h` has wrong values.",),
    ),
    (
        HiddenFails(Ending("raised", error="KeyError"), "step", failed=4, hidden=6),
        OTHER_SIZES,
        ("In 4 of 6 hidden cases the code stops with KeyError.",),
    ),
    (
        HiddenFails(Ending("timed_out", limit=2, clock="cpu"), "step", failed=1, hidden=6),
        "In a hidden case `step` does not finish: it was stopped after 2 s of computing.",
        (LACKING,),
    ),
    (HiddenFails(), HIDDEN_ONLY, ()),
    (
        BreaksRule("step", RuleBroken("inputs_unchanged")),
        "`step` changes an input in place, which is not allowed here.",
        (),
    ),
    (
        BreaksRule("step", RuleBroken("repeatable")),
        "`step` gives another result when the same inputs come again: it depends on chance or on earlier calls.",
        (),
    ),
    (
        BreaksSource("step", LOOPS),
        (
            "`step` uses `for` in line 3 (2 places in all), which is not allowed here; it does not use `np.dot`, "
            "which is asked for here."
        ),
        (),
    ),
    (
        DoesNotRaise("step", RETURNS, NotRun(), "x must be a column"),
        "Let `step` raise ValueError for bad input. It returns a value.",
        ("Why: x must be a column.",),
    ),
    (
        DoesNotRaise("step", NotRaised("ValueError", Ending("timed_out", limit=2, clock="cpu")), SLOW),
        ("Let `step` raise ValueError for bad input. It does not finish: it was stopped after 2 s of computing."),
        (LOOP,),
    ),
    (
        DoesNotRaise("step", RETURNS, NotRun(), "x must be a column."),
        "Let `step` raise ValueError for bad input. It returns a value.",
        ("Why: x must be a column.",),
    ),
    (
        LawsFail("h is small", (LawBroken("the largest is 3."),)),
        "Look at a rule that should hold: h is small.",
        ("The largest is 3.",),
    ),
    (
        LawsFail("h lies between -1 and 1", (LawBroken("|h| is 3.0"), LawUntried())),
        "Look at a rule that should hold: h lies between -1 and 1.",
        ("|h| is 3.0.", "Could not be tried, because the code does not come to its end."),
    ),
]


@pytest.mark.parametrize(("reason", "first", "then"), SENTENCES, ids=lambda value: type(value).__name__)
def test_what_is_said_of_a_reason(reason, first, then):
    assert headline(reason) == first
    assert explanation(result(reason)) == then


@pytest.mark.parametrize(
    ("reason", "kind", "then"),
    [
        (BreaksSource("step", LOOPS), "output", ["Why: Arrays as a whole."]),
        (Deviates("h", SPREAD), "output", [f"Besides, the code {problem(LOOPS)}.", "Why: Arrays as a whole."]),
        (Deviates("h", SPREAD), "source", []),  # a part of its own says it
        (NotDone("step"), "output", []),
    ],
)
def test_a_breach_is_said_once_and_not_of_what_is_not_written_yet(reason, kind, then):
    found = replace(result(reason, part("source" if kind == "source" else "h", LOOPS, kind=kind)), source=LOOPS)
    assert [said for said in explanation(found) if said.startswith(("Besides", "Why"))] == then


def test_every_reason_has_its_sentences():
    assert {type(reason) for reason, _, _ in SENTENCES} == set(typing.get_args(Reason))


# ── counts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        ([part(failed=4)], ["All 4 public cases fail."]),
        ([part(failed=1, tried=1)], ["1 of 1 public cases fails."]),
        ([part(failed=3), part("c", right=True, failed=0)], ["`c` is right; `h` is not.", "3 of 4 public cases fail."]),
        (
            [part(failed=1), part("c", failed=2), part("y", right=True, failed=0), part("z", right=True, failed=0)],
            ["`y` and `z` are right; `h` and `c` are not.", "2 of 4 public cases fail."],
        ),
        (
            [part(), part("c", followed=("gate",)), part("y", right=True, failed=0)],
            ["`y` is right; `h` is not.", "2 of 4 public cases fail."],
        ),
    ],
)
def test_of_a_public_case_that_fails_the_counts_are_told(parts, sentences):
    assert explanation(result(Deviates("h", ONE), *parts)) == tuple(sentences)
    assert explanation(result(Ends("step", NO_VALUE, "memory.py"), *parts)) == tuple(sentences)
    assert explanation(result(CallFails("step", CALL, RUN), *parts)) == (USED, *sentences)


def test_where_there_is_nothing_to_count_no_counts_are_told():
    wrong = part(failed=4)
    assert explanation(result(NotDone("step"), wrong, status="unfinished")) == ()
    assert explanation(result(NotDone("step"), wrong, status="partly")) == ("All 4 public cases fail.",)
    assert explanation(result(Ends("step", SLOW, "memory.py"), wrong)) == (LOOP,)
    memory = OutOfMemory(limit=1 << 30)
    assert explanation(result(Ends("step", memory, "memory.py"), wrong))[-1] == "All 4 public cases fail."
    assert explanation(result(HiddenFails(), wrong)) == ()


# ── what is not said twice ────────────────────────────────────────────────────────────────────────────────────────

STOPS = Ending("raised", error="ValueError")
NAMED = Raised("OwnError", "no", ("OwnError", "ValueError"), (OWN,))
HELPED = Raised("ValueError", "no", ("ValueError",), (OWN, HELPER))


@pytest.mark.parametrize(
    ("reason", "found", "said"),
    [
        (Deviates("h", SPREAD), part(), True),
        (Deviates("h", SPREAD), part("c"), False),
        (Deviates("h", SPREAD), part("h", Fault("shape", "transposed")), False),
        (Deviates("h", SPREAD), part("law", LawBroken("Does not hold"), kind="property"), False),
        (Ends("step", NO_VALUE, "memory.py"), part("h", STOPS), True),
        (Ends("step", HELPED, "memory.py"), part("h", STOPS), True),
        (Ends("step", NAMED, "memory.py"), part("h", STOPS), False),
        (Ends("step", NO_VALUE, "memory.py"), part("h", Ending("raised", error="KeyError")), False),
        (CallFails("step", CALL, RUN), part("h", Ending("raised", error="TypeError")), False),
        (NotDone("step"), part("h", Ending("raised", error="NotImplementedError")), False),
        (DoesNotRaise("step", RETURNS, NotRun()), part("ValueError", RETURNS, kind="raises"), True),
        (LawsFail("h is small", (LawBroken("the largest is 3."),)), part("law", LawBroken("the largest is 3.")), True),
        (BreaksRule("step", RuleBroken("repeatable")), part("h", RuleBroken("repeatable")), True),
        (BreaksSource("step", LOOPS), part("h", LOOPS), True),
        (OnlyEarlier(("gate",)), part("h", ButFor(("gate",)), followed=("gate",)), True),
        (HiddenFails(WRONG, "step", "h", 1, 6), part(), False),
        (
            HiddenFails(Ending("raised", error="KeyError"), "step", "", 1, 6),
            part("h", Ending("raised", "KeyError")),
            False,
        ),
        (HiddenFails(Ending("crashed"), "step", "", 1, 6), part("h", Ending("crashed")), True),
        (HiddenFails(), part("h", WrongInHidden()), True),
        (HiddenFails(), part("law", LawBroken("the largest is 3.")), False),
        (Deviates("h", SPREAD), part("c", WrongInHidden()), False),
        (AllRight(), part("h", None, right=True), True),
    ],
)
def test_a_parts_problem_is_not_said_twice(reason, found, said):
    assert says_problem(result(reason, found), found) is said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (AllRight(), True),
        (Deviates("h", SPREAD), True),
        (NotDone("step"), True),
        (Ends("step", SLOW, "memory.py"), True),
        (Ends("step", NO_VALUE, "memory.py"), False),
        (Ends("step", Raised("ValueError", "", frames=(OWN,)), "memory.py"), True),
        (CallFails("step", CALL, RUN), False),
        (DoesNotRaise("step", RETURNS, NotRun()), True),
        (DoesNotRaise("step", NotRaised("KeyError", STOPS), Raised("ValueError", "")), True),
        (DoesNotRaise("step", NotRaised("KeyError", STOPS), NO_VALUE), False),
        (DoesNotRaise("step", NotRaised("KeyError", STOPS), Raised("OwnError", "")), False),
    ],
)
def test_an_exception_is_not_said_twice(reason, said):
    assert says_error(result(reason)) is said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("gate",), "It builds on `gate`, whose exercise is not right either: mend that first."),
        (("gate", "mixed"), "It builds on `gate` and `mixed`, whose exercises are not right either: mend those first."),
        ((), None),
    ],
)
def test_of_what_it_builds_on_only_the_exercise_is_called_wrong(names, said):
    """The function itself may be right, and another that its exercise calls be the one to mend."""
    found = explanation(replace(result(HiddenFails()), builds_on=names))
    assert [text for text in found if text.startswith("It builds on")] == ([said] if said else [])


@pytest.mark.parametrize(("names", "verbs"), [(("step",), ("is", "leaves")), (("gate", "step"), ("are", "leave"))])
def test_what_is_still_to_be_earned_by_what_builds_on_others(names, verbs):
    shown, (are, leave) = quoted(names), verbs
    assert explanation(replace(result(HiddenFails()), builds_on=names))[-2:] == (
        f"Once the rest is right, its method can earn points even while {shown} {are} wrong.",
        f"That may not be seen while {shown} {leave} an argument unused.",
    )
