"""What `grade audit` found: the records that its writers are given.

A *version* is a wrong version of the reference: a misconception or a mutant. It is *killed* when as many cases as the
bar asks for tell it from the reference, or when a rule beside the cases costs it points; *weak* when fewer cases do;
a *survivor* when none does. Cases of all exercises count that use what is wrong in it, and one waiver holds for all. A
survivor that passes by the assignment's own policy, because it is only numerically off
or only changes an input, has the fate *remark*; one that nothing told from the reference in thousands of inputs, also
from wider domains, is *alike*. Neither is *live*, which all others are.
"""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - msgspec reads annotations at run time
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import field

from grader.records.advice import Advice, DrawMore
from grader.records.bank import MistakeKind
from grader.records.bar import Bar
from grader.records.record import Record
from grader.records.report import Reason
from grader.records.run import Outcome
from grader.records.shortcomings import Failure, StaleWaiver, UnguardedPart, Warned
from grader.records.verdict import PartKind

Fate: TypeAlias = Literal["killed", "weak", "survivor", "alike", "remark"]

CHANGES_INPUT = "change_input_in_place"  # the kind of mutants that do so, and are right otherwise
ROUNDING: Final = 1e-9  # of a share


class Version(Record, frozen=True):
    """A wrong version and how it fared. ``change`` shows the reference: it is for staff only.

    ``killed_by`` is a number of cases, and 0 for what only a rule beside the cases tells; more cases than that may kill
    a version, for one that is known well is run on no more. So many of them are of exercises ``elsewhere``;
    ``told_here`` is whether this exercise tells it at all. ``off`` is the largest deviation from the reference in
    units of rounding, None where it did not always give numbers in the right shape. ``waived`` holds the author's
    reason, ``advice`` what would kill one that is open.
    """

    id: str
    kind: str
    sentence: str
    line: int
    change: str
    killed_by: int
    off: float | None
    fate: Fate
    waived: str = ""
    advice: Advice | None = None
    elsewhere: int = 0
    told_here: bool = True

    @property
    def told_by_rule(self) -> bool:
        """Whether no case tells it, and it loses points all the same."""
        return self.fate == "killed" and not self.killed_by

    @property
    def open(self) -> bool:
        """Whether it should be killed or waived, and is neither."""
        return self.fate in ("weak", "survivor") and not self.waived

    @property
    def no_longer_differs(self) -> bool:
        """Whether it is a misconception that no case tells, and that nobody waived."""
        return self.kind == MistakeKind.MISCONCEPTION and self.fate == "survivor" and not self.waived


class Tally(NamedTuple):
    """Numbers of versions. So many cases at ``least`` kill each killed one; None where cases kill none."""

    versions: int
    live: int
    killed: int
    weak: int
    survivors: int
    alike: int
    waived: int
    least: int | None

    @property
    def share(self) -> float:
        """Killed and waived ones among the live."""
        return (self.killed + self.waived) / self.live if self.live else 1.0

    @property
    def waived_share(self) -> float:
        """Waived ones among the live."""
        return self.waived / self.live if self.live else 0.0

    def reaches(self, bar: Bar) -> bool:
        """Whether so many are killed or waived as the bar asks for."""
        return self.share >= bar.kill - ROUNDING


def tally(versions: Iterable[Version]) -> Tally:
    """Count them. A waived one is counted as waived alone."""
    versions = list(versions)
    fates = [version.fate for version in versions if not version.waived]
    kills = [version.killed_by for version in versions if version.fate == "killed" and not version.told_by_rule]
    return Tally(
        versions=len(versions),
        live=sum(version.fate not in ("alike", "remark") for version in versions),
        killed=fates.count("killed"),
        weak=fates.count("weak"),
        survivors=fates.count("survivor"),
        alike=fates.count("alike"),
        waived=len(versions) - len(fates),
        least=min(kills, default=None),
    )


#: What becomes of a version in all exercises together is the first of these that becomes of it in any.
_FIRST: Final[tuple[Fate, ...]] = ("killed", "weak", "survivor", "alike", "remark")


def each_once(exercises: Iterable[Iterable[Version]]) -> list[Version]:
    """The versions of all exercises, one that several use only once."""
    found: dict[str, Version] = {}
    for versions in exercises:
        for version in versions:
            known = found.setdefault(version.id, version)
            if _FIRST.index(version.fate) < _FIRST.index(known.fate):
                found[version.id] = version
    return list(found.values())


class NamedDistance(Record, frozen=True):
    """How far from the reference something is, in units, and what that is."""

    units: float
    name: str


class Margins(Record, frozen=True):
    """The room between right and wrong, in units of rounding.

    ``right`` is the right variant that is furthest off, ``wrong`` the killed version that is nearest, without those
    that are numerically off by their kind; None where nothing was measured. ``imprecise`` are right variants in
    float32, or with no more digits than that. Up to ``right_limit`` is right, above ``wrong_limit`` wrong, unless
    ``literal``: then the author's own tolerance decides.
    """

    right: NamedDistance | None
    imprecise: tuple[NamedDistance, ...]
    wrong: NamedDistance | None
    right_limit: float
    wrong_limit: float
    literal: bool = False


