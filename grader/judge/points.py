"""Points: which part of an exercise is worth how much, and what was earned.

Parts that name their points get them; what is left of the exercise's points is shared equally by the others. A part
is earned whole or not at all: by being right, or by the method, where only earlier functions are wrong. An output may
say that it earns shares: one for each group of cases, each whole. Whoever raises whatever is asked, or returns nothing
but zeros, meets checks and laws without knowing anything: those earn their points only beside an output that is right
in half of the cases, or earned a share, and checks only where those come to their end. Shares are exact fractions until
they are shown, rounded to two decimals.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.judge.code import literal
from grader.judge.credit import credit_of, grouped
from grader.records.credit import CreditGroup
from grader.records.run import NotRun, Returned
from grader.records.verdict import ButFor, Part, PartKey, Unearned, ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.breaches import SourceBroken
    from grader.records.holding import Holding
    from grader.records.verdict import Problem, RuleBroken, Trial

MOST_GIVEN = 60  # characters of an input that a title holds


def shares(exercise: Exercise) -> list[tuple[PartKey, Fraction]]:
    """Each part and its worth, in the order outputs, raises, properties, source."""
    parts: list[tuple[PartKey, float | None]] = [
        *((PartKey("output", name), output.points) for name, output in exercise.outputs.items()),
        *((PartKey("raises", check.error, n), check.points) for n, check in enumerate(exercise.raises, 1)),
        *((PartKey("property", check.check), check.points) for check in exercise.properties),
    ]
    if exercise.source is not None and exercise.source.points is not None:
        parts.append((PartKey("source", "source"), exercise.source.points))
    fixed = sum((exact(points) for _, points in parts if points is not None), Fraction())
    open_parts = sum(points is None for _, points in parts)
    each = (exact(exercise.points) - fixed) / open_parts if open_parts else Fraction()
    return [(key, each if points is None else exact(points)) for key, points in parts]


def title_of(exercise: Exercise, key: PartKey) -> str:
    """The author's own words for a part: why bad input is bad, a law as a sentence; empty for an output."""
    match key.kind:
        case "raises":
            return exercise.raises[key.number - 1].because
        case "property":
            return next(check.title for check in exercise.properties if check.check == key.name)
        case "source":
            return exercise.source.because if exercise.source is not None else ""
        case "output":
            return ""


def given_to(exercise: Exercise, key: PartKey) -> str:
    """The bad input of a check as code, where another one has the same words: the inputs that tell it apart."""
    if key.kind != "raises":
        return ""
    asked = exercise.raises[key.number - 1]
    if len(asked.each) > 1:  # which have words of their own
        return ""
    alike = [check for check in exercise.refusals if (check.error, check.because) == (asked.error, asked.because)]
    told = {name: literal(value) for name, value in asked.each[0].items()}
    apart = [name for name in told if any(literal(check.each[0].get(name)) != told[name] for check in alike)]
    text = ", ".join(f"{name} = {told[name]}" for name in apart)
    return text if len(text) <= MOST_GIVEN else ""


@lru_cache(maxsize=1000)
def exact(points: float) -> Fraction:
    """Points as they were written: 0.1 is one tenth."""
    return Fraction(str(points))


def rounded(points: Fraction) -> float:
    """Points as they are shown: two decimals."""
    return float(round(points, 2))


def total(points: Iterable[float]) -> float:
    """The sum of points, exact to two decimals."""
    return rounded(sum((exact(each) for each in points), Fraction()))


def score(
    exercise: Exercise,
    trials: Sequence[Trial],
    raises: Sequence[Trial],
    holdings: Sequence[Holding],
    broken: RuleBroken | SourceBroken | None = None,
    followed: Mapping[str, tuple[str, ...]] | None = None,
    source: SourceBroken | None = None,
) -> tuple[tuple[Part, ...], float]:
    """The parts with what they earned, and the exercise's sum.

    ``raises`` has one trial for each input of the exercise's checks, in order; ``holdings`` has any number for each
    property, from public and from hidden cases. ``broken`` is a rule for the exercise as a whole, and costs every
    output. ``followed`` maps outputs that are right but for earlier functions to the names of those. ``source`` is how
    the code is not written as asked: where that is a part of its own it costs that, otherwise every output as well.
    """
    broken = rule_for_all(exercise, broken, source)
    found = _Marking(exercise, trials, raises, holdings, broken, followed or {}, source)
    knows = bool(followed) or knows_something(exercise, trials)
    returns = bool(followed) or knows_something(exercise, trials, returned=True)
    parts, earned = [], Fraction()
    for key, worth in shares(exercise):
        part, paid = found.part(key, worth)
        knows = knows or (key.kind == "output" and paid > 0)  # outputs come first
        counts = {"output": True, "raises": returns, "property": knows, "source": knows}[key.kind]
        if part.right and not counts:
            problem = Unearned(at_end=key.kind == "raises")
            part, paid = replace(part, right=False, earned=0.0, problem=problem), Fraction()
        parts.append(replace(part, title=title_of(exercise, key), given=given_to(exercise, key)))
        earned += paid
    return tuple(parts), rounded(earned)


