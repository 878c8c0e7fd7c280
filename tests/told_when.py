"""What a diagnosis says of when a solution is right, worked out anew from all cases, public ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import astuple

from grader.judge.trials import try_cases
from grader.records.finding import EqualSizes, FirstWrong, OutputsRight, Steps, When
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case, Condition
    from grader.records.finding import Finding
    from grader.records.run import Outcome


def circumstance_holds(
    finding: Finding,
    exercise: Exercise,
    diagnostic: Sequence[tuple[Case, Outcome]],
    graded: Sequence[tuple[Case, Outcome]],
    *,
    counted: bool,
) -> bool:
    """Nothing may contradict it, no diagnostic case, no witness and no public one."""
    fact, asked = finding.fact, set(finding.outputs) or set(exercise.outputs)
    count, ordinary = len(diagnostic), [case.condition is None for case, _ in diagnostic]
    everything = [*diagnostic, *graded]
    cases = [case for case, _ in everything]
    trials = try_cases(exercise, cases, [outcome for _, outcome in everything])
    wrong_in = [{name for name in exercise.outputs if name not in _right_outputs(trial)} for trial in trials]
    right = [not (asked & names) for names in wrong_in]

    def numbers(*told: int) -> bool:
        return astuple(finding.rests) == told or not counted

    generic = [index for index in range(count) if ordinary[index]]
    match fact:
        case When(unless=unless) if unless:
            (condition,) = fact.conditions
            given = [index for index, case in enumerate(cases) if _is_so(condition, case)]
            ones = [all(cases[index].sizes[size] == 1 for size in unless) for index in given]
            some = [any(cases[index].sizes[size] == 1 for size in unless) for index in given]
            apart = [index for index in generic if index not in given]
            shown = sum(not right[index] for index in given)
            told = (shown, len(apart), len(apart))
            return (
                ones == some == [right[index] for index in given]
                and all(right[index] for index in apart)
                and numbers(*told)
            )
        case When():
            given = [index for index, case in enumerate(cases) if any(_is_so(each, case) for each in fact.conditions)]
            apart = [index for index in generic if index not in given]
            measured = asked & set().union(*wrong_in)
            if fact.right and measured and all(_is_one_number(cases, name, given, generic) for name in measured):
                return False  # every answer is right there
            counts = [sum((name in wrong_in[index]) == fact.right for index in apart) for name in asked]
            whole = sum(right[index] != fact.right for index in apart)
            told = (len(given), min(counts) if finding.outputs else whole, len(apart))
            return (
                all(right[index] == fact.right for index in given)
                and numbers(*told)
                and (fact.right or whole == len(apart))
            )
        case EqualSizes():
            equal = [
                index for index, case in enumerate(cases) if len({case.sizes.get(name) for name in fact.sizes}) == 1
            ]
            apart = [index for index in generic if index not in equal]
            verdicts = {right[index] for index in equal}, {right[index] for index in apart}
            return verdicts == ({fact.right}, {not fact.right}) and numbers(len(equal), len(apart), len(apart))
        case OutputsRight():
            measured = set().union(*wrong_in)
            return (
                set(finding.outputs) == measured
                and set(fact.right) == set(exercise.outputs) - measured
                and numbers(right.count(False), len(cases), len(cases))
            )
        case FirstWrong():
            shown = _begins(fact, exercise, everything)
            return shown is not None and (shown == finding.rests.shown or not counted)
        case Steps():
            shown = _rows_hold(fact, exercise, everything)
            return shown is not None and (finding.rests.shown in shown or not counted)
    raise ValueError(finding.name)


def _is_one_number(cases: Sequence[Case], output: str, given: Sequence[int], generic: Sequence[int]) -> bool:
    """Whether an output should be one number in all of some cases, though not in all generic ones."""
    there, everywhere = (
        np.concatenate([np.ravel(cases[index].expected[output]) for index in chosen]) for chosen in (given, generic)
    )
    return there.dtype.kind in "fiu" and bool(there.size and np.ptp(there) < 1e-6 < np.ptp(everywhere))


def _right_outputs(trial: Any) -> set[str]:
    return {found.output for found in trial.comparisons if found.deviation is None}


def _is_so(condition: Condition, case: Case) -> bool:
    """Whether what a circumstance says is so of a case: by its inputs alone."""
    match condition.kind:
        case "zero":
            return not np.any(case.inputs[condition.name])
        case "size_one":
            return case.sizes[condition.name] == 1
        case "symmetric":
            value = case.inputs[condition.name]
            return value.shape == value.T.shape and bool(np.array_equal(value, value.T))
    return len(case.inputs[condition.name]) == 1


def _rows_hold(fact: Steps, exercise: Exercise, given: Sequence[tuple[Case, Outcome]]) -> range | None:
    """How many cases show it; None if any contradicts it.

    A row that is off by a little may count as right or as wrong, so that the number lies in a range.
    """
    output = fact.output
    if fact.along == "steps" and not is_read_in_steps(exercise, output):
        return None
    certain = possible = 0
    for case, outcome in given:
        want, have = case.expected[output], (outcome.outputs if isinstance(outcome, Returned) else {}).get(output)
        if np.shape(have) != np.shape(want) or len(want) == 1:
            continue
        exact, about = (
            [bool(np.allclose(one, other, rtol=0, atol=atol)) for one, other in zip(want, have, strict=True)]
            for atol in (1e-8, 1e-3)  # within the second an answer may count as near enough
        )
        if all(exact):
            continue
        place = 0 if fact.end == "first" else len(want) - 1
        as_told = [fact.right == (row == place) for row in range(len(want))]
        if any(
            (told and not near) or (not told and right) for told, right, near in zip(as_told, exact, about, strict=True)
        ):
            if not all(about):
                return None
            continue  # it may be right altogether
        possible += 1
        certain += not all(about)
    return range(certain, possible + 1)


def _begins(fact: FirstWrong, exercise: Exercise, given: Sequence[tuple[Case, Outcome]]) -> int | None:
    """How many cases with several steps show it; None if any contradicts it."""
    count = 0
    for case, outcome in given:
        want, have = (
            case.expected[fact.output],
            (outcome.outputs if isinstance(outcome, Returned) else {}).get(fact.output),
        )
        if np.shape(have) != np.shape(want) or len(want) < 2:
            continue
        off = [step for step in range(len(want)) if not np.allclose(want[step], have[step], rtol=0, atol=1e-4)]
        if not off:
            continue
        if (off[0] if fact.end == "first" else len(want) - 1 - off[-1]) < fact.right:
            return None
        count += 1
    return count if is_read_in_steps(exercise, fact.output) else None


def is_read_in_steps(exercise: Exercise, output: str) -> bool:
    """In the assignments that are tested here, T is the length of what is read in steps."""
    return (exercise.outputs[output].shape or ("",))[0] == "T"
