"""A failing case, ready to be shown and to be run by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.judge import tolerance
from grader.judge.case_size import weight
from grader.judge.code import as_code
from grader.judge.minimise import signature
from grader.judge.shape_hints import ambiguity
from grader.judge.steps import has_steps
from grader.records.run import NotRun, Returned
from grader.records.verdict import Counterexample, OutputDetail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.assignment import Exercise
    from grader.records.verdict import Trial


def smallest(trials: Sequence[Trial]) -> Trial | None:
    """The failing trial that is easiest to read, None when none fails; one that was not tried only for want of any.

    It fails in the way that is commonest, and leaves the fewest explanations: where every size is 1, what is wrong
    often looks like something else.
    """
    failing = [trial for trial in trials if not trial.right]
    tried = [trial for trial in failing if not isinstance(trial.outcome, NotRun)] or failing
    ways = Counter(map(signature, tried))
    return min(
        tried,
        key=lambda trial: (-ways[signature(trial)], _explanations(trial), weight(trial.case.inputs), trial.case.id),
        default=None,
    )


def _explanations(trial: Trial) -> int:
    return sum(ambiguity(found.deviation) for found in trial.comparisons)


def counterexample(trial: Trial, exercise: Exercise, module: str, *, minimised: bool) -> Counterexample:
    """Everything about a failing case. ``minimised`` when it is smaller than the case it came from."""
    case = trial.case
    return Counterexample(
        case=case.id,
        origin=case.origin,
        hidden=not case.public,
        minimised=minimised,
        inputs=case.inputs,
        sizes=case.sizes,
        code=as_code(exercise, module, case.sizes, case.inputs),
        outputs=_outputs(trial, exercise),
        outcome=None if isinstance(trial.outcome, Returned) else trial.outcome,
    )


def _outputs(trial: Trial, exercise: Exercise) -> tuple[OutputDetail, ...]:
    got = {} if trial.given is None else trial.given.outputs
    deviations = {found.output: found.deviation for found in trial.comparisons}
    return tuple(
        OutputDetail(
            name=name,
            expected=expected,
            got=got.get(name),
            shown=name in got,
            deviation=deviations.get(name),
            bound=tolerance.bound(expected, trial.case.units.get(name), tolerance.rule_of(exercise, name)),
            steps=has_steps(exercise, name),
        )
        for name, expected in trial.case.expected.items()
    )
