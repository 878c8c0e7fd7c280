"""What a diagnosis says of an output by what an input holds, and of the items of lists, worked out anew."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.finding import AtTarget, NoEffect, NotZero, Repeated, Slope, Twin
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.bank import Case
    from grader.records.finding import Finding
    from grader.records.run import Outcome

    Numbers = np.ndarray[Any, Any]

FACTS = AtTarget | Slope | NoEffect | NotZero | Repeated | Twin


def holds_of_inputs(finding: Finding, given: Sequence[tuple[Case, Outcome]], *, counted: bool) -> bool:
    """``given`` are all cases; ``counted``: the numbers of cases have to be right as well."""
    fact = finding.fact
    everything = [(case, outcome.outputs) for case, outcome in given if isinstance(outcome, Returned)]
    match fact:
        case AtTarget():
            return all(
                _is_off_there(fact, case, have, name, in_rows=not fact.each_time)
                for case, have in everything
                for name in finding.outputs
            )
        case Slope():
            pairs = list(zip(finding.outputs, fact.inputs, strict=True))
            return all(_has_slope(fact.how, case, have, *pair) for case, have in everything for pair in pairs)
        case NoEffect():
            shown = [_stays(name, output, given) for name, output in product(fact.inputs, finding.outputs)]
            count = min(each or 0 for each in shown)
            return None not in shown and count >= 2 and (count == finding.rests.shown or not counted)
        case NotZero(name=name):
            zero = [(case, have) for case, have in everything if not np.any(_entry(case, name))]
            shown = [
                [(case.expected[each], have[each]) for case, have in zero if np.size(case.expected[each])]
                for each in finding.outputs
            ]
            told = not counted or min(map(len, shown)) == finding.rests.shown
            return told and all(
                len(each) >= 2 and all(np.any(have) and not np.any(want) for want, have in each) for each in shown
            )
        case Repeated(places=places):
            return all(_repeats(finding.outputs[0], place, everything) for place in places)
        case Twin(place=place, of=of):
            return _is_the_same(finding.outputs[0], place, of, everything)
    raise ValueError(finding.name)


def _is_off_there(fact: AtTarget, case: Case, have: dict[str, Any], output: str, *, in_rows: bool) -> bool:
    """``in_rows``: one entry of each row is named; else any number of one column or row."""
    want, named = np.asarray(case.expected[output]), case.inputs[fact.name]
    if in_rows != (want.ndim == 2 and len(want) == len(named)) and not (want.ndim == 2 and want.shape[1] == 1):
        return False
    off, marks = np.asarray(have[output]).reshape(want.shape) - want, np.zeros(want.shape)
    for row, entry in enumerate(named):
        place = (row, entry) if in_rows else (entry, 0) if want.ndim == 2 else entry
        marks[place] += fact.by / case.sizes.get(fact.size, 1)
    return bool(np.allclose(off, marks, rtol=0, atol=2e-5))


def _has_slope(how: str, case: Case, have: dict[str, Any], output: str, name: str) -> bool:
    x, want, got = case.inputs[name], case.expected[output], np.asarray(have[output])
    one, other = x - x * x, 1 - x * x
    alike = {
        "missing": [(got * one, want), (got * other, want)],
        "twice": [(got, want * one), (got, want * other)],
        "tanh_for_sigmoid": [(got * one, want * other)],
        "sigmoid_for_tanh": [(got * other, want * one)],
    }
    return got.shape == want.shape and any(np.allclose(a, b, rtol=2e-5, atol=2e-5) for a, b in alike[how])


def _stays(name: str, output: str, given: Sequence[tuple[Case, Outcome]]) -> int | None:
    """In how many cases it stays where it should move; None if it moves in one of them."""
    shown = 0
    asked = [(*each, {key: _digest(value) for key, value in each[0].inputs.items()}) for each in given]
    before = [each for each in asked if each[0].condition is None]
    zeroed = [each for each in asked if _is_zeroed(each[0], name)]
    for (case, one, after), (other, two, given_before) in product(zeroed, before):
        if {key for key, value in given_before.items() if value != after[key]} != {name.partition("[")[0]}:
            continue
        if np.allclose(case.expected[output], other.expected[output], rtol=0, atol=1e-6):
            continue
        if not (isinstance(one, Returned) and isinstance(two, Returned)):
            return None
        if not np.allclose(one.outputs[output], two.outputs[output], rtol=1e-5, atol=1e-5):
            return None
        shown += 1
    return shown


def _is_zeroed(case: Case, name: str) -> bool:
    condition = case.condition
    return (
        condition is not None and (condition.kind, condition.name) == ("zero", name) and not np.any(_entry(case, name))
    )


def _digest(value: Any) -> object:
    """What is equal for equal inputs; it takes far less than to print them."""
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else str(value)


def _entry(case: Case, name: str) -> Any:
    whole, _, key = name.partition("[")
    return case.inputs[whole][key[1:-2]] if key else case.inputs[whole]


def _at(item: Any, place: Sequence[int | str]) -> Numbers:
    for key in place:
        item = item[key]
    return np.asarray(item, float)


def _repeats(output: str, place: Sequence[int | str], everything: Sequence[tuple[Case, dict[str, Any]]]) -> bool:
    several = [(case, have) for case, have in everything if len(case.expected[output]) > 1]
    same = all(
        np.array_equal(_at(have[output][0], place), _at(item, place)) for _, have in several for item in have[output]
    )
    apart = [
        any(not np.allclose(_at(case.expected[output][0], place), _at(item, place)) for item in case.expected[output])
        for case, _ in several
    ]
    return same and sum(apart) >= 3


def _is_the_same(
    output: str, place: Sequence[int | str], of: Sequence[int | str], everything: Sequence[tuple[Case, dict[str, Any]]]
) -> bool:
    items = [item for _, have in everything for item in have[output]]
    wanted = [item for case, _ in everything for item in case.expected[output]]
    apart = sum(not np.allclose(_at(item, place), _at(item, of)) for item in wanted)
    return all(np.allclose(_at(item, place), _at(item, of)) for item in items) and apart >= 3
