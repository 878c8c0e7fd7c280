import pytest
from msgspec.structs import replace

from grader.records.finding import Finding, OutputsRight, Share
from grader.records.run import (
    BadReply,
    Crashed,
    Frame,
    Isolation,
    NotRun,
    OutOfMemory,
    OutputFlood,
    Raised,
    Returned,
    TimedOut,
)
from grader.records.verdict import Deviation
from grader.report import view, words
from tests.report.samples import (
    ALL_RIGHT,
    FOLLOWED,
    HIDDEN_FAILS,
    MISSING,
    MIXED,
    RAISED,
    UNGRADED_ONE,
    WEAK,
    part,
    report,
    right,
)

PUBLIC_ONLY = report([replace(right("a", "A", 1), parts=(part("a", 1, public=(1, 0), hidden=(0, 0)),))])


def test_the_explanation_leaves_out_what_the_diagnosis_says():
    known = Finding(OutputsRight(("c",)), Share(shown=20, asked=20, tried=20), ("h",))
    exercise = replace(RAISED, explanation=("All 10 cases fail.", "`c` is right; `h` is not."))
    assert words.explanation(exercise) == list(exercise.explanation)
    assert words.explanation(replace(exercise, diagnosis=(known,))) == ["All 10 cases fail."]
    said = "`c` is right; `h` is not. Wrong in 20 of 20 cases tried, and in nothing else."
    assert words.diagnosis(known) == said


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (view.student(ALL_RIGHT), "Public checks passed, 120 hidden checks not shown."),
        (view.staff(ALL_RIGHT), "150 checks passed."),
        (view.student(PUBLIC_ONLY), "1 check passed."),
        (view.student(HIDDEN_FAILS), "Public checks passed, some of 120 hidden checks failed. Those are not shown."),
        (view.staff(HIDDEN_FAILS), "2 of 150 checks failed."),
        (view.student(MIXED), "98 of 113 public checks failed, 443 hidden checks not shown."),
        (report([MISSING]), "No checks were run."),
        (
            report([right("a", "A", 1), MISSING]),
            "The checks that could be run passed, but not every exercise is right.",
        ),
        (UNGRADED_ONE, "1 exercise could not be graded. That is the grader's fault and costs no points."),
    ],
)
def test_checks(given, sentence):
    assert words.checks(given) == sentence


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Raised("ValueError", "no"), "It raised ValueError: no"),
        (Raised("ValueError", ""), "It raised ValueError."),
        (TimedOut(2.0, "cpu", "case"), "It was stopped after 2 s of computing, the limit for one case."),
        (TimedOut(20.5, "wall", "exercise"), "It was stopped after 20.5 s of waiting, the limit for the exercise."),
        (TimedOut(10, "cpu", "load"), "It was stopped after 10 s of computing, the limit for importing the module."),
        (
            Crashed(signal="SIGSEGV"),
            (
                "It crashed Python with SIGSEGV: memory that is not the program's own was touched, "
                "or recursion went too deep."
            ),
        ),
        (Crashed(signal="SIGUSR1"), "It crashed Python with SIGUSR1."),
        (Crashed(exit_code=3), "It ended Python itself with exit code 3."),
        (Crashed(), "It ended Python itself."),
        (OutOfMemory(1 << 29), "It asked for more memory than the limit of 512 MiB."),
        (OutOfMemory(1 << 30, "74.5 GiB"), "It asked for more memory than the limit of 1 GiB (74.5 GiB)."),
        (OutputFlood(1 << 20), "It printed more than 1 MiB."),
        (BadReply("x"), "It gave no valid answer: something wrote where only the grader's worker may."),
        (NotRun(), "It was not tried: an earlier case ended the program."),
        (Returned(outputs={}), ""),
    ],
)
def test_outcome(outcome, sentence):
    assert words.outcome(outcome) == sentence


@pytest.mark.parametrize(
    ("deviation", "sentence"),
    [
        (
            Deviation("value", "s", where=(2, 0), expected=0.3, got=0.4, wrong=5, total=6),
            "Worst at [2, 0]: expected 0.3, got 0.4; 5 of 6 elements wrong.",
        ),
        (
            Deviation("value", "s", where=(), expected=1.0, got=1.0000000001, wrong=1, total=1),
            "Expected 1, got 1.0000000001.",
        ),
        (Deviation("nonfinite", "s", nans=2, infs=1, wrong=3, total=4), "3 of 4 elements wrong; 2 NaN; 1 infinite."),
        (Deviation("shape", "s", detail="expected (3, 1), got (3,)"), "Expected (3, 1), got (3,)."),
        (Deviation("type", "is None"), "It is None."),
    ],
)
def test_deviation(deviation, sentence):
    assert words.deviation(deviation) == sentence


