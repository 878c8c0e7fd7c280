"""Outcomes held against the bank, case by case."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from grader.judge.bulk import ABSENT, Sheet
from grader.judge.forms import RIGHT
from grader.judge.sampling import same_draws
from grader.judge.shape_hints import settled
from grader.judge.tolerance import rule_of
from grader.records.chance import Distribution
from grader.records.run import UNFINISHED, Raised, Returned
from grader.records.verdict import Comparison, NotRaised, Trial, ending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome

NOTHING: Final[Mapping[int, Returned]] = MappingProxyType({})


class AnswerKey:
    """The answers to an exercise's cases, ready for any number of submissions to be held against."""

    def __init__(self, exercise: Exercise, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._outputs = tuple(exercise.outputs)
        self._run = exercise.run
        asked = [(case, name) for name in self._outputs for case in cases]
        self._right = [Comparison(output=name, case=case.id) for case, name in asked]
        self._sheet = Sheet(
            [case.expected[name] for case, name in asked],
            [case.units.get(name) for case, name in asked],
            [rule_of(exercise, name) for _, name in asked],
        )

    def trials(
        self, outcomes: Sequence[Outcome], before: Mapping[int, Returned] = NOTHING, *, brief: bool = False
    ) -> tuple[Trial, ...]:
        """Compare the outputs of each case with what is expected.

        ``before``: by their numbers, what cases that raised had set by then. ``brief``: say of wrong numbers no more
        than that they are.
        """
        given = [
            outcome.outputs if isinstance(outcome, Returned) else before[number].outputs if number in before else {}
            for number, outcome in enumerate(outcomes)
        ]
        asked = [outputs.get(name, ABSENT) for name in self._outputs for outputs in given]
        verdicts = self._sheet.verdicts(asked, brief=brief)
        found = [
            right if verdict is RIGHT else replace(right, deviation=verdict.deviation, remarks=verdict.remarks)
            for right, verdict in zip(self._right, verdicts, strict=True)
        ]
        count = len(self._cases)
        columns = [
            settled([_of_none(each, self._run) for each in found[start : start + count]])
            for start in range(0, len(found), count or 1)
        ]
        rows = list(zip(*columns, strict=True)) or [()] * count
        return tuple(
            Trial(case, outcome, tuple(row))
            if isinstance(outcome, Returned)
            else Trial(case, outcome, _of_set(row, given[number]), before=before.get(number))
            for number, (case, outcome, row) in enumerate(zip(self._cases, outcomes, rows, strict=True))
        )


def _of_set(row: Sequence[Comparison], outputs: Mapping[str, Value]) -> tuple[Comparison, ...]:
    """What became of outputs that were set: nothing is said of the others but how the case ended."""
    return tuple(found for found in row if found.output in outputs)


def try_cases(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    before: Mapping[int, Returned] = NOTHING,
    *,
    brief: bool = False,
) -> tuple[Trial, ...]:
    """Compare the outputs of cases that are run only once."""
    return AnswerKey(exercise, cases).trials(outcomes, before, brief=brief)


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


def draws_differ(first: Sequence[Trial], second: Sequence[Trial]) -> bool:
    """True if a sample that is right is another one when the same generator comes again: it is not drawn from that."""
    return any(
        not same_draws(meant, one.given.outputs[name], two.given.outputs.get(name))
        for one, two in zip(first, second, strict=True)
        if one.given is not None and two.given is not None
        for name in _right_outputs(one)
        if isinstance(meant := one.case.expected[name], Distribution)
    )


def _right_outputs(trial: Trial) -> set[str]:
    return {found.output for found in trial.comparisons if found.deviation is None}


def _of_none(comparison: Comparison, run: str) -> Comparison:
    """Of None it can be said why it came, by how ``run`` gets at it: a function ends without return, or it does not."""
    found = comparison.deviation
    if found is None or found.fault.what != "none":
        return comparison
    from grader.course.results import WITHIN, results  # seldom needed

    taken = WITHIN if found.path else results(run).get(comparison.output, WITHIN)
    if taken.whole:
        return comparison
    fault = replace(found.fault, what="none_under_key" if taken.key else "none_within", got=taken.key)
    return replace(comparison, deviation=replace(found, fault=fault))


def _not_raised(case: Case, outcome: Outcome) -> NotRaised | None:
    assert case.raises is not None
    if isinstance(outcome, Raised) and case.raises in outcome.ancestors:
        meant = case.raises == UNFINISHED or UNFINISHED not in outcome.ancestors
        if meant:
            return None
    return NotRaised(case.raises, ending(outcome))
