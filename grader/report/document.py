"""What is written of a report: its facts in words. The JSON file is this, and every other writer writes from it.

:func:`grader.report.words.written.written` makes it. ``schema`` is the shape of the JSON file, made from these records;
``report.schema.json`` beside this file holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import field

from grader.records.record import Record, Value
from grader.records.report import Timing

if TYPE_CHECKING:
    from grader.records.finding import FindingKind
    from grader.records.run import (
        BadReply,
        Crashed,
        Frame,
        NotRun,
        OutOfMemory,
        OutputFlood,
        Raised,
        TimedOut,
    )
    from grader.records.schemas import ReportSchema
    from grader.records.verdict import DeviationKind, PartKind, Status

#: Fields that serve writers for people alone.
NOT_IN_JSON = frozenset({"beyond", "ended", "error_said"})


class WrittenDeviation(Record, frozen=True):
    """How an output is wrong. ``summary`` holds no figure of the case, ``detail`` may."""

    kind: DeviationKind
    summary: str
    detail: str = ""
    where: tuple[int, ...] | None = None
    expected: float | str | None = None  # text where JSON has no number
    got: float | str | None = None
    wrong: int = 0
    total: int = 0
    nans: int = 0
    infs: int = 0


class WrittenOutput(Record, frozen=True):
    """One output of a counterexample."""

    name: str
    shown: bool
    expected: Value
    got: Value = None
    deviation: WrittenDeviation | None = None
    tolerance: str = ""


class WrittenExample(Record, frozen=True):
    """A failing case. ``ended`` says how it ended, unless the exercise's traceback says the same; not in the JSON."""

    case: str
    origin: str
    hidden: bool
    minimised: bool
    sizes: dict[str, int]
    inputs: dict[str, Value]
    code: str
    outputs: tuple[WrittenOutput, ...] = ()
    outcome: Raised | TimedOut | Crashed | OutOfMemory | OutputFlood | BadReply | NotRun | None = None
    ended: str = ""


class WrittenFinding(Record, frozen=True):
    """What is known of a mistake, and what that rests on."""

    kind: FindingKind
    name: str
    sentence: str
    evidence: str = ""
    outputs: tuple[str, ...] = ()


class WrittenPart(Record, frozen=True):
    """A share of an exercise. ``beyond``: its problem where the headline of the exercise does not say it.

    It is not in the JSON.
    """

    kind: PartKind
    name: str
    title: str
    points: float
    earned: float
    right: bool
    public: int = 0
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0
    problem: str = ""
    followed: tuple[str, ...] = ()
    beyond: str = ""


class WrittenExercise(Record, frozen=True):
    """An exercise. ``beyond``: sentences of the explanation that the diagnosis does not hold; not in the JSON.

    ``error_said``: its headline says all that ``error`` says; not in the JSON either.
    """

    id: str
    title: str
    status: Status
    points: float
    earned: float | None
    headline: str
    diagnosis: tuple[WrittenFinding, ...] = ()
    explanation: tuple[str, ...] = ()
    parts: tuple[WrittenPart, ...] = ()
    error: str = ""
    traceback: tuple[Frame, ...] = ()
    counterexamples: tuple[WrittenExample, ...] = ()
    remarks: tuple[str, ...] = ()
    printed: str = ""
    beyond: tuple[str, ...] = ()
    error_said: bool = True

    @property
    def followed(self) -> bool:
        """True if there are wrong outputs, and functions of earlier exercises alone are to blame for them."""
        wrong = [part for part in self.parts if part.kind == "output" and not part.right]
        return bool(wrong) and all(part.followed for part in wrong)


class WrittenIsolation(Record, frozen=True):
    """How student code was kept apart."""

    level: int
    layers: tuple[str, ...]


class Document(Record, frozen=True):
    """A whole report."""

    schema: ReportSchema
    assignment: str
    title: str
    module: str
    view: Literal["staff", "student"]
    score: float | None
    max_score: float
    headline: str
    problem: str
    error: str
    traceback: tuple[Frame, ...]
    remarks: tuple[str, ...]
    exercises: tuple[WrittenExercise, ...]
    sandbox: WrittenIsolation
    bank: str
    version: str
    timing: Timing = field(default_factory=Timing)
