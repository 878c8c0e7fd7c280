"""What keeps an assignment's tests from their bar, and what only asks to be looked at: a sentence for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records import shortcomings as short
from grader.report.format import counted, listed, percent, points, worth

if TYPE_CHECKING:
    from grader.records.audit import PaidPart
    from grader.records.shortcomings import Failure, StaleWaiver, UnguardedPart, Warned

#: What submissions that know nothing answer, by the names of ``grader.mistakes.ignorance.KINDS``.
_ANSWERS: Final = {
    "zeros": "zeros",
    "ones": "ones",
    "nan": "NaN",
    "random": "random numbers",
    "echo": "an input handed back",
}


def failure(found: Failure) -> str:
    """What keeps the tests from their bar, as sentences."""
    match found:
        case short.TooFewKilled(killed_or_waived=done, live=live):
            return (
                f"{done} of {live} live versions are killed or waived ({percent(done / live)}); the bar asks for "
                f"{percent(found.asked)}, each killed by {counted(found.by, 'case')}."
            )
        case short.TooManyWaived(waived=many, live=live):
            return (
                f"{many} of {live} live versions are waived ({percent(many / live)}); at most {percent(found.allowed)} "
                "may be. Kill them, or lower `kill` instead."
            )
        case short.TemplateUngraded(template=name, exercise=exercise):
            return f"The starter template {name} could not be graded in {exercise}."
        case short.TemplateScores(template=name, exercise=exercise):
            return f"The starter template {name} gets {worth(found.points)} in {exercise} as it is."
        case short.VariantUngraded() | short.VariantRejected() | short.TooFewMutantsKilled():
            return _of_variants(found)
        case short.KnowNothingUngraded(submission=kind):
            return f"A submission that knows nothing ({answers(kind)}) could not be graded."
        case short.KnowNothingScores(submission=kind):
            return (
                f"A submission that knows nothing ({answers(kind)}) gets {worth(found.points)}; at most "
                f"{points(found.allowed)} may be had for nothing."
            )
    return _of_exercise(found)


def _of_variants(found: short.VariantUngraded | short.VariantRejected | short.TooFewMutantsKilled) -> str:
    match found:
        case short.VariantUngraded(variant=name):
            return f"The right variant {name} could not be graded."
        case short.VariantRejected(variant=name):
            return f"The right variant {name} is rejected: it gets {points(found.score)} of {worth(found.max_score)}."
        case short.TooFewMutantsKilled(killed=done, killable=of):
            return (
                f"{done} of {of} mutants of right variants are killed ({percent(done / of)}); {percent(found.asked)} "
                "are asked for."
            )


def _of_exercise(found: short.NoDifference | short.StaleWaiver | short.NothingGuards | short.UnguardedPart) -> str:
    match found:
        case short.NoDifference(version=name):
            return f"No case tells the misconception `{name}` from the reference."
        case short.StaleWaiver():
            return stale(found)
        case short.NothingGuards(exercise=exercise):
            return f"Nothing guards the {worth(found.points)} of {exercise}: no wrong version is killed."
        case short.UnguardedPart(exercise=exercise, tried=tried):
            return (
                f"Nothing guards the {worth(found.points)} for {part(found)} in {exercise}: none of {tried} wrong "
                f"versions loses them. {_guard(found)}"
            )


def _guard(found: UnguardedPart) -> str:
    """What to do about a part that no wrong version loses."""
    if found.kind == "raises":
        return "Have the reference check for it, or write a misconception that does not raise."
    return "Write a misconception that loses them, or take the part out."


def part(found: UnguardedPart | PaidPart) -> str:
    """What a part of an exercise is called: ```h```, ``raises ValueError: it is below 0``, a property's title."""
    match found.kind:
        case "output":
            return f"`{found.name}`"
        case "raises":
            return f"raises {found.name}" + (f": {found.because}" if found.because else "")
        case "property" | "source":
            return found.name


def stale(waiver: StaleWaiver) -> str:
    """Why a waiver must not stay, and what to do, as sentences."""
    said = f"The waiver of `{waiver.mutant}` in {waiver.exercise} is stale"
    if waiver.because == "remark":
        return f"{said}: what it waives does not count anyway. Remove it."
    if waiver.because == "unknown":
        return f"{said}: no wrong version has such an id. Remove it."
    if waiver.because == "renamed":
        those = "it is" if len(waiver.renamed) == 1 else "they are"
        return (
            f"The waiver of `{waiver.mutant}` in {waiver.exercise} has an id of the form that was, which counted: "
            f"{those} {listed(waiver.renamed)} now. Write that instead."
        )
    if waiver.killed == (waiver.mutant,):
        return f"{said}: what it waives is killed. Remove it."
    those = "is killed, and matches" if len(waiver.killed) == 1 else "are killed, and match"
    return f"{said}: {listed(waiver.killed)} {those} it. Waive by exact ids what is not."


def warning(found: Warned) -> str:
    """What to look at, as sentences."""
    match found:
        case short.WrongYetPassing(exercise=exercise, versions=names):
            passes = "is wrong and yet passes" if len(names) == 1 else "are wrong and yet pass"
            stricter = "Give it a `tolerance` or `precision: required`."
            return (
                f"{exercise}: {listed(names)} {passes}, being only numerically off, though not by having fewer digits. "
                f"{'Make its `tolerance` smaller.' if found.literal else stricter}"
            )
        case short.NearlyWrong(exercise=exercise, variant=name, times=times):
            return f"{exercise}: the right variant {name} is less than {times} times under what is allowed."
        case short.NearlyRight(exercise=exercise, version=name, times=times):
            return f"{exercise}: the mistake `{name}` is less than {times} times over what is allowed."
        case short.NoVariantTried(beside=beside, own=own):
            return (
                f"No right variant was tried: put some into {beside}/ (their names begin with 100_) or {own}/, to see "
                "that right solutions are accepted."
            )


def answers(kind: str) -> str:
    """What a submission that knows nothing does."""
    return _ANSWERS.get(kind) or f"always raise {kind}"
