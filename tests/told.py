"""Sentences of a diagnosis, each worked out anew from what a solution gave and what was expected of it.

Nothing of the diagnosis is used here: wrong versions and the reference run again, inputs are looked at themselves.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from grader.evidence import job_of
from grader.judge.code import needed_names
from grader.judge.trials import try_cases
from grader.model import Returned
from grader.mutation import mutants
from grader.mutation.misconceptions import misconceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.laboratory import Laboratory
    from grader.model import Case, Exercise, Finding, Outcome

    Numbers = np.ndarray[Any, Any]


def holds(
    finding: Finding,
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    source: str,
    laboratory: Laboratory,
) -> bool:
    """Whether a finding says what is so. ``cases`` are all clues; ``source`` is the reference's."""
    generic = [(case, outcome) for case, outcome in zip(cases, outcomes, strict=True) if not case.origin]
    if finding.kind == "relation":
        return _relation_holds(finding, generic)
    if finding.kind == "circumstance":
        return _circumstance_holds(finding, exercise, cases, outcomes)
    if finding.kind == "probe":
        name, *inputs = finding.name.split(".")
        asked = [job_of(exercise, [_read(case, name, inputs) for case, _ in generic])]
        return _explains(finding, generic, next(laboratory.run([source], asked)))
    sources = [text for text, says in _versions(finding, exercise, source) if finding.sentence.endswith(says)]
    jobs = [job_of(exercise, [case for case, _ in generic])] * len(sources)
    return any(_explains(finding, generic, given) for given in laboratory.run(sources, jobs))


# ── known mistakes ────────────────────────────────────────────────────────────────────────────────────────────────


def _versions(finding: Finding, exercise: Exercise, source: str) -> list[tuple[str, str]]:
    if finding.kind == "misconception":
        return [(each.source, each.says) for each in misconceptions(source) if each.name == finding.name]
    made = mutants(source, needed_names(exercise))
    return [(each.source, each.sentence) for each in made if each.operator == finding.name]


def _explains(finding: Finding, generic: Sequence[tuple[Case, Outcome]], given: Sequence[Outcome]) -> bool:
    """As many cases as it says, and none of its outputs by being right."""
    returned = [
        (case.expected, outcome.outputs, _outputs(answer))
        for (case, outcome), answer in zip(generic, given, strict=True)
        if isinstance(outcome, Returned) and all(_shaped(case, outcome, output) for output in finding.outputs)
    ]
    alike = sum(all(close(have[name], answer.get(name)) for name in finding.outputs) for _, have, answer in returned)
    wrong = all(any(not close(want[name], have[name]) for want, have, _ in returned) for name in finding.outputs)
    return wrong and alike == _numbers(finding.evidence)[0]


def _numbers(text: str) -> list[int]:
    """Whole numbers that are not part of a name."""
    return [int(number) for number in re.findall(r"\d+", re.sub("`.*?`", "", text))]


def _outputs(outcome: Outcome) -> dict[str, Any]:
    return outcome.outputs if isinstance(outcome, Returned) else {}


def _shaped(case: Case, outcome: Returned, output: str) -> bool:
    return np.shape(outcome.outputs.get(output)) == np.shape(case.expected[output])


def _read(case: Case, name: str, inputs: Sequence[str]) -> Any:
    """The case with inputs that were read wrongly."""
    given = dict(case.inputs)
    half = len(inputs) // 2
    match name:
        case "ignored":
            given |= {each: 0 * np.asarray(given[each]) for each in inputs}
        case "negated":
            given |= {each: -given[each] for each in inputs}
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


