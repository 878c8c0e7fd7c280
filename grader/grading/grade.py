"""Grading one submission: read this first.

A submission runs in a sandbox; what comes back are values; the verdicts are made here, against the bank's. Everything
public runs before anything hidden. If something is wrong, the smallest failing public case is made smaller still and
becomes the counterexample, the mistake is named as far as it can be, and what is wrong for reasons of an earlier
function alone earns the marks of its method.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from msgspec.structs import replace

from grader.course.snippet import asked_names, needed_names
from grader.grading.bank_and_author import of_course
from grader.grading.carried_over import CarriedOver, carried_over
from grader.grading.clock import GradingClock
from grader.grading.exercise import Attempt
from grader.grading.phase import asked
from grader.grading.result import all_not_taken, all_ungraded, nothing_to_grade, report
from grader.records.assignment import Limits
from grader.records.errors import SandboxFault, SubmissionError, UsageError
from grader.records.run import Isolation
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.grading.bank_and_author import BankAndAuthor
    from grader.grading.carried_over import Graded
    from grader.grading.diagnosis import Diagnosis
    from grader.grading.phase import Asked, Author, Phase
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import CaseBank, Diagnostics
    from grader.records.breaches import SourceBroken
    from grader.records.errors import SourceFault
    from grader.records.report import Report
    from grader.records.run import Job, Loaded, Run, Submission
    from grader.sandbox.api import Sandbox, Used, WorkerPool

    #: What has an exercise and may come to have a fault, the job that it asks to be run, and what sees what came of it.
    Asking: TypeAlias = tuple[Phase | Diagnosis, Callable[[], Job | None], Callable[[Job, Run], None]]
    Made: TypeAlias = tuple[Phase | Diagnosis, Job, Callable[[Job, Run], None]]


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
    """Grade what lies at ``path`` in a course, as :func:`grade_on` does."""
    return grade_on(of_course(files, bank), path, pool, demands=demands, of_class=of_class)


def grade_on(
    against: BankAndAuthor, path: Path, pool: WorkerPool, *, demands: Demands = LENIENT, of_class: bool = False
) -> Report:
    """Grade what lies at ``path``, a file, a folder, a notebook or an archive.

    Where nothing gradable was handed in, the report says so and gives no points; ``of_class``, where somebody looks
    after it, SubmissionError is raised instead. Raises AssignmentError when ``properties.py`` cannot be imported,
    UsageError where the pool does not keep student code apart as demanded.
    """
    try:
        submission = handed_in(path, against.bank.assignment, of_class=of_class)
    except SubmissionError as problem:
        if of_class:
            raise
        return nothing_to_grade(against.bank, pool.isolation, str(problem))
    return grade_again(against, submission, pool, demands=demands).report


def grade_again(
    against: BankAndAuthor,
    submission: Submission,
    pool: WorkerPool,
    earlier: Graded | None = None,
    *,
    demands: Demands = LENIENT,
) -> Graded:
    """Grade a submission of which an ``earlier`` version was graded against the same, as if there had been none.

    What the earlier one showed of exercises that have not changed is taken from there. Raises as :func:`grade_on`.
    """
    bank, assignment = against.bank, against.bank.assignment
    check_isolation(pool.isolation, bank, demands)
    with against.author(pool) as author:
        if earlier is not None:
            with sandbox_of(submission, assignment, pool) as sandbox:
                again, stands = _graded(bank, submission, sandbox, author, earlier)
            if stands:
                return again
        with sandbox_of(submission, assignment, pool) as sandbox:
            return _graded(bank, submission, sandbox, author)[0]


def sandbox_of(submission: Submission, assignment: Assignment, pool: WorkerPool) -> ProcessSandbox:
    """Where a submission runs, with what its assignment lets it have."""
    limits, total = limits_of(assignment), assignment.total_seconds
    return ProcessSandbox(submission, limits, pool, assignment.preload, assignment.stand_ins, total)


def handed_in(path: Path, assignment: Assignment, *, of_class: bool = False) -> Submission:
    """What lies at ``path``, read for an assignment; raises as :func:`grader.submission.read` does."""
    return read(path, assignment.module, asked=asked_names(assignment), of_class=of_class)


def ungraded(bank: CaseBank, pool: WorkerPool, fault: Exception) -> Report:
    """The report where :func:`grade_on` raised ``fault``, which is the grader's: only staff see what it was."""
    return all_ungraded(bank, _isolation_of(pool), fault)


def not_taken(bank: CaseBank, pool: WorkerPool, problem: str) -> Report:
    """The report where it raised NotTakenError, which costs nobody points; ``problem`` says to the student why."""
    return all_not_taken(bank, _isolation_of(pool), problem)


def _isolation_of(pool: WorkerPool) -> Isolation:
    try:
        return pool.isolation
    except SandboxFault:
        return Isolation(level=0, layers=("none: no student code ran",))


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
    return _graded(bank, submission, sandbox, author)[0].report


