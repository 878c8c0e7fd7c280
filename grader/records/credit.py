"""Shares of an output's points: groups of cases by what they try, each paid whole."""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.record import Record

#: Whether an output is earned whole, or a share of it for each group of cases.
Credit: TypeAlias = Literal["whole", "share"]

#: What cases try: ordinary sizes and values, a size of 1, sizes near their highest, values at an end or saturated.
GroupKind: TypeAlias = Literal["ordinary", "size_one", "long", "extreme"]


class CreditGroup(Record, frozen=True):
    """The cases of one kind and what they earn: all of ``points``, or nothing.

    Right without earning anything are groups beside one of ordinary cases that is not. ``hidden_failed`` is None where
    it is not told.
    """

    kind: GroupKind
    points: float
    earned: float
    right: bool
    public: int = 0
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int | None = 0