class _Marking(NamedTuple):
    """All that decides what parts earn."""

    exercise: Exercise
    trials: Sequence[Trial]
    raises: Sequence[Trial]
    holdings: Sequence[Holding]
    broken: RuleBroken | SourceBroken | None
    followed: Mapping[str, tuple[str, ...]]
    source: SourceBroken | None

    def part(self, key: PartKey, worth: Fraction) -> tuple[Part, Fraction]:
        """A part and what it earned, exactly."""
        match key.kind:
            case "output":
                return self._output(key, worth)
            case "raises":
                part = _raises(key, self._refused(key.number), worth)
            case "property":
                part = _property(key, [each for each in self.holdings if each.check == key.name], worth)
            case "source":
                part = _source(key, self.source, worth)
        return part, worth if part.right else Fraction()

    def _refused(self, number: int) -> Sequence[Trial]:
        """The trials of all inputs of a check."""
        start = sum(len(check.each) for check in self.exercise.raises[: number - 1])
        return self.raises[start : start + len(self.exercise.raises[number - 1].each)]

    def _output(self, key: PartKey, worth: Fraction) -> tuple[Part, Fraction]:
        part = _output(key, self.trials, worth, self.broken)
        if names := self.followed.get(key.name, ()):
            return replace(part, earned=part.points, problem=ButFor(names), followed=names), worth
        if credit_of(self.exercise, key.name) == "whole":
            return part, worth if part.right else Fraction()
        groups, paid = _groups(self.exercise, key.name, self.trials, worth, self.broken)
        return replace(part, earned=rounded(paid), groups=groups), paid


def _groups(
    exercise: Exercise, name: str, trials: Sequence[Trial], worth: Fraction, broken: RuleBroken | SourceBroken | None
) -> tuple[tuple[CreditGroup, ...], Fraction]:
    """Equal shares for the groups of cases, each paid whole, and only beside the first: that of ordinary cases."""
    members = grouped(exercise, trials)
    failed = {
        kind: [trial for trial in some if _output_problem(name, trial) is not None] for kind, some in members.items()
    }
    right = [kind for kind in members if not failed[kind] and broken is None]
    paid = right if right[:1] == [*members][:1] else []
    share = worth / len(members) if members else Fraction()
    found = tuple(
        CreditGroup(
            kind=kind,
            points=rounded(share),
            earned=rounded(share) if kind in paid else 0.0,
            right=kind in right,
            public=sum(trial.case.public for trial in some),
            public_failed=sum(trial.case.public for trial in failed[kind]),
            hidden=sum(not trial.case.public for trial in some),
            hidden_failed=sum(not trial.case.public for trial in failed[kind]),
        )
        for kind, some in members.items()
    )
    return found, share * len(paid)


def rule_for_all(
    exercise: Exercise, broken: RuleBroken | SourceBroken | None, source: SourceBroken | None
) -> RuleBroken | SourceBroken | None:
    """The rule that is broken and costs every output, if one is."""
    return broken or (source if exercise.source is not None and exercise.source.points is None else None)


def knows_something(exercise: Exercise, trials: Sequence[Trial], *, returned: bool = False) -> bool:
    """Whether an output is right in at least half of the cases, so that checks and laws beside it count.

    With ``returned``, in cases that came to their end: who always raises has shown nothing by raising. So it is where
    there is nothing to be right in: an exercise may have checks and laws alone.
    """
    seen = [trial for trial in trials if not returned or isinstance(trial.outcome, Returned)]
    right = (sum(_output_problem(name, trial) is None for trial in seen) for name in exercise.outputs)
    return not exercise.outputs or any(2 * count >= len(trials) for count in right)


def _output(key: PartKey, trials: Sequence[Trial], worth: Fraction, broken: RuleBroken | SourceBroken | None) -> Part:
    failing = [trial for trial in trials if _output_problem(key.name, trial) is not None]
    public = sum(trial.case.public for trial in trials)
    public_failed = sum(trial.case.public for trial in failing)
    problem = _commonest(key.name, failing) if failing else broken
    return Part(
        key=key,
        points=rounded(worth),
        earned=rounded(worth) if problem is None else 0.0,
        right=problem is None,
        public=public,
        public_failed=public_failed,
        hidden=len(trials) - public,
        hidden_failed=len(failing) - public_failed,
        problem=problem,
    )


def _commonest(name: str, failing: Sequence[Trial]) -> Problem | None:
    """What most failing cases say of an output; public ones, if any fail, because the reason comes from those."""
    tried = [trial for trial in failing if not isinstance(trial.outcome, NotRun)] or failing
    told = [trial for trial in tried if trial.case.public] or tried
    return Counter(_output_problem(name, trial) for trial in told).most_common(1)[0][0]


def _output_problem(name: str, trial: Trial) -> Problem | None:
    for comparison in trial.comparisons:
        if comparison.output == name:
            return None if comparison.deviation is None else comparison.deviation.fault
    return None if isinstance(trial.outcome, Returned) else ending(trial.outcome)


def _raises(key: PartKey, trials: Sequence[Trial], worth: Fraction) -> Part:
    failing = [trial for trial in trials if not trial.right]
    return Part(
        key=key,
        points=rounded(worth),
        earned=0.0 if failing else rounded(worth),
        right=not failing,
        public=len(trials),
        public_failed=len(failing),
        problem=failing[0].problem if failing else None,
    )


def _source(key: PartKey, source: SourceBroken | None, worth: Fraction) -> Part:
    right = source is None
    return Part(key, rounded(worth), rounded(worth) if right else 0.0, right, problem=source)


def _property(key: PartKey, holdings: Sequence[Holding], worth: Fraction) -> Part:
    problem = next((holding.problem for holding in holdings if holding.problem is not None), None)
    right = problem is None and bool(holdings)
    return Part(
        key=key,
        points=rounded(worth),
        earned=rounded(worth) if right else 0.0,
        right=right,
        public=sum(holding.public for holding in holdings),
        public_failed=sum(holding.public_failed for holding in holdings),
        hidden=sum(holding.hidden for holding in holdings),
        hidden_failed=sum(holding.hidden_failed for holding in holdings),
        problem=problem,
    )
