"""The report as Gradescope's ``results.json``: a visible test for each exercise, with the points that it earned.

Hidden cases count inside the score of their exercise: one test that is hidden would hide the total. All text is plain,
so that nothing of a submission is read as markup. Gradescope has no word for what was not graded, and takes no file
without a number: there the score stands that the student has by now, and everything says that it is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report import terminal
from grader.report.clean import clean, cleaned
from grader.report.services.fields import encoded, named
from grader.report.services.gradescope_metadata import submitted
from grader.report.words import gradescope as words
from grader.report.words import page
from grader.report.words.checks import checks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.report.document import Document, WrittenExercise
    from grader.report.services import Delivery
    from grader.report.services.gradescope_metadata import Arrival

#: Formats of all texts: ``simple_format`` and ``md``, which Gradescope offers, would read some as markup.
_PLAIN = {"output_format": "text", "test_output_format": "text", "test_name_format": "text"}
_SHOWN = {"visibility": "visible", "stdout_visibility": "hidden"}
_LONGEST = 50_000  # characters of a test


def render(report: Document, delivery: Delivery) -> str:
    """The results as JSON text; the same submission, handed in at the same time, gives the same bytes."""
    report, told = cleaned(report), submitted(delivery.metadata)
    score = report.score
    said = []
    if score is None:
        graded = sum(exercise.earned or 0.0 for exercise in report.exercises)
        score = max(graded, told.earlier or 0.0)
        why = words.NOT_TAKEN if report.not_taken else words.FAILED
        said = [words.not_graded(why, score, told.earlier), ""]
    said += _about(report, told)
    tests = [_test(number, exercise) for number, exercise in enumerate(report.exercises, 1)]
    return _results(score, said, tests, ungraded=report.score is None, level=report.sandbox.level)


def ungraded(metadata: bytes = b"") -> str:
    """The results where there is no report at all; ``metadata`` is what Gradescope says of the submission."""
    earlier = submitted(metadata).earlier
    score = earlier or 0.0
    return _results(score, [words.not_graded(words.FAILED, score, earlier), words.TELL], [], ungraded=True)


def _results(score: float, said: list[str], tests: list[dict[str, Any]], **extra: object) -> str:
    found = {
        "score": round(score, 2),
        "output": "\n".join(said),
        **_PLAIN,
        **_SHOWN,
        "extra_data": extra,
        "tests": tests,
    }
    return encoded(found)


def _about(report: Document, told: Arrival) -> Iterator[str]:
    """What is to be said of the whole, in lines."""
    if report.problem:
        yield from filter(None, (report.problem, report.error, ""))
    elif report.headline:
        yield report.headline
    if not report.not_taken:  # which the first words say
        yield checks(report)
    if told.late is not None:
        yield words.late(told.late)
    yield from map(page.remark, report.remarks)
    yield page.isolation(report, layers=False)


def _test(number: int, exercise: WrittenExercise) -> dict[str, Any]:
    """A test; of one that was not graded without a score, which Gradescope takes as the whole has one."""
    status = exercise.status
    said = "\n".join(filter(None, (exercise.headline, terminal.details(exercise))))
    result: dict[str, Any] = {"max_score": round(exercise.points, 2)}
    if exercise.earned is None:
        said = said if exercise.of_problem else words.not_graded_by(said)
    else:
        result |= {"score": round(exercise.earned, 2), "status": "passed" if status == "right" else "failed"}
    return {
        "number": str(number),
        "name": named(exercise),
        **result,
        "output": clean(said, _LONGEST),
        "tags": [page.STATUS[status]],
        "visibility": "visible",
    }
