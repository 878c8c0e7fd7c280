"""Marks for the method: a result that is wrong for reasons of earlier functions alone.

There are two ways to see that. With made-up functions in place of the earlier ones the student's exercise gives what
the reference gives (:mod:`grader.grading.made_up`): that is tried first, and tells of whoever calls them by name.
Others write their formulas out again. For them the reference is run with the student's functions
(:mod:`grader.grading.replay`), and gives what the student gives.

In that second way whoever writes an early function for the purpose must not gain by it. So the functions must be
something to build on, or there is no method to see: their answers have the shape and the magnitude of right ones,
depend on more than one argument where those do, tell wrong versions of the exercise from right ones
(:mod:`grader.grading.sensitivity`), and come once more when they are asked for again, in a new process and in another
order. All of that is asked on fresh inputs, which have all their digits and are like one another.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader.bank.fresh import fresh
from grader.course.snippet import needed_names
from grader.grading.agreement import agreeing, is_wrong
from grader.grading.budget import Budget
from grader.grading.earlier import own_outputs
from grader.grading.foundation import degenerate
from grader.grading.made_up import same_with_made_up
from grader.grading.probing import depend_on_little, moved_calls
from grader.grading.replay import Replays
from grader.grading.sensitivity import sensitive
from grader.records.run import Returned, job_of
from grader.records.values import is_finite

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from grader.grading.earlier import BuiltOn, EarlierFunction
    from grader.grading.phase import ReferenceProcess
    from grader.grading.replay import Call, Replayed
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.run import Job, Run
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox

    Runner = Callable[[Job], Run]

FRESH = 8  # cases
ENOUGH = 0.25  # of the cases, in which the student's functions must have answers
SECONDS = 3.0  # that a submission has for all of it: it takes less than 1, and waits where a machine is busy


@np.errstate(all="ignore")  # values are a student's: whatever overflows is no concern of a reader
def follow_through(
    exercise: Exercise, earlier: BuiltOn, trials: Sequence[Trial], sandbox: Sandbox, reference: ReferenceProcess
) -> dict[str, tuple[str, ...]]:
    """The wrong outputs that a right method makes of wrong functions, each with the names of those.

    ``sandbox`` has the submission. It is given a new process, which sees what the reference computes on hidden cases:
    nothing that a student may read must come from it afterwards.
    """
    failing = [trial for trial in trials if not trial.right]
    if not earlier.wrong:
        return {}
    sandbox.close()
    author = Budget(reference.run, exercise).run
    limits = replace(exercise.limits, seconds=min(SECONDS, exercise.limits.seconds))
    student = Budget(sandbox.run, replace(exercise, limits=limits)).run
    own = own_outputs(exercise)
    wrong = frozenset(name for name in exercise.outputs if name in own and any(is_wrong(t, name) for t in failing))
    cases = _fresh(exercise, failing, reference.source, author)
    found = _by_name(exercise, earlier, wrong, [*cases, *(trial.case for trial in failing)], author, student)
    left = wrong - found.keys()
    asked = _asked(exercise, earlier)
    if left and cases and asked:
        replays = Replays(exercise, asked, author, student)
        found |= _replayed(replays, left, trials, cases, reference.source, sandbox)
    return found


def _fresh(exercise: Exercise, failing: Sequence[Trial], secret: str, author: Runner) -> list[Case]:
    """Fresh cases of the sizes of failing ones, with what the reference gives."""
    like = [failing[number * len(failing) // FRESH].case for number in range(FRESH)]
    drawn = fresh(exercise, like, secret)
    outcomes = author(job_of(exercise, drawn)).outcomes
    return [
        replace(case, expected=outcome.outputs)
        for case, outcome in zip(drawn, outcomes, strict=True)
        if isinstance(outcome, Returned) and is_finite(outcome.outputs)
    ]


# ── calling earlier functions by name ─────────────────────────────────────────────────────────────────────────────


def _by_name(
    exercise: Exercise,
    earlier: BuiltOn,
    wrong: frozenset[str],
    cases: Sequence[Case],
    author: Runner,
    student: Runner,
) -> dict[str, tuple[str, ...]]:
    """Those wrong outputs that are right with made-up functions, each with the wrong ones among these."""
    found: dict[str, tuple[str, ...]] = {}
    for names in _in_turn(earlier):
        if left := wrong - found.keys():
            chosen = [function for function in earlier.functions if function.name in names]
            same = same_with_made_up(exercise, chosen, cases, author, student)
            guilty = tuple(name for name in exercise.follow_through if name in same.called & earlier.wrong)
            found |= dict.fromkeys(same.outputs & left if guilty else (), guilty)
    return found


def _in_turn(earlier: BuiltOn) -> Iterator[frozenset[str]]:
    """Which functions are made up: the wrong ones, for others may be written out; then fewer, then more."""
    everything = frozenset(function.name for function in earlier.functions)
    yield from dict.fromkeys((earlier.wrong & everything, earlier.by_themselves & everything, everything))


# ── writing their formulas out again ──────────────────────────────────────────────────────────────────────────────


def _asked(exercise: Exercise, earlier: BuiltOn) -> list[EarlierFunction]:
    """Which functions answer for the reference's: the wrong ones, and those that make what these are given.

    Not those that ``run`` calls itself: nobody writes such a call out again.
    """
    able = [function for function in earlier.functions if function.can_be_asked]
    wrong = [each for each in able if each.name in earlier.wrong and each.name not in needed_names(exercise)]
    makers = {call.function for function in wrong for call in function.makers.values()}
    return [function for function in earlier.functions if function in wrong or function.name in makers]


def _replayed(
    replays: Replays,
    wrong: Collection[str],
    trials: Sequence[Trial],
    cases: Sequence[Case],
    source: str,
    sandbox: Sandbox,
) -> dict[str, tuple[str, ...]]:
    """Those wrong outputs that are what the reference makes of the student's functions."""
    exercise, failing = replays.exercise, [trial for trial in trials if not trial.right]
    answered = replays.student(job_of(exercise, cases)).outcomes
    every = replays.replay([*cases, *(trial.case for trial in failing)])
    new, old = every[: len(cases)], every[len(cases) :]
    agree = agreeing(exercise, trials, old, list(zip(new, answered, strict=True)), ENOUGH).intersection(wrong)
    guilty = _guilty(exercise, _calls(every))
    rich, asked = _rich(replays, guilty, new, source) if agree and guilty else (frozenset(), [])
    earned = agree & rich
    sandbox.close()
    if not earned or _changes([*_calls(every), *asked], replays):
        return {}
    return dict.fromkeys(sorted(earned), guilty)


