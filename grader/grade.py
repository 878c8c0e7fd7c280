"""Grading one submission: read this first.

A submission runs in a sandbox; what comes back are values; the verdicts are made here, from the bank's. For each
exercise the cases run in the order public, hidden, a few again, those that must raise, properties. If something is
wrong, the smallest failing public case is made smaller still and becomes the counterexample.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader import __version__, model
from grader.build import Reference, author_functions, bank_for
from grader.errors import PropertyFault, SandboxFault, SubmissionError
from grader.evidence import Allowance, Author, Evidence, gather, minimised
from grader.judge import explain
from grader.judge.counterexample import counterexample, smallest
from grader.judge.outcomes import advice, phrase
from grader.judge.score import score, total
from grader.model import Loaded
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.course import AssignmentFiles
    from grader.model import (
        Assignment,
        Case,
        CaseBank,
        Counterexample,
        Exercise,
        ExerciseResult,
        Isolation,
        Job,
        Outcome,
        Report,
        Run,
        Submission,
    )
    from grader.sandbox import Sandbox
    from grader.sandbox.process import Process


def grade_path(
    files: AssignmentFiles,
    path: Path,
    *,
    process: Process | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Grade what lies at ``path``: a file, a folder or a notebook.

    ``process`` is a worker that was started ahead of time; it is ended here, whatever happens. ``progress`` is told of
    the exercises whose cases have to be made first. Where nothing gradable was handed in, the report says so and gives
    no points. Raises AssignmentError when the assignment's own files are wrong.
    """
    try:
        bank = bank_for(files, progress)
        assignment = bank.manifest.assignment
        try:
            submission = read(path, assignment.module)
        except SubmissionError as problem:
            return _nothing(bank, str(problem))
        author = Author(author_functions(files))
        with (
            Reference(files) as reference,
            ProcessSandbox(submission, _limits(assignment), process) as sandbox,
        ):
            process = None
            return grade(bank, submission, sandbox, author._replace(answers=reference.answers))
    finally:
        if process is not None:
            process.end()


def grade(bank: CaseBank, submission: Submission, sandbox: Sandbox, author: Author) -> Report:
    """The full report on a submission; see :mod:`grader.report.view` for who may see what of it."""
    began, started = time.perf_counter(), datetime.now(UTC)
    assignment = bank.manifest.assignment
    loaded = sandbox.load()
    results, seconds = [], {}
    for exercise in assignment.exercises:
        before = time.perf_counter()
        try:
            results.append(_exercise(assignment, exercise, bank.cases[exercise.id], sandbox, loaded, author))
        except (SandboxFault, PropertyFault) as fault:
            results.append(_ungraded(exercise, fault))
        seconds[exercise.id] = time.perf_counter() - before
    report = _report(bank, submission, sandbox.isolation, loaded, results)
    elapsed = time.perf_counter() - began
    return replace(report, timing=model.Timing(total=elapsed, started=started.isoformat(), exercises=seconds))


def _exercise(
    assignment: Assignment, exercise: Exercise, cases: Sequence[Case], sandbox: Sandbox, loaded: Loaded, author: Author
) -> ExerciseResult:
    if absent := explain.absent_names(exercise, loaded):
        found = explain.missing(absent, assignment.module, loaded)
        return _result(exercise, found, 0.0)
    allowance = Allowance(sandbox.run, exercise)
    evidence = gather(exercise, cases, allowance.run, author)
    parts, earned = score(exercise, evidence.trials, evidence.raises, evidence.holdings, evidence.spoiled)
    found = explain.explain(exercise, parts, evidence.trials, evidence.raises, evidence.spoiled, loaded)
    return replace(
        _result(exercise, found, earned),
        parts=parts,
        counterexamples=tuple(_counterexamples(assignment.module, exercise, evidence, allowance.run, author)),
        remarks=explain.remarks(evidence.trials),
        printed=evidence.printed,
    )


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _counterexamples(
    module: str, exercise: Exercise, evidence: Evidence, run: Callable[[Job], Run], author: Author
) -> list[Counterexample]:
    found = []
    if (shown := smallest(evidence.trials, public=True)) is not None:
        small = minimised(shown, exercise, run, author)
        found.append(counterexample(small, exercise, module, minimised=small is not shown))
    elif (raising := smallest(evidence.raises, public=True)) is not None:
        found.append(counterexample(raising, exercise, module, minimised=False))
    if (kept := smallest(evidence.trials, public=False)) is not None:
        found.append(counterexample(kept, exercise, module, minimised=False))
    return found


def _result(exercise: Exercise, found: explain.Explanation, earned: float) -> ExerciseResult:
    return model.ExerciseResult(
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


def _ungraded(exercise: Exercise, fault: Exception) -> ExerciseResult:
    headline = "Not graded: the grader itself failed here, and no points were taken. Please tell your instructor."
    return model.ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=None,
        status="ungraded",
        headline=headline,
        explanation=(str(fault),),
    )


def _limits(assignment: Assignment) -> model.Limits:
    """Limits of the process as a whole: the most that any exercise allows."""
    limits = [exercise.limits for exercise in assignment.exercises]
    return model.Limits(
        load_seconds=max(limit.load_seconds for limit in limits),
        memory=max(limit.memory for limit in limits),
        output=max(limit.output for limit in limits),
    )


def _nothing(bank: CaseBank, problem: str) -> Report:
    """The report on a submission that holds nothing to grade."""
    assignment = bank.manifest.assignment
    headline = f"Hand in {assignment.module}."
    found = explain.Explanation("missing", headline)
    results = [_result(exercise, found, 0.0) for exercise in assignment.exercises]
    report = _report(bank, model.Submission(assignment.module, {}), ProcessSandbox.isolation, Loaded(), results)
    return replace(report, problem=problem)


def _report(
    bank: CaseBank, submission: Submission, isolation: Isolation, loaded: Loaded, results: Sequence[ExerciseResult]
) -> Report:
    assignment = bank.manifest.assignment
    problem, traceback, error = _problem(submission.module, loaded.problem)
    earned = [result.earned for result in results]
    stand_ins = tuple(
        f"{name} does nothing while grading: plots and notebook tools cost no marks." for name in loaded.stand_ins
    )
    return model.Report(
        assignment=assignment.id,
        title=assignment.title,
        module=submission.module,
        score=None if None in earned else total(points for points in earned if points is not None),
        max_score=total(exercise.points for exercise in assignment.exercises),
        exercises=tuple(results),
        isolation=isolation,
        remarks=(*submission.remarks, *stand_ins),
        bank=bank.manifest.inputs_sha256,
        version=__version__,
        problem=problem,
        traceback=traceback,
        error=error,
    )


def _problem(module: str, problem: Outcome | None) -> tuple[str, tuple[model.Frame, ...], str]:
    """What is wrong with the file as a whole: a sentence, the lines that led there, and Python's own words."""
    if problem is None:
        return "", (), ""
    if not isinstance(problem, model.Raised):
        return f"{module} {phrase(problem)} while it is imported. {advice(problem)}".strip(), (), ""
    place = f" in line {problem.frames[-1].line}" if problem.frames else ""
    sentence = f"{module} stops{place} with {problem.error}. {advice(problem)}".strip()
    return sentence, problem.frames, f"{problem.error}: {problem.message}".removesuffix(": ")
