"""How often something was drawn, beside how often that may be."""

from __future__ import annotations

from grader.records.record import Record


class DrawShare(Record, frozen=True):
    """The draws of one category: ``came`` of so many ``draws``, where ``least`` to ``most`` are right.

    ``category`` is as Python writes it. What is no category at all has the probability 0.
    """

    category: str
    probability: float
    came: int
    draws: int
    least: int
    most: int

    @property
    def right(self) -> bool:
        """Whether it came as often as it may."""
        return self.least <= self.came <= self.most
