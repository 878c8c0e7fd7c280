"""What an audit comes to: failures, each of which keeps the tests from their bar, and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.audit.standing import unexpected
from grader.records.audit import killable, tally
from grader.report.audit_words import cases, listed, no_longer_differs, percent, reaches, stale, unguarded, worth
from grader.report.format import points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Bar
    from grader.records.audit import ExerciseAudit, Template, Variant

MANY = 0.05  # of live versions: where more are waived, the rest prove little
OTHERS = 0.995  # of the bar: what is asked of mutants of right variants, for which the bank was not chosen
UNDER, OVER = 3, 100  # times: the room that right variants and gross mistakes should leave


def failures(
    exercises: Sequence[ExerciseAudit], bar: Bar, variants: Sequence[Variant], template: Template | None
) -> Iterator[str]:
    """Everything that keeps the tests from their bar, as sentences."""
    found = tally(version for exercise in exercises for version in exercise.versions)
    if not reaches(found, bar):
        done = found.killed + found.waived
        yield (
            f"{done} of {found.live} live versions are killed or waived ({percent(found.share)}); the bar asks for "
            f"{percent(bar.kill)}, each killed by {cases(bar.by)}."
        )
    if found.waived_share > MANY:
        yield (
            f"{found.waived} of {found.live} live versions are waived ({percent(found.waived_share)}); at most "
            f"{percent(MANY)} may be. Kill them, or lower `kill` instead."
        )
    for exercise in exercises:
        yield from _of_exercise(exercise)
    yield from _of_variants(variants, bar)
    if template is not None:
        yield from _of_template(template)


def _of_variants(variants: Sequence[Variant], bar: Bar) -> Iterator[str]:
    for variant in variants:
        if variant.score is None:
            yield f"The right variant {variant.name} could not be graded."
        elif not variant.accepted:
            score = f"{points(variant.score)} of {worth(variant.max_score)}"
            yield f"The right variant {variant.name} is rejected: it gets {score}."
    found = killable(each for variant in variants for each in variant.mutants)
    if found.share < OTHERS * bar.kill:
        yield (
            f"{found.killed} of {found.killable} mutants of right variants are killed ({percent(found.share)}); "
            f"{percent(OTHERS * bar.kill)} are asked for."
        )


def _of_exercise(exercise: ExerciseAudit) -> Iterator[str]:
    for version in exercise.versions:
        if no_longer_differs(version):
            yield f"The misconception `{version.id}` no longer differs from the reference in any case."
    for waiver in exercise.stale:
        yield stale(waiver, exercise)
    if not exercise.guarded:
        yield f"Nothing guards the {worth(exercise.points)} of {exercise.id}: no wrong version is killed."
    for part in exercise.unguarded:
        yield unguarded(part, exercise)


def _of_template(template: Template) -> Iterator[str]:
    for exercise, earned in template.points.items():
        if earned is None:
            yield f"The starter template {template.name} could not be graded in {exercise}."
        elif earned:
            yield f"The starter template {template.name} gets {worth(earned)} in {exercise} as it is."


def warnings(exercises: Sequence[ExerciseAudit], variants: Sequence[Variant], places: str) -> Iterator[str]:
    """What to look at. ``places`` says where right variants would lie."""
    for exercise in exercises:
        yield from _of_digits(exercise)
        yield from _of_margins(exercise)
    if not variants:
        yield f"No right variant was tried: put some into {places}, to see that right solutions are accepted."


def _of_digits(exercise: ExerciseAudit) -> Iterator[str]:
    found = unexpected(exercise.versions, exercise.margins.right_limit)
    if not found:
        return
    passes = "is wrong and yet passes" if len(found) == 1 else "are wrong and yet pass"
    literal = exercise.margins.literal
    remedy = "Make its `tolerance` smaller." if literal else "Give it a `tolerance` or `precision: required`."
    yield (
        f"{exercise.id}: {listed(found)} {passes}, being only numerically off, though not by having fewer digits. "
        f"{remedy}"
    )


def _of_margins(exercise: ExerciseAudit) -> Iterator[str]:
    found = exercise.margins
    if found.literal:
        return
    if found.right is not None and UNDER * found.right.units > found.right_limit:
        yield f"{exercise.id}: the right variant {found.right.name} is less than {UNDER} times under what is allowed."
    if found.wrong is not None and found.wrong.units < OVER * found.wrong_limit:
        yield f"{exercise.id}: the mistake `{found.wrong.name}` is less than {OVER} times over what is allowed."
