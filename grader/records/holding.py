"""What became of a property that was tried on cases."""

from __future__ import annotations

from grader.records.bank import Case
from grader.records.record import Record, Value
from grader.records.run import Outcome
from grader.records.verdict import LawBroken, LawFailed, LawUntried


class LawInput(Record, frozen=True):
    """What a property ran last, or first of what did not return finite numbers: a snippet, inputs, and its outputs."""

    case: Case
    run: str
    outputs: tuple[str, ...]
    sizes: dict[str, int]
    inputs: dict[str, Value]
    outcome: Outcome


class Holding(Record, frozen=True):
    """A property tried on some cases. ``problem`` is that of the first case on which it did not hold.

    ``shown`` is an input on which it did not, of public cases alone.
    """

    check: str
    problem: LawBroken | LawUntried | LawFailed | None = None
    public: int = 0
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0
    shown: LawInput | None = None
