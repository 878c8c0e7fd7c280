"""What an audit comes to: failures, each of which keeps the tests from their bar, and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.audit.standing import unexpected
from grader.records.audit import each_once, killable, tally
from grader.records.shortcomings import (
    KnowNothingScores,
    KnowNothingUngraded,
    NearlyRight,
    NearlyWrong,
    NoDifference,
    NothingGuards,
    NoVariantTried,
    TemplateScores,
    TemplateUngraded,
    TooFewKilled,
    TooFewMutantsKilled,
    TooManyWaived,
    VariantRejected,
    VariantUngraded,
    WrongYetPassing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.audit import ExerciseAudit, KnowNothing, Template, Variant
    from grader.records.bar import Bar
    from grader.records.shortcomings import Failure, Warned

MANY = 0.05  # of live versions: where more are waived, the rest prove little
OTHERS = 0.995  # of the bar: what is asked of mutants of right variants, for which the bank was not chosen
UNDER, OVER = 3, 100  # times: the room that right variants and gross mistakes should leave


def failures(
    exercises: Sequence[ExerciseAudit],
    bar: Bar,
    variants: Sequence[Variant],
    template: Template | None,
    know_nothing: Sequence[KnowNothing] = (),
) -> Iterator[Failure]:
    """Everything that keeps the tests from their bar."""
    found = tally(each_once(exercise.versions for exercise in exercises))
    if not found.reaches(bar):
        yield TooFewKilled(found.killed + found.waived, found.live, bar.kill, bar.by)
    if found.waived_share > MANY:
        yield TooManyWaived(found.waived, found.live, MANY)
    for exercise in exercises:
        yield from _of_exercise(exercise)
    yield from _of_variants(variants, bar)
    if template is not None:
        yield from _of_template(template)
    for found_out in know_nothing:
        yield from _of_ignorance(found_out, bar)


def _of_ignorance(found: KnowNothing, bar: Bar) -> Iterator[Failure]:
    if found.score is None:
        yield KnowNothingUngraded(found.kind)
    elif found.score > bar.know_nothing:
        yield KnowNothingScores(found.kind, found.score, bar.know_nothing)


def _of_variants(variants: Sequence[Variant], bar: Bar) -> Iterator[Failure]:
    for variant in variants:
        if variant.score is None:
            yield VariantUngraded(variant.name)
        elif not variant.accepted:
            yield VariantRejected(variant.name, variant.score, variant.max_score)
    found = killable(each for variant in variants for each in variant.mutants)
    if found.share < OTHERS * bar.kill:
        yield TooFewMutantsKilled(found.killed, found.killable, OTHERS * bar.kill)


def _of_exercise(exercise: ExerciseAudit) -> Iterator[Failure]:
    for version in exercise.versions:
        if version.no_longer_differs:
            yield NoDifference(version.id)
    yield from exercise.stale
    if not exercise.guarded:
        yield NothingGuards(exercise.id, exercise.points)
    yield from exercise.unguarded


def _of_template(template: Template) -> Iterator[Failure]:
    for exercise, earned in template.points.items():
        if earned is None:
            yield TemplateUngraded(template.name, exercise)
        elif earned:
            yield TemplateScores(template.name, exercise, earned)


def warnings(
    exercises: Sequence[ExerciseAudit], variants: Sequence[Variant], folders: tuple[str, str]
) -> Iterator[Warned]:
    """What to look at. ``folders`` are where right variants would lie: beside the course's tests, and the own one."""
    for exercise in exercises:
        if found := unexpected(exercise.versions, exercise.margins.right_limit):
            yield WrongYetPassing(exercise.id, tuple(found), exercise.margins.literal)
        yield from _of_margins(exercise)
    if not variants:
        yield NoVariantTried(*folders)


def _of_margins(exercise: ExerciseAudit) -> Iterator[Warned]:
    found = exercise.margins
    if found.literal:
        return
    if found.right is not None and UNDER * found.right.units > found.right_limit:
        yield NearlyWrong(exercise.id, found.right.name, UNDER)
    if found.wrong is not None and found.wrong.units < OVER * found.wrong_limit:
        yield NearlyRight(exercise.id, found.wrong.name, OVER)
