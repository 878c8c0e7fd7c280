"""Grading one submission: read this first.

A submission runs in a sandbox; what comes back are values; the verdicts are made here, against the bank's. Everything
public runs before anything hidden. If something is wrong, the smallest failing public case is made smaller still and
becomes the counterexample, the mistake is named as far as it can be, and what is wrong for reasons of an earlier
function alone earns the marks of its method.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.bank.build import author_functions
from grader.bank.reference import Reference
from grader.course.snippet import asked_names, needed_names
from grader.grading.exercise import Attempt
from grader.grading.named_mistakes import usable_mistakes
from grader.grading.phase import Author, asked
from grader.grading.result import all_ungraded, nothing_to_grade, report
from grader.records.assignment import Limits
from grader.records.errors import SandboxFault, SubmissionError, UsageError
from grader.records.report import Timing
from grader.records.run import Isolation
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.grading.phase import Asked, Phase
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import CaseBank, Diagnostics
    from grader.records.breaches import SourceBroken
    from grader.records.errors import SourceFault
    from grader.records.report import Report
    from grader.records.run import Job, Run, Submission
    from grader.sandbox.api import Sandbox, WorkerPool


class Demands(NamedTuple):
    """How well student code must be kept apart: at least this ``level``, and well enough for hidden cases.

    ``weak``: hidden cases may be run all the same where student code could read what the grader can.
    """

    level: int = 1
    weak: bool = False


LENIENT = Demands()


def grade_path(
    files: AssignmentFiles,
    bank: CaseBank,
    path: Path,
    pool: WorkerPool,
    *,
    demands: Demands = LENIENT,
    of_class: bool = False,
) -> Report:
    """Grade what lies at ``path``, a file, a folder, a notebook or an archive, on a bank of its assignment.

    Where nothing gradable was handed in, the report says so and gives no points; ``of_class``, where somebody looks
    after it, SubmissionError is raised instead. Raises AssignmentError when ``properties.py`` cannot be imported,
    UsageError where the pool does not keep student code apart as demanded.
    """
    assignment = bank.assignment
    try:
        submission = handed_in(path, assignment, of_class=of_class)
    except SubmissionError as problem:
        if of_class:
            raise
        return nothing_to_grade(bank, pool.isolation, str(problem))
    check_isolation(pool.isolation, bank, demands)
    with (
        Reference(files, pool, assignment.preload) as reference,
        sandbox_of(submission, assignment, pool) as sandbox,
    ):
        named = usable_mistakes(files, assignment)
        author = Author(author_functions(files), reference.answers, reference, named)
        return grade(bank, submission, sandbox, author)


def sandbox_of(submission: Submission, assignment: Assignment, pool: WorkerPool) -> ProcessSandbox:
    """Where a submission runs, with what its assignment lets it have."""
    limits, total = limits_of(assignment), assignment.total_seconds
    return ProcessSandbox(submission, limits, pool, assignment.preload, assignment.stand_ins, total)


def handed_in(path: Path, assignment: Assignment, *, of_class: bool = False) -> Submission:
    """What lies at ``path``, read for an assignment; raises as :func:`grader.submission.read` does."""
    return read(path, assignment.module, asked=asked_names(assignment), of_class=of_class)


def ungraded(bank: CaseBank, pool: WorkerPool, fault: Exception) -> Report:
    """The report where :func:`grade_path` raised ``fault``, which is the grader's: only staff see what it was."""
    try:
        isolation = pool.isolation
    except SandboxFault:
        isolation = Isolation(level=0, layers=("none: no student code ran",))
    return all_ungraded(bank, isolation, fault)


def check_isolation(isolation: Isolation, bank: CaseBank, demands: Demands) -> None:
    """Raise UsageError where student code is not kept apart as demanded, or not well enough for hidden cases."""
    level = isolation.level
    if level < demands.level:
        raise UsageError(
            f"isolation level {demands.level} was asked for, and this machine offers {level}: "
            "`grade doctor` says what is missing"
        )
    hidden = any(not case.public for cases in bank.cases.values() for case in cases)
    if hidden and not isolation.keeps_hidden and not demands.weak:
        raise UsageError(
            f"hidden cases are not run at isolation level {level}, where student code could read them from this "
            "machine's files: `grade doctor` says what is missing, --allow-weak-isolation runs them all the same"
        )


def grade(bank: CaseBank, submission: Submission, sandbox: Sandbox, author: Author) -> Report:
    """The full report on a submission; see :mod:`grader.report.view` for who may see what of it."""
    clock = _Clock()
    loaded = sandbox.load()
    asks = _asks(bank)
    exercises = bank.assignment.exercises
    names, written = asked_names(bank.assignment), _source_broken(bank.assignment, submission)
    attempts = [Attempt(each, asks[each.id], sandbox, loaded, names, written.get(each.id)) for each in exercises]
    # Everything public of the whole submission, before the first hidden input is sent: see grader.grading.phase.
    _run_phase([attempt.public for attempt in attempts if attempt.can_run], sandbox, author, clock)
    public_timing = clock.timing()
    _run_phase([attempt.hidden for attempt in attempts if attempt.can_run], sandbox, author, clock)
    _diagnose(attempts, sandbox, bank.diagnostics, author, clock)
    _follow_through(attempts, author, clock)
    results = [attempt.result(submission.module) for attempt in attempts]
    counted = bank.assignment.hidden == "counts"
    students = [
        attempt.students_result(result, submission.module, counted=counted)
        for attempt, result in zip(attempts, results, strict=True)
    ]
    found = report(bank, submission, sandbox.isolation, loaded, results, students)
    kept = [
        attempt.unexplained(result, bank.keys.get(result.id, ""))
        for attempt, result in zip(attempts, students, strict=True)
    ]
    answers = tuple(each for each in kept if each is not None)
    return replace(found, timing=clock.timing(), public_timing=public_timing, answers=answers)


