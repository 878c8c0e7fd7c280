"""How the code of an exercise must be written, as its author says it."""

from __future__ import annotations

from grader.records.record import Record


class SourceLimits(Record, frozen=True):
    """How long the code of an exercise may be: lines that hold code, in its functions and the helpers they reach."""

    lines: int | None = None


class SourceRules(Record, frozen=True):
    """How the code of an exercise must be written; its words are those of :mod:`grader.course.source_words`.

    With ``points`` that is a part of its own. Without, whoever breaks a rule loses the exercise's outputs.
    """

    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    at_most: SourceLimits = SourceLimits()
    because: str = ""
    points: float | None = None
