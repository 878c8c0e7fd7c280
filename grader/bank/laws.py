"""Laws held against the reference: one that it breaks would fail every student."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.properties import hold, in_turn
from grader.records.errors import PropertyFault, ReferenceFault
from grader.records.verdict import LawBroken
from grader.report.words.problems import problem as in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.bank.solver import Places
    from grader.judge.properties import Property
    from grader.records.assignment import Exercise, PropertyCheck
    from grader.records.bank import Case
    from grader.records.run import Job, Run


def check_laws(
    place: Places,
    exercise: Exercise,
    cases: Sequence[Case],
    properties: Mapping[str, Property],
    run: Callable[[Job], Run],
) -> None:
    """Hold each law of an exercise, on public cases and then on hidden ones. Raises ReferenceFault if any is broken."""
    valued = [case for case in cases if case.raises is None]
    phases = [in_turn([case for case in valued if case.public is public]) for public in (True, False)]
    mistakes = []
    for index, check in enumerate(exercise.properties):
        said = _broken(check, properties[check.check], exercise, phases, run)
        if said is not None:
            message = f"names {check.check}, which does not hold for the reference{said and f': {said}'}"
            mistakes.append(place(("properties", index, "check"), message))
    if mistakes:
        raise ReferenceFault(mistakes)


def _broken(
    check: PropertyCheck,
    law: Property,
    exercise: Exercise,
    phases: Iterable[Sequence[Case]],
    run: Callable[[Job], Run],
) -> str | None:
    """What it says where the reference breaks it first, which may be nothing; None where it holds."""
    try:
        for cases in phases:
            problem = hold(check, law, exercise, cases, run).problem
            if problem is not None:
                return "" if problem == LawBroken() else in_words(problem)
    except PropertyFault as fault:
        return str(fault)
    return None
