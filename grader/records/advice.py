"""What to do about a wrong version that too few cases of the bank tell, as `grade audit` found it out: facts.

Such a version is run on further candidates, drawn as the bank's own cases were; ``tried`` says on how many.
"""

from __future__ import annotations

from typing import TypeAlias

from grader.records.bank import Origin
from grader.records.record import Record


class DrawMore(Record, frozen=True, tag="draw_more"):
    """Further candidates kill it: ``killing`` of those ``tried``.

    Most of all do those of one ``origin``: ``killing_there`` of ``tried_there``. So many ``more`` hidden cases would
    very likely have as many that kill it as are lacking.
    """

    origin: Origin
    killing_there: int
    tried_there: int
    killing: int
    tried: int
    more: int = 0


class TightenTolerance(Record, frozen=True, tag="tighten_tolerance"):
    """No further candidate kills it, and the assignment's own tolerance is what lets it pass."""

    tried: int


class WriteExamples(Record, frozen=True, tag="write_examples"):
    """No further candidate kills it, only some of the bank's own cases, which are too few."""

    tried: int


class Reach(Record, frozen=True):
    """An input, or a size, that lies beyond what an exercise draws, and its furthest number."""

    name: str
    number: float


class HiddenByRange(Record, frozen=True, tag="hidden_by_range"):
    """Inputs from wider domains kill it: ``killing`` of those ``tried``.

    ``example`` is the one of them that is easiest to read, as the assignment's YAML has it; ``beyond`` is what of it
    the exercise does not draw, or only by chance where that is empty.
    """

    beyond: tuple[Reach, ...]
    example: str
    killing: int
    tried: int


class FoundAlike(Record, frozen=True, tag="alike"):
    """No input kills it, of so many also from wider domains: it is as right as the reference, as far as was tried."""

    tried: int


class Equivalent(Record, frozen=True, tag="equivalent"):
    """The same, of a version that must not pass all the same, or that only few inputs could be tried on.

    It may be a ``misconception``, which its author meant to be wrong, or ``drops_check``: it lacks one of the
    reference's checks, which nothing asks for; so many ``checks`` under `raises` would.
    """

    tried: int
    misconception: bool = False
    drops_check: bool = False
    checks: int = 1


class CheckMore(Record, frozen=True, tag="check_more"):
    """No value tells it, only a ``law`` or, where that is empty, a required exception, in ``lacking`` cases too few."""

    law: str = ""
    lacking: int = 1


class LargerSample(Record, frozen=True, tag="larger_sample"):
    """What it draws is too like what is right for samples of that size; what chance shows now and then is no proof."""


Advice: TypeAlias = (
    DrawMore | HiddenByRange | FoundAlike | TightenTolerance | WriteExamples | Equivalent | CheckMore | LargerSample
)
