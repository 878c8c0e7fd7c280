"""Wrong versions graded like submissions: what a rule beside the cases tells, and parts whose points nothing guards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.grading.grade import grade
from grader.grading.phase import Author
from grader.judge.points import rounded, shares, title_of
from grader.records.record import Record
from grader.records.run import Returned, Submission, job_of
from grader.records.shortcomings import UnguardedPart
from grader.records.verdict import PartKey, Unearned
from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.audit.bench import Bench
    from grader.records.assignment import Exercise
    from grader.records.bank import CaseBank, WrongVersion
    from grader.sandbox.api import Sandbox

SPREAD = 16  # killed versions are tried in so many rounds, each of them all over the reference


class Lost(Record, frozen=True):
    """Kind and name of the parts that a version loses, and whether it ``returned`` something in every case."""

    parts: tuple[PartKey, ...]
    returned: bool


def told_by_rule(bench: Bench, exercise: Exercise, survivors: Sequence[WrongVersion]) -> set[str]:
    """Ids of those that lose points although no case tells them: an input must not change, results must repeat."""
    found = bench.each(partial(_of_version, bench, exercise, bench.sources(exercise)), survivors)
    return {wrong.id for wrong, lost in zip(survivors, found, strict=True) if lost.parts}


def unguarded(bench: Bench, exercise: Exercise, wrong_versions: Sequence[WrongVersion]) -> tuple[UnguardedPart, ...]:
    """Parts with points that no killed version loses; none where no version is killed at all.

    An exercise of one part is guarded by whatever is killed.
    """
    parts = _parts(exercise)
    candidates = _candidates(bench, exercise, wrong_versions)
    if len(parts) == 1 or not candidates:
        return ()
    left, tried = _never_lost(bench, exercise, candidates, set(parts))
    return tuple(replace(part, tried=tried) for key, part in parts.items() if key in left and tried)


def _never_lost(
    bench: Bench, exercise: Exercise, candidates: Sequence[WrongVersion], left: set[PartKey]
) -> tuple[set[PartKey], int]:
    """Which of the parts none of the versions loses, and how many versions were tried for it.

    A version that raises loses whatever is tried on it then, which shows nothing.
    """
    tried, at_once = 0, processors()
    of_version = partial(_of_version, bench, exercise, bench.sources(exercise))
    for first in range(0, len(candidates), at_once):
        for found in bench.each(of_version, candidates[first : first + at_once]):
            if found.returned:
                tried += 1
                left = left.difference(found.parts)
        if not left:
            break
    return left, tried


def _parts(exercise: Exercise) -> dict[PartKey, UnguardedPart]:
    """Each part with points, as if nothing guarded it."""
    parts = {}
    for key, worth in shares(exercise):
        title = title_of(exercise, key)
        name, because = (title, "") if key.kind == "property" else (key.name, title)
        if worth > 0 and key.kind != "source":  # which says nothing of what is computed
            parts[key] = UnguardedPart(exercise.id, key.kind, name, rounded(worth), 0, because)
    return parts


def _candidates(bench: Bench, exercise: Exercise, wrong_versions: Sequence[WrongVersion]) -> list[WrongVersion]:
    """Killed versions: most parts are lost by one of the first."""
    killed = [wrong for wrong in wrong_versions if wrong.killed_by]
    values = bench.value_kills(exercise)
    others = [wrong for wrong in killed if not values.issuperset(wrong.killed_by)]
    rest = [wrong for wrong in killed if values.issuperset(wrong.killed_by)]
    rounds = [each[first::SPREAD] for first in range(SPREAD) for each in (others, rest)]
    return [wrong for some in rounds for wrong in some]


def _of_version(bench: Bench, exercise: Exercise, sources: dict[str, str], wrong: WrongVersion) -> Lost:
    """What a version of the reference loses when it is graded on this exercise; nothing if it cannot be."""
    source = sources[wrong.id]
    known = bench.recall(Lost, wrong.id, wrong.change, of=exercise)
    if known is None:
        submission = Submission(bench.assignment.module, {bench.files.reference.name: source})
        cases = [case for case in bench.bank.cases[exercise.id] if case.raises is None]
        with bench.runner.open(source) as sandbox:
            outcomes = sandbox.run(job_of(exercise, cases)).outcomes
            parts = lost(bench, exercise, submission, sandbox)
        known = Lost(parts, returned=all(isinstance(outcome, Returned) for outcome in outcomes))
        bench.keep(known, wrong.id, wrong.change, of=exercise)
    return known


def lost(bench: Bench, exercise: Exercise, submission: Submission, sandbox: Sandbox) -> tuple[PartKey, ...]:
    """The parts that a submission loses when it is graded on one exercise alone, each for reasons of its own.

    A law that only counts no longer, because every output is wrong, is not shown to guard anything by that.
    """
    report = grade(_alone(bench.bank, exercise), submission, sandbox, Author(bench.properties))
    parts = report.exercises[0].parts
    return tuple(part.key for part in parts if not part.right and not isinstance(part.problem, Unearned))


def _alone(bank: CaseBank, exercise: Exercise) -> CaseBank:
    """A bank of one exercise. Nothing is explained to anybody, so it needs no diagnostic cases."""
    assignment = replace(bank.assignment, exercises=(exercise,))
    return replace(bank, assignment=assignment, cases={exercise.id: bank.cases[exercise.id]}, diagnostics={})