def _relation_holds(finding: Finding, generic: Sequence[tuple[Case, Outcome]]) -> bool:
    pairs = {
        name: [
            (np.asarray(case.expected[name], float), np.asarray(outcome.outputs[name], float), case)
            for case, outcome in generic
            if isinstance(outcome, Returned)
        ]
        for name in finding.outputs
    }
    told = _numbers(finding.evidence)[0]
    if any(all(close(want, have) for want, have, _ in each) for each in pairs.values()):
        return False  # of what is right there is nothing to say
    if finding.name == "exchanged":
        named = re.findall("`(.*?)`", finding.sentence)
        held = dict(zip(named, reversed(named), strict=True))
        return all(close(case.expected[held[name]], have) for name in pairs for _, have, case in pairs[name])
    if finding.name.startswith("beyond"):
        low, high = (float(bound) for bound in re.findall(r"-?\d", finding.sentence)[-2:])
        inside = all(want.min() >= low and want.max() <= high for each in pairs.values() for want, _, _ in each)
        beyond = [sum(have.min() < low or have.max() > high for _, have, _ in each) for each in pairs.values()]
        return inside and set(beyond) == {told}
    together = RELATIONS.get(finding.name)
    if together is not None:
        return all(together(finding.sentence, each) and len(each) == told for each in pairs.values())
    return all(
        len(each) == told and all(EACH_CASE[finding.name](finding.sentence, *pair) for pair in each)
        for each in pairs.values()
    )


def _factor(sentence: str, want: Numbers, have: Numbers, case: Case) -> bool:
    for words, factor in (
        ("wrong sign", -1.0),
        ("twice", 2.0),
        ("half", 0.5),
        ("base 2", 1 / log(2)),
        ("base 10", 1 / log(10)),
    ):
        if words in sentence:
            return close(factor * want, have)
    size = case.sizes[sentence.split("`")[-2]]
    return close(want, have * size if "divided" in sentence else have / size)


def _length(sentence: str, want: Numbers, have: Numbers, _: Case) -> bool:
    if "lacks" in sentence:
        return close(want[1:] if "first" in sentence else want[:-1], have)
    return close(want, have[1:] if "front" in sentence else have[:-1])


def _shift(sentence: str, want: Numbers, have: Numbers, _: Case) -> bool:
    return close(want[:-1], have[1:]) if "too late" in sentence else close(want[1:], have[:-1])


def _rounded(sentence: str, want: Numbers, have: Numbers, _: Case) -> bool:
    places = int(found[0]) if (found := re.findall(r"(\d) decimals", sentence)) else int("one decimal" in sentence)
    lost = 10.0**-places / (2 if "rounded" in sentence else 1)
    return close(have, np.round(have, places)) and bool(np.all(np.abs(want - have) <= lost + 1e-9))


def _limit(_: str, pairs: Sequence[tuple[Numbers, Numbers, Case]]) -> bool:
    given = np.concatenate([have.ravel() for _, have, _ in pairs])
    cut = sum(not close(want, have) for want, have, _ in pairs)
    return cut > 2 and all(close(np.clip(want, given.min(), given.max()), have) for want, have, _ in pairs)


def _factors(pairs: Sequence[tuple[Numbers, Numbers, Case]]) -> list[float]:
    found = []
    for want, have, _ in pairs:
        place = np.unravel_index(np.argmax(np.abs(want)), want.shape)
        factor = have[place] / want[place] if want[place] else 0.0
        found.append(float(factor) if close(factor * want, have) else np.nan)
    return found


def _ordered(pairs: Sequence[tuple[Numbers, Numbers, Case]], sign: int) -> bool:
    numbers = sorted((x, sign * y) for want, have, _ in pairs for x, y in zip(want.flat, have.flat, strict=True))
    return all(one[1] <= other[1] + 1e-5 for one, other in pairwise(numbers))


EACH_CASE: Mapping[str, Callable[[str, Numbers, Numbers, Case], bool]] = {
    "factor": _factor,
    "absolute": lambda _, want, have, __: close(np.abs(want), have),
    "transposed": lambda _, want, have, __: close(want.T, have),
    "reversed": lambda _, want, have, __: close(want[::-1], have),
    "complement": lambda _, want, have, __: close(1 - want, have),
    "shift": _shift,
    "shape": lambda _, want, have, __: want.shape != have.shape and close(want.ravel(), have.ravel()),
    "length": _length,
    "rounded": _rounded,
    "zero": lambda _, want, have, __: close(np.zeros(want.shape), have),
    "nearly": lambda _, want, have, __: bool(np.abs(want - have).max() <= 0.01 * np.abs(want).max()),
}
RELATIONS: Mapping[str, Callable[[str, Sequence[tuple[Numbers, Numbers, Case]]], bool]] = {
    "limit": _limit,
    "any_factor": lambda _, pairs: not np.isnan(_factors(pairs)).any(),
    "same_factor": lambda _, pairs: bool(np.ptp(_factors(pairs)) < 1e-4),
    "rises": lambda _, pairs: _ordered(pairs, 1),
    "falls": lambda _, pairs: _ordered(pairs, -1),
}


