"""What every writer says about a written report."""

import math

import pytest
from msgspec.structs import replace

from grader.records.run import Frame
from grader.report.document import (
    WrittenDeviation,
    WrittenFinding,
    WrittenGroup,
    WrittenIsolation,
    WrittenOutput,
)
from grader.report.words import page
from tests.report.samples import (
    ALL_RIGHT,
    FOLLOWED,
    MISSING,
    RAISED,
    WEAK,
    part,
    report,
    right,
)

PUBLIC_ONLY = report([replace(right("a", "A", 1), parts=(part("a", 1, public=(1, 0), hidden=(0, 0)),))])


def test_a_finding_is_told_with_what_it_rests_on():
    known = WrittenFinding(
        "circumstance", "outputs", "`c` is right; `h` is not.", "Wrong in 20 of 20 cases tried to find the mistake."
    )
    assert page.diagnosis(known) == "`c` is right; `h` is not. Wrong in 20 of 20 cases tried to find the mistake."


def group(kind, *, right, earned, failed=0, hidden_failed=None):
    return WrittenGroup(kind, kind, 2.0, earned, right, public=4, public_failed=failed, hidden=6,
                        hidden_failed=hidden_failed)  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "counts"),
    [
        (group("long", right=True, earned=2.0), ["public 4 of 4"]),
        (group("long", right=False, earned=0.0, failed=1), ["public 3 of 4"]),
        (group("long", right=False, earned=0.0), ["public 4 of 4", "not all hidden ones"]),
        (group("long", right=False, earned=0.0, hidden_failed=2), ["public 4 of 4", "hidden 4 of 6"]),
    ],
)
def test_of_the_hidden_cases_of_a_group_is_told_whether_all_are_right(shown, counts):
    assert page.group_counts(shown) == counts


def test_why_a_right_group_earns_nothing_is_said():
    paid = (group("ordinary", right=True, earned=2.0), group("long", right=False, earned=0.0))
    unpaid = (group("ordinary", right=False, earned=0.0), group("long", right=True, earned=0.0))

    assert page.unpaid(replace(part("a", 4), groups=paid)) == ""
    assert page.unpaid(replace(part("a", 4), groups=unpaid)) == "The others count beside ordinary alone."
    assert page.part_status(replace(part("a", 4), right=False, earned=2.0, groups=paid)) == "partly"


@pytest.mark.parametrize(
    ("deviation", "sentence"),
    [
        (
            WrittenDeviation("value", "s", where=(2, 0), expected=0.3, got=0.4, wrong=5, total=6),
            "Worst at [2, 0]: expected 0.3, got 0.4; 5 of 6 elements wrong.",
        ),
        (
            WrittenDeviation("value", "s", where=(), expected=1.0, got=1.0000000001, wrong=1, total=1),
            "Expected 1, got 1.0000000001.",
        ),
        (
            WrittenDeviation(
                "nonfinite", "s", where=(1,), expected=2.0, got=math.nan, nans=2, infs=1, wrong=3, total=4
            ),
            "First at [1]: expected 2, got nan; 2 of 4 elements NaN; 1 of 4 elements infinite.",
        ),
        (
            WrittenDeviation("nonfinite", "s", where=(), expected=2.0, got=math.inf, infs=1, wrong=1, total=1),
            "Expected 2, got inf.",
        ),
        (WrittenDeviation("shape", "s", detail="expected (3, 1), got (3,)"), "Expected (3, 1), got (3,)."),
        (WrittenDeviation("type", "is None"), "It is None."),
    ],
)
def test_deviation(deviation, sentence):
    assert page.deviation(deviation) == sentence


def test_weak_isolation_is_said_where_hidden_cases_ran():
    assert not page.weakly_isolated(ALL_RIGHT)
    assert page.weakly_isolated(replace(ALL_RIGHT, sandbox=WEAK))
    assert not page.weakly_isolated(replace(PUBLIC_ONLY, sandbox=WEAK))
    assert page.isolation(replace(ALL_RIGHT, sandbox=WEAK)) == (
        "Isolation level 1: own session, resource limits. Hidden cases were run with weak isolation"
    )
    assert page.isolation(replace(ALL_RIGHT, sandbox=WEAK), layers=False) == (
        "Isolation level 1. Hidden cases were run with weak isolation"
    )
    assert page.isolation(report([MISSING], sandbox=WrittenIsolation(0, ()))) == "Isolation level 0: no layers"


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [("has wrong values", "It has wrong values."), ("The value is wrong.", "The value is wrong.")],
)
def test_summary(phrase, sentence):
    assert page.summary(WrittenDeviation("value", phrase)) == sentence


def test_a_line_that_is_no_python_belongs_to_no_function():
    assert page.frame(Frame("memory.py", 37, "", "h = (")) == ('File "memory.py", line 37', "h = (")


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
    assert [where.rpartition(", in ")[2] for where, _ in page.traceback(frames)] == shown


def test_where_only_earlier_functions_are_wrong_the_method_is_right():
    wanting = replace(FOLLOWED, earned=8, points=9, parts=(*FOLLOWED.parts, part("law", 1, public=(1, 1))))
    assert [page.status(each) for each in (FOLLOWED, wanting)] == ["method right", "partly right"]
    assert [page.part_word(each) for each in wanting.parts] == ["method right", "right", "wrong"]


@pytest.mark.parametrize(
    ("minimised", "origin", "title"),
    [
        (False, "example: a slide", "A failing public case (example: a slide)"),
        (False, "", "A failing public case"),
        (True, "example: a slide", "A small failing input, made from a public case"),  # its numbers are others now
    ],
)
def test_title(minimised, origin, title):
    (example,) = RAISED.counterexamples
    assert page.title(replace(example, minimised=minimised, origin=origin)) == title


@pytest.mark.parametrize(("kind", "told"), [("value", True), ("precision", True), ("shape", False), ("type", False)])
def test_how_far_off_is_allowed_is_told_where_it_decided(kind, told):
    detail = WrittenOutput("h", True, 1.0, 2.0, WrittenDeviation(kind, "is wrong"), "within 1e-06")
    assert page.is_limited(detail) == told
    assert not page.is_limited(replace(detail, deviation=None))


def test_remarks_are_one_list():
    assert page.remarks(()) == ""
    assert page.remarks(("One.",)) == "Remark: One."
    assert page.remarks(("One.", "Two.")) == "Remarks: One. Two."
