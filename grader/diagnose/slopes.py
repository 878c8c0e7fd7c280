"""Factors that are the slope of a sigmoid or a tanh by its value: left out, there twice, or one for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from grader.diagnose.pairs import nothing_asked, pair, same
from grader.diagnose.rows import as_numbers
from grader.records.finding import Finding, Share, Slope
from grader.records.record import Array, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.run import Outcome

LEAST = 3  # cases that must show it
How: TypeAlias = Literal["missing", "twice", "tanh_for_sigmoid", "sigmoid_for_tanh"]


class _Factors(Record, frozen=True):
    """An output, what it should be, and the two slopes by an input of its shape."""

    have: Array
    want: Array
    sigmoid: Array
    tanh: Array


def slopes(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """What is so of each output for one of the inputs, once for outputs of which the same is so."""
    alike: dict[tuple[How, int], dict[str, str]] = {}
    for output in exercise.outputs:
        given = [(case, pair(case, outcome, output, output)) for case, outcome in zip(cases, outcomes, strict=True)]
        found = [(case, each.have, each.want) for case, each in given if each is not None]
        if len(found) < LEAST or all(same(have, want) for _, have, want in found):
            continue
        for name in exercise.inputs:
            if how := _how(found, name):
                shown = len(found) + nothing_asked(cases, outcomes, output)
                alike.setdefault((how, shown), {})[output] = name
                break
    return [
        Finding(Slope(how, tuple(names.values())), Share(count, count, len(cases)), tuple(names))
        for (how, count), names in alike.items()
    ]


def _how(found: Sequence[tuple[Case, Array, Array]], name: str) -> How | None:
    factors: list[_Factors] = []
    for case, have, want in found:
        each = _factors(have, want, case, name)
        if each is None or not any(holds(each) for _, holds in _OF_GATES):  # nearly always the first of all
            return None
        factors.append(each)
    if sum(bool(each.sigmoid.any()) for each in factors) < LEAST:
        return None
    gate = all(each.sigmoid.min() >= 0.0 for each in factors)
    asked = _OF_ANY if not gate else _OF_GATES
    return next((how for how, holds in asked if all(map(holds, factors))), None)


def _factors(have: Array, want: Array, case: Case, name: str) -> _Factors | None:
    """None where the input cannot have come from either: another shape, or numbers above 1."""
    value = as_numbers(case.inputs.get(name))
    if value is None or value.dtype.kind != "f" or not value.ndim or have.shape != want.shape:
        return None
    if value.shape != want.shape or not abs(value).max() <= 1.0:
        return None
    return _Factors(have, want, value * (1.0 - value), 1.0 - value**2)


#: What may be so of a factor that is the slope of a tanh, or of a gate as well; the first that holds is told.
_OF_ANY: tuple[tuple[How, Callable[[_Factors], bool]], ...] = (
    ("missing", lambda each: same(each.have * each.tanh, each.want)),
    ("twice", lambda each: same(each.have, each.want * each.tanh)),
)
_OF_GATES: tuple[tuple[How, Callable[[_Factors], bool]], ...] = (
    ("missing", lambda each: same(each.have * each.sigmoid, each.want)),
    ("twice", lambda each: same(each.have, each.want * each.sigmoid)),
    *_OF_ANY,
    ("tanh_for_sigmoid", lambda each: same(each.have * each.sigmoid, each.want * each.tanh)),
    ("sigmoid_for_tanh", lambda each: same(each.have * each.tanh, each.want * each.sigmoid)),
)
