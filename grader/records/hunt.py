"""What a hunt for a false pass came to."""

from __future__ import annotations

from grader.records.assignment import Exercise
from grader.records.record import Record
from grader.records.verdict import Trial


class FalsePass(Record, frozen=True):
    """An input on which a submission that passed is wrong, in the trial that showed it.

    ``again``: it was wrong again in fresh processes. Otherwise its results depend on chance, or on earlier calls.
    """

    exercise: Exercise
    trial: Trial
    again: bool = True


class Explored(Record, frozen=True):
    """What hunting through an exercise gave.

    ``tried`` inputs were compared. For ``unanswered`` ones the reference gives nothing that a case could expect; where
    answers differ, rounding decided for ``ill`` ones. ``everything``: the domains hold no more inputs.
    """

    exercise: Exercise
    tried: int = 0
    unanswered: int = 0
    ill: int = 0
    everything: bool = False
    interrupted: bool = False
    found: FalsePass | None = None
