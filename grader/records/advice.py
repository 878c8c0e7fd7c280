"""What to do about a wrong version that too few cases of the bank tell, as `grade audit` found it out: facts.

Such a version is run on further candidates, drawn as the bank's own cases were; ``tried`` says on how many.
"""

from __future__ import annotations

from typing import TypeAlias

from grader.records.bank import Origin
from grader.records.record import Record


class DrawMore(Record, frozen=True, tag="draw_more"):
    """Further candidates kill it: ``killing`` of those ``tried``.

    Most of all do those of one ``origin``: ``killing_there`` of ``tried_there``.
    """

    origin: Origin
    killing_there: int
    tried_there: int
    killing: int
    tried: int


class TightenTolerance(Record, frozen=True, tag="tighten_tolerance"):
    """No further candidate kills it, and the assignment's own tolerance is what lets it pass."""

    tried: int


class WriteExamples(Record, frozen=True, tag="write_examples"):
    """No further candidate kills it, only some of the bank's own cases, which are too few."""

    tried: int


class Equivalent(Record, frozen=True, tag="equivalent"):
    """Nothing kills it: it is probably as right as the reference. ``drops_check``: it lacks one of its checks."""

    tried: int
    drops_check: bool = False


class CheckMore(Record, frozen=True, tag="check_more"):
    """No value tells it, only a ``law`` or, where that is empty, a required exception, on too few cases."""

    law: str = ""


Advice: TypeAlias = DrawMore | TightenTolerance | WriteExamples | Equivalent | CheckMore
