"""What an exercise earned and why, and the report that holds all of them: facts, which ``report/words`` puts in words.

Nothing here may carry an input or a text of a hidden case: hidden failures are told by their class alone.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from grader import __version__
from grader.course.snippet import asked_names, needed_names, parse_snippet
from grader.grading.fingerprint import fingerprint
from grader.judge.example import counterexample
from grader.judge.points import score, total
from grader.judge.steps import has_steps
from grader.records.errors import GraderError
from grader.records.report import (
    AllRight,
    BreaksRule,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    ExerciseResult,
    GraderFailed,
    HiddenFails,
    LawsFail,
    NotDone,
    NothingHandedIn,
    NotReached,
    OnlyEarlier,
    Report,
    Undefined,
)
from grader.records.run import UNFINISHED, Loaded, Raised, Returned, Submission
from grader.records.verdict import Remark, ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.grading.phase import Phase
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank
    from grader.records.finding import Finding
    from grader.records.report import Reason
    from grader.records.run import Isolation, Outcome
    from grader.records.verdict import Counterexample, Part, RuleBroken, Status, Trial

_CALLED = re.compile(r"'\w+' object is not callable")  # Python's own words, which only Python's own exception has


# ── one exercise ──────────────────────────────────────────────────────────────────────────────────────────────────


def graded(
    exercise: Exercise,
    public: Phase,
    hidden: Phase,
    module: str,
    loaded: Loaded,
    followed: Mapping[str, tuple[str, ...]],
    diagnosis: tuple[Finding, ...],
) -> ExerciseResult:
    """The result of an exercise whose cases have run; ``followed`` are outputs whose method was found to be right."""
    broken = public.broken or hidden.broken
    holdings = public.holdings + hidden.holdings
    parts, earned = score(exercise, public.trials + hidden.trials, public.raises, holdings, broken, followed)
    status, reason = _verdict(exercise, parts, public, hidden, module, loaded)
    only_earlier = isinstance(reason, OnlyEarlier)  # the functions to mend have results of their own
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=earned,
        status=status,
        reason=reason,
        diagnosis=() if only_earlier else diagnosis,
        parts=parts,
        counterexamples=(
            () if only_earlier or status == "unfinished" else _counterexamples(exercise, public, hidden, module)
        ),
        remarks=remarks(public.trials, public.cut),  # of hidden ones, what was observed is not told
        printed=public.printed,
    )


def without_run(exercise: Exercise, status: Status, reason: Reason) -> ExerciseResult:
    """The result of an exercise that could not be tried."""
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=None if status == "ungraded" else 0.0,
        status=status,
        reason=reason,
    )


def ungraded(exercise: Exercise, fault: Exception) -> ExerciseResult:
    """The result of an exercise at which the grader failed: no points, which is not the same as none earned."""
    text = str(fault) if isinstance(fault, GraderError) else f"{type(fault).__name__}: {fault}"
    return without_run(exercise, "ungraded", GraderFailed(text))


def missing(exercise: Exercise, absent: Sequence[str], module: str, loaded: Loaded) -> ExerciseResult:
    """The result of an exercise whose names the submission does not define."""
    if loaded.problem is not None and not loaded.stopped:
        reason: Reason = NotReached(module, loaded.problem, unreadable=unreadable(loaded.problem, module))
    else:
        own = [definition.name for definition in loaded.names if definition.parameters is not None]
        near = difflib.get_close_matches(absent[0], own, n=1, cutoff=0.6)
        reason = Undefined(module, tuple(absent), "".join(near), incomplete=bool(loaded.stopped or loaded.lost))
    return without_run(exercise, "missing", reason)


def absent_names(exercise: Exercise, loaded: Loaded) -> list[str]:
    """Names that the exercise needs and the submission does not define."""
    defined = {definition.name for definition in loaded.names}
    return sorted(needed_names(exercise) - defined)


def remarks(trials: Iterable[Trial], cut: int | None = None) -> tuple[Remark, ...]:
    """What is right but worth a word, each once. What was observed in the worker is its advice, no verdict.

    ``cut``: more bytes than so many were printed.
    """
    found: dict[Remark, None] = {}
    for trial in trials:
        for comparison in trial.comparisons:
            found.update(
                (Remark(each.kind, comparison.output, each.got, each.wanted), None) for each in comparison.remarks
            )
        if isinstance(trial.outcome, Returned):
            found.update((Remark("changes_input", name), None) for name in trial.outcome.changed)
            found.update((Remark("shares_memory", output, name), None) for output, name in trial.outcome.aliased)
            found.update((Remark("read_as", output, way), None) for output, way in trial.outcome.read)
    if cut is not None:
        found[Remark("prints_much", wanted=str(cut))] = None
    return tuple(found)


def unreadable(outcome: Outcome | None, module: str) -> bool:
    """True if the module itself is no Python, so that not even its first line ran."""
    if not isinstance(outcome, Raised) or "SyntaxError" not in outcome.ancestors or not outcome.frames:
        return False
    frame = outcome.frames[0]  # a line that Python could not read belongs to no function
    return frame.file == module and not frame.function


# ── why ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _verdict(
    exercise: Exercise, parts: Sequence[Part], public: Phase, hidden: Phase, module: str, loaded: Loaded
) -> tuple[Status, Reason]:
    if all(part.right for part in parts):
        return "right", AllRight()
    status: Status = "partly" if any(part.earned for part in parts) else "wrong"
    reason = _reason(exercise, parts, public, hidden, module, loaded)
    return ("unfinished" if isinstance(reason, NotDone) and status == "wrong" else status), reason


def _reason(
    exercise: Exercise, parts: Sequence[Part], public: Phase, hidden: Phase, module: str, loaded: Loaded
) -> Reason:
    """The first of these that is so: earlier functions, a public case, a hidden one, a rule, an exception, a law."""
    if earlier := _only_earlier(parts):
        return OnlyEarlier(earlier)
    shown = public.shown
    if shown is not None and shown.case.raises is None:
        if isinstance(shown.outcome, Returned):
            return _deviates(exercise, shown, {part.key.name for part in parts if part.followed})
        return _ends(exercise, shown.outcome, module, loaded)
    failing = [trial for trial in hidden.trials if not trial.right]
    if failing:
        return _hidden_fails(_subject(exercise), failing, len(hidden.trials))
    return _rule(_subject(exercise), parts, shown, public.broken or hidden.broken)


def _only_earlier(parts: Sequence[Part]) -> tuple[str, ...]:
    """The earlier functions that every wrong output is wrong for; empty if there is no such output, or another."""
    outputs = [part for part in parts if part.key.kind == "output" and not part.right]
    return outputs[0].followed if outputs and all(part.followed for part in outputs) else ()


def _rule(subject: str, parts: Sequence[Part], shown: Trial | None, broken: RuleBroken | None) -> Reason:
    """What is wrong where every case that expects values is right."""
    if broken is not None:
        return BreaksRule(subject, broken)
    if shown is not None and shown.problem is not None:
        ended = None if isinstance(shown.outcome, Returned) else shown.outcome
        return DoesNotRaise(subject, shown.problem, ended, shown.case.because)
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
            return NotDone(subject)
        if not outcome.frames:
            return _call_fails(exercise, outcome, loaded)
    return Ends(subject, outcome, module)


def _call_fails(exercise: Exercise, raised: Raised, loaded: Loaded) -> CallFails:
    """An exception in the snippet itself."""
    subject = _subject(exercise)
    if raised.error == "TypeError":
        yours = next((found.parameters for found in loaded.names if found.name == subject), None)
        if "argument" in raised.message and yours is not None:
            return CallFails(subject, raised, exercise.run, yours=yours)
        values = {found.name for found in loaded.names if found.parameters is None}
        called = [name for name in _needed(exercise) if name in values]
        if called and _CALLED.match(raised.message):
            return CallFails(subject, raised, exercise.run, value=called[0])
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


def _counterexamples(exercise: Exercise, public: Phase, hidden: Phase, module: str) -> tuple[Counterexample, ...]:
    return tuple(
        counterexample(
            phase.shown,
            exercise,
            module,
            minimised=all(phase.shown is not trial for trial in phase.trials + phase.raises),
        )
        for phase in (public, hidden)
        if phase.shown is not None
    )


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────


def report(
    bank: CaseBank, submission: Submission, isolation: Isolation, loaded: Loaded, results: Sequence[ExerciseResult]
) -> Report:
    """The whole report, without times."""
    assignment = bank.manifest.assignment
    asked = asked_names(assignment)
    earned = [result.earned for result in results]
    return Report(
        assignment=assignment.id,
        title=assignment.title,
        module=submission.module,
        score=None if None in earned else total(points for points in earned if points is not None),
        max_score=total(exercise.points for exercise in assignment.exercises),
        exercises=tuple(results),
        isolation=isolation,
        problem=loaded.problem,
        stopped=loaded.stopped,
        lost=loaded.lost,
        twice=tuple(name for name in loaded.twice if name in asked),
        remarks=submission.remarks,
        stand_ins=loaded.stand_ins,
        bank=bank.manifest.inputs_sha256,
        version=__version__,
        fingerprint=fingerprint(bank, submission),
    )


def all_ungraded(bank: CaseBank, isolation: Isolation, fault: Exception) -> Report:
    """The report on a submission at which the grader failed as a whole; see :func:`ungraded`."""
    assignment = bank.manifest.assignment
    results = [ungraded(exercise, fault) for exercise in assignment.exercises]
    unknown = Submission(module=assignment.module, files={})
    return report(bank, unknown, isolation, Loaded(), results)


def nothing_to_grade(bank: CaseBank, isolation: Isolation, problem: str) -> Report:
    """The report on a submission that holds nothing to grade; ``problem`` says to its student why."""
    assignment = bank.manifest.assignment
    reason = NothingHandedIn(assignment.module)
    results = [without_run(exercise, "missing", reason) for exercise in assignment.exercises]
    empty = Submission(module=assignment.module, files={})
    return replace(report(bank, empty, isolation, Loaded(), results), problem=problem)
