"""From evidence to a report: what each exercise earned, and the sentences that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader import __version__
from grader.judge import explain
from grader.judge.example import counterexample
from grader.judge.outcomes import advice, phrase, place_of_import
from grader.judge.points import score, total
from grader.records.report import ExerciseResult, Report
from grader.records.run import Frame, Loaded, Raised, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.grading.evidence import Evidence
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank
    from grader.records.errors import GraderError
    from grader.records.run import Isolation, Outcome
    from grader.records.verdict import Counterexample


def graded(
    exercise: Exercise,
    public: Evidence,
    hidden: Evidence,
    module: str,
    loaded: Loaded,
    followed: Mapping[str, tuple[str, ...]],
) -> ExerciseResult:
    """The result of an exercise whose cases have run; ``followed`` are outputs whose method was found to be right."""
    trials = public.trials + hidden.trials
    spoiled = public.spoiled or hidden.spoiled
    holdings = public.holdings + hidden.holdings
    parts, earned = score(exercise, trials, public.raises, holdings, spoiled, followed)
    found = explain.explain(exercise, parts, explain.Tried(public.shown, hidden.trials, spoiled, module, loaded))
    result = replace(
        _result(exercise, found, earned),
        parts=parts,
        remarks=explain.remarks(public.trials),  # of hidden ones, what was observed is not told
        printed=public.printed,
    )
    if found.status == "unfinished" or result.followed:  # the function to mend has one of its own
        return result
    return replace(result, counterexamples=tuple(_counterexamples(exercise, public, hidden, module)))


def missing(exercise: Exercise, absent: Sequence[str], module: str, loaded: Loaded) -> ExerciseResult:
    """The result of an exercise whose names the submission does not define."""
    return _result(exercise, explain.missing(absent, module, loaded), 0.0)


def ungraded(exercise: Exercise, fault: GraderError) -> ExerciseResult:
    """The result of an exercise at which the grader failed: no points, which is not the same as none earned."""
    headline = "Not graded: the grader itself failed here, and no points were taken. Please tell your instructor."
    found = explain.Explanation("ungraded", headline, (str(fault),))
    return _result(exercise, found, None)


def report(
    bank: CaseBank, submission: Submission, isolation: Isolation, loaded: Loaded, results: Sequence[ExerciseResult]
) -> Report:
    """The whole report, without times."""
    assignment = bank.manifest.assignment
    problem, traceback, error = _problem(submission.module, loaded.problem)
    earned = [result.earned for result in results]
    stand_ins = tuple(
        f"{name} does nothing while grading: plots and notebook tools cost no marks." for name in loaded.stand_ins
    )
    return Report(
        assignment=assignment.id,
        title=assignment.title,
        module=submission.module,
        score=None if None in earned else total(points for points in earned if points is not None),
        max_score=total(exercise.points for exercise in assignment.exercises),
        exercises=tuple(results),
        isolation=isolation,
        problem=problem,
        traceback=traceback,
        error=error,
        remarks=(*map(_ended, submission.remarks), *stand_ins),
        bank=bank.manifest.inputs_sha256,
        version=__version__,
    )


def nothing_to_grade(bank: CaseBank, isolation: Isolation, problem: str) -> Report:
    """The report on a submission that holds nothing to grade."""
    assignment = bank.manifest.assignment
    found = explain.Explanation("missing", f"Hand in {assignment.module}.")
    results = [_result(exercise, found, 0.0) for exercise in assignment.exercises]
    empty = Submission(module=assignment.module, files={})
    return replace(report(bank, empty, isolation, Loaded(), results), problem=_ended(problem))


def _counterexamples(exercise: Exercise, public: Evidence, hidden: Evidence, module: str) -> list[Counterexample]:
    return [
        counterexample(
            found.shown,
            exercise,
            module,
            minimised=all(found.shown is not trial for trial in found.trials + found.raises),
        )
        for found in (public, hidden)
        if found.shown is not None
    ]


def _result(exercise: Exercise, found: explain.Explanation, earned: float | None) -> ExerciseResult:
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=earned,
        status=found.status,
        headline=found.headline,
        explanation=found.sentences,
        traceback=found.traceback,
        error=found.error,
    )


def _problem(module: str, problem: Outcome | None) -> tuple[str, tuple[Frame, ...], str]:
    """What is wrong with the file as a whole: a sentence, the lines that led there, and Python's own words."""
    if problem is None:
        return "", (), ""
    if not isinstance(problem, Raised):
        return f"{module} {phrase(problem)} while it is imported. {advice(problem)}".strip(), (), ""
    sentence = f"{module} stops{place_of_import(problem.frames, module)} with {problem.error}. {advice(problem)}"
    return sentence.strip(), problem.frames, f"{problem.error}: {problem.message}".removesuffix(": ")


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
