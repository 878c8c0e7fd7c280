"""What `grade audit` asks of an assignment."""

from __future__ import annotations

from grader.records.record import Record


class Bar(Record, frozen=True):
    """What `grade audit` asks of an assignment: this share of live mutants killed, each by so many cases.

    A submission that knows nothing gets ``know_nothing`` points at most.
    """

    kill: float = 1.0
    by: int = 3
    know_nothing: float = 1.0
