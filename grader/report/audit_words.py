"""Sentences that every writer of an audit needs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from grader.records.audit import CHANGES_INPUT, INHERITED, MISCONCEPTION, killable
from grader.report.format import points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Bar
    from grader.records.audit import (
        Audit,
        ExerciseAudit,
        Killable,
        Margins,
        Stale,
        Tally,
        Unguarded,
        Variant,
        Version,
        Waived,
    )

#: Heads of the table's columns; :func:`counted` says what they mean.
COLUMNS: Final = ("live", "killed", "by", "weak", "alive", "waived", "share")
UNIT: Final = (
    "A unit is what rounding costs: how far the expected number moves when every operation is off by one rounding."
)
ROUNDING: Final = 1e-9  # of a share
_LISTED: Final = 8  # names in a sentence


def row(found: Tally) -> tuple[str, ...]:
    """The table's cells for some versions."""
    by = "–" if found.least is None else f"≥ {found.least}"
    counts = (found.weak, found.survivors, found.waived)
    return (str(found.live), str(found.killed), by, *map(str, counts), percent(found.share))


def reaches(found: Tally, bar: Bar) -> bool:
    """Whether so many are killed or waived as the bar asks for."""
    return found.share >= bar.kill - ROUNDING


def good(exercise: ExerciseAudit, bar: Bar) -> bool:
    """Whether nothing in this exercise keeps the tests from their bar."""
    return reaches(exercise.tally, bar) and exercise.guarded and not any(map(no_longer_differs, exercise.versions))


def no_longer_differs(version: Version) -> bool:
    """Whether it is a misconception that no case tells, and that nobody waived."""
    return version.kind == MISCONCEPTION and version.fate == "survivor" and not version.waived


def counted(audit: Audit) -> str:
    """What the table counts, as sentences."""
    passing = audit.tally.versions - audit.tally.live
    return (
        f"Live is every mutant and misconception but {passing} that the assignment lets pass with a remark: only "
        f"numerically off, or only changing an input. Killed: told from the reference by at least "
        f"{cases(audit.bar.by)}, or by a rule beside them; next to it by how many cases each is killed at least, for "
        "one that enough have killed is run on no more. Weak: told by fewer; alive: by none. Waived: weak or alive, "
        "with the author's reason. The share is that of killed and waived ones."
    )


def outcome(audit: Audit) -> str:
    """The result in a sentence."""
    if audit.failures:
        return "The tests do not reach their bar."
    return (
        f"The tests reach their bar: {percent(audit.bar.kill)} of live versions, each killed by {cases(audit.bar.by)}."
    )


def version(found: Version) -> str:
    """Which one it is: ``misconception mean_of_squares, line 12``."""
    kinds = {MISCONCEPTION: "misconception ", INHERITED: "misconception "}
    return f"{kinds.get(found.kind, '')}`{found.id}`, line {found.line}"


def kills(found: Version) -> str:
    """``≥ 7``: by how many cases it is killed."""
    return f"≥ {found.killed_by}" if found.fate == "killed" and found.killed_by else str(found.killed_by)


def state(found: Version, exercise: ExerciseAudit, bar: Bar) -> str:
    """Why it is not killed, as a sentence."""
    margins = exercise.margins
    if found.fate == "remark":
        return "Not counted: only changes an input." if found.kind == CHANGES_INPUT else "Not counted: numerically off."
    if found.killed_by:
        return (
            f"Weak: {cases(found.killed_by)} {'kills' if found.killed_by == 1 else 'kill'} it, of {bar.by} asked for."
        )
    if found.kind == MISCONCEPTION and found.off is not None and found.off <= margins.right_limit:
        return "No longer differs from the reference."
    if margins.literal and found.off is not None and found.off > margins.right_limit:
        return f"Alive: it is off by {units(found.off)}, which the assignment's own tolerance lets pass."
    if found.off is None or found.off > margins.wrong_limit:
        return "Alive: no case of the bank tells it from the reference, though other inputs do."
    if found.off > margins.right_limit:
        return f"Alive: no case tells it from the reference; it is off by {units(found.off)}, too few to count."
    return "Alive: the same as the reference, as far as was measured."


def waived(exercise: ExerciseAudit) -> Iterator[str]:
    """Each reason, with what is waived for it."""
    names = {found.id for found in exercise.versions if found.waived}
    those = (waiver for waiver in exercise.waivers if not names.isdisjoint(waiver.matches))
    for reason, group in groupby(sorted(those, key=lambda waiver: waiver.because), key=lambda waiver: waiver.because):
        yield f"{reason} ({'; '.join(map(_matched, group))})"


def _matched(waiver: Waived) -> str:
    if waiver.matches == (waiver.mutant,):
        return f"`{waiver.mutant}`"
    return f"`{waiver.mutant}` matches {_count(len(waiver.matches), 'version')}: {listed(waiver.matches)}"


