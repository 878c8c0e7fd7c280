"""Whether a student's result agrees with what the reference makes of the student's functions.

As exactly as before, or more so: with units of what is *expected*, which no answer of the student's can widen, and
smaller ones where functions of the student's make a result smaller. On fresh inputs much more so: who writes out what
was followed is off by rounding alone, and noise that agreement forgave must not be enough to seem to heed an argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader.grading.foundation import degenerate, numbers, settled, solid, weighty
from grader.judge.tolerance import OFF, least_unit, scale_of
from grader.judge.trials import try_cases
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.grading.replay import Replayed
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome
    from grader.records.verdict import Trial

LEAST_SHARE = 1e-6  # of a unit: below it, rounding in the reference itself would tell
NEARLY = 0.05  # of what tells two values apart: twice that is not seen, and single precision stays below it

Answered = tuple["Replayed", "Outcome"]  # what the reference makes of the student's functions, and the student's result


def agreeing(
    exercise: Exercise,
    trials: Sequence[Trial],
    failed: Sequence[Replayed],
    fresh: Sequence[Answered],
    enough: float,
) -> frozenset[str]:
    """The outputs that are wrong and agree: in all cases that ``failed``, and in all ``fresh`` ones.

    A case in which the student's functions have no answers is left out of it; so ``enough`` of them may be, and no
    more.
    """
    failing = [trial for trial in trials if not trial.right]
    graded = _tried_again(exercise, [(each, trial.outcome) for each, trial in zip(failed, failing, strict=True)])
    new = _tried_again(exercise, fresh)
    if len(graded) < enough * len(failed) or len(new) < enough * len(fresh):
        return frozenset()
    return frozenset(
        output
        for output in exercise.outputs
        if _is_method(output, trials, {trial.case.id: trial for trial in graded})
        and not any(is_wrong(trial, output) or not _is_near(trial, output) for trial in new)
    )


def _tried_again(exercise: Exercise, answered: Sequence[Answered]) -> tuple[Trial, ...]:
    """The student's results held against what the reference makes of the student's functions."""
    chosen = [
        (replace(each.case, expected=each.outputs, units=_units(each.case, each.outputs)), outcome)
        for each, outcome in answered
        if each.outputs is not None and _is_solid(each.case, each.outputs)
    ]
    return try_cases(exercise, [case for case, _ in chosen], [outcome for _, outcome in chosen])


def _is_near(trial: Trial, output: str) -> bool:
    """Whether an output is what it should be but for rounding."""
    assert isinstance(trial.outcome, Returned)  # it is not wrong
    meant = trial.case.expected[output]
    wanted, got = numbers(meant), numbers(settled(meant, trial.outcome.outputs[output]))
    return wanted.shape == got.shape and bool(
        np.all(np.abs(wanted - got) <= NEARLY * OFF * least_unit(scale_of(wanted)))
    )


def _is_solid(case: Case, outputs: Mapping[str, Value]) -> bool:
    return all(solid(meant, outputs[name]) for name, meant in case.expected.items())


def _units(case: Case, outputs: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _narrowed(unit, case.expected[name], outputs[name]) for name, unit in case.units.items()}


def _narrowed(unit: Value, meant: Value, replayed: Value) -> Value:
    if isinstance(unit, list):
        return [_narrowed(*each) for each in zip(unit, meant, replayed, strict=True)]
    if isinstance(unit, dict):
        return {key: _narrowed(each, meant[key], replayed[key]) for key, each in unit.items()}
    if unit is None:
        return None
    share = scale_of(numbers(replayed)) / max(1.0, scale_of(numbers(meant)))
    return unit * min(1.0, max(share, LEAST_SHARE))


def _is_method(output: str, trials: Sequence[Trial], again: Mapping[str, Trial]) -> bool:
    """Whether an output that is wrong agrees wherever it is, and is something, as is what it agrees with."""
    failing = [trial for trial in trials if trial.case.id in again and is_wrong(trial, output)]
    if not failing or any(is_wrong(again[trial.case.id], output) for trial in failing):
        return False
    replayed = [again[trial.case.id].case.expected[output] for trial in failing]
    meant = [trial.case.expected[output] for trial in failing]
    return weighty(replayed, meant) and not degenerate(replayed, meant) and not _is_nothing(output, trials)


def _is_nothing(output: str, trials: Sequence[Trial]) -> bool:
    """Whether what came for an output is degenerate over all cases."""
    given = [
        (trial.outcome.outputs[output], trial.case.expected[output])
        for trial in trials
        if isinstance(trial.outcome, Returned) and output in trial.outcome.outputs
    ]
    return degenerate([got for got, _ in given], [meant for _, meant in given])


def is_wrong(trial: Trial, output: str) -> bool:
    """Whether an output is not there, or not right."""
    return not any(found.output == output and found.deviation is None for found in trial.comparisons)
