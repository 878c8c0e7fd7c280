"""Findings of a diagnosis, each worked out anew from what a solution gave and what was expected of it.

Nothing of the diagnosis is used here: wrong versions and the reference run again, inputs are looked at themselves.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import astuple, replace

from grader.course.misconceptions import misconceptions
from grader.course.snippet import needed_names
from grader.mistakes.mutants import mutants
from grader.records.finding import Beyond, Exchanged, Items, Shift
from grader.records.run import Returned, job_of
from tests.told_inputs import FACTS, holds_of_inputs
from tests.told_when import circumstance_holds, is_read_in_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.finding import Factor, Finding, Length, Limited, OverAxis, Rounded
    from grader.records.run import Outcome

    Numbers = np.ndarray[Any, Any]


def holds(
    finding: Finding,
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    graded: Sequence[tuple[Case, Outcome]],
    versions: Versions,
    *,
    counted: bool = True,
) -> bool:
    """Whether a finding says what is so. ``cases`` are all diagnostic ones and witnesses, ``graded`` count.

    ``counted``: the numbers of cases have to be right as well.
    """
    asked = [*zip(cases, outcomes, strict=True), *graded]
    if isinstance(finding.fact, FACTS):
        return holds_of_inputs(finding, asked, counted=counted)
    if finding.kind == "relation":
        return _relation_holds(finding, exercise, asked, counted=counted)
    if finding.kind == "circumstance":
        diagnostic = [each for each in asked if each[0].origin.kind == "diagnostic"]
        others = [each for each in asked if each[0].origin.kind != "diagnostic"]
        return circumstance_holds(finding, exercise, diagnostic, others, counted=counted)
    given = versions.answers(finding, exercise, [case for case, _ in asked])
    whole = any(_explains(finding, asked, each, counted=counted) for each in given)
    return whole or _each_explained(finding, asked, given, counted=counted)


# ── known mistakes ────────────────────────────────────────────────────────────────────────────────────────────────


class Versions:
    """What wrong versions of a reference answer to the diagnostic cases of its exercises, and to those that count.

    The same mistake is told of many solutions, so each version is asked once. Who asks less than before, without the
    last cases of an exercise, gets what was answered then.
    """

    def __init__(self, source: str, runner: VersionRunner) -> None:
        self._source = source
        self._runner = runner
        self._known: dict[tuple[str, ...], list[tuple[Outcome, ...]]] = {}
        self._made: dict[str, list[tuple[str, str, str]]] = {}

    def answers(self, finding: Finding, exercise: Exercise, cases: Sequence[Case]) -> list[tuple[Outcome, ...]]:
        """Of each version of which the finding may speak."""
        key = (exercise.id, finding.kind, finding.name, finding.fact.mistake.sentence)
        known = self._known.get(key)
        if known is None or any(len(answers) < len(cases) for answers in known):
            known = self._known[key] = list(self._answers(finding, exercise, cases))
        return [answers[: len(cases)] for answers in known]

    def _answers(self, finding: Finding, exercise: Exercise, cases: Sequence[Case]) -> Iterator[tuple[Outcome, ...]]:
        if finding.kind == "probe":
            name, *inputs = finding.name.split(".")
            sources, asked = [self._source], [_read(case, name, inputs) for case in cases]
        else:
            sources, asked = self._sources(finding, exercise), list(cases)
        return self._runner.run(sources, [job_of(exercise, asked)] * len(sources))

    def _sources(self, finding: Finding, exercise: Exercise) -> list[str]:
        told = (finding.name, finding.fact.mistake.sentence)
        known = self._misconceptions if finding.kind == "misconception" else self._mutants(exercise)
        return [source for name, says, source in known if (name, says) == told]

    @cached_property
    def _misconceptions(self) -> list[tuple[str, str, str]]:
        return [(each.name, each.says, each.source) for each in misconceptions(self._source)]

    def _mutants(self, exercise: Exercise) -> list[tuple[str, str, str]]:
        if exercise.id not in self._made:
            made = mutants(self._source, needed_names(exercise))
            self._made[exercise.id] = [(each.operator, each.sentence, each.source) for each in made]
        return self._made[exercise.id]


def _explains(
    finding: Finding, generic: Sequence[tuple[Case, Outcome]], given: Sequence[Outcome], *, counted: bool
) -> bool:
    """As many cases as it says, and none of its outputs by being right."""
    returned = [
        (case.expected, outcome.outputs, _outputs(answer))
        for (case, outcome), answer in zip(generic, given, strict=True)
        if isinstance(outcome, Returned)
        and all(_shaped(case, outcome, output) and _is_number(outcome, output) for output in finding.outputs)
    ]
    alike = sum(all(close(have[name], answer.get(name)) for name in finding.outputs) for _, have, answer in returned)
    wrong = all(any(not close(want[name], have[name]) for want, have, _ in returned) for name in finding.outputs)
    if not counted:  # what is nearly so is told where 7 of 8 cases are
        return wrong and alike >= len(returned) * (1.0 if finding.rests.shown == finding.rests.asked else 7 / 8)
    return wrong and (alike, len(returned), len(generic)) == astuple(finding.rests)


def _each_explained(
    finding: Finding, generic: Sequence[tuple[Case, Outcome]], answers: Sequence[Sequence[Outcome]], *, counted: bool
) -> bool:
    """Whether the same slip, made once for each of its outputs, gives all of them."""
    alone = [replace(finding, outputs=(output,)) for output in finding.outputs]
    return len(alone) > 1 and all(
        any(_explains(each, generic, given, counted=counted) for given in answers) for each in alone
    )


def _outputs(outcome: Outcome) -> dict[str, Any]:
    return outcome.outputs if isinstance(outcome, Returned) else {}


def _is_number(outcome: Returned, output: str) -> bool:
    found = outcome.outputs[output]
    return not any(np.isnan(each).any() for each in (found if isinstance(found, list | tuple) else [found]))


def _shaped(case: Case, outcome: Returned, output: str) -> bool:
    return np.shape(outcome.outputs.get(output)) == np.shape(case.expected[output])


def _read(case: Case, name: str, inputs: Sequence[str]) -> Any:
    """The case with inputs that were read wrongly."""
    given = dict(case.inputs)
    half = len(inputs) // 2
    match name:
        case "ignored":
            given |= {each: 0 * np.asarray(given[each]) for each in inputs}
        case "negated" | "complement":
            given |= {each: (name == "complement") - given[each] for each in inputs}
        case "transposed":
            given |= {each: given[each].T for each in inputs}
        case "reversed":
            given |= {each: given[each][::-1] for each in inputs}
        case "ahead":
            given |= {each: _rolled(given[each], 1) for each in inputs}
        case "behind":
            given |= {each: _rolled(given[each], -1) for each in inputs}
        case "exchanged":
            for one, other in zip(inputs[:half], inputs[half:], strict=True):
                given[one], given[other] = given[other], given[one]
        case "instead":
            given[inputs[0]] = given[inputs[1]]
        case _:
            raise ValueError(name)
    return replace(case, inputs=given)


def _rolled(value: Any, by: int) -> Any:
    order = [(step + by) % len(value) for step in range(len(value))]
    return [value[step] for step in order] if isinstance(value, list) else value[order]


# ── relations to the right output ─────────────────────────────────────────────────────────────────────────────────


def _relation_holds(
    finding: Finding, exercise: Exercise, generic: Sequence[tuple[Case, Outcome]], *, counted: bool
) -> bool:
    pairs = {
        name: [
            (np.asarray(case.expected[name], float), np.asarray(outcome.outputs[name], float), case)
            for case, outcome in generic
            if isinstance(outcome, Returned)
        ]
        for name in finding.outputs
    }
    fact = finding.fact

    def told(shown: int) -> bool:
        return shown == finding.rests.shown or not counted

    in_steps = isinstance(fact, Shift) and fact.along == "steps"
    if in_steps and not all(is_read_in_steps(exercise, name) for name in finding.outputs):
        return False
    finite = all(np.isfinite(have).all() for each in pairs.values() for _, have, _ in each)
    if not finite and not isinstance(fact, Beyond):
        return False
    if any(all(close(want, have) for want, have, _ in each) for each in pairs.values()):
        return False  # of what is right there is nothing to say
    if isinstance(fact, Exchanged) and fact.rest:
        return all(close(1 - case.expected[fact.other], have) for each in pairs.values() for _, have, case in each)
    if isinstance(fact, Exchanged):
        held = dict.fromkeys(finding.outputs, fact.other) | {fact.other: finding.outputs[0]}
        return all(close(case.expected[held[name]], have) for name in pairs for _, have, case in pairs[name])
    if isinstance(fact, Beyond):
        low, high = fact.low, fact.high
        inside = all(want.min() >= low and want.max() <= high for each in pairs.values() for want, _, _ in each)
        beyond = [sum(have.min() < low or have.max() > high for _, have, _ in each) for each in pairs.values()]
        return inside and all(map(told, beyond))
    if isinstance(fact, Items):
        wrong = {name: [pair for pair in each if not close(*pair[:2])] for name, each in pairs.items()}
        return all(
            told(len(each)) and all(_items(fact, want, have) for want, have, _ in each)
            for each in (pairs if fact.everywhere else wrong).values()
        )
    together = RELATIONS.get(finding.name)
    if together is not None:
        return all(together(fact, each) and told(len(each)) for each in pairs.values())
    return all(
        told(len(each)) and all(EACH_CASE[finding.name](fact, *pair) for pair in each) for each in pairs.values()
    )


def _factor(fact: Factor, want: Numbers, have: Numbers, case: Case) -> bool:
    known = {"-1": -1.0, "2": 2.0, "1/2": 0.5, "1/log 2": 1 / log(2), "1/log 10": 1 / log(10)}
    if fact.by in known:
        return close(known[fact.by] * want, have)
    size = case.sizes[fact.size]
    if fact.by == "sizes":
        return close(want * size, have * case.sizes[fact.over])
    return close(want, have * size if fact.by == "1/size" else have / size)


def _length(fact: Length, want: Numbers, have: Numbers, _: Case) -> bool:
    if fact.lacks:
        return close(want[1:] if fact.end == "first" else want[:-1], have)
    return close(want, have[1:] if fact.end == "first" else have[:-1])


def _items(fact: Items, want: Numbers, have: Numbers) -> bool:
    """Of rows, which differ by rounding at most or are others."""
    wanted, given = ([tuple(np.round(row, 4).ravel().tolist()) for row in rows] for rows in (want, have))
    once, short, long = (len(set(given)) == len(given), len(given) < len(wanted), len(given) > len(wanted))
    return {
        "should_be_empty": not wanted,
        "reversed": given == wanted[::-1],
        "late": given[1:] == wanted[:-1],
        "early": given[:-1] == wanted[1:],
        "lacks_first": given == wanted[1:],
        "lacks_last": given == wanted[:-1],
        "one_in_front": given[1:] == wanted,
        "one_at_end": given[:-1] == wanted,
        "beginning": short and wanted[: len(given)] == given,
        "end": short and wanted[len(wanted) - len(given) :] == given,
        "another_order": sorted(given) == sorted(wanted),
        "each_once": once and set(given) == set(wanted),
        "repeated": long and set(given) == set(wanted),
        "some_missing": short and _is_among(given, wanted),
        "others_among": long and _is_among(wanted, given),
    }[fact.how]


def _is_among(some: list[Any], every: list[Any]) -> bool:
    rest = iter(every)
    return all(each in rest for each in some)


def _over_axis(fact: OverAxis, want: Numbers, have: Numbers, _: Case) -> bool:
    more, less = (have, want) if fact.left_out else (want, have)
    made = {"first": lambda: np.take(more, 0, fact.axis), "last": lambda: np.take(more, -1, fact.axis)}
    return close(made[fact.how]() if fact.how in made else getattr(more, fact.how)(axis=fact.axis), less)


def _shift(fact: Shift, want: Numbers, have: Numbers, _: Case) -> bool:
    return close(want[:-1], have[1:]) if fact.late else close(want[1:], have[:-1])


def _rounded(fact: Rounded, pairs: Sequence[tuple[Numbers, Numbers, Case]]) -> bool:
    """Zeros are cut off from anything below 1: other numbers have to show it."""
    places = fact.decimals
    lost = 10.0**-places / (1 if fact.cut else 2)
    return sum(np.count_nonzero(have) for _, have, _ in pairs) > 2 and all(
        close(have, np.round(have, places)) and bool(np.all(np.abs(want - have) <= lost + 1e-9))
        for want, have, _ in pairs
    )


def _limit(_: Limited, pairs: Sequence[tuple[Numbers, Numbers, Case]]) -> bool:
    given = np.concatenate([have.ravel() for _, have, _ in pairs])
    cut = sum(not close(want, have) for want, have, _ in pairs)
    return cut > 2 and all(close(np.clip(want, given.min(), given.max()), have) for want, have, _ in pairs)


def _factors(pairs: Sequence[tuple[Numbers, Numbers, Case]]) -> list[float]:
    found = []
    for want, have, _ in pairs:
        if not want.any() and not have.any():
            continue
        place = np.unravel_index(np.argmax(np.abs(want)), want.shape)
        factor = have[place] / want[place] if want[place] else 0.0
        found.append(float(factor) if close(factor * want, have) else np.nan)
    return found


def _ordered(pairs: Sequence[tuple[Numbers, Numbers, Case]], sign: int) -> bool:
    numbers = sorted((x, sign * y) for want, have, _ in pairs for x, y in zip(want.flat, have.flat, strict=True))
    return all(one[1] <= other[1] + 1e-5 for one, other in pairwise(numbers))


EACH_CASE: Mapping[str, Callable[[Any, Numbers, Numbers, Case], bool]] = {
    "factor": _factor,
    "absolute": lambda _, want, have, __: close(np.abs(want), have),
    "transposed": lambda _, want, have, __: close(want.T, have),
    "reversed": lambda _, want, have, __: close(want[::-1], have),
    "complement": lambda _, want, have, __: close(1 - want, have),
    "logarithm": lambda _, want, have, __: close(np.log(want), have),
    "exponential": lambda _, want, have, __: close(np.exp(want), have),
    "columns": lambda fact, want, have, _: (
        close(1 + 0 * want[:, 0], want.sum(1)) and close(1.0, have.sum())
        if fact.whole
        else close(1 + 0 * have[0], have.sum(0))
    ),
    "row_factor": lambda _, want, have, __: all(
        close(row * (got @ row) / (row @ row or 1), got) for row, got in zip(want, have, strict=True)
    ),
    "shift": _shift,
    "over_axis": _over_axis,
    "shape": lambda _, want, have, __: want.shape != have.shape and close(want.ravel(), have.ravel()),
    "length": _length,
    "zero": lambda _, want, have, __: close(np.zeros(want.shape), have),
    "nearly": lambda _, want, have, __: bool(np.abs(want - have).max() <= 0.01 * np.abs(want).max()),
}
RELATIONS: Mapping[str, Callable[[Any, Sequence[tuple[Numbers, Numbers, Case]]], bool]] = {
    "limit": _limit,
    "rounded": _rounded,
    "any_factor": lambda _, pairs: not np.isnan(_factors(pairs)).any(),
    "same_factor": lambda _, pairs: bool(np.ptp(_factors(pairs)) < 1e-4),
    "rises": lambda _, pairs: _ordered(pairs, 1),
    "falls": lambda _, pairs: _ordered(pairs, -1),
}


def close(one: Any, other: Any) -> bool:
    """Whether two values are the same numbers, but for what is lost where answers are stored."""
    if np.shape(one) != np.shape(other) or other is None:
        return False
    one, other = np.asarray(one, float), np.asarray(other, float)
    with np.errstate(invalid="ignore"):  # infinities are near to themselves alone
        return bool(((one == other) | (np.abs(one - other) <= 2e-5 + 2e-5 * np.abs(other))).all())


# ── hidden cases ──────────────────────────────────────────────────────────────────────────────────────────────────


def is_contradicted(
    finding: Finding,
    exercise: Exercise,
    asked: tuple[Sequence[Case], Sequence[Outcome]],
    graded: Sequence[tuple[Case, Outcome]],
    hidden: Sequence[tuple[Case, Outcome]],
    versions: Versions,
) -> bool:
    """Whether a finding that holds of all else is false of a hidden case."""
    return not holds(finding, exercise, *asked, [*graded, *hidden], versions, counted=False)
