"""What is wrong with how code is written, as opposed to what it computes: facts about a text that is never run."""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.record import Record
from grader.records.run import Frame

#: A word stands where it must not ("forbidden") or nowhere ("lacking"); names are looked up while the code runs
#: ("looked_up"); there are too many lines ("too_long"); the text cannot be looked through ("unreadable").
BreachKind: TypeAlias = Literal["forbidden", "lacking", "looked_up", "too_long", "unreadable"]


class Breach(Record, frozen=True):
    """One rule that is not kept.

    ``word`` is the author's, or what looks names up. ``place`` is the first of so many (``count``) that it stands at;
    of lines, ``count`` is how many there are and ``limit`` how many there may be.
    """

    kind: BreachKind
    word: str = ""
    place: Frame | None = None
    count: int = 1
    limit: int = 0


class SourceBroken(Record, frozen=True, tag="source_broken"):
    """The rules on the source of an exercise that are not kept; ``because`` is the author's own reason for them."""

    module: str
    breaches: tuple[Breach, ...]
    because: str = ""
