"""What became of a work since it was graded before."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.report.words.since import since
from tests.report.samples import FOR_STUDENTS

DOCUMENT = next(iter(FOR_STUDENTS.values()))
EXERCISE = DOCUMENT.exercises[0]


def graded(*exercises, problem=None):
    """A document on exercises, each of four points: a status, and what it earned if not all or nothing."""
    whole = {"right": 4.0, "ungraded": None}
    made = tuple(
        replace(
            EXERCISE, id=f"e{number}", status=status, earned=given[0] if given else whole.get(status, 0.0), points=4.0
        )
        for number, (status, *given) in enumerate(exercises)
    )
    earned = [each.earned for each in made]
    score = None if None in earned else sum(earned)
    return replace(DOCUMENT, exercises=made, score=score, max_score=4.0 * len(made), problem=problem)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([("right",)], [("right",)], "No points gained or lost."),
        ([("wrong",), ("right",)], [("right",), ("right",)], "+4: `e0` is right now."),
        ([("right",), ("right",)], [("wrong",), ("partly", 1.5)], "−6.5: `e0` and `e1` are not right any more."),
        ([("unfinished",)], [("wrong",)], "The same points: `e0` is new."),
        ([("missing",)], [("partly", 1.0)], "+1: `e0` is new."),
        ([("wrong",)], [("missing",)], "The same points: `e0` is not there any more."),
        ([("partly", 1.0)], [("partly", 2.0)], "+1: `e0` has more right."),
        ([("partly", 2.0)], [("partly", 1.0)], "−1: `e0` has less right."),
        ([("wrong",), ("right",)], [("right",), ("wrong",)],
         "The same points: `e0` is right now; `e1` is not right any more."),
        ([("wrong",)] * 6, [("right",)] * 6, "+24: `e0`, `e1`, `e2` and 3 more are right now."),
        ([("right",)], [("ungraded",)], "`e0` could not be graded."),
        ([("ungraded",)], [("right",)], "`e0` is right now."),
    ],
)  # fmt: skip
def test_what_became_of_exercises(before, after, told):
    assert since(graded(*before), graded(*after)) == told


def test_of_a_file_that_cannot_be_run_the_problem_says_it_all():
    assert since(graded(("right",)), graded(("missing",), problem="memory.py stops in line 1.")) == ""
    assert since(graded(("right",)), graded(("wrong",), problem="memory.py stops in line 9.")) != ""
