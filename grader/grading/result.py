"""What an exercise earned and why, and the report that holds all of them: facts, which ``report/words`` puts in words.

These are the staff's results. A student's are made in :mod:`grader.grading.students`.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec.structs import replace

from grader import __version__
from grader.course.snippet import asked_names, needed_names
from grader.grading.fingerprint import content_sha256, fingerprint
from grader.grading.reason import in_hidden, verdict
from grader.judge.example import counterexample, of_a_law
from grader.judge.points import score, total
from grader.records.errors import GraderError
from grader.records.report import (
    ExerciseResult,
    GraderFailed,
    NothingHandedIn,
    NotReached,
    NotTaken,
    OnlyEarlier,
    Report,
    Undefined,
)
from grader.records.run import Loaded, Raised, Submission
from grader.records.values import leaves
from grader.records.verdict import Remark
from grader.submission.definitions import defined_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.grading.phase import Phase
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank
    from grader.records.finding import Finding
    from grader.records.report import Reason
    from grader.records.run import Isolation, Outcome
    from grader.records.verdict import Counterexample, Status, Trial

#: Remarks that say nothing beside a wrong value, and those that speak of all numbers of an output.
_OF_RIGHT: Final = frozenset({"few_digits", "other_dtype", "single_precision"})
_OF_ALL: Final = frozenset({"other_dtype", "single_precision"})

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
    trials = public.trials + hidden.trials
    parts, earned = score(exercise, trials, public.raises, holdings, broken, followed, public.source)
    status, reason = verdict(exercise, parts, public, in_hidden(exercise, hidden), module, loaded)
    nothing_to_mend = status == "right" or isinstance(reason, OnlyEarlier)  # but functions with results of their own
    wrong = [part.key.name for part in parts if part.key.kind == "output" and not part.right]
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=earned,
        status=status,
        reason=reason,
        diagnosis=() if nothing_to_mend else diagnosis,
        parts=parts,
        counterexamples=(
            () if nothing_to_mend or status == "unfinished" else counterexamples(exercise, [public, hidden], module)
        ),
        remarks=remarks(public.trials, public.cut, wrong),  # of hidden ones, what was observed is not told
        printed=public.printed,
        source=public.source,
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


def without_fault(result: ExerciseResult) -> ExerciseResult:
    """A result that came before any case, as students may know it: what of ours failed may quote a hidden input."""
    return replace(result, reason=GraderFailed()) if isinstance(result.reason, GraderFailed) else result


def ungraded(exercise: Exercise, fault: Exception) -> ExerciseResult:
    """The result of an exercise at which the grader failed: no points, which is not the same as none earned."""
    text = str(fault) if isinstance(fault, GraderError) else f"{type(fault).__name__}: {fault}"
    return without_run(exercise, "ungraded", GraderFailed(text))


def missing(
    exercise: Exercise, absent: Sequence[str], module: str, loaded: Loaded, others: Collection[str]
) -> ExerciseResult:
    """The result of an exercise whose names the submission does not define; ``others`` are those that any asks for."""
    if loaded.problem is not None and not loaded.stopped:
        reason: Reason = NotReached(module, loaded.problem, unreadable=unreadable(loaded.problem, module))
    else:
        functions = [definition.name for definition in loaded.names if definition.parameters is not None]
        own = [name for name in functions if name not in others]  # those have their own names already
        near = difflib.get_close_matches(absent[0], own, n=1, cutoff=0.6)
        reason = Undefined(module, tuple(absent), "".join(near), incomplete=bool(loaded.stopped or loaded.lost))
    return without_run(exercise, "missing", reason)


def absent_names(exercise: Exercise, loaded: Loaded) -> list[str]:
    """Names that the exercise needs and the submission does not define."""
    defined = {definition.name for definition in loaded.names}
    return sorted(needed_names(exercise) - defined)


def remarks(trials: Sequence[Trial], cut: int | None = None, wrong: Collection[str] = ()) -> tuple[Remark, ...]:
    """What is right but worth a word, each once. What was observed in the worker is its advice, no verdict.

    ``cut``: more bytes than so many were printed. ``wrong`` are outputs of which hidden cases say so.
    """
    wrong = {each.output for trial in trials for each in trial.comparisons if each.deviation is not None}.union(wrong)
    seen = dict.fromkeys(remark for trial in trials for remark in (*_of_values(trial, wrong), *_of_the_way(trial)))
    found = {remark: None for remark in seen if remark.kind not in _OF_ALL or _is_so_in_all(remark, trials)}
    if cut is not None:
        found[Remark("prints_much", wanted=str(cut))] = None
    return tuple(found)


def _of_values(trial: Trial, wrong: Collection[str]) -> Iterator[Remark]:
    """What the values of outputs show; of their digits and dtypes nothing where there is more that is ``wrong``."""
    for comparison in trial.comparisons:
        for each in comparison.remarks:
            if each.kind not in _OF_RIGHT or comparison.output not in wrong:
                yield Remark(each.kind, comparison.output, each.got, each.wanted)


def _is_so_in_all(remark: Remark, trials: Sequence[Trial]) -> bool:
    """Whether every case that returned numbers for an output says the same of their dtype: a 0 may be an integer."""
    bare = Remark(remark.kind, got=remark.got, wanted=remark.wanted)
    return all(
        bare in found.remarks
        for trial in trials
        for found in trial.comparisons
        if found.output == remark.about and any(map(np.size, leaves(trial.case.expected[found.output])))
    )


def _of_the_way(trial: Trial) -> Iterator[Remark]:
    """What was seen of how they came."""
    if (given := trial.given) is not None:
        yield from (Remark("changes_input", name) for name in given.changed)
        yield from (Remark("shares_memory", output, name) for output, name in given.aliased)
        yield from (Remark("read_as", output, way) for output, way in given.read)
    deviates = any(found.deviation is not None for found in trial.comparisons)
    if isinstance(trial.outcome, Raised) and trial.before is not None and not (trial.before.missing or deviates):
        yield Remark("stops_at_its_end", got=trial.outcome.error)


def unreadable(outcome: Outcome | None, module: str) -> bool:
    """True if the module itself is no Python, so that not even its first line ran."""
    if not isinstance(outcome, Raised) or "SyntaxError" not in outcome.ancestors or not outcome.frames:
        return False
    frame = outcome.frames[0]  # a line that Python could not read belongs to no function
    return frame.file == module and not frame.function


def counterexamples(exercise: Exercise, phases: Sequence[Phase], module: str) -> tuple[Counterexample, ...]:
    """What to show of phases in which a case fails, one each; where none does, what a law does not hold on."""
    found = tuple(
        counterexample(
            phase.shown,
            exercise,
            module,
            minimised=all(phase.shown.case is not trial.case for trial in phase.trials + phase.raises),
            calls=phase.calls,
        )
        for phase in phases
        if phase.shown is not None
    )
    laws = (of_a_law(holding, exercise, module) for phase in phases for holding in phase.holdings)
    return found or tuple(each for each in laws if each is not None)[:1]


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────


def report(
    bank: CaseBank,
    submission: Submission,
    isolation: Isolation,
    loaded: Loaded,
    results: Sequence[ExerciseResult],
    students: Sequence[ExerciseResult] | None = None,
) -> Report:
    """The whole report, without times. ``students`` are the results for students, where cases have run."""
    assignment = bank.assignment
    asked = asked_names(assignment)
    earned = [result.earned for result in results]
    return Report(
        assignment=assignment.id,
        title=assignment.title,
        module=submission.module,
        score=None if None in earned else total(points for points in earned if points is not None),
        max_score=total(exercise.points for exercise in assignment.exercises),
        exercises=tuple(results),
        students=tuple(map(without_fault, results) if students is None else students),
        hidden=assignment.hidden,
        isolation=isolation,
        problem=loaded.problem,
        stopped=loaded.stopped,
        lost=loaded.lost,
        twice=tuple(name for name in loaded.twice if name in asked),
        remarks=submission.remarks,
        stand_ins=loaded.stand_ins,
        bank=bank.inputs_sha256,
        practice=bank.practice,
        version=__version__,
        fingerprint=fingerprint(bank, submission),
        content=content_sha256(submission),
        defined=defined_at(submission, {exercise.id: needed_names(exercise) for exercise in assignment.exercises}),
    )


def all_ungraded(bank: CaseBank, isolation: Isolation, fault: Exception) -> Report:
    """The report on a submission at which the grader failed as a whole; see :func:`ungraded`."""
    assignment = bank.assignment
    results = [ungraded(exercise, fault) for exercise in assignment.exercises]
    unknown = Submission(module=assignment.module, files={})
    return report(bank, unknown, isolation, Loaded(), results)


def nothing_to_grade(bank: CaseBank, isolation: Isolation, problem: str) -> Report:
    """The report on a submission that holds nothing to grade; ``problem`` says to its student why."""
    reason = NothingHandedIn(bank.assignment.module)
    return _without_submission(bank, isolation, "missing", reason, problem)


def all_not_taken(bank: CaseBank, isolation: Isolation, problem: str) -> Report:
    """The report on work that cannot be taken as it was handed in, and so is not graded; ``problem`` as above."""
    return _without_submission(bank, isolation, "ungraded", NotTaken(), problem)


def _without_submission(bank: CaseBank, isolation: Isolation, status: Status, reason: Reason, problem: str) -> Report:
    assignment = bank.assignment
    results = [without_run(exercise, status, reason) for exercise in assignment.exercises]
    empty = Submission(module=assignment.module, files={})
    return replace(report(bank, empty, isolation, Loaded(), results), problem=problem)
