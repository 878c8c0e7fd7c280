"""Running one exercise: everything that its cases show, before anything is concluded from it.

The cases run in the order public, hidden, a few again, those that must raise, properties. A case that ends the worker
ends its group; what was not tried is never right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader import model
from grader.errors import PropertyFault
from grader.judge import trials
from grader.judge.minimise import minimise
from grader.judge.properties import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.judge.properties import Property
    from grader.model import Case, Exercise, Holding, Job, Outcome, Run, Trial, Value

REPEATED = 4  # cases of an exercise that run once more, to see whether the result depends on chance or on history


class Author(NamedTuple):
    """What of the author's side takes part in grading: the properties, and the reference for smaller counterexamples.

    ``answers`` gives the reference's outputs on other inputs, None where it has no finite answer. Without it (where
    the reference is not present) a counterexample is the smallest failing case of the bank.
    """

    properties: Mapping[str, Property] = {}
    answers: Callable[[Exercise, Sequence[Case]], Sequence[dict[str, Value] | None]] | None = None


class Evidence(NamedTuple):
    """Everything that running an exercise showed."""

    trials: Sequence[Trial]
    raises: Sequence[Trial]
    holdings: Sequence[Holding]
    spoiled: str  # a rule broken by the exercise as a whole, as a phrase
    printed: str


class Allowance:
    """An exercise's seconds, spent by one job after the other."""

    def __init__(self, run: Callable[[Job], Run], exercise: Exercise) -> None:
        self._run = run
        self._limits = exercise.limits
        self._left = exercise.limits.seconds

    def run(self, job: Job) -> Run:
        """Run a job with what is left."""
        ran = self._run(replace(job, limits=replace(self._limits, seconds=max(self._left, 0.1))))
        self._left -= ran.cpu
        return ran


def gather(exercise: Exercise, cases: Sequence[Case], run: Callable[[Job], Run], author: Author) -> Evidence:
    """Run everything that an exercise has. Raises PropertyFault when a property fails by itself."""
    plain = [case for case in cases if case.raises is None]
    public = [case for case in plain if case.public]
    hidden = [case for case in plain if not case.public]
    raising = [case for case in cases if case.raises is not None]
    first = run(job_of(exercise, public))
    outcomes = list(first.outcomes)
    if not _ended(outcomes):
        outcomes += run(job_of(exercise, hidden)).outcomes
    outcomes += [model.NotRun()] * (len(plain) - len(outcomes))
    tried = trials.try_cases(exercise, public + hidden, outcomes)
    spoiled = _spoiled(exercise, tried, run)
    answered = run(job_of(exercise, raising)).outcomes if raising else ()
    holdings = [_hold(check, exercise, public + hidden, tried, run, author.properties) for check in exercise.properties]
    return Evidence(tried, trials.try_raises(raising, answered), holdings, spoiled, first.stdout)


def job_of(exercise: Exercise, cases: Sequence[Case], salt: int = 0) -> Job:
    """An exercise's snippet over cases."""
    return model.Job(
        run=exercise.run,
        outputs=tuple(exercise.outputs),
        sizes=tuple(case.sizes for case in cases),
        inputs=tuple(case.inputs for case in cases),
        limits=exercise.limits,
        salt=salt,
    )


def _ended(outcomes: Sequence[Outcome]) -> bool:
    return any(isinstance(outcome, model.FATAL) for outcome in outcomes)


def _spoiled(exercise: Exercise, tried: Sequence[Trial], run: Callable[[Job], Run]) -> str:
    """A phrase for a rule that a submission breaks as a whole, empty when it breaks none."""
    changed = {name for trial in tried if isinstance(trial.outcome, model.Returned) for name in trial.outcome.changed}
    if changed and exercise.inputs_unchanged == "required":
        return f"changes its input {', '.join(sorted(changed))} in place, which is not allowed here"
    if _ended([trial.outcome for trial in tried]):
        return ""
    again = [trial for trial in tried if isinstance(trial.outcome, model.Returned)]
    again = again[:: max(1, len(again) // REPEATED)][:REPEATED]
    second = run(job_of(exercise, [trial.case for trial in again], salt=1)).outcomes
    if trials.repeats_differ([trial.outcome for trial in again], second):
        return "gives another result when the same inputs come again: it depends on chance or on earlier calls"
    return ""


def _hold(
    check: model.PropertyCheck,
    exercise: Exercise,
    cases: Sequence[Case],
    tried: Sequence[Trial],
    run: Callable[[Job], Run],
    properties: Mapping[str, Property],
) -> Holding:
    if _ended([trial.outcome for trial in tried]):
        problem = "could not be tried, because the code does not come to its end"
        return model.Holding(check=check.check, problem=problem)
    if check.check not in properties:
        raise PropertyFault(f"properties.py has no function {check.check}")
    return hold(check, properties[check.check], exercise, cases, run)


def minimised(trial: Trial, exercise: Exercise, run: Callable[[Job], Run], author: Author) -> Trial:
    """The trial with a smaller case, or the same one if there is no reference to say what that case should give."""
    answers = author.answers
    unfinished = isinstance(trial.outcome, model.Raised) and trial.outcome.error == "NotImplementedError"
    if answers is None or unfinished or not isinstance(trial.outcome, model.Returned | model.Raised):
        return trial

    def attempt(cases: Sequence[Case]) -> list[Trial | None]:
        known = [
            replace(case, expected=expected)
            for case, expected in zip(cases, answers(exercise, cases), strict=True)
            if expected is not None
        ]
        return list(trials.try_cases(exercise, known, run(job_of(exercise, known)).outcomes)) if known else []

    return minimise(trial, exercise, attempt)
