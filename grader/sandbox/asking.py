"""A job on its way to a worker: packed, then sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from grader.sandbox import protocol

if TYPE_CHECKING:
    from grader.records.run import Job
    from grader.sandbox.clocks import Clock


class Request:
    """A job, ready to be sent."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.id = os.urandom(protocol.ID_BYTES)
        self.frame = protocol.execute(self.id, job)


class Sent(NamedTuple):
    """A job that was sent, with clocks for the whole of it and for a single case."""

    request: Request
    whole: Clock
    single: Clock
