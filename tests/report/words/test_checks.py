"""What the checks of a submission say."""

import pytest
from msgspec.structs import replace

from grader.report.words.checks import checks
from tests.report.samples import (
    ALL_RIGHT,
    FOR_STUDENTS,
    HIDDEN_FAILS,
    MISSING,
    RAISED,
    UNFINISHED,
    UNGRADED_ONE,
    for_student,
    part,
    report,
    right,
)

PUBLIC_ONLY = report([replace(right("a", "A", 1), parts=(part("a", 1, public=(1, 0), hidden=(0, 0)),))])
#: A student's, whose assignment has hidden cases counted.
COUNTED = replace(FOR_STUDENTS["hidden_fails"], hidden="counts", exercises=HIDDEN_FAILS.exercises)
NOT_COUNTED = "Checks of 1 exercise not done yet, and of 1 that could not be tried, are not counted."
NOT_ALL = "The checks that could be run passed, but not every exercise is right."
COUNTS = (
    "Failed: 0 of 30 public checks and 2 of 120 hidden ones, which are counted but not shown, as this assignment has "
    "it."
)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (for_student(ALL_RIGHT), "Public checks passed, 120 hidden checks not shown."),
        (ALL_RIGHT, "150 checks passed."),
        (for_student(PUBLIC_ONLY), "1 check passed."),
        (FOR_STUDENTS["hidden_fails"], "Public checks passed, some of 120 hidden checks failed. Those are not shown."),
        (HIDDEN_FAILS, "2 of 150 checks failed."),
        (
            FOR_STUDENTS["mixed"],
            f"88 of 103 public checks failed, 403 hidden checks not shown. {NOT_COUNTED}",
        ),
        (report([UNFINISHED, UNFINISHED]), "Checks of 2 exercises not done yet are not counted."),
        (report([right("a", "A", 1), UNFINISHED]), f"{NOT_ALL} Checks of 1 exercise not done yet are not counted."),
        (report([MISSING]), "No checks were run."),
        (
            report([right("a", "A", 1), MISSING]),
            f"{NOT_ALL} Checks of 1 exercise that could not be tried are not counted.",
        ),
        (COUNTED, COUNTS),
        (replace(ALL_RIGHT, view="student", hidden="counts"), "150 checks passed."),
        (replace(PUBLIC_ONLY, view="student", hidden="counts"), "1 check passed."),
        (UNGRADED_ONE, "1 exercise could not be graded. That is the grader's fault and costs no points."),
    ],
)
def test_checks(given, sentence):
    assert checks(given) == sentence


def test_checks_of_the_exercises_that_are_shown():
    document = report([right("a", "A", 1), RAISED, UNFINISHED])
    assert checks(document, document.exercises[:1]) == checks(report(document.exercises[:1]))
    assert checks(document, document.exercises[1:2]) == checks(report([RAISED]))