class Waived(Record, frozen=True):
    """A waiver of the assignment: an id or a pattern, the author's reason, and the ids of all that it ``matches``."""

    mutant: str
    because: str
    matches: tuple[str, ...]


class ExerciseAudit(Record, frozen=True):
    """One exercise."""

    id: str
    title: str
    points: float
    versions: tuple[Version, ...]
    margins: Margins
    waivers: tuple[Waived, ...] = ()
    stale: tuple[StaleWaiver, ...] = ()
    unguarded: tuple[UnguardedPart, ...] = ()

    @property
    def tally(self) -> Tally:
        """Its numbers."""
        return tally(self.versions)

    @property
    def guarded(self) -> bool:
        """Whether anything loses any of its points."""
        return any(each.told_here and (each.killed_by or each.fate == "killed") for each in self.versions)

    def proven(self, bar: Bar) -> bool:
        """Whether nothing in this exercise keeps the tests from their bar."""
        differ = not any(version.no_longer_differs for version in self.versions)
        return self.tally.reaches(bar) and self.guarded and differ


class Loss(Record, frozen=True):
    """An exercise in which a right variant lost points, and why; without a reason, what the whole stopped at."""

    exercise: str
    reason: Reason | None = None
    problem: Outcome | str | None = None
    module: str = ""


class Distance(Record, frozen=True):
    """How far from the reference a right variant is in an exercise, at most; ``single``: it gave float32 or less."""

    units: float
    single: bool = False


class Escaped(Record, frozen=True):
    """A mutant of a right variant that loses no points, though other inputs tell it from right."""

    line: int
    change: str
    advice: DrawMore


class VariantMutants(Record, frozen=True):
    """Mutants of a right variant in one exercise. Of those ``made``, what no input tells from right does not count."""

    exercise: str
    made: int
    killed: int
    escaped: tuple[Escaped, ...] = ()


class Killable(NamedTuple):
    """Numbers of mutants of right variants: ``killed`` ones among those that anything tells from right."""

    made: int
    killed: int
    killable: int

    @property
    def share(self) -> float:
        """Killed ones among the killable."""
        return self.killed / self.killable if self.killable else 1.0


def killable(mutants: Iterable[VariantMutants]) -> Killable:
    """Count them."""
    mutants = list(mutants)
    killed = sum(each.killed for each in mutants)
    escaped = sum(len(each.escaped) for each in mutants)
    return Killable(sum(each.made for each in mutants), killed, killed + escaped)


class Variant(Record, frozen=True):
    """A solution that is right, and how it was graded. ``score`` is None where the grader failed."""

    name: str
    score: float | None
    max_score: float
    lost: tuple[Loss, ...] = ()
    distances: dict[str, Distance] = field(default_factory=dict)
    mutants: tuple[VariantMutants, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it got full marks."""
        return self.score is not None and self.score >= self.max_score


class Template(Record, frozen=True):
    """What a student starts from, with the points that it gets as it is, by exercise. None: the grader failed."""

    name: str
    points: dict[str, float | None]

    @property
    def scoring(self) -> dict[str, float]:
        """Exercises in which it gets points."""
        return {exercise: points for exercise, points in self.points.items() if points}


class PaidPart(Record, frozen=True):
    """A part with what it earned. ``name`` is as in :class:`~grader.records.shortcomings.UnguardedPart`."""

    exercise: str
    kind: PartKind
    name: str
    points: float
    because: str = ""


class KnowNothing(Record, frozen=True):
    """A submission that knows nothing but the shapes of results, and which parts pay it.

    ``kind`` is one of :data:`grader.mistakes.ignorance.KINDS` or the exception that it always raises. ``score`` is None
    where the grader failed.
    """

    kind: str
    score: float | None
    parts: tuple[PaidPart, ...] = ()


class Audit(Record, frozen=True):
    """All of it. The bar is reached when there are no ``failures``; ``warnings`` only ask to be read."""

    assignment: str
    title: str
    reference: str  # its file, as people name it
    bar: Bar
    exercises: tuple[ExerciseAudit, ...]
    variants: tuple[Variant, ...]
    template: Template | None
    know_nothing: tuple[KnowNothing, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warned, ...] = ()
    bank: str = ""  # SHA-256 of the bank's inputs
    version: str = ""

    @property
    def tally(self) -> Tally:
        """The numbers of all exercises together. What several of them use is counted once."""
        return tally(each_once(exercise.versions for exercise in self.exercises))

    @property
    def killable(self) -> Killable:
        """The numbers of mutants of all right variants together."""
        return killable(found for variant in self.variants for found in variant.mutants)

    @property
    def ungraded(self) -> bool:
        """Whether the grader failed at something, so that nothing is certain."""
        template = self.template.points.values() if self.template else ()
        graded = [found.score for found in self.variants] + [found.score for found in self.know_nothing]
        return None in template or None in graded
