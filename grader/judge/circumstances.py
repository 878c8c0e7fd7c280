"""When a solution is right and when it is wrong: an input of 0, a size of 1, the first step of a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.judge import tolerance as tolerances
from grader.judge.rows import as_numbers
from grader.model import Finding, Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Array, Exercise, Trial

LUCK = 0.05  # the chance that cases are right by luck, above which nothing is concluded from them
LEAST = 2  # cases that must show it
NAMED = 3  # circumstances named in one sentence


def circumstances(exercise: Exercise, generic: Sequence[Trial], simple: Sequence[Trial]) -> list[Finding]:
    """What all cases say about when the solution is right; surest first."""
    return [*_steps(exercise, generic), *_conditions(generic, simple)]


def _conditions(generic: Sequence[Trial], simple: Sequence[Trial]) -> Iterator[Finding]:
    """That it is right when an input is 0, say, and wrong otherwise; or the reverse."""
    groups: dict[str, list[Trial]] = {}
    for trial in simple:
        groups.setdefault(trial.case.origin, []).append(trial)
    wrong = sum(not trial.right for trial in generic)
    if not generic:
        return
    lucky = 1 - wrong / len(generic)
    failing = {found.output for trial in generic for found in trial.comparisons if found.deviation is not None}
    if wrong:
        right_in = {
            origin: trials
            for origin, trials in groups.items()
            if len(trials) >= LEAST
            and all(trial.right for trial in trials)
            and lucky ** len(trials) <= LUCK
            and not all(_trivial(trial, failing) for trial in trials)
        }
        if right_in and len(right_in) < len(groups):
            named = list(right_in)[:NAMED]
            count = sum(len(right_in[origin]) for origin in named)
            sentence = f"It is right whenever {_either(named)}."
            evidence = f"Right in all {count} such cases, wrong in {wrong} of {len(generic)} others."
            yield Finding("circumstance", "right_when", sentence, evidence)
        return
    for origin, trials in groups.items():
        failed = sum(not trial.right for trial in trials)
        if failed == len(trials) >= LEAST:
            evidence = f"Wrong in all {failed} such cases, right in all {len(generic)} others."
            yield Finding("circumstance", "wrong_when", f"It is wrong when {origin}.", evidence)


def _trivial(trial: Trial, failing: set[str]) -> bool:
    """True if nothing but zeros is asked of the outputs that fail elsewhere: then hardly any mistake could show."""
    asked = [as_numbers(expected) for output, expected in trial.case.expected.items() if output in failing]
    return bool(asked) and all(array is not None and not array.any() for array in asked)


def _steps(exercise: Exercise, generic: Sequence[Trial]) -> Iterator[Finding]:
    """At which steps of a sequence an output is right."""
    for output, declared in exercise.outputs.items():
        if not declared.shape or len(declared.shape) < 2 or not isinstance(declared.shape[0], str):
            continue
        rows = [steps for trial in generic if (steps := _right_steps(exercise, trial, output)) is not None]
        wrong = [steps for steps in rows if len(steps) > 1 and not steps.all()]
        if len(wrong) < LEAST:
            continue
        words = _when(wrong)
        if words:
            evidence = f"So in all {len(wrong)} cases that are wrong and have several."
            yield Finding("circumstance", "steps", f"`{output}` is {words}.", evidence)


def _when(wrong: Sequence[Array]) -> str:
    if all(steps[0] and not steps[1:].any() for steps in wrong):
        return "right at the first step (its first axis) and wrong from the second on"
    if all(steps[-1] and not steps[:-1].any() for steps in wrong):
        return "right at the last step (of its first axis) only"
    if all(not steps[0] and steps[1:].all() for steps in wrong):
        return "wrong at the first step (of its first axis) only"
    if all(not steps[-1] and steps[:-1].all() for steps in wrong):
        return "wrong at the last step (of its first axis) only"
    return ""


def _right_steps(exercise: Exercise, trial: Trial, output: str) -> Array | None:
    """For each item along the first axis, whether all of it is right; None if the output is not there in its shape."""
    if not isinstance(trial.outcome, Returned):
        return None
    want, have = as_numbers(trial.case.expected[output]), as_numbers(trial.outcome.outputs.get(output))
    if want is None or have is None or want.shape != have.shape or not want.ndim:
        return None
    scale = tolerances.scale_of(want)
    unit = trial.case.units.get(output)
    measured = tolerances.least_unit(scale) if unit is None else np.asarray(unit)
    limit = tolerances.allowed(want, measured, scale, tolerances.rule_of(exercise))
    right = np.abs(have - want) <= limit
    return np.asarray(right.reshape(len(want), -1).all(axis=1))


def _either(origins: Sequence[str]) -> str:
    return origins[0] if len(origins) == 1 else f"{', '.join(origins[:-1])} or {origins[-1]}"
