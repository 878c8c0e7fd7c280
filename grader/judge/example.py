"""A failing case, ready to be shown and to be run by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader.judge import tolerance
from grader.judge.case_size import weight
from grader.judge.code import as_code
from grader.judge.lengths import wrong_entries
from grader.judge.minimise import signature
from grader.judge.sampling import shares_of
from grader.judge.shape_hints import ambiguity
from grader.judge.steps import has_steps
from grader.records.chance import Distribution
from grader.records.run import NotRun, Returned
from grader.records.values import leaves
from grader.records.verdict import Counterexample, LawBroken, OutputDetail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.holding import Holding
    from grader.records.record import Value
    from grader.records.verdict import Trial


def smallest(trials: Sequence[Trial]) -> Trial | None:
    """The failing trial that is easiest to read, None when none fails; one that was not tried only for want of any.

    It fails in the way that is commonest, and leaves the fewest explanations: where a size is 1 or a number is 0, what
    is wrong often looks like something else.
    """
    failing = [trial for trial in trials if not trial.right]
    tried = [trial for trial in failing if not isinstance(trial.outcome, NotRun)] or failing
    if not tried:
        return None
    ways = Counter(map(signature, tried))
    hard = [(-ways[signature(trial)], *_explanations(trial)) for trial in tried]
    easiest = min(hard)
    among = [trial for trial, each in zip(tried, hard, strict=True) if each == easiest]  # few, and to weigh takes long
    return min(among, key=lambda trial: (weight(trial.case.inputs), trial.case.id))


def _explanations(trial: Trial) -> tuple[int, int, bool]:
    """Of how much it may be a sign: its shapes, sizes that are 1, numbers that are 0. Of an exception, of nothing."""
    if not isinstance(trial.outcome, Returned):
        return (0, 0, False)
    shapes = sum(ambiguity(found.deviation) for found in trial.comparisons)
    ones = sum(size == 1 for size in trial.case.sizes.values())
    return (shapes, ones, any(map(_has_zeros, trial.case.inputs.values())))


def _has_zeros(value: Value) -> bool:
    arrays = (leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray | float))
    return any(not np.all(leaf) for leaf in arrays if np.asarray(leaf).dtype.kind == "f")


def counterexample(trial: Trial, exercise: Exercise, module: str, *, minimised: bool, calls: int = 1) -> Counterexample:
    """Everything about a failing case. ``minimised`` when it is smaller than the case it came from.

    ``calls``: it goes wrong when it runs for the second time, or, if 0, after others alone.
    """
    case = trial.case
    wrong = [found.output for found in trial.comparisons if found.deviation is not None]
    again = replace(exercise, run="\n".join([exercise.run.strip()] * max(1, calls)))
    return Counterexample(
        case=case.id,
        origin=case.origin,
        hidden=not case.public,
        minimised=minimised,
        inputs=case.inputs,
        sizes=case.sizes,
        code=as_code(again, module, case.sizes, case.inputs, wrong or None),
        outputs=_outputs(trial, exercise),
        outcome=None if isinstance(trial.outcome, Returned) else trial.outcome,
        calls=calls,
    )


def of_a_law(holding: Holding, exercise: Exercise, module: str) -> Counterexample | None:
    """What a property that does not hold was tried on; None where nothing of it was."""
    found = holding.shown
    if found is None or holding.problem is None:
        return None
    ran = replace(exercise, run=found.run)
    return Counterexample(
        case=found.case.id,
        origin=found.case.origin,
        hidden=False,
        minimised=False,
        inputs=found.inputs,
        sizes=found.sizes,
        code=as_code(ran, module, found.sizes, found.inputs, found.outputs),
        outcome=None if isinstance(found.outcome, Returned) else found.outcome,
        law=next(check.title for check in exercise.properties if check.check == holding.check),
        law_tried=isinstance(holding.problem, LawBroken),
    )


def _outputs(trial: Trial, exercise: Exercise) -> tuple[OutputDetail, ...]:
    got = {} if trial.given is None else trial.given.outputs
    returned = isinstance(trial.outcome, Returned)
    deviations = {found.output: found.deviation for found in trial.comparisons}
    details = []
    for name, expected in trial.case.expected.items():
        if not returned and name not in got:  # beside how it ended, what would have come says nothing
            continue
        rule, unit, deviation = tolerance.rule_of(exercise, name), trial.case.units.get(name), deviations.get(name)
        details.append(
            OutputDetail(
                name=name,
                expected=expected,
                got=got.get(name),
                shown=name in got,
                deviation=deviation,
                bound=tolerance.bound(expected, unit, rule),
                steps=has_steps(exercise, name),
                wrong=None if deviation is None else wrong_entries(expected, got.get(name), rule, unit),
                shares=shares_of(expected, got.get(name)) if isinstance(expected, Distribution) else (),
            )
        )
    return tuple(details)
