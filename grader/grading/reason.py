"""Why an exercise has its status: the first of several reasons that is so, public ones before hidden ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from grader.course.snippet import needed_names, parse_snippet
from grader.judge.steps import has_steps
from grader.records.report import (
    AllRight,
    BreaksRule,
    BreaksSource,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    HiddenFails,
    LawsFail,
    NotDone,
    OnlyEarlier,
)
from grader.records.run import UNFINISHED, Raised, Returned
from grader.records.verdict import ending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.grading.phase import Phase
    from grader.records.assignment import Exercise
    from grader.records.report import Reason
    from grader.records.run import Loaded, Outcome
    from grader.records.verdict import Part, Status, Trial

# Python's own words, which only Python's own exceptions have
_CALLED = re.compile(r"'(\w+)' object is not callable")
_UNKNOWN = re.compile(r"name '(\w+)' is not defined")
_METHOD = re.compile(r"(\w+)\.(\w+)\(\) (?:takes|missing|got) ")
ALIKE = 0.8  # of two names, so that one may be meant by the other


def verdict(
    exercise: Exercise,
    parts: Sequence[Part],
    public: Phase,
    unshown: Reason | None,
    module: str,
    loaded: Loaded,
) -> tuple[Status, Reason]:
    """The status and its reason. ``unshown`` is what hidden cases say, where no public one of them says anything."""
    if all(part.right for part in parts):
        return "right", AllRight()
    status: Status = "partly" if any(part.earned for part in parts) else "wrong"
    reason = _reason(exercise, parts, public, unshown, module, loaded)
    return ("unfinished" if isinstance(reason, NotDone) and status == "wrong" else status), reason


def in_hidden(exercise: Exercise, hidden: Phase) -> HiddenFails | BreaksRule | None:
    """What hidden cases say, for the staff: the first of them that fails, or a rule that they break."""
    failing = [trial for trial in hidden.trials if not trial.right]
    if failing:
        return _hidden_fails(_subject(exercise), failing, len(hidden.trials))
    return BreaksRule(_subject(exercise), hidden.broken) if hidden.broken is not None else None


def _reason(
    exercise: Exercise,
    parts: Sequence[Part],
    public: Phase,
    unshown: Reason | None,
    module: str,
    loaded: Loaded,
) -> Reason:
    """The first of these that is so: earlier functions, a public case, a rule, an exception, a hidden case, a law.

    Rules on the source are among the rules.
    """
    if earlier := _only_earlier(parts):
        return OnlyEarlier(earlier)
    shown = public.shown
    remembers = public.broken is not None and public.calls != 1  # it is right when it is called for the first time
    if shown is not None and shown.case.raises is None and not remembers:
        if isinstance(shown.outcome, Returned):
            return _deviates(exercise, shown, {part.key.name for part in parts if part.followed})
        return _ends(exercise, shown.outcome, module, loaded)
    if public.broken is not None:
        return BreaksRule(_subject(exercise), public.broken)
    if public.source is not None:
        return BreaksSource(_subject(exercise), public.source)
    if shown is not None and shown.problem is not None:
        ended = None if isinstance(shown.outcome, Returned) else shown.outcome
        return DoesNotRaise(_subject(exercise), shown.problem, ended, shown.case.because)
    return unshown or _laws_fail(parts)


def _only_earlier(parts: Sequence[Part]) -> tuple[str, ...]:
    """The earlier functions that every wrong output is wrong for; empty if there is no such output, or another."""
    outputs = [part for part in parts if part.key.kind == "output" and not part.right]
    return outputs[0].followed if outputs and all(part.followed for part in outputs) else ()


def _laws_fail(parts: Sequence[Part]) -> LawsFail:
    """What is wrong where every case is right."""
    wrong = [part for part in parts if not part.right]
    return LawsFail(wrong[0].title, tuple(part.problem for part in wrong if part.problem is not None))


def _deviates(exercise: Exercise, trial: Trial, followed: set[str]) -> Deviates:
    """A public case that is wrong; outputs that are so for reasons of their own come before those ``followed``."""
    deviating = [found for found in trial.comparisons if found.deviation is not None]
    found = min(deviating, key=lambda each: each.output in followed)
    assert found.deviation is not None
    steps = 0
    if found.deviation.where and not found.deviation.path and has_steps(exercise, found.output):
        steps = len(np.atleast_1d(trial.case.expected[found.output]))
    return Deviates(found.output, found.deviation, steps)


def _ends(exercise: Exercise, outcome: Outcome, module: str, loaded: Loaded) -> Reason:
    subject = _subject(exercise)
    if isinstance(outcome, Raised):
        if outcome.error == UNFINISHED:
            return NotDone(subject, _unwritten(subject, outcome, loaded))
        if not outcome.frames:
            return _call_fails(exercise, outcome, loaded)
    return Ends(subject, outcome, module, *_near(outcome, loaded))


def _unwritten(subject: str, raised: Raised, loaded: Loaded) -> str:
    """The function of the file that is not written yet, where another one calls it; else empty."""
    defined = {found.name for found in loaded.names}
    called = [frame.function for frame in raised.frames if frame.function in defined]
    return called[-1] if called and called[-1] != subject and called[-1] == raised.frames[-1].function else ""


def _near(outcome: Outcome, loaded: Loaded) -> tuple[str, ...]:
    """The unknown name at which it ended, and the one that the file defines and that is much like it; or nothing."""
    if (
        not isinstance(outcome, Raised)
        or outcome.error != "NameError"
        or not (found := _UNKNOWN.match(outcome.message))
    ):
        return ()
    import difflib  # only a misspelt name needs it

    near = difflib.get_close_matches(found[1], [name.name for name in loaded.names], n=1, cutoff=ALIKE)
    return (found[1], *near) if near else ()


def _call_fails(exercise: Exercise, raised: Raised, loaded: Loaded) -> CallFails:
    """An exception in the snippet itself."""
    subject = _subject(exercise)
    if raised.error == "TypeError":
        if (found := _METHOD.match(raised.message)) and found[1] == subject and found[2] != "__init__":
            return CallFails(subject, raised, exercise.run, method=found[2])
        yours = next((found.parameters for found in loaded.names if found.name == subject), None)
        if "argument" in raised.message and yours is not None:
            return CallFails(subject, raised, exercise.run, yours=yours)
        values = {found.name for found in loaded.names if found.parameters is None}
        called = [name for name in _needed(exercise) if name in values]
        if called and (found := _CALLED.match(raised.message)):
            return CallFails(subject, raised, exercise.run, value=called[0], value_type=found[1])
    return CallFails(subject, raised, exercise.run)


def _hidden_fails(subject: str, failing: Sequence[Trial], hidden: int) -> HiddenFails:
    """The first hidden case that fails, where every public one is right."""
    trial = failing[0]
    if not isinstance(trial.outcome, Returned):
        return HiddenFails(ending(trial.outcome), subject, failed=len(failing), hidden=hidden)
    found = next(each for each in trial.comparisons if each.deviation is not None)
    assert found.deviation is not None
    return HiddenFails(found.deviation.fault, subject, found.output, len(failing), hidden)


def _subject(exercise: Exercise) -> str:
    """The name that a sentence about an exercise is about."""
    needed = _needed(exercise)
    return exercise.id if exercise.id in needed or not needed else needed[0]


def _needed(exercise: Exercise) -> list[str]:
    """Names that the snippet takes from the submission, in its order."""
    return sorted(needed_names(exercise), key=parse_snippet(exercise.run).used.__getitem__)
