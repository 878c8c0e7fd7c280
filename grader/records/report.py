"""The report on a submission."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from grader.records.record import Record
from grader.records.run import Frame, Isolation  # noqa: TC001 - msgspec reads annotations at run time
from grader.records.verdict import Counterexample, Finding, Part, Status  # noqa: TC001 - msgspec reads annotations at run time


class ExerciseResult(Record, frozen=True):
    """What an exercise earned and why.

    ``headline`` says what to do, ``explanation`` why, in sentences safe for students. ``counterexamples`` holds at most
    one public and one hidden one; ``printed`` is stdout of public cases only. ``diagnosis`` names the mistake, surest
    first, as far as it is known.
    """

    id: str
    title: str
    points: float
    earned: float | None  # None: ungraded, which is never a zero
    status: Status
    headline: str
    explanation: tuple[str, ...] = ()
    diagnosis: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = ()
    traceback: tuple[Frame, ...] = ()
    error: str = ""  # "ValueError: shapes not aligned", for the traceback's last line
    counterexamples: tuple[Counterexample, ...] = ()
    remarks: tuple[str, ...] = ()
    printed: str = ""

    @property
    def followed(self) -> bool:
        """True if there are wrong outputs, and functions of earlier exercises alone are to blame for them."""
        wrong = [part for part in self.parts if part.kind == "output" and not part.right]
        return bool(wrong) and all(part.followed for part in wrong)


class Timing(Record, frozen=True):
    """Wall seconds: the only part of a report that differs between two runs on the same submission.

    ``total`` is None where the reader may not know it.
    """

    total: float | None = None
    started: str = ""  # ISO 8601, UTC
    exercises: dict[str, float] = field(default_factory=dict)


class Report(Record, frozen=True):
    """The whole result of grading one submission. ``score`` is None when any exercise is ungraded."""

    assignment: str
    title: str
    module: str
    score: float | None
    max_score: float
    exercises: tuple[ExerciseResult, ...]
    isolation: Isolation
    headline: str = ""
    problem: str = ""  # what is wrong with the submission as a whole: a syntax error, an import that fails
    traceback: tuple[Frame, ...] = ()
    error: str = ""
    remarks: tuple[str, ...] = ()
    view: Literal["staff", "student"] = "staff"
    bank: str = ""  # SHA-256 of the bank's inputs: two reports with the same one used the same cases
    version: str = ""
    timing: Timing = Timing()