def close(one: Any, other: Any) -> bool:
    """Whether two values are the same numbers, but for what is lost where answers are stored."""
    if np.shape(one) != np.shape(other) or other is None:
        return False
    return bool(np.allclose(one, other, rtol=2e-5, atol=2e-5))


# ── when it is right ──────────────────────────────────────────────────────────────────────────────────────────────


def _circumstance_holds(
    finding: Finding, exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]
) -> bool:
    trials = try_cases(exercise, cases, outcomes)
    wrong_in = [{name for name in exercise.outputs if name not in _right_outputs(trial)} for trial in trials]
    asked = set(finding.outputs) or set(exercise.outputs)
    right = [not (asked & names) for names in wrong_in]
    numbers = _numbers(finding.evidence)
    generic = [index for index, case in enumerate(cases) if not case.origin]
    wrong = sum(not right[index] for index in generic)
    match finding.name:
        case "right_when":
            meant = finding.sentence.partition("right whenever ")[2].removesuffix(".")
            conditions = re.split(r", | or ", meant)
            stated = [index for index, case in enumerate(cases) if any(_is_so(each, case) for each in conditions)]
            if finding.outputs:
                wrong = min(sum(name in wrong_in[index] for index in generic) for name in asked)
            return all(right[index] for index in stated) and len(stated) >= numbers[0] and wrong == numbers[1]
        case "wrong_when":
            meant = finding.sentence.partition("wrong when ")[2].removesuffix(".")
            stated = [index for index, case in enumerate(cases) if _is_so(meant, case)]
            return not any(right[index] for index in stated) and wrong == 0 and len(generic) == numbers[1]
        case "equal_sizes":
            names = re.findall("`(.*?)`", finding.sentence)
            equal = [index for index in generic if len({cases[index].sizes[name] for name in names}) == 1]
            verdicts = {right[index] for index in equal}, {right[index] for index in generic if index not in equal}
            expected = "right when" in finding.sentence
            return verdicts == ({expected}, {not expected}) and len(equal) == numbers[0]
        case "outputs":
            first, _, second = finding.sentence.partition(";")
            said = set(re.findall("`(.*?)`", second))
            measured = set().union(*(wrong_in[index] for index in generic))
            fine = set(re.findall("`(.*?)`", first))
            return said == measured and fine == set(exercise.outputs) - measured and wrong == numbers[0]
        case "steps":
            return _steps_hold(finding, [(cases[index], outcomes[index]) for index in generic], numbers[0])
    raise ValueError(finding.name)


def _right_outputs(trial: Any) -> set[str]:
    return {found.output for found in trial.comparisons if found.deviation is None}


def _is_so(condition: str, case: Case) -> bool:
    """Whether what a circumstance says is so of a case: by its inputs alone."""
    found = re.fullmatch(r"`(\w+)` (is 0|is 1|is symmetric|has one item)", condition)
    assert found, condition
    name, what = found.groups()
    match what:
        case "is 0":
            return not np.any(case.inputs[name])
        case "is 1":
            return case.sizes[name] == 1
        case "is symmetric":
            value = case.inputs[name]
            return value.shape == value.T.shape and bool(np.array_equal(value, value.T))
    return len(case.inputs[name]) == 1


def _steps_hold(finding: Finding, generic: Sequence[tuple[Case, Outcome]], told: int) -> bool:
    (output,) = re.findall("`(.*?)`", finding.sentence)
    count = 0
    for case, outcome in generic:
        want, have = case.expected[output], _outputs(outcome)[output]
        right = [bool(np.allclose(one, other, rtol=0, atol=1e-4)) for one, other in zip(want, have, strict=True)]
        if len(right) == 1 or all(right):
            continue
        count += 1
        first, last = (right[0], right[1:]), (right[-1], right[:-1])
        alone, others = first if "first step" in finding.sentence else last
        expected = "right at" in finding.sentence
        if alone != expected or set(others) != {not expected}:
            return False
    return count == told