@pytest.mark.parametrize(
    ("count", "text"),
    [(1 << 30, "1 GiB"), (3 << 29, "1.5 GiB"), (512 << 20, "512 MiB"), (64 << 10, "64 KiB"), (1000, "1,000 bytes")],
)
def test_size(count, text):
    assert words.size(count) == text


def test_weak_isolation_is_said_where_hidden_cases_ran():
    assert not words.weakly_isolated(ALL_RIGHT)
    assert words.weakly_isolated(replace(ALL_RIGHT, isolation=WEAK))
    assert not words.weakly_isolated(replace(PUBLIC_ONLY, isolation=WEAK))
    assert words.isolation(replace(ALL_RIGHT, isolation=WEAK)) == (
        "Isolation level 1: own session, resource limits. Hidden cases were run with weak isolation"
    )
    assert words.isolation(report([MISSING], isolation=Isolation(0, ()))) == "Isolation level 0: no layers"


def test_what_the_traceback_says_is_not_said_again():
    (example,) = RAISED.counterexamples
    assert words.ended(example, RAISED) == ""
    assert words.ended(example, replace(RAISED, error="")) == words.outcome(example.outcome)
    assert words.ended(replace(example, outcome=None), RAISED) == ""


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [("has wrong values", "It has wrong values."), ("The value is wrong.", "The value is wrong.")],
)
def test_summary(phrase, sentence):
    assert words.summary(Deviation("value", phrase)) == sentence


@pytest.mark.parametrize(
    ("headline", "problem", "kind", "told"),
    [
        ("Check `h`: it has wrong values.", "has wrong values", "output", ""),
        ("Check `c`: it has wrong values.", "has wrong values", "output", "Has wrong values."),
        ("`step` stops in line 4 with ValueError.", "stops with ValueError", "output", ""),
        ("`step` stops in line 4 of gates.py with ValueError.", "stops with ValueError", "output", ""),
        ("Let `step` raise ValueError for bad input: it returns 1.", "returns 1", "raises", ""),
        ("Check `h`: it has wrong values.", "Does not hold", "property", "Does not hold."),
        ("Look at a rule: h is small.", "the largest is 3.", "property", ""),
    ],
)
def test_a_parts_problem_is_not_said_twice(headline, problem, kind, told):
    one = part("h", 1, problem=problem, kind=kind)
    exercise = replace(RAISED, headline=headline, explanation=("The largest is 3.",), parts=(one,))
    assert words.problem_beyond(one, exercise) == told


def test_a_line_that_is_no_python_belongs_to_no_function():
    assert words.frame(Frame("memory.py", 37, "", "h = (")) == ('File "memory.py", line 37', "h = (")


A, B, C = (Frame("memory.py", number, name) for number, name in enumerate("abc", 1))


@pytest.mark.parametrize(
    ("frames", "shown"),
    [
        ([], []),
        ([A, B, B, C], ["a", "b", "b", "c"]),
        ([A, *[B] * 5, C], ["a", "b", "b", "… 3 more like these", "c"]),
        ([A, *[B, C] * 4], ["a", "b", "c", "b", "c", "… 4 more like these"]),
        ([*[A, B, C] * 3, A, B, C, C, A, *[B, C, A] * 3], ["a", "b", "c", "a", "b", "c", "… many more like these"]),
        ([A, *[B] * 18, C], ["a", "b", "b", "… many more like these", "c"]),
    ],
)
def test_recursion_is_shortened(frames, shown):
    assert [where.rpartition(", in ")[2] for where, _ in words.traceback(frames)] == shown


def test_where_only_earlier_functions_are_wrong_the_method_is_right():
    wanting = replace(FOLLOWED, earned=8, points=9, parts=(*FOLLOWED.parts, part("law", 1, public=(1, 1))))
    assert [words.status(each) for each in (FOLLOWED, wanting)] == ["method right", "partly right"]
    assert [words.part_word(each) for each in wanting.parts] == ["method right", "right", "wrong"]


@pytest.mark.parametrize(
    ("minimised", "origin", "title"),
    [
        (False, "example: a slide", "A failing public case (example: a slide)"),
        (False, "", "A failing public case"),
        (True, "example: a slide", "Smallest failing input, made from a public case"),  # its numbers are others now
    ],
)
def test_title(minimised, origin, title):
    (example,) = RAISED.counterexamples
    assert words.title(replace(example, minimised=minimised, origin=origin)) == title


def test_problem():
    assert words.problem(part("h", 1, problem="has wrong values")) == "Has wrong values."
    assert words.problem(part("h", 1, problem="Is it right?")) == "Is it right?"
    assert words.problem(part("h", 1)) == ""
