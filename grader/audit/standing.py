"""How each wrong version fared, which waivers are stale, and how near the weakest gross mistake comes to right."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.judge.tolerance import OFF, RIGHT
from grader.mistakes.operators.numerics import ADD_EPSILON, CLIPPING, FLOAT32, ROUNDING
from grader.records.audit import CHANGES_INPUT, NamedDistance, Version, Waived
from grader.records.bank import MISCONCEPTION
from grader.records.shortcomings import StaleWaiver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.audit import Fate
    from grader.records.bank import Suspect

#: Operators whose mutants are right but for their last digits, wherever that does not show.
NUMERICAL = frozenset({FLOAT32.name, ADD_EPSILON.name, ROUNDING.name})
#: Operators of which it is no surprise that a mutant is only numerically off.
FEWER_DIGITS = NUMERICAL | {CLIPPING.name}


def fate(exercise: Exercise, suspect: Suspect, by: int) -> Fate:
    """What became of a version, as far as cases tell."""
    if len(suspect.killed_by) >= by:
        return "killed"
    if suspect.killed_by:
        return "weak"
    return "remark" if _allowed(exercise, suspect) else "survivor"


def _allowed(exercise: Exercise, suspect: Suspect) -> bool:
    """Whether it passes by the exercise's own policy. A misconception never does: its author meant it to be wrong."""
    if suspect.kind == MISCONCEPTION or suspect.off is None or suspect.off > OFF:
        return False
    if suspect.kind == CHANGES_INPUT:
        return exercise.inputs_unchanged == "remark"
    if suspect.kind in NUMERICAL:
        return True
    return exercise.precision == "remark" and suspect.off > RIGHT


def standing(exercise: Exercise, suspects: Iterable[Suspect], by: int, told: Collection[str] = ()) -> list[Version]:
    """Every version with its fate, and with the reason where it is waived. ``told`` are those that a rule tells."""
    return [
        _waived(
            exercise,
            Version(
                id=suspect.id,
                kind=suspect.kind,
                sentence=suspect.sentence,
                line=suspect.line,
                change=suspect.change,
                killed_by=len(suspect.killed_by),
                off=suspect.off,
                fate="killed" if suspect.id in told else fate(exercise, suspect, by),
            ),
        )
        for suspect in suspects
    ]


def _waived(exercise: Exercise, version: Version) -> Version:
    reason = next((waiver.because for waiver in exercise.waive if fnmatchcase(version.id, waiver.mutant)), "")
    return replace(version, waived=reason) if version.open else version


def waivers(exercise: Exercise, versions: Sequence[Version]) -> Iterator[Waived]:
    """What the exercise waives, with everything that it matches."""
    for waiver in exercise.waive:
        matches = tuple(version.id for version in versions if fnmatchcase(version.id, waiver.mutant))
        yield Waived(waiver.mutant, waiver.because, matches)


def stale(exercise: Exercise, waived: Iterable[Waived], versions: Sequence[Version]) -> Iterator[StaleWaiver]:
    """Waivers of anything that is killed, or of nothing that would have to be."""
    fates = {version.id: version.fate for version in versions}
    for waiver in waived:
        killed = tuple(name for name in waiver.matches if fates[name] == "killed")
        if killed:
            yield StaleWaiver(exercise.id, waiver.mutant, "killed", killed)
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


def weakest(suspects: Iterable[Suspect]) -> NamedDistance | None:
    """The one of these that comes nearest to the reference and is more than numerically off by its kind."""
    gross = (each for each in suspects if each.kind not in NUMERICAL)
    known = [NamedDistance(each.off, each.id) for each in gross if each.off is not None]
    return min(known, key=lambda mistake: mistake.units, default=None)
