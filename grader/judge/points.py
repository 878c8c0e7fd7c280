"""Points: which part of an exercise is worth how much, and what was earned.

Parts that name their points get them; what is left of the exercise's points is shared equally by the others. A part
is earned whole or not at all: by being right, or by the method, where only earlier functions are wrong. Shares are
exact fractions until they are shown, rounded to two decimals.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.judge.outcomes import but_for, phrase
from grader.records.run import NotRun, Returned
from grader.records.verdict import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.verdict import Holding, PartKind, Trial


def shares(exercise: Exercise) -> list[tuple[PartKind, str, Fraction]]:
    """Kind, name and worth of each part, in the order outputs, raises, properties."""
    parts: list[tuple[PartKind, str, float | None]] = [
        *(("output", name, output.points) for name, output in exercise.outputs.items()),
        *(("raises", raises_name(index), check.points) for index, check in enumerate(exercise.raises)),
        *(("property", check.check, check.points) for check in exercise.properties),
    ]
    fixed = sum((exact(points) for _, _, points in parts if points is not None), Fraction())
    open_parts = sum(points is None for _, _, points in parts)
    each = (exact(exercise.points) - fixed) / open_parts if open_parts else Fraction()
    return [(kind, name, each if points is None else exact(points)) for kind, name, points in parts]


def raises_name(index: int) -> str:
    """The name of an exercise's n-th ``raises`` part."""
    return f"raises {index + 1}"


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
    spoiled: str = "",
    followed: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[tuple[Part, ...], float]:
    """The parts with what they earned, and the exercise's sum.

    ``raises`` has one trial for each of the exercise's checks, in order; ``holdings`` has any number for each property,
    from public and from hidden cases. ``spoiled`` is a phrase for a rule that was
    broken by the exercise as a whole, and costs every output. ``followed`` maps outputs that are right but for earlier
    functions to the names of those.
    """
    parts, earned = [], Fraction()
    for kind, name, worth in shares(exercise):
        match kind:
            case "output":
                part = _but_for(_output(name, trials, worth, spoiled), (followed or {}).get(name, ()))
            case "raises":
                index = int(name.removeprefix("raises ")) - 1
                part = _raises(name, exercise, index, raises[index], worth)
            case "property":
                part = _property(name, exercise, [each for each in holdings if each.check == name], worth)
        parts.append(part)
        earned += worth if part.right or part.followed else 0
    return tuple(parts), rounded(earned)


def _output(name: str, trials: Sequence[Trial], worth: Fraction, spoiled: str) -> Part:
    failing = [trial for trial in trials if _output_problem(name, trial)]
    public = sum(trial.case.public for trial in trials)
    public_failed = sum(trial.case.public for trial in failing)
    problem = _commonest(name, failing) if failing else spoiled
    return Part(
        kind="output",
        name=name,
        title=f"`{name}`",
        points=rounded(worth),
        earned=0.0 if problem else rounded(worth),
        right=not problem,
        public=public,
        public_failed=public_failed,
        hidden=len(trials) - public,
        hidden_failed=len(failing) - public_failed,
        problem=problem,
    )


def _but_for(part: Part, names: tuple[str, ...]) -> Part:
    return replace(part, earned=part.points, problem=but_for(names), followed=names) if names else part


def _commonest(name: str, failing: Sequence[Trial]) -> str:
    """What most failing cases say of an output; public ones, if any fail, because the headline comes from those."""
    tried = [trial for trial in failing if not isinstance(trial.outcome, NotRun)] or failing
    told = [trial for trial in tried if trial.case.public] or tried
    return Counter(_output_problem(name, trial) for trial in told).most_common(1)[0][0]


def _output_problem(name: str, trial: Trial) -> str:
    if not isinstance(trial.outcome, Returned):
        return phrase(trial.outcome)
    for comparison in trial.comparisons:
        if comparison.output == name and comparison.deviation is not None:
            return comparison.deviation.summary
    return ""


def _raises(name: str, exercise: Exercise, index: int, trial: Trial, worth: Fraction) -> Part:
    check = exercise.raises[index]
    right = trial.right
    because = f": {check.because}" if check.because else ""
    return Part(
        kind="raises",
        name=name,
        title=f"raises {check.error}{because}",
        points=rounded(worth),
        earned=rounded(worth) if right else 0.0,
        right=right,
        public=1,
        public_failed=0 if right else 1,
        problem=trial.problem,
    )


def _property(name: str, exercise: Exercise, holdings: Sequence[Holding], worth: Fraction) -> Part:
    check = next(check for check in exercise.properties if check.check == name)
    problem = next((holding.problem for holding in holdings if holding.problem), "")
    right = not problem and bool(holdings)
    return Part(
        kind="property",
        name=name,
        title=check.title,
        points=rounded(worth),
        earned=rounded(worth) if right else 0.0,
        right=right,
        public=sum(holding.public for holding in holdings),
        public_failed=sum(holding.public_failed for holding in holdings),
        hidden=sum(holding.hidden for holding in holdings),
        hidden_failed=sum(holding.hidden_failed for holding in holdings),
        problem=problem,
    )
