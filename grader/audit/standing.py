"""How each wrong version fared, which waivers are stale, and how near the weakest gross mistake comes to right."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.judge.tolerance import OFF, RIGHT
from grader.mistakes.operators.numerics import ADD_EPSILON, CLIPPING, FLOAT32, ROUNDING
from grader.records.audit import CHANGES_INPUT, NamedDistance, Version, Waived
from grader.records.bank import MistakeKind
from grader.records.shortcomings import StaleWaiver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.audit import Fate
    from grader.records.bank import WrongVersion

#: Operators whose mutants are right but for their last digits, wherever that does not show.
NUMERICAL = frozenset({FLOAT32.name, ADD_EPSILON.name, ROUNDING.name})
#: Operators of which it is no surprise that a mutant is only numerically off.
FEWER_DIGITS = NUMERICAL | {CLIPPING.name}


class Together(NamedTuple):
    """What all exercises that use a version make of it, by its id: a mistake that any of them tells is told.

    ``kills`` are numbers of cases, ``told`` is told by a rule beside the cases, ``reasons`` are those of waivers.
    """

    kills: Mapping[str, int]
    told: Collection[str] = ()
    reasons: Mapping[str, str] = MappingProxyType({})


def together(exercises: Iterable[Exercise], proofs: Mapping[str, Sequence[WrongVersion]]) -> Together:
    """The same, but what rules tell: from what the bank's cases make of the versions of each exercise."""
    kills: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for exercise in exercises:
        for wrong in proofs[exercise.id]:
            kills[wrong.id] += len(wrong.killed_by)
            for waiver in exercise.waive:
                if fnmatchcase(wrong.id, waiver.mutant):
                    reasons.setdefault(wrong.id, waiver.because)
    return Together(kills, (), reasons)


def fate(exercise: Exercise, wrong: WrongVersion, by: int, kills: int) -> Fate:
    """What became of a version, as far as cases tell, so many of which do in all exercises."""
    if not wrong.killed_by and _allowed(exercise, wrong):
        return "remark"
    if kills >= by:
        return "killed"
    return "weak" if kills else "survivor"


def _allowed(exercise: Exercise, wrong: WrongVersion) -> bool:
    """Whether it passes by the exercise's own policy. A misconception never does: its author meant it to be wrong."""
    if wrong.kind == MistakeKind.MISCONCEPTION or wrong.off is None or wrong.off > OFF:
        return False
    if wrong.kind == CHANGES_INPUT:
        return exercise.inputs_unchanged == "remark"
    if wrong.kind in NUMERICAL:
        return True
    return exercise.precision == "remark" and wrong.off > RIGHT


def standing(
    exercise: Exercise, wrong_versions: Iterable[WrongVersion], by: int, all_of: Together, told: Collection[str] = ()
) -> list[Version]:
    """Every version with its fate, and the reason where it is waived. A rule tells those that are ``told`` here."""
    return [
        _waived(
            all_of,
            Version(
                id=wrong.id,
                kind=wrong.kind,
                sentence=wrong.sentence,
                line=wrong.line,
                change=wrong.change,
                killed_by=all_of.kills[wrong.id],
                elsewhere=all_of.kills[wrong.id] - len(wrong.killed_by),
                off=wrong.off,
                fate="killed" if wrong.id in all_of.told else fate(exercise, wrong, by, all_of.kills[wrong.id]),
                told_here=bool(wrong.killed_by) or wrong.id in told,
            ),
        )
        for wrong in wrong_versions
    ]


def _waived(all_of: Together, version: Version) -> Version:
    return replace(version, waived=all_of.reasons.get(version.id, "")) if version.open else version


def waivers(exercise: Exercise, versions: Sequence[Version]) -> Iterator[Waived]:
    """What the exercise waives, with everything that it matches."""
    for waiver in exercise.waive:
        matches = tuple(version.id for version in versions if fnmatchcase(version.id, waiver.mutant))
        yield Waived(waiver.mutant, waiver.because, matches)


def stale(
    exercise: Exercise, waived: Iterable[Waived], fates: Mapping[str, Fate], former: Mapping[str, str]
) -> Iterator[StaleWaiver]:
    """Waivers of anything that is killed, or of nothing that would have to be, or by an id that is none any more.

    ``fates`` are what became of versions in all exercises together. ``former`` are ids of the exercise's versions by
    those that they had before.
    """
    for waiver in waived:
        killed = tuple(name for name in waiver.matches if fates[name] == "killed")
        renamed = tuple(new for old, new in former.items() if fnmatchcase(old, waiver.mutant))
        if killed:
            yield StaleWaiver(exercise.id, waiver.mutant, "killed", killed)
        elif not waiver.matches and renamed:
            yield StaleWaiver(exercise.id, waiver.mutant, "renamed", renamed=renamed)
        elif all(fates[name] == "remark" for name in waiver.matches):
            yield StaleWaiver(exercise.id, waiver.mutant, "remark" if waiver.matches else "unknown")


def unexpected(versions: Iterable[Version], right: float) -> list[str]:
    """Ids of those that are only numerically off, more than ``right`` units, although not by their kind: they pass."""
    return [
        version.id
        for version in versions
        if version.fate == "remark" and version.off is not None and version.off > right
        if version.kind not in FEWER_DIGITS
    ]


def weakest(wrong_versions: Iterable[WrongVersion]) -> NamedDistance | None:
    """The one of these that comes nearest to the reference and is more than numerically off by its kind."""
    gross = (each for each in wrong_versions if each.kind not in NUMERICAL)
    known = [NamedDistance(each.off, each.id) for each in gross if each.off is not None]
    return min(known, key=lambda mistake: mistake.units, default=None)
