"""Submissions that know nothing, graded: zeros, NaN, an input handed back, an exception whatever is asked.

Each is the reference with its functions answered by :mod:`grader.mistakes.ignorance`. What it earns, whoever hands in
anything at all gets for nothing: by laws that hold of nothing, and by outputs that need no computing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.bank.reference import Reference
from grader.course.snippet import asked_names
from grader.grading.grade import grade
from grader.grading.phase import Author
from grader.judge.points import title_of
from grader.mistakes.ignorance import KINDS
from grader.mistakes.runner import VersionRunner
from grader.records.audit import KnowNothing, PaidPart
from grader.records.run import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.audit.bench import Bench
    from grader.records.report import ExerciseResult

_IN_THE_WORKER = "grader.mistakes.ignorance"
_FORGET = "\n\nfrom {module} import forget as _forget\n_forget(globals(), {names!r}, {kind!r})\n"


def know_nothing(bench: Bench) -> tuple[KnowNothing, ...]:
    """One of each kind, and one for every exception that the assignment asks for."""
    errors = [check.error for exercise in bench.assignment.exercises for check in exercise.raises]
    kinds = (*KINDS, *dict.fromkeys(("ValueError", *errors)))
    return tuple(bench.each(lambda kind: _graded(bench, kind), kinds))


def _graded(bench: Bench, kind: str) -> KnowNothing:
    known = bench.recall(KnowNothing, kind)
    if known is not None:
        return known
    assignment = bench.assignment
    with Reference(bench.files, bench.pool, assignment.preload) as reference:
        runner = VersionRunner(reference.submission, bench.pool, (*reference.preload, _IN_THE_WORKER))
        names = sorted(asked_names(assignment))
        source = reference.source + _FORGET.format(module=_IN_THE_WORKER, names=names, kind=kind)
        submission = Submission(assignment.module, {bench.files.reference.name: source})
        author = Author(bench.properties, reference.answers, reference)
        with runner.open(source) as sandbox:
            report = grade(bench.bank, submission, sandbox, author)
    found = KnowNothing(kind, report.score, tuple(paid for each in report.exercises for paid in _paid(bench, each)))
    if found.score is not None:
        bench.keep(found, kind)
    return found


def _paid(bench: Bench, result: ExerciseResult) -> Iterator[PaidPart]:
    exercise = next(each for each in bench.assignment.exercises if each.id == result.id)
    for part in result.parts:
        if part.earned:
            title = title_of(exercise, part.key)
            name, because = (title, "") if part.key.kind == "property" else (part.key.name, title)
            yield PaidPart(exercise.id, part.key.kind, name, part.earned, because)
