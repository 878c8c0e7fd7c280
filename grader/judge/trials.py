"""Outcomes held against the bank, case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.compare import MISSING, compare_all
from grader.judge.outcomes import phrase
from grader.judge.tolerance import rule_of
from grader.model import Comparison, Raised, Returned, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Case, Exercise, Outcome


_UNFINISHED = "NotImplementedError"


def try_cases(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> tuple[Trial, ...]:
    """Compare the outputs of each case with what the bank expects."""
    rule = rule_of(exercise)
    comparisons: dict[int, list[Comparison]] = {index: [] for index in range(len(cases))}
    for name in exercise.outputs:
        present: list[int] = []
        for index, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
            if not isinstance(outcome, Returned):
                continue
            if name in outcome.outputs:
                present.append(index)
            else:
                comparisons[index].append(Comparison(output=name, case=case.id, deviation=MISSING.deviation))
        verdicts = compare_all(
            [cases[index].expected[name] for index in present],
            [_returned(outcomes[index]).outputs[name] for index in present],
            rule,
            [cases[index].units.get(name) for index in present],
        )
        for index, verdict in zip(present, verdicts, strict=True):
            found = Comparison(output=name, case=cases[index].id, deviation=verdict.deviation, remarks=verdict.remarks)
            comparisons[index].append(found)
    return tuple(
        Trial(case=case, outcome=outcome, comparisons=tuple(comparisons[index]))
        for index, (case, outcome) in enumerate(zip(cases, outcomes, strict=True))
    )


def try_raises(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> tuple[Trial, ...]:
    """See whether each case that asks for an exception gave it; a subclass will do.

    NotImplementedError, a subclass of RuntimeError, must be named: the untouched template raises it.
    """
    return tuple(
        Trial(case=case, outcome=outcome, problem=_not_raised(case, outcome))
        for case, outcome in zip(cases, outcomes, strict=True)
    )


def repeats_differ(first: Sequence[Trial], second: Sequence[Trial]) -> bool:
    """True if an output that was right is wrong when the whole snippet runs again.

    Other last digits are no other result: a sum in another order, as a set or threads may give it, has them.
    """
    return any(not _right_outputs(one) <= _right_outputs(two) for one, two in zip(first, second, strict=True))


def _right_outputs(trial: Trial) -> set[str]:
    return {found.output for found in trial.comparisons if found.deviation is None}


def _not_raised(case: Case, outcome: Outcome) -> str:
    if isinstance(outcome, Raised) and case.raises in outcome.ancestors:
        meant = case.raises == _UNFINISHED or _UNFINISHED not in outcome.ancestors
        if meant:
            return ""
    if isinstance(outcome, Returned):
        return f"returns a value where it should raise {case.raises}"
    return f"should raise {case.raises}, but {phrase(outcome)}"


def _returned(outcome: Outcome) -> Returned:
    assert isinstance(outcome, Returned)
    return outcome