def _calls(replayed: Sequence[Replayed]) -> list[Call]:
    """Those that were answered."""
    return [call for each in replayed for call in each.calls if call.answered]


def _guilty(exercise: Exercise, calls: Sequence[Call]) -> tuple[str, ...]:
    """Those functions that answered a call wrongly."""
    wrong = {call.name for call in calls if not call.right}
    return tuple(name for name in exercise.follow_through if name in wrong)


def _rich(
    replays: Replays, guilty: Sequence[str], replayed: Sequence[Replayed], source: str
) -> tuple[frozenset[str], Sequence[Call]]:
    """The outputs for which wrong functions are something to build on, and the calls that were asked to see that."""
    by_name = [[call for call in _calls(replayed) if call.name == name] for name in guilty]
    if any(degenerate([call.given for call in calls], [call.own for call in calls]) for calls in by_name):
        return frozenset(), []
    moved = moved_calls(replays, list(chain.from_iterable(by_name)))
    if depend_on_little(guilty, moved):
        return frozenset(), []
    from grader.mistakes.redefined import redefinitions  # takes longer to load than all of the above

    versions = redefinitions(source, frozenset(needed_names(replays.exercise)))
    found, asked = sensitive(replays, versions, [each for each in replayed if each.outputs is not None])
    return found, [*(each.call for each in moved), *asked]


def _changes(calls: Sequence[Call], replays: Replays) -> bool:
    """Whether other answers come in a new process, from the last call to the first.

    Functions that remember, and tell one another behind the reference's back, could agree upon any result.
    """
    backwards = [call for call in reversed(calls) if call.answered]
    return any(call.otherwise(given) for call, given in zip(backwards, replays.ask(backwards), strict=True))
