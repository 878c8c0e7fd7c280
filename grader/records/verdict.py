"""Verdicts: made in the grader's own process only."""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.bank import Case  # noqa: TC001 - msgspec reads annotations at run time
from grader.records.record import Record, Value
from grader.records.run import Outcome, Returned

DeviationKind: TypeAlias = Literal["missing", "type", "shape", "dtype", "nonfinite", "value", "precision"]


class Deviation(Record, frozen=True):
    """How an output differs from what was expected: the first of the checks, in this order, that failed.

    ``summary`` is one sentence without numbers of the case (safe for hidden cases); ``detail`` may hold them.
    ``where`` is the index of the worst element, None when there is no such element.
    """

    kind: DeviationKind
    summary: str
    detail: str = ""
    where: tuple[int, ...] | None = None
    expected: float | None = None  # at ``where``
    got: float | None = None
    wrong: int = 0  # elements out of ``total``
    total: int = 0
    nans: int = 0
    infs: int = 0


class Comparison(Record, frozen=True):
    """One output of one case held against the bank."""

    output: str
    case: str
    deviation: Deviation | None = None
    remarks: tuple[str, ...] = ()


class Trial(Record, frozen=True):
    """One case and what became of it. ``problem`` is a phrase, safe for students: a ``raises`` case was not met."""

    case: Case
    outcome: Outcome
    comparisons: tuple[Comparison, ...] = ()
    problem: str = ""

    @property
    def right(self) -> bool:
        """True if the case gave all that it should."""
        if self.problem:
            return False
        if self.case.raises is not None:
            return True
        return isinstance(self.outcome, Returned) and all(found.deviation is None for found in self.comparisons)


class Holding(Record, frozen=True):
    """A property tried on some cases. ``problem`` is the sentence of the first case on which it did not hold."""

    check: str
    problem: str = ""
    public: int = 0
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0


PartKind: TypeAlias = Literal["output", "raises", "property"]


class Part(Record, frozen=True):
    """A share of an exercise's points. All its cases must be right, public and hidden.

    ``followed`` names earlier functions where the part is right but for those, so that its method earns the points.
    """

    kind: PartKind
    name: str
    title: str
    points: float
    earned: float
    right: bool
    public: int = 0  # cases tried, and how many of them failed
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0
    problem: str = ""  # one sentence, safe for students
    followed: tuple[str, ...] = ()


class OutputDetail(Record, frozen=True):
    """One output of a counterexample. ``got`` is None when nothing came back (``shown`` is False then)."""

    name: str
    expected: Value
    got: Value = None
    shown: bool = True
    deviation: Deviation | None = None
    tolerance: str = ""  # the rule in words


class Counterexample(Record, frozen=True):
    """The smallest failing case, ready to be run by hand. ``code`` is Python that a student can paste."""

    case: str
    origin: str
    hidden: bool
    minimised: bool
    inputs: dict[str, Value]
    sizes: dict[str, int]
    code: str
    outputs: tuple[OutputDetail, ...] = ()
    outcome: Outcome | None = None  # set when the case did not return


FindingKind: TypeAlias = Literal["misconception", "mutant", "probe", "relation", "circumstance"]


class Finding(Record, frozen=True):
    """One thing that is known of a mistake, true of all that was measured.

    ``name`` is the misconception's name, the mutation operator, or what kind of relation it is. ``sentence`` is for the
    student, ``evidence`` says what it rests on ("all 16 cases tried"); neither holds a value of a case. ``outputs`` are
    those that it accounts for.
    """

    kind: FindingKind
    name: str
    sentence: str
    evidence: str = ""
    outputs: tuple[str, ...] = ()


Status: TypeAlias = Literal["right", "partly", "wrong", "unfinished", "missing", "ungraded"]
