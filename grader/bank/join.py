"""The banks of single exercises as the bank of an assignment: with what its author says of cases today.

Grading comes this way, so this imports nothing that draws or freezes cases.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from grader.records.bank import CaseBank
from grader.records.errors import BankError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import Case, ExerciseBank

_T = TypeVar("_T")


def join(
    assignment: Assignment, banks: Mapping[str, ExerciseBank], sources: Mapping[str, str], inputs_sha256: str
) -> CaseBank:
    """The bank of an assignment, from one of each of its exercises."""
    exercises = assignment.exercises
    return CaseBank(
        assignment=assignment,
        cases={one.id: tuple(with_notes(one, case) for case in banks[one.id].cases) for one in exercises},
        sources=dict(sources),
        keys={one.id: banks[one.id].manifest.key for one in exercises},
        inputs_sha256=inputs_sha256,
        proof=Shelf({one.id: banks[one.id].proof for one in exercises}),
        diagnostics=Shelf({one.id: banks[one.id].diagnostics for one in exercises}),
        sifted=Shelf({one.id: banks[one.id].sifted for one in exercises}),
    )


def with_notes(exercise: Exercise, case: Case) -> Case:
    """A case that its author wrote out, with the note that stands beside it now: it decides nothing."""
    if case.written is None:
        return case
    if case.raises is not None:
        return replace(case, because=exercise.refusals[case.written].because)
    return replace(case, origin=replace(case.origin, note=exercise.examples[case.written].note))


class Shelf(Mapping[str, _T]):
    """What is read by exercise when it is first asked for. What cannot be read is told once, and then not there."""

    def __init__(self, readers: Mapping[str, Callable[[], _T]]) -> None:
        self._readers = dict(readers)
        self._found: dict[str, _T] = {}
        self._reading = threading.Lock()  # submissions of a class ask at once

    def __getitem__(self, name: str) -> _T:
        with self._reading:
            read = self._readers[name]
            if name not in self._found:
                try:
                    self._found[name] = read()
                except BankError:
                    del self._readers[name]
                    raise
            return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._readers))

    def __len__(self) -> int:
        return len(self._readers)