def _source_broken(assignment: Assignment, submission: Submission) -> dict[str, SourceBroken | SourceFault]:
    """By exercise, the rules on the source that the submission breaks."""
    if all(exercise.source is None for exercise in assignment.exercises):
        return {}
    from grader.course.source_rules import source_broken  # which reads syntax trees

    return source_broken(assignment, submission)


@lru_cache(maxsize=1)
def _asks(bank: CaseBank) -> dict[str, Asked]:
    """What a bank asks, exercise by exercise: the same for all submissions of a class."""
    return {exercise.id: asked(exercise, bank.cases[exercise.id]) for exercise in bank.assignment.exercises}


def _run_phase(phases: Sequence[Phase], sandbox: Sandbox, author: Author, clock: _Clock) -> None:
    """The cases of every exercise, then some of them again, then all that there is beside them."""
    _ask([(phase, phase.job, phase.see) for phase in phases], sandbox, clock)
    _ask([(phase, phase.job_again, phase.see_again) for phase in phases if phase.fault is None], sandbox, clock)
    for phase in phases:
        if phase.fault is None:
            with clock.running(phase.exercise):
                phase.finish(author)


def _ask(
    asking: Sequence[tuple[Phase, Callable[[], Job | None], Callable[[Job, Run], None]]],
    sandbox: Sandbox,
    clock: _Clock,
) -> None:
    """Run a job of every exercise; what came of one is looked at while that of the next is running."""
    waiting = [(phase, job, see) for phase, make, see in asking if (job := make()) is not None]
    while waiting:
        try:
            for ran in sandbox.run_each([job for _, job, _ in waiting]):
                phase, job, see = waiting.pop(0)
                with clock.running(phase.exercise, ran.wall):
                    see(job, ran)
        except SandboxFault as fault:
            phase, *_ = waiting.pop(0)
            phase.fault = fault


def _diagnose(
    attempts: Sequence[Attempt],
    sandbox: Sandbox,
    diagnostics: Mapping[str, Diagnostics],
    author: Author,
    clock: _Clock,
) -> None:
    """Name the mistakes, in a new process: one that has seen hidden inputs could speak of them in what is diagnosed.

    What is shown runs first, as it would where a student runs it.
    """
    wrong = [attempt for attempt in attempts if attempt.undiagnosed]
    right = [attempt.exercise for attempt in attempts if attempt.right]
    others = [attempt.exercise for attempt in attempts if not attempt.right]
    sandbox.close()
    with sandbox.aside() as apart:
        for attempt in attempts:
            if attempt.wrong_in_public:
                with clock.running(attempt.exercise):
                    attempt.confirm(apart)
        for attempt in wrong:
            with clock.running(attempt.exercise):
                attempt.diagnose(diagnostics, apart, author, _needed(right) - _needed(others))


def _needed(exercises: Sequence[Exercise]) -> frozenset[str]:
    return frozenset[str]().union(*map(needed_names, exercises))


def _follow_through(attempts: Sequence[Attempt], author: Author, clock: _Clock) -> None:
    """See whose method is right. Last of all, for it shows hidden values to the submission once more."""
    for number, attempt in enumerate(attempts):
        attempt.build_on(attempts[:number])
        if attempt.wrong:
            with clock.running(attempt.exercise):
                attempt.follow_through(author, attempts[:number])


class _Clock:
    """Wall seconds of a grading run and of its exercises."""

    def __init__(self) -> None:
        self._began, self._started = time.perf_counter(), datetime.now(UTC)
        self._exercises: dict[str, float] = {}

    @contextmanager
    def running(self, exercise: Exercise, before_that: float = 0.0) -> Iterator[None]:
        """Count what happens meanwhile towards an exercise, and the seconds ``before_that``."""
        before = time.perf_counter() - before_that
        yield
        self._exercises[exercise.id] = self._exercises.get(exercise.id, 0.0) + time.perf_counter() - before

    def timing(self) -> Timing:
        """The times so far."""
        elapsed = time.perf_counter() - self._began
        return Timing(
            total=elapsed, started=self._started.isoformat(timespec="seconds"), exercises=dict(self._exercises)
        )


def limits_of(assignment: Assignment) -> Limits:
    """Limits of the process as a whole: the most that any exercise allows."""
    limits = [exercise.limits for exercise in assignment.exercises]
    return Limits(
        load_seconds=max(limit.load_seconds for limit in limits),
        memory=max(limit.memory for limit in limits),
        output=max(limit.output for limit in limits),
    )
