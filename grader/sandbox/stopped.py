"""Cells of a submission that ended their worker: in the next one only what is harmless in them is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from grader.records.run import LostCell

if TYPE_CHECKING:
    from grader.records.run import Loaded, Outcome

MAX_STOPPED = 3  # each costs another loading


class StoppedCells:
    """By their numbers, how they ended a worker; 0 is a file that has no cells."""

    def __init__(self) -> None:
        self._outcomes: dict[int, Outcome] = {}

    @property
    def light(self) -> list[int]:
        """The numbers of which definitions, imports and constants alone are to be run."""
        return list(self._outcomes)

    def add(self, cell: int, loaded: Loaded) -> bool:
        """Take note of what ended a worker in ``cell``. False if it was there before or these are too many: give up."""
        if cell in self._outcomes or len(self._outcomes) == MAX_STOPPED:
            return False
        self._outcomes[cell] = cast("Outcome", loaded.problem)
        return True

    def told(self, loaded: Loaded) -> Loaded:
        """What was loaded in the end, with what had ended the workers before."""
        if 0 in self._outcomes:
            return replace(loaded, problem=self._outcomes[0], stopped=True)
        stopped = [LostCell(number, outcome, stopped=True) for number, outcome in self._outcomes.items()]
        others = [each for each in loaded.lost if each.number not in self._outcomes]
        return replace(loaded, lost=tuple(sorted([*others, *stopped], key=lambda each: each.number)))
