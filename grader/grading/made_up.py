"""Whether an exercise is right with whatever earlier functions give it.

The submission and the reference run it with the same made-up functions in place of those
(:mod:`grader.sandbox.worker.made_up`), each in its own process. Whoever calls them by name, and does with the results
what should be done, gives what the reference gives; whoever does not know what that is cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.judge.trials import try_cases
from grader.records.run import Returned, job_of
from grader.records.values import is_finite

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from grader.grading.earlier import EarlierFunction
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.run import Job, Outcome, Run

    Runner = Callable[[Job], Run]

ENOUGH = 0.5  # of the cases, for which the reference must have an answer
#: How large results are made up, case by case: beyond 1, and now and then much larger or smaller, so that whoever does
#: not cut values off where the reference does, or does where it does not, is seen.
LARGEST = (1.5, 30.0, 1.5, 0.1)

#: What is the same in every case stands in the snippet, so that it is sent and read once.
_RUN = """\
from grader.sandbox.worker.made_up import run_with
_called = run_with({run!r}, {functions!r}, _largest, globals())"""


class Same(NamedTuple):
    """The outputs that agree in all cases, and which of the functions they build on."""

    outputs: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()


def same_with_made_up(
    exercise: Exercise, functions: Collection[EarlierFunction], cases: Sequence[Case], author: Runner, student: Runner
) -> Same:
    """Run the cases on both sides with these functions made up, and compare."""
    if not functions or not all(function.can_be_made_up for function in functions):
        return Same()
    told = {function.name: function.told for function in functions}
    job = replace(
        job_of(exercise, cases),
        run=_RUN.format(run=exercise.run, functions=told),
        inputs=tuple({**case.inputs, "_largest": LARGEST[number % len(LARGEST)]} for number, case in enumerate(cases)),
        outputs=(*exercise.outputs, "_called"),
    )
    called, meant = _by_the_reference(exercise, cases, author(job).outcomes)
    if not called or len(meant) < ENOUGH * len(cases):
        return Same()
    asked = replace(
        job,
        inputs=tuple(job.inputs[number] for number in meant),
        sizes=tuple(job.sizes[number] for number in meant),
        outputs=tuple(exercise.outputs),
    )
    trials = try_cases(exercise, list(meant.values()), student(asked).outcomes)
    right = (frozenset(found.output for found in trial.comparisons if found.deviation is None) for trial in trials)
    return Same(frozenset(exercise.outputs).intersection(*right), called)


def _by_the_reference(
    exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]
) -> tuple[frozenset[str], dict[int, Case]]:
    """The functions that it called, and the cases to which it has a finite answer, by their numbers."""
    called: set[str] = set()
    meant: dict[int, Case] = {}
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome, Returned):
            outputs = dict(outcome.outputs)
            called.update(outputs.pop("_called"))
            if outputs.keys() == exercise.outputs.keys() and is_finite(outputs):
                meant[number] = replace(cases[number], expected=outputs, units={})
    return frozenset(called), meant
