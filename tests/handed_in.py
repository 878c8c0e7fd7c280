"""The hand-ins of students in tests/submissions, each graded once for all tests that look at what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from msgspec.structs import replace

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading import grade as grading
from grader.grading.grade import Demands, grade_path
from tests.made_once import made_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.grading.exercise import Attempt
    from grader.grading.phase import Author
    from grader.records.report import ExerciseResult, Report
    from grader.sandbox.api import WorkerPool

ROOT = Path(__file__).parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"


class Graded(NamedTuple):
    """What came of a hand-in; ``strictly`` is without marks for the method: each exercise is diagnosed."""

    report: Report
    strictly: Report


def graded_once(path: Path, folder: Path, pool: WorkerPool) -> Graded:
    """The grading of a hand-in, by whichever process asks for it first; ``folder`` is shared by all of them."""
    return made_once(folder / f"{path.parent.name}-{path.stem}.pickle", lambda: _graded(path, pool))


def _graded(path: Path, pool: WorkerPool) -> Graded:
    before: dict[str, ExerciseResult] = {}
    follow_through = grading._follow_through

    def keep(attempts: Sequence[Attempt], author: Author, clock: object) -> None:
        before.update({attempt.exercise.id: attempt.result(bank.assignment.module) for attempt in attempts})
        follow_through(attempts, author, clock)

    files = find_course(ROOT).assignment(path.parent.name)
    bank = bank_for(files, pool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "_follow_through", keep)
        report = grade_path(files, bank, path, pool, demands=Demands(weak=True))
    exercises = tuple(before.get(result.id, result) for result in report.exercises)
    return Graded(report, replace(report, exercises=exercises))