def notes(exercise: ExerciseAudit) -> Iterator[str]:
    """What passes with a remark, and what only a rule tells."""
    passing = [found for found in exercise.versions if found.fate == "remark"]
    off = sum(found.kind != CHANGES_INPUT for found in passing)
    if off:
        yield f"{_versions(off)} only numerically off: not counted."
    if changing := len(passing) - off:
        yield f"{_versions(changing)} only wrong in changing an input: not counted."
    if told := sum(found.told_by_rule for found in exercise.versions):
        yield f"{_versions(told)} told by a rule beside the cases: inputs must not change, results must repeat."
    if exercise.margins.literal:
        yield "The assignment's own tolerance decides what is right."


def unguarded(part: Unguarded, exercise: ExerciseAudit) -> str:
    """That nothing guards some points, as a sentence."""
    return (
        f"Nothing guards the {worth(part.points)} for {part.title} in {exercise.id}: none of {part.tried} wrong "
        "versions loses them."
    )


def stale(waiver: Stale, exercise: ExerciseAudit) -> str:
    """Why a waiver must not stay, and what to do, as sentences."""
    said = f"The waiver of `{waiver.mutant}` in {exercise.id} is stale"
    if waiver.because == "remark":
        return f"{said}: what it waives does not count anyway. Remove it."
    if waiver.because == "unknown":
        return f"{said}: no wrong version has such an id. Remove it."
    if waiver.killed == (waiver.mutant,):
        return f"{said}: what it waives is killed. Remove it."
    those = "is killed, and matches" if len(waiver.killed) == 1 else "are killed, and match"
    return f"{said}: {listed(waiver.killed)} {those} it. Waive by exact ids what is not."


def margins(found: Margins) -> Iterator[tuple[str, str, str]]:
    """The room between right and wrong: what, how far off it is, and which one that is."""
    if found.right is not None:
        yield "Worst right variant", _under(found.right.units, found), _file(found.right.name)
    for one in found.imprecise:
        yield "Right with fewer digits", units(one.units), _file(one.name)
    if found.wrong is not None:
        yield "Weakest gross mistake", _over(found.wrong.units, found), f"`{found.wrong.name}`"


def _file(path: str) -> str:
    """A file is called by its name: where right variants lie is said elsewhere."""
    return path.rpartition("/")[2]


def variant(found: Variant) -> str:
    """``100 / 100``, or ``– / 100`` for what could not be graded."""
    return f"{points(found.score)} / {points(found.max_score)}"


def variants(audit: Audit) -> str:
    """How right variants fared."""
    if not audit.variants:
        return "No right variant was tried."
    accepted = sum(found.accepted for found in audit.variants)
    return f"{accepted} of {_count(len(audit.variants), 'right variant')} accepted."


def mutants(found: Killable) -> str:
    """How mutants of right variants fared; empty where there are none."""
    if not found.made:
        return ""
    return (
        f"{found.killed} of {_count(found.killable, 'mutant')} of right variants killed ({percent(found.share)}). "
        f"Not counted: {found.made - found.killable} that no further input tells from right."
    )


def killed(found: Variant) -> str:
    """``1340 / 1342``: mutants of a right variant that are killed; a dash where there are none."""
    numbers = killable(found.mutants)
    return f"{numbers.killed} / {numbers.killable}" if numbers.made else "–"


def escaped(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """Mutants of right variants that got away: where, what was changed, and what would kill it."""
    for found in audit.variants:
        for each in found.mutants:
            for one in each.escaped:
                yield f"{_file(found.name)}, line {one.line}, `{each.exercise}`", one.change, one.suggestion


def template(audit: Audit) -> str:
    """What the starter template gets."""
    if audit.template is None:
        return "There is no starter template."
    earned = audit.template.scoring
    if not earned:
        return f"The starter template {audit.template.name} gets no points as it is."
    those = ", ".join(f"{worth(each)} in {exercise}" for exercise, each in earned.items())
    return f"The starter template {audit.template.name} gets points as it is: {those}."


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def percent(share: float) -> str:
    """A share that is only called 100 % if it is."""
    shown = f"{100 * share:.1f}".removesuffix(".0")
    return "99.9 %" if shown == "100" and share < 1 - ROUNDING else f"{shown} %"


def worth(count: float) -> str:
    """So many points."""
    return f"{points(count)} {'point' if count == 1 else 'points'}"


def cases(count: int) -> str:
    """So many cases."""
    return _count(count, "case")


def listed(names: Sequence[str]) -> str:
    """Ids in a sentence, the first of them if there are many."""
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def units(count: float) -> str:
    """So many units of rounding: ``62 units``, ``1.3e14 units``."""
    return f"{_number(count)} units"


def _under(count: float, found: Margins) -> str:
    if found.literal or not count:
        return units(count)
    return f"{units(count)} ({_number(found.right_limit / count)} times under the {_number(found.right_limit)} allowed)"


def _over(count: float, found: Margins) -> str:
    if found.literal:
        return units(count)
    return f"{units(count)} ({_number(count / found.wrong_limit)} times over the {_number(found.wrong_limit)})"


def _number(value: float) -> str:
    if 10 <= value < 1e6:
        return f"{value:,.0f}"
    return f"{value:.2g}".replace("e+", "e").replace("e0", "e")


def _count(how_many: int, what: str) -> str:
    return f"{how_many} {what}" if how_many == 1 else f"{how_many} {what}s"


def _versions(count: int) -> str:
    return f"{_count(count, 'version')} {'is' if count == 1 else 'are'}"
