"""Grading one submission: read this first.

A submission runs in a sandbox; what comes back are values; the verdicts are made here, against the bank's. Everything
public runs before anything hidden. If something is wrong, the smallest failing public case is made smaller still and
becomes the counterexample.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader import conclusion, model
from grader.build import Reference, author_functions, bank_for
from grader.errors import GraderError, PropertyFault, SandboxFault, SubmissionError
from grader.evidence import Allowance, Author, Evidence, gather_hidden, gather_public
from grader.judge.explain import absent_names
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader.course import AssignmentFiles
    from grader.model import Assignment, Case, CaseBank, Exercise, ExerciseResult, Loaded, Report, Submission
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
            return conclusion.nothing_to_grade(bank, ProcessSandbox.isolation, str(problem))
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
    clock = _Clock()
    loaded = sandbox.load()
    tasks = [_Task(exercise, bank.cases[exercise.id], sandbox) for exercise in bank.manifest.assignment.exercises]
    for task in tasks:
        with clock.running(task.exercise):
            task.run_public(author, loaded)
    for task in tasks:  # only now: see grader.evidence
        with clock.running(task.exercise):
            task.run_hidden(author)
    results = [task.result(submission.module, loaded) for task in tasks]
    report = conclusion.report(bank, submission, sandbox.isolation, loaded, results)
    return replace(report, timing=clock.timing())


class _Task:
    """An exercise on its way through grading. A fault of ours ends it, and it alone."""

    def __init__(self, exercise: Exercise, cases: Sequence[Case], sandbox: Sandbox) -> None:
        self.exercise = exercise
        self._cases = cases
        self._run = Allowance(sandbox.run, exercise).run
        self._absent: list[str] = []
        self._public: Evidence | None = None
        self._hidden = Evidence()
        self._fault: GraderError | None = None

    def run_public(self, author: Author, loaded: Loaded) -> None:
        """Run the public part, if the submission has what it needs."""
        self._absent = absent_names(self.exercise, loaded)
        if not self._absent:
            with self._faults():
                self._public = gather_public(self.exercise, self._cases, self._run, author)

    def run_hidden(self, author: Author) -> None:
        """Run the hidden part, after the public one has run."""
        if self._public is not None:
            with self._faults():
                ended = self._public.ended
                self._hidden = gather_hidden(self.exercise, self._cases, self._run, author, ended=ended)

    def result(self, module: str, loaded: Loaded) -> ExerciseResult:
        """What the exercise earned, and why."""
        if self._fault is not None:
            return conclusion.ungraded(self.exercise, self._fault)
        if self._public is None:
            return conclusion.missing(self.exercise, self._absent, module, loaded)
        return conclusion.graded(self.exercise, self._public, self._hidden, module, loaded)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (SandboxFault, PropertyFault) as fault:
            self._fault = fault


class _Clock:
    """Wall seconds of a grading run and of its exercises."""

    def __init__(self) -> None:
        self._began, self._started = time.perf_counter(), datetime.now(UTC)
        self._exercises: dict[str, float] = {}

    @contextmanager
    def running(self, exercise: Exercise) -> Iterator[None]:
        """Count what happens meanwhile towards an exercise."""
        before = time.perf_counter()
        yield
        self._exercises[exercise.id] = self._exercises.get(exercise.id, 0.0) + time.perf_counter() - before

    def timing(self) -> model.Timing:
        """The times so far."""
        elapsed = time.perf_counter() - self._began
        return model.Timing(total=elapsed, started=self._started.isoformat(), exercises=self._exercises)


def _limits(assignment: Assignment) -> model.Limits:
    """Limits of the process as a whole: the most that any exercise allows."""
    limits = [exercise.limits for exercise in assignment.exercises]
    return model.Limits(
        load_seconds=max(limit.load_seconds for limit in limits),
        memory=max(limit.memory for limit in limits),
        output=max(limit.output for limit in limits),
    )
