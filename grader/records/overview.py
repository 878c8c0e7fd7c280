"""A course at a glance: what is known of each assignment without grading anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from grader.records.record import Record


class BankState(Record, frozen=True):
    """Of how many ``exercises`` the cases are there (``ready``), and how the bank came with the course, if it did.

    Of a sealed bank nobody knows, until it is opened, whether it fits: what is ``ready`` is in this machine's cache.
    """

    exercises: int
    ready: int
    shipped: Literal["", "frozen", "sealed"] = ""


class AuditState(Record, frozen=True):
    """How the last audit on this machine ended, in days of UTC; ``current``: nothing has changed since."""

    day: date
    failures: int
    ungraded: bool
    current: bool

    @property
    def passed(self) -> bool:
        """Whether the tests reached their bar."""
        return not self.failures and not self.ungraded


class ListedAssignment(Record, frozen=True):
    """An assignment with what is known of it. One with ``problems`` cannot be read, and so many are known of it."""

    id: str
    title: str = ""
    points: float = 0.0
    exercises: int = 0
    due: datetime | None = None
    bank: BankState | None = None
    audit: AuditState | None = None
    problems: int = 0
