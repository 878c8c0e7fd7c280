"""Grading one submission: read this first.

A submission runs in a sandbox; what comes back are values; the verdicts are made here, against the bank's. Everything
public runs before anything hidden. If something is wrong, the smallest failing public case is made smaller still and
becomes the counterexample, the mistake is named as far as it can be, and what is wrong for reasons of an earlier
function alone earns the marks of its method.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.bank.build import author_functions
from grader.bank.reference import Reference
from grader.course.snippet import needed_names
from grader.diagnose.diagnose import diagnose
from grader.grading import conclusion
from grader.grading.evidence import (
    Allowance,
    Author,
    Evidence,
    gather_hidden,
    gather_public,
    papers,
    seen,
    seen_again,
    worth_repeating,
)
from grader.grading.follow_through import follow_through
from grader.judge.explain import absent_names
from grader.records.assignment import Limits
from grader.records.errors import GraderError, PropertyFault, SandboxFault, SubmissionError, UsageError
from grader.records.report import Timing
from grader.records.run import NotRun, Returned, job_of
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.grading.evidence import Papers
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import CaseBank, Clues
    from grader.records.report import ExerciseResult, Report
    from grader.records.run import Isolation, Job, Loaded, Run, Submission
    from grader.records.verdict import Finding, Trial
    from grader.sandbox import Nursery, Sandbox


HIDDEN_LEVEL = 3  # from here on, student code can read no file


class Demands(NamedTuple):
    """How well student code must be kept apart: at least this ``level``, and well enough for hidden cases.

    ``weak``: hidden cases may be run all the same where student code could read what the grader can.
    """

    level: int = 1
    weak: bool = False


LENIENT = Demands()


def grade_path(
    files: AssignmentFiles, bank: CaseBank, path: Path, nursery: Nursery, *, demands: Demands = LENIENT
) -> Report:
    """Grade what lies at ``path``, a file, a folder or a notebook, on a bank of its assignment.

    Where nothing gradable was handed in, the report says so and gives no points. Raises AssignmentError when
    ``properties.py`` cannot be imported, UsageError where the nursery does not keep student code apart as demanded.
    """
    assignment = bank.manifest.assignment
    try:
        submission = read(path, assignment.module)
    except SubmissionError as problem:
        return conclusion.nothing_to_grade(bank, nursery.isolation, str(problem))
    check_isolation(nursery.isolation, bank, demands)
    with (
        Reference(files, nursery, assignment.preload) as reference,
        ProcessSandbox(submission, limits_of(assignment), nursery, assignment.preload) as sandbox,
    ):
        return grade(bank, submission, sandbox, Author(author_functions(files), reference.answers, reference.run))


def check_isolation(isolation: Isolation, bank: CaseBank, demands: Demands) -> None:
    """Raise UsageError where student code is not kept apart as demanded, or not well enough for hidden cases."""
    level = isolation.level
    if level < demands.level:
        raise UsageError(
            f"isolation level {demands.level} was asked for, and this machine offers {level}: "
            "`grade doctor` says what is missing"
        )
    hidden = any(not case.public for cases in bank.cases.values() for case in cases)
    if hidden and level < HIDDEN_LEVEL and not demands.weak:
        raise UsageError(
            f"hidden cases are not run at isolation level {level}, where student code could read them from this "
            "machine's files: `grade doctor` says what is missing, --allow-weak-isolation runs them all the same"
        )


def grade(bank: CaseBank, submission: Submission, sandbox: Sandbox, author: Author) -> Report:
    """The full report on a submission; see :mod:`grader.report.view` for who may see what of it."""
    clock = _Clock()
    loaded = sandbox.load()
    exercises = bank.manifest.assignment.exercises
    asked = _asked(bank)
    tasks = [_Task(exercise, asked[exercise.id], sandbox, loaded) for exercise in exercises]
    for public in (True, False):  # in this order: see grader.grading.evidence
        for again in (False, True):
            _run_cases(tasks, sandbox, clock, public=public, again=again)
        for task in tasks:
            with clock.running(task.exercise):
                task.gather(author, public=public)
    wrong = [task for task in tasks if task.wrong]
    _diagnose(wrong, sandbox, bank.clues, clock)
    for number, task in enumerate(wrong):  # last of all: it shows hidden values to the submission once more
        with clock.running(task.exercise):
            task.follow_through(author, wrong[:number])
    results = [task.result(submission.module, loaded) for task in tasks]
    report = conclusion.report(bank, submission, sandbox.isolation, loaded, results)
    return replace(report, timing=clock.timing())


@lru_cache(maxsize=1)
def _asked(bank: CaseBank) -> dict[str, Papers]:
    """What a bank asks, exercise by exercise: the same for all submissions of a class."""
    return {exercise.id: papers(exercise, bank.cases[exercise.id]) for exercise in bank.manifest.assignment.exercises}


def _run_cases(tasks: Sequence[_Task], sandbox: Sandbox, clock: _Clock, *, public: bool, again: bool) -> None:
    """Run the cases of every exercise; those of one are compared while those of the next are running."""
    waiting = [(task, job) for task in tasks if (job := task.job(public=public, again=again)) is not None]
    while waiting:
        try:
            for ran in sandbox.run_each([job for _, job in waiting]):
                task, job = waiting.pop(0)
                with clock.running(task.exercise, ran.wall):
                    task.see(job, ran, public=public, again=again)
        except SandboxFault as fault:
            task, _ = waiting.pop(0)
            task.fault = fault


def _diagnose(tasks: Sequence[_Task], sandbox: Sandbox, clues: Mapping[str, Clues], clock: _Clock) -> None:
    """Name the mistakes, in a new process: one that has seen hidden inputs could speak of them in what is diagnosed."""
    sandbox.close()
    for task in tasks:
        if task.exercise.id in clues:
            with clock.running(task.exercise):
                task.diagnose(clues[task.exercise.id])


class _Task:
    """An exercise on its way through grading. A fault of ours ends it, and it alone."""

    def __init__(self, exercise: Exercise, asked: Papers, sandbox: Sandbox, loaded: Loaded) -> None:
        self.exercise = exercise
        self.fault: GraderError | None = None
        self._asked = asked
        self._papers = {True: asked.public, False: asked.hidden}
        self._sandbox = sandbox
        self._allowance = Allowance(sandbox.run, exercise)
        self._absent = absent_names(exercise, loaded)
        self._found = {True: Evidence(), False: Evidence()}
        self._diagnosis: tuple[Finding, ...] = ()
        self._followed: Mapping[str, tuple[str, ...]] = {}

    def job(self, *, public: bool, again: bool) -> Job | None:
        """The public, or the hidden, cases to run, or to run ``again``; None if that cannot be, or would show nothing.

        A case that ended the process once would only end it again.
        """
        if not self._can_run:
            return None
        paper = self._papers[public]
        if again:
            return paper.again.job if worth_repeating(self._found[public]) else None
        if not public and self._found[True].ended:
            self._found[False] = seen(self.exercise, paper, [NotRun()] * len(paper.cases))
            return None
        return self._allowance.limited(paper.job)

    def see(self, job: Job, ran: Run, *, public: bool, again: bool) -> None:
        """Compare what the cases gave."""
        paper = self._papers[public]
        if again:
            self._found[public] = seen_again(self._found[public], paper, ran.outcomes)
        else:
            ran = self._allowance.spent(job, ran)
            self._found[public] = seen(self.exercise, paper, ran.outcomes, ran.stdout if public else "")

    def gather(self, author: Author, *, public: bool) -> None:
        """All that is public, or hidden, beside the cases."""
        if self._can_run:
            with self._faults():
                run = Allowance(self._sandbox.run, self.exercise).run  # what else is tried costs no case its time
                gather = gather_public if public else gather_hidden
                self._found[public] = gather(self.exercise, self._found[public], self._asked, run, author)

    @property
    def wrong(self) -> bool:
        """True if a case returned and was wrong, so that there is something to diagnose."""
        returned = any(isinstance(trial.outcome, Returned) for trial in self._trials)
        ended = self._found[True].ended or self._found[False].ended
        return self._can_run and returned and not ended and any(not trial.right for trial in self._trials)

    def diagnose(self, clues: Clues) -> None:
        """Run the clues' cases and say what they show, unless a case that counts contradicts it."""
        with suppress(SandboxFault), self._optional():  # all marks are given already
            job = job_of(self.exercise, clues.cases)
            outcomes = Allowance(self._sandbox.run, self.exercise).run(job).outcomes
            self._diagnosis = diagnose(self.exercise, clues, outcomes, self._trials)

    def follow_through(self, author: Author, earlier: Sequence[_Task]) -> None:
        """See which outputs are wrong for reasons of functions alone that ``earlier`` exercises have shown to be."""
        suspected = frozenset[str]().union(*(needed_names(task.exercise) for task in earlier))
        names = [name for name in self.exercise.follow_through if name in suspected]
        spoiled = self._found[True].spoiled or self._found[False].spoiled
        if names and author.replay is not None and self._can_run and not spoiled:
            with self._faults(), self._optional():
                self._followed = follow_through(self.exercise, names, self._trials, self._sandbox, author.replay)

    def result(self, module: str, loaded: Loaded) -> ExerciseResult:
        """What the exercise earned, and why."""
        if self.fault is not None:
            return conclusion.ungraded(self.exercise, self.fault)
        if self._absent:
            return conclusion.missing(self.exercise, self._absent, module, loaded)
        result = conclusion.graded(self.exercise, self._found[True], self._found[False], module, loaded, self._followed)
        return result if result.followed else replace(result, diagnosis=self._diagnosis)

    @property
    def _trials(self) -> tuple[Trial, ...]:
        return self._found[True].trials + self._found[False].trials

    @property
    def _can_run(self) -> bool:
        """True if the submission has what the exercise needs, and nothing of ours has failed."""
        return not self._absent and self.fault is None

    @contextmanager
    def _optional(self) -> Iterator[None]:
        """Work on values that a submission chose, beyond what its cases earn: what they provoke ends this alone."""
        try:
            yield
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - as the docstring says
            import logging  # takes as long as a worker takes to start

            logging.getLogger(__name__).warning(
                "%s: no mistake is named, or no method credited, for the grader met a %s",
                self.exercise.id,
                type(error).__name__,  # its message could hold values of hidden cases
            )

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (SandboxFault, PropertyFault) as fault:
            self.fault = fault


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
        return Timing(total=elapsed, started=self._started.isoformat(), exercises=self._exercises)


def limits_of(assignment: Assignment) -> Limits:
    """Limits of the process as a whole: the most that any exercise allows."""
    limits = [exercise.limits for exercise in assignment.exercises]
    return Limits(
        load_seconds=max(limit.load_seconds for limit in limits),
        memory=max(limit.memory for limit in limits),
        output=max(limit.output for limit in limits),
    )