def _graded(
    bank: CaseBank, submission: Submission, sandbox: Sandbox, author: Author, earlier: Graded | None = None
) -> tuple[Graded, bool]:
    """The grading, and whether what it takes from an ``earlier`` one stands."""
    clock = GradingClock()
    loaded = sandbox.load()
    attempts = _attempts(bank, submission, sandbox, loaded)
    taken = CarriedOver(attempts)
    if earlier is not None:
        taken = carried_over(earlier, submission, loaded, attempts, bank.assignment)
        attempts = taken.attempts
    asking = [attempt for attempt in attempts if not attempt.kept]
    # Everything public of the whole submission, before the first hidden input is sent: see grader.grading.phase.
    _run_phase([attempt.public for attempt in asking if attempt.can_run], sandbox, author, clock)
    public_timing = clock.timing()
    _run_phase([attempt.hidden for attempt in asking if attempt.can_run], sandbox, author, clock)
    used = [sandbox.used, _diagnose(attempts, sandbox, bank.diagnostics, author, clock)]
    _follow_through(attempts, author, clock)
    share, calm = max(sandbox.used.share, *(each.share for each in used)), all(each.workers <= 1 for each in used)
    found = _report(bank, submission, sandbox, loaded, attempts)
    found = replace(found, timing=clock.timing(), public_timing=public_timing)
    return taken.graded(found, submission, loaded, share, calm=calm), taken.may_stand(share, calm=calm)


def _attempts(bank: CaseBank, submission: Submission, sandbox: Sandbox, loaded: Loaded) -> Sequence[Attempt]:
    asks = _asks(bank)
    exercises = bank.assignment.exercises
    names, written = asked_names(bank.assignment), _source_broken(bank.assignment, submission)
    return [Attempt(each, asks[each.id], sandbox, loaded, names, written.get(each.id)) for each in exercises]


def _report(
    bank: CaseBank, submission: Submission, sandbox: Sandbox, loaded: Loaded, attempts: Sequence[Attempt]
) -> Report:
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
    return replace(found, answers=tuple(each for each in kept if each is not None))


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


def _run_phase(phases: Sequence[Phase], sandbox: Sandbox, author: Author, clock: GradingClock) -> None:
    """The cases of every exercise, then some of them again, then all that there is beside them."""
    _ask([(phase, phase.job, phase.see) for phase in phases], sandbox, clock)
    if author.reference is not None and any(phase.asks_reference for phase in phases):
        author.reference.begin()
    _ask([(phase, phase.job_again, phase.see_again) for phase in phases if phase.fault is None], sandbox, clock)
    for phase in phases:
        if phase.fault is None:
            with clock.running(phase.exercise):
                phase.finish(author)


def _ask(
    asking: Sequence[Asking],
    sandbox: Sandbox,
    clock: GradingClock,
) -> None:
    """Run a job of every exercise. While it runs, what came of the one before is looked at, and the next is made."""
    unmade: deque[Asking] = deque(asking)
    made: deque[Made] = deque()

    def jobs() -> Iterator[Job]:
        yield from [job for _, job, _ in made]
        while unmade:
            phase, make, see = unmade.popleft()
            if (job := make()) is not None:
                made.append((phase, job, see))
                yield job

    while unmade or made:
        try:
            for ran in sandbox.run_each(jobs()):
                phase, job, see = made.popleft()
                with clock.running(phase.exercise, ran.wall):
                    see(job, ran)
        except SandboxFault as fault:
            phase, *_ = made.popleft()
            phase.fault = fault


def _diagnose(
    attempts: Sequence[Attempt],
    sandbox: Sandbox,
    diagnostics: Mapping[str, Diagnostics],
    author: Author,
    clock: GradingClock,
) -> Used:
    """Name the mistakes, in a new process: one that has seen hidden inputs could speak of them in what is diagnosed.

    What is shown runs first, as it would where a student runs it. Returns what that process used.
    """
    wrong = [attempt for attempt in attempts if attempt.undiagnosed]
    right: list[Exercise] = []
    others: list[Exercise] = []
    for attempt in attempts:
        (right if attempt.right else others).append(attempt.exercise)
    sandbox.close()
    with sandbox.aside() as apart:
        for attempt in attempts:
            if attempt.wrong_in_public and not attempt.kept:
                with clock.running(attempt.exercise):
                    attempt.confirm(apart)
        able = _needed(right) - _needed(others)
        asking = [_diagnosing(attempt.diagnosis, diagnostics, author, able) for attempt in wrong]
        _ask(asking, apart, clock)
        for attempt in wrong:
            if attempt.kept:
                with clock.running(attempt.exercise):
                    attempt.diagnosis.conclude(able)
        return apart.used


def _diagnosing(
    diagnosis: Diagnosis, diagnostics: Mapping[str, Diagnostics], author: Author, right: frozenset[str]
) -> Asking:
    return diagnosis, partial(diagnosis.job, diagnostics, author), partial(diagnosis.see, right=right)


def _needed(exercises: Sequence[Exercise]) -> frozenset[str]:
    return frozenset[str]().union(*map(needed_names, exercises))


def _follow_through(attempts: Sequence[Attempt], author: Author, clock: GradingClock) -> None:
    """See whose method is right. Last of all, for it shows hidden values to the submission once more."""
    for number, attempt in enumerate(attempts):
        attempt.build_on(attempts[:number])
        if attempt.wrong:
            with clock.running(attempt.exercise):
                attempt.follow_through(author, attempts[:number])


def limits_of(assignment: Assignment) -> Limits:
    """Limits of the process as a whole: the most that any exercise allows."""
    limits = [exercise.limits for exercise in assignment.exercises]
    return Limits(
        load_seconds=max(limit.load_seconds for limit in limits),
        memory=max(limit.memory for limit in limits),
        output=max(limit.output for limit in limits),
    )
