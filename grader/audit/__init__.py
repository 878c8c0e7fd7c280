"""Proving an assignment's tests: that they catch wrong solutions, and let right ones pass.

The wrong versions of the reference ran when the bank was frozen; its proof says which cases tell them. An audit adds
what that leaves open: whether rules beside the cases tell a survivor, what else would, which parts nothing guards, how
right variants, their mutants, the starter template and submissions that know nothing fare, and how much room lies
between right and wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader import __version__
from grader.audit import variants as known
from grader.audit.bench import Bench
from grader.audit.further import advice
from grader.audit.guards import told_by_rule, unguarded
from grader.audit.ignorance import know_nothing
from grader.audit.standing import fate, stale, standing, together, waivers, weakest
from grader.audit.variant_mutants import mutants_of
from grader.audit.verdict import failures, warnings
from grader.judge.tolerance import OFF, RIGHT
from grader.records.advice import FoundAlike
from grader.records.audit import Audit, ExerciseAudit, Margins, each_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.records.advice import Advice
    from grader.records.assignment import Exercise
    from grader.records.audit import Fate, Variant, Version

__all__ = ["Bench", "audit", "steps"]


def steps(bench: Bench) -> int:
    """How often an audit reports progress."""
    return 2 * len(known.right_variants(bench)) + 3 + len(bench.assignment.exercises)


def audit(bench: Bench, advance: Callable[[str], None]) -> Audit:
    """The whole audit of an assignment. ``advance`` is told, in words, of each step that is done.

    What was found out is kept: after an interruption another audit goes on. Raises GraderError.
    """
    variants = []
    for found in bench.each(partial(known.variant, bench), known.right_variants(bench)):
        variants.append(found)
        advance(found.name)
    template = known.template(bench)
    advance("the starter template")
    ignorant = know_nothing(bench)
    advance("submissions that know nothing")
    versions = _standing(bench)
    advance("what rules beside the cases tell")
    fates = {version.id: version.fate for version in each_once(versions.values())}
    exercises = []
    for exercise in bench.assignment.exercises:
        exercises.append(_exercise(bench, exercise, versions[exercise.id], fates, variants))
        advance(exercise.id)
    variants = list(_with_mutants(bench, variants, advance))
    bar = bench.assignment.audit
    return Audit(
        assignment=bench.assignment.id,
        title=bench.assignment.title,
        reference=_relative(bench),
        bar=bar,
        exercises=tuple(exercises),
        variants=tuple(variants),
        template=template,
        know_nothing=ignorant,
        failures=tuple(failures(exercises, bar, variants, template, ignorant)),
        warnings=tuple(warnings(exercises, variants, known.folders(bench))),
        bank=bench.bank.inputs_sha256,
        version=__version__,
    )


def _with_mutants(bench: Bench, variants: Sequence[Variant], advance: Callable[[str], None]) -> Iterator[Variant]:
    """The variants, those that are right with how their mutants fare."""
    for path, found in zip(known.right_variants(bench), variants, strict=True):
        yield replace(found, mutants=mutants_of(bench, path)) if found.accepted else found
        advance(f"mutants of {found.name}")


def _standing(bench: Bench) -> dict[str, list[Version]]:
    """What became of the versions of each exercise: whatever any exercise tells is told."""
    exercises, by = bench.assignment.exercises, bench.assignment.audit.by
    proofs = {exercise.id: bench.proof(exercise) for exercise in exercises}
    all_of, told = together(exercises, proofs), {}
    for exercise in exercises:
        survivors = [
            each for each in proofs[exercise.id] if fate(exercise, each, by, all_of.kills[each.id]) == "survivor"
        ]
        told[exercise.id] = told_by_rule(bench, exercise, survivors)
    all_of = all_of._replace(told=frozenset().union(*told.values()))
    return {each.id: standing(each, proofs[each.id], by, all_of, told[each.id]) for each in exercises}


def _exercise(
    bench: Bench,
    exercise: Exercise,
    versions: Sequence[Version],
    fates: Mapping[str, Fate],
    variants: Sequence[Variant],
) -> ExerciseAudit:
    waived = tuple(waivers(exercise, versions))
    return ExerciseAudit(
        id=exercise.id,
        title=exercise.title or exercise.id,
        points=exercise.points,
        versions=_with_advice(bench, exercise, versions),
        margins=_margins(bench, exercise, variants),
        waivers=waived,
        stale=tuple(stale(exercise, waived, fates, bench.former(exercise))),
        unguarded=unguarded(bench, exercise, bench.proof(exercise)),
    )


def _with_advice(bench: Bench, exercise: Exercise, versions: Sequence[Version]) -> tuple[Version, ...]:
    open_ones = {version.id for version in versions if version.open}
    found = advice(bench, exercise, [each for each in bench.proof(exercise) if each.id in open_ones])
    return tuple(_advised(version, found.get(version.id)) for version in versions)


def _advised(version: Version, found: Advice | None) -> Version:
    return replace(version, advice=found, fate="alike" if isinstance(found, FoundAlike) else version.fate)


def _margins(bench: Bench, exercise: Exercise, variants: Sequence[Variant]) -> Margins:
    right, imprecise = known.furthest(exercise, variants)
    told = [wrong for wrong in bench.proof(exercise) if bench.told_by_values(exercise, wrong)]
    return Margins(
        right=right,
        imprecise=imprecise,
        wrong=weakest(told),
        right_limit=RIGHT,
        wrong_limit=RIGHT if exercise.precision == "required" else OFF,
        literal=exercise.tolerance is not None,
    )


def _relative(bench: Bench) -> str:
    return bench.files.reference.relative_to(bench.files.root).as_posix()
