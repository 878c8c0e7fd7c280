"""``result.json`` of Classroom 50, ``classroom50/result/v1``: whole numbers, so points are counted in hundredths.

What could not be graded is 0 of 0 points, as the format knows no result without a score: nobody loses any.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grader.report.clean import clean, cleaned
from grader.report.services.fields import encoded, explained, is_full, named
from grader.report.words import page
from grader.report.words.services import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.report.document import Document, WrittenExercise
    from grader.report.services import Delivery

PER_POINT = 100
_LONGEST = 4_000  # characters of a message: the classroom's scores keep those of every submission


def render(report: Document, delivery: Delivery) -> str:
    """The results file; its tests are the exercises, and sum up to its score."""
    report = cleaned(report)
    tests = _tests(report)
    return encoded(
        {
            "schema": "classroom50/result/v1",
            "classroom": delivery.classroom,
            "assignment": delivery.assignment or report.assignment,
            "assignment_type": delivery.assignment_type or "individual",
            "owner": delivery.owner,
            "submission": delivery.submission,
            "commit": delivery.commit,
            "release": delivery.release,
            "review": delivery.review or delivery.commit,
            "datetime": (report.timing.started or delivery.now).replace("+00:00", "Z"),
            "score": sum(each["score"] for each in tests),
            "max-score": sum(each["max-score"] for each in tests),
            "tests": tests,
        }
    )


def _tests(report: Document) -> list[dict[str, Any]]:
    if report.score is None:
        message = summary(report)
        return [{"test-name": "grader", "passed": False, "score": 0, "max-score": 0, "message": message}]
    best = _whole([exercise.points for exercise in report.exercises])
    earned = _whole([exercise.earned or 0.0 for exercise in report.exercises])
    return [
        _test(exercise, min(score, most), most)
        for exercise, score, most in zip(report.exercises, earned, best, strict=True)
    ]


def _test(exercise: WrittenExercise, score: int, most: int) -> dict[str, Any]:
    return {
        "test-name": named(exercise),
        "passed": is_full(exercise),
        "score": score,
        "max-score": most,
        "status": page.status(exercise),
        "message": clean(explained(exercise), _LONGEST),
    }


def _whole(points: Sequence[float]) -> list[int]:
    """Points in whole hundredths that sum up to the rounded total: what is cut off most is rounded up first."""
    exact = [PER_POINT * each for each in points]
    whole = [math.floor(each) for each in exact]
    missing = round(sum(exact)) - sum(whole)
    for place in sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])[:missing]:
        whole[place] += 1
    return whole
