"""What is drawn for an exercise and can be no case: counted by reason, the first of each kept to be shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.records.bank import LeftOut, Sifted

if TYPE_CHECKING:
    from grader.bank.plans import Candidate
    from grader.records.bank import Unfit

MESSAGE = 500  # characters that are kept of what an exception says


class Sieve:
    """Inputs pass it one by one; ``tried`` are all of them."""

    def __init__(self) -> None:
        self.tried = 0
        self._first: dict[tuple[Unfit, str], tuple[Candidate, str]] = {}
        self._counts: Counter[tuple[Unfit, str]] = Counter()

    def leave_out(self, candidate: Candidate, why: Unfit, about: str = "", message: str = "") -> None:
        """One of those that were tried is no case."""
        self._first.setdefault((why, about), (candidate, message[:MESSAGE]))
        self._counts[why, about] += 1

    def sifted(self) -> Sifted:
        """What was found so far, the commonest reason first."""
        found = []
        for (why, about), count in self._counts.most_common():
            first, message = self._first[why, about]
            found.append(LeftOut(why, about, message, count, first.sizes, first.inputs))
        return Sifted(self.tried, tuple(found))
