"""Mutants of right variants: whether the cases catch mistakes in solutions that were written otherwise.

The bank was chosen to kill the mutants of the reference, so that it kills those proves little of others. Mutants of
other right solutions are others. One is killed when it loses points, and got away when it loses none although further
inputs tell it from right; what no input tells is as right as what it was made from, and does not count.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.audit.further import draw_more
from grader.audit.guards import lost
from grader.audit.variants import content, name_of
from grader.course.snippet import needed_names
from grader.judge.margin import margin
from grader.mistakes.mutants import mutants
from grader.mistakes.runner import CASE_SECONDS, VersionRunner
from grader.records.audit import Escaped, VariantMutants
from grader.records.run import job_of
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.audit.bench import Bench
    from grader.mistakes.mutants import Mutant
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.run import Submission
    from grader.sandbox.api import Sandbox

PER_OPERATOR = 5  # of a function: there are many variants, and their mutants resemble one another
FIRST = 5  # cases, which kill most


def mutants_of(bench: Bench, path: Path) -> tuple[VariantMutants, ...]:
    """How the mutants of a right variant fare in each exercise."""
    submission = read(path, bench.assignment.module)
    runner = VersionRunner(submission, bench.pool, bench.assignment.preload, bench.assignment.stand_ins)
    return tuple(
        _kept(bench, runner, exercise, submission, [name_of(bench, path), content(path, bench.assignment.module)])
        for exercise in bench.assignment.exercises
    )


def _kept(
    bench: Bench, runner: VersionRunner, exercise: Exercise, submission: Submission, key: Sequence[str]
) -> VariantMutants:
    known = bench.recall(VariantMutants, *key, of=exercise)
    if known is None:
        known = _in_exercise(bench, runner, exercise, submission)
        bench.keep(known, *key, of=exercise)
    return known


def _in_exercise(bench: Bench, runner: VersionRunner, exercise: Exercise, submission: Submission) -> VariantMutants:
    source = submission.files[submission.module]
    skipped = exercise.mutants == "skip"
    made = [] if skipped else mutants(source, needed_names(exercise), per_operator=PER_OPERATOR)
    told = list(bench.each(partial(_is_told, bench, runner, exercise, submission), made))
    passing = [mutant for mutant, killed in zip(made, told, strict=True) if not killed]
    escaped = tuple(_escaped(bench, runner, exercise, passing)) if passing else ()
    return VariantMutants(exercise.id, len(made), sum(told), escaped)


def _is_told(bench: Bench, runner: VersionRunner, exercise: Exercise, submission: Submission, mutant: Mutant) -> bool:
    """Whether it loses points. A few cases are tried first: grading in full takes far longer."""
    cases = [case for case in bench.bank.cases[exercise.id] if case.raises is None]
    with runner.open(mutant.source) as sandbox:
        for some in (cases[:FIRST], cases[FIRST:]):
            if some and any(_killing(exercise, some, sandbox)):
                return True
        return bool(lost(bench, exercise, submission, sandbox))


def _escaped(bench: Bench, runner: VersionRunner, exercise: Exercise, passing: Sequence[Mutant]) -> Iterator[Escaped]:
    """Those that further inputs tell from right."""
    cases = bench.further(exercise)
    origins = [case.origin for case in cases]
    runs = bench.each(partial(_all_killing, runner, exercise, cases), passing)
    for mutant, killing in zip(passing, runs, strict=True):
        if any(killing):
            yield Escaped(mutant.line, f"{mutant.before} → {mutant.after}", draw_more(origins, killing))


def _all_killing(runner: VersionRunner, exercise: Exercise, cases: Sequence[Case], mutant: Mutant) -> list[bool]:
    with runner.open(mutant.source) as sandbox:
        return list(_killing(exercise, cases, sandbox))


def _killing(exercise: Exercise, cases: Sequence[Case], sandbox: Sandbox) -> Iterator[bool]:
    """Whether each case tells what is in the sandbox from right."""
    job = job_of(exercise, cases)
    limits = replace(job.limits, case_seconds=CASE_SECONDS, seconds=CASE_SECONDS * len(cases))
    outcomes = sandbox.run(replace(job, limits=limits)).outcomes
    return (margin(exercise, case, outcome).killed for case, outcome in zip(cases, outcomes, strict=True))
