"""Submissions that end their worker while they are loaded, and what of them is run in the next one.

A cell that ends a worker is run lightly in the next: its definitions, imports and constants alone. If that ends it as
well, it is skipped. Where most of the time went into other cells, or too many end a worker, or there are no cells, the
whole module is run lightly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.errors import ProtocolError
from grader.records.run import MAX_CODE_CELLS, LostCell, TimedOut
from grader.sandbox.protocol import Entered

if TYPE_CHECKING:
    from grader.records.run import Loaded, Outcome
    from grader.sandbox.clocks import Clock
    from grader.sandbox.protocol import Reply

MAX_LIGHT, MAX_SKIPPED = 3, 2  # cells; each costs another loading
ITS_OWN = 0.5  # of the time that loading may take: a cell that took so much of it is to blame


class Loading:
    """How far loading has come, by what the worker says of it."""

    def __init__(self, request_id: bytes, clock: Clock) -> None:
        """``clock`` counts from when it began."""
        self._id, self._clock = request_id, clock
        self._cpu = self._wall = 0.0
        self.cell = 0
        self.lines: dict[int, int] = {}

    def heard(self, reply: Reply) -> bool:
        """True for word of another cell. Raises ProtocolError for one that cannot be."""
        if not isinstance(reply, Entered) or reply.id != self._id:
            return False
        if not self.cell < reply.cell <= MAX_CODE_CELLS:
            raise ProtocolError("a cell out of order")
        self.cell = reply.cell
        self.lines[reply.cell] = reply.line
        self._cpu, self._wall = self._clock.cpu(), self._clock.wall()
        return True

    def blames(self, problem: Outcome) -> bool:
        """Whether what ended the worker is the last cell's doing, and not that of all cells together."""
        if not isinstance(problem, TimedOut):
            return True
        before = self._cpu if problem.clock == "cpu" else self._wall
        return problem.seconds - before >= ITS_OWN * problem.seconds


class StoppedCells:
    """What ended a submission's workers so far."""

    def __init__(self) -> None:
        self._outcomes: dict[int, Outcome] = {}  # by cell
        self._whole: Outcome | None = None
        self._skipped: list[int] = []
        self._lines: dict[int, int] = {}

    @property
    def light(self) -> list[int]:
        """The cells of which definitions, imports and constants alone are to be run; 0 is all of the module."""
        return list(self._outcomes) if self._whole is None else [0]

    @property
    def skipped(self) -> list[int]:
        """The cells that are not to be run at all."""
        return self._skipped

    def add(self, loading: Loading, problem: Outcome) -> bool:
        """Take note of what ended a worker. False if nothing is left to try."""
        cell = loading.cell
        self._lines |= loading.lines
        if cell and (cell in self._outcomes or self._whole is not None):
            if cell in self._skipped or len(self._skipped) == MAX_SKIPPED:
                return False
            self._skipped.append(cell)
        elif self._whole is not None:
            return False
        elif not cell or len(self._outcomes) == MAX_LIGHT or not loading.blames(problem):
            self._whole = problem
        else:
            self._outcomes[cell] = problem
        return True

    def told(self, loaded: Loaded, loading: Loading) -> Loaded:
        """What was loaded in the end, with what had ended the workers before."""
        if self._whole is not None:
            return replace(loaded, problem=self._whole, stopped=True)
        lines = self._lines | loading.lines
        stopped = {
            number: LostCell(number, outcome, stopped=True, skipped=number in self._skipped)
            for number, outcome in self._outcomes.items()
        }
        lost = {each.number: each for each in loaded.lost} | stopped
        return replace(loaded, lost=tuple(replace(lost[number], line=lines.get(number, 0)) for number in sorted(lost)))
