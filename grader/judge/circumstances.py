"""When a solution is right: where an input is 0, sizes are equal, at the first step of a sequence, in one output."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from grader.judge import tolerance as tolerances
from grader.judge.outcomes import quoted
from grader.judge.rows import as_numbers
from grader.model import Finding, NotRun, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.model import Array, Exercise, Trial

LUCK = 0.05  # the chance that cases are right by luck, above which nothing is concluded from them
LEAST = 2  # cases that must show it
NAMED = 3  # circumstances named in one sentence


def circumstances(exercise: Exercise, generic: Sequence[Trial], simple: Sequence[Trial]) -> list[Finding]:
    """What all cases say about when the solution is right, and about which of its outputs; surest first."""
    steps = _steps(exercise, generic)
    generic, simple = _tried(generic), _tried(simple)
    whole = [*steps, *_equal_sizes(generic), *_conditions(generic, simple)]
    return [*whole, *([] if whole else _conditions_of_outputs(generic, simple)), *_outputs(exercise, generic)]


def _tried(trials: Sequence[Trial]) -> list[Trial]:
    """Without cases for which no time was left: they are neither right nor wrong."""
    return [
        trial
        for trial in trials
        if not isinstance(trial.outcome, NotRun)
        and not (isinstance(trial.outcome, TimedOut) and trial.outcome.scope == "exercise")
    ]


def _conditions(generic: Sequence[Trial], simple: Sequence[Trial]) -> Iterator[Finding]:
    """That it is right when an input is 0, say, and wrong otherwise; or the reverse."""
    groups = _groups(simple)
    wrong = sum(not trial.right for trial in generic)
    if not generic:
        return
    if wrong:
        right_in = _right_in(groups, generic, None)
        if right_in:
            yield _right_when("It is", right_in, groups, f"{wrong} of {len(generic)}")
        return
    for origin, trials in groups.items():
        failed = sum(not trial.right for trial in trials)
        if failed == len(trials) >= LEAST:
            evidence = f"Wrong in all {failed} such cases, right in all {len(generic)} others."
            yield Finding("circumstance", "wrong_when", f"It is wrong when {origin}.", evidence)


def _conditions_of_outputs(generic: Sequence[Trial], simple: Sequence[Trial]) -> list[Finding]:
    """The same of single outputs, those first that most of them share."""
    groups = _groups(simple)
    alike: dict[tuple[str, ...], list[str]] = {}
    for output in sorted(_failing(generic)):
        if right_in := _right_in(groups, generic, output):
            alike.setdefault(tuple(right_in), []).append(output)
    found = []
    for origins, outputs in sorted(alike.items(), key=lambda each: -len(each[1])):
        wrong = min(sum(not _right(trial, output) for trial in generic) for output in outputs)
        share = f"{'' if len(outputs) == 1 else 'at least '}{wrong} of {len(generic)}"
        found.append(_right_when(_are(outputs), origins, groups, share, outputs))
    return found


def _groups(simple: Sequence[Trial]) -> dict[str, list[Trial]]:
    """Cases by what is simple in them."""
    groups: dict[str, list[Trial]] = {}
    for trial in simple:
        groups.setdefault(trial.case.origin, []).append(trial)
    return groups


def _right_in(groups: Mapping[str, Sequence[Trial]], generic: Sequence[Trial], output: str | None) -> list[str]:
    """What makes a solution, or one of its outputs, right that is else wrong; nothing where everything does."""
    lucky = sum(_right(trial, output) for trial in generic) / len(generic) if generic else 1.0
    asked = _failing(generic) if output is None else {output}
    right_in = [
        origin
        for origin, trials in groups.items()
        if len(trials) >= LEAST
        and all(_right(trial, output) for trial in trials)
        and lucky ** len(trials) <= LUCK
        and not all(_trivial(trial, asked) for trial in trials)
    ]
    return right_in if len(right_in) < max(2, len(groups)) else []


def _right_when(
    subject: str,
    right_in: Sequence[str],
    groups: Mapping[str, Sequence[Trial]],
    wrong: str,
    outputs: Sequence[str] = (),
) -> Finding:
    named = right_in[:NAMED]
    count = sum(len(groups[origin]) for origin in named)
    evidence = f"Right in all {count} such cases, wrong in {wrong} others."
    sentence = f"{subject} right whenever {_either(named)}."
    return Finding("circumstance", "right_when", sentence, evidence, outputs=tuple(outputs))


def _right(trial: Trial, output: str | None) -> bool:
    """Whether a case is right, or one of its outputs."""
    if output is None:
        return trial.right
    found = [each for each in trial.comparisons if each.output == output]
    return bool(found) and all(each.deviation is None for each in found)


def _failing(trials: Sequence[Trial]) -> set[str]:
    return {found.output for trial in trials for found in trial.comparisons if found.deviation is not None}


def _equal_sizes(generic: Sequence[Trial]) -> Iterator[Finding]:
    """That equal sizes decide: whether the same shapes hide a mistake, or make one."""
    sizes = sorted(set().union(*(trial.case.sizes for trial in generic))) if generic else []
    pairs = [pair for pair in combinations(sizes, 2) if _decides(pair, generic)]
    if not pairs:
        return
    names = quoted(sorted({name for pair in pairs for name in pair}))
    one, other = pairs[0]
    equal = [trial for trial in generic if trial.case.sizes[one] == trial.case.sizes[other]]
    right = equal[0].right
    evidence = (
        f"{'Right' if right else 'Wrong'} in all {len(equal)} such cases, "
        f"{'wrong' if right else 'right'} in all {len(generic) - len(equal)} others."
    )
    sentence = f"It is {'right' if right else 'wrong'} when {names} are equal."
    yield Finding("circumstance", "equal_sizes", sentence, evidence)


def _decides(pair: tuple[str, str], generic: Sequence[Trial]) -> bool:
    one, other = pair
    verdicts: dict[bool, list[bool]] = {True: [], False: []}
    for trial in generic:
        verdicts[trial.case.sizes.get(one) == trial.case.sizes.get(other)].append(trial.right)
    return (
        all(len(each) >= LEAST and len(set(each)) == 1 for each in verdicts.values())
        and verdicts[True][0] != verdicts[False][0]
    )


def _outputs(exercise: Exercise, generic: Sequence[Trial]) -> Iterator[Finding]:
    """Which outputs are right, where not all are wrong."""
    returned = [trial for trial in generic if isinstance(trial.outcome, Returned)]
    failing = _failing(returned)
    right = [output for output in exercise.outputs if output not in failing]
    wrong = [output for output in exercise.outputs if output in failing]
    count = sum(not trial.right for trial in returned)
    if right and wrong and count >= LEAST and len(returned) == len(generic):
        sentence = f"{_are(right)} right; {_are(wrong)} not."
        evidence = f"Wrong in {count} of {len(generic)} cases tried, and in nothing else."
        yield Finding("circumstance", "outputs", sentence, evidence, outputs=tuple(wrong))


def _are(names: Sequence[str]) -> str:
    return f"{quoted(names)} {'is' if len(names) == 1 else 'are'}"


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
    right = np.abs(have.astype(float) - want.astype(float)) <= limit
    return np.asarray(right.all(axis=tuple(range(1, right.ndim))))


def _either(origins: Sequence[str]) -> str:
    return origins[0] if len(origins) == 1 else f"{', '.join(origins[:-1])} or {origins[-1]}"
