"""The cases of an exercise beside what was found out about them while they were frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.listing import ListedCase, ListedExercise

if TYPE_CHECKING:
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank


def listed(bank: CaseBank, exercise: Exercise) -> ListedExercise:
    """What the bank holds of an exercise. Raises BankError if it is damaged."""
    proof = bank.proof[exercise.id]
    kills: dict[str, dict[str, None]] = {}  # a law may kill a version on a case that kills it anyway
    for version in proof:
        for kill in version.killed_by:
            kills.setdefault(kill.case, {})[version.id] = None
    return ListedExercise(
        id=exercise.id,
        title=exercise.title,
        cases=tuple(ListedCase(case, tuple(kills.get(case.id, ()))) for case in bank.cases[exercise.id]),
        versions=len(proof),
        sifted=bank.sifted[exercise.id],
    )
