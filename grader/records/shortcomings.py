"""What keeps an assignment's tests from their bar, and what only asks to be looked at: facts, a record a kind.

Exercises and versions are named by their ids, files by their paths in the course.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.record import Record
from grader.records.verdict import PartKind

# ── what fails ────────────────────────────────────────────────────────────────────────────────────────────────────


class TooFewKilled(Record, frozen=True):
    """So many ``live`` versions are killed or waived; a share of them is ``asked`` for, each killed ``by`` cases."""

    killed_or_waived: int
    live: int
    asked: float
    by: int


class TooManyWaived(Record, frozen=True):
    """Of so many ``live`` versions no more than a share may be waived."""

    waived: int
    live: int
    allowed: float


class NoDifference(Record, frozen=True):
    """A misconception that no case tells from the reference any more."""

    version: str


class StaleWaiver(Record, frozen=True):
    """A waiver that must not stay: what it names is ``killed``, passes with a ``remark`` anyway, or is ``unknown``.

    It is enough that one of the matches of a pattern is killed: it would hide the next one that is not. What it names
    by ids of the form that was may have been ``renamed``.
    """

    exercise: str
    mutant: str
    because: Literal["killed", "remark", "unknown", "renamed"]
    killed: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()


class NothingGuards(Record, frozen=True):
    """An exercise of which no wrong version is killed."""

    exercise: str
    points: float


class UnguardedPart(Record, frozen=True):
    """A part with points that none of the wrong versions loses, of which so many were ``tried``.

    ``name`` is an output, the title of a property, or the exception that is required, with the author's reason.
    """

    exercise: str
    kind: PartKind
    name: str
    points: float
    tried: int
    because: str = ""


class VariantUngraded(Record, frozen=True):
    """A right variant at which the grader failed."""

    variant: str


class VariantRejected(Record, frozen=True):
    """A right variant that does not get full marks."""

    variant: str
    score: float
    max_score: float


class TooFewMutantsKilled(Record, frozen=True):
    """So many mutants of right variants are killed; a share is ``asked`` for of those that can be."""

    killed: int
    killable: int
    asked: float


class TemplateUngraded(Record, frozen=True):
    """The grader failed at the starter template in an exercise."""

    template: str
    exercise: str


class TemplateScores(Record, frozen=True):
    """The starter template gets points as it is."""

    template: str
    exercise: str
    points: float


class KnowNothingUngraded(Record, frozen=True):
    """The grader failed at a submission that knows nothing."""

    submission: str


class KnowNothingScores(Record, frozen=True):
    """A submission that knows nothing gets more points than are ``allowed``."""

    submission: str
    points: float
    allowed: float


Failure: TypeAlias = (
    TooFewKilled
    | TooManyWaived
    | NoDifference
    | StaleWaiver
    | NothingGuards
    | UnguardedPart
    | VariantUngraded
    | VariantRejected
    | TooFewMutantsKilled
    | TemplateUngraded
    | TemplateScores
    | KnowNothingUngraded
    | KnowNothingScores
)

# ── what to look at ───────────────────────────────────────────────────────────────────────────────────────────────


class WrongYetPassing(Record, frozen=True):
    """Versions that are only numerically off, though not by their kind. ``literal``: by the author's own tolerance."""

    exercise: str
    versions: tuple[str, ...]
    literal: bool


class NearlyWrong(Record, frozen=True):
    """A right variant that is less than so many ``times`` under what is allowed."""

    exercise: str
    variant: str
    times: int


class NearlyRight(Record, frozen=True):
    """A mistake that is less than so many ``times`` over what is allowed."""

    exercise: str
    version: str
    times: int


class NoVariantTried(Record, frozen=True):
    """There is no right variant, neither ``beside`` the course's tests nor in the assignment's ``own`` folder."""

    beside: str
    own: str


Warned: TypeAlias = WrongYetPassing | NearlyWrong | NearlyRight | NoVariantTried
