"""The result of an exercise as its student may know it.

It is made of what public and diagnostic cases gave and of one bit a part: whether the part earned its points. Nothing
else of a hidden case is handed to this module, so nothing else can show: not how many fail, nor which, nor how, nor
whether an earlier function is to blame. How a hidden case ends is for student code to choose, and could spell an input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.grading.reason import verdict
from grader.grading.result import counterexamples, remarks
from grader.judge.points import rule_for_all, score
from grader.records.finding import OutputsRight
from grader.records.report import ExerciseResult, HiddenFails, OnlyEarlier
from grader.records.verdict import ButFor, Unearned, WrongInHidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.grading.phase import Phase
    from grader.records.assignment import Exercise
    from grader.records.credit import CreditGroup
    from grader.records.finding import Finding
    from grader.records.run import Loaded
    from grader.records.verdict import Part, PartKey, Problem


class Told(NamedTuple):
    """What hidden cases may say of a part: whether it ``earned`` its points, and how many of them there are.

    ``failed`` is how many of them fail, in an assignment that has them counted. ``groups`` of an output that earns
    shares say the same of each group: its bit; ``paid`` is what those bits add up to.
    """

    earned: bool
    hidden: int
    failed: int | None = None
    groups: tuple[CreditGroup, ...] = ()
    paid: float = 0.0


def students_result(  # noqa: PLR0913, PLR0917 - all that a student's result may depend on, each by its name
    exercise: Exercise,
    public: Phase,
    told: Mapping[PartKey, Told],
    earned: float,
    module: str,
    loaded: Loaded,
    followed: Mapping[str, tuple[str, ...]],
    diagnosis: Sequence[Finding],
) -> ExerciseResult:
    """The result of an exercise; ``earned`` is what the parts that did add up to.

    ``followed`` are the outputs whose method was found to be right, with the earlier functions that public cases blame.
    """
    shown, _ = score(exercise, public.trials, public.raises, public.holdings, public.broken, None, public.source)
    knows = any(each.earned or each.paid for key, each in told.items() if key.kind == "output")
    told = _with_groups_that_count(told, exercise, public)
    parts = tuple(_part(part, told[part.key], followed.get(part.key.name, ()), knows=knows) for part in shown)
    wrong = frozenset(part.key.name for part in parts if part.key.kind == "output" and not part.right)
    status, reason = verdict(exercise, parts, public, HiddenFails(None) if wrong else None, module, loaded)
    nothing_to_mend = status == "right" or isinstance(reason, OnlyEarlier)  # but functions with results of their own
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        earned=earned,
        status=status,
        reason=reason,
        diagnosis=() if nothing_to_mend else tuple(finding for finding in diagnosis if not _denied(finding, wrong)),
        parts=parts,
        counterexamples=()
        if nothing_to_mend or status == "unfinished"
        else counterexamples(exercise, [public], module),
        remarks=remarks(public.trials, public.cut, wrong),
        printed=public.printed,
        source=public.source,
    )


def _with_groups_that_count(told: Mapping[PartKey, Told], exercise: Exercise, public: Phase) -> Mapping[PartKey, Told]:
    """The same without groups where a rule that is broken in public costs every share, whatever the cases show."""
    if rule_for_all(exercise, public.broken, public.source) is None:
        return told
    return {key: each._replace(groups=()) for key, each in told.items()}


def _part(public: Part, told: Told, followed: tuple[str, ...], *, knows: bool) -> Part:
    """A part by its public cases, and by the one bit of its hidden ones.

    Where a method earns the points and no public case fails, it is as good as right: that is the bit. Whether a law
    counts is for all cases to say, and so no matter of the public ones. It ``knows`` if an output earned its points.
    """
    part = replace(public, hidden=told.hidden, hidden_failed=told.failed, groups=told.groups)
    held = public.right or isinstance(public.problem, Unearned)
    if told.earned and held:
        return replace(part, earned=part.points, right=True, problem=None)
    if told.earned:
        return replace(part, earned=part.points, problem=ButFor(followed), followed=followed)
    return replace(part, earned=told.paid, right=False, problem=_lost(part, knows=knows) if held else public.problem)


def _lost(part: Part, *, knows: bool) -> Problem:
    """Why a part earns nothing that no public case speaks against: by the bits of its exercise alone."""
    if part.key.kind == "raises":  # which has no hidden cases of its own
        return Unearned(at_end=True)
    if part.key.kind == "output" or knows:
        return WrongInHidden()
    return Unearned(or_fails=part.hidden > 0)


def _denied(finding: Finding, wrong: frozenset[str]) -> bool:
    """Whether a finding calls an output right that is not, as its own part says."""
    return isinstance(finding.fact, OutputsRight) and not wrong.isdisjoint(finding.fact.right)
