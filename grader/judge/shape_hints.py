"""What wrong shapes are usually a sign of.

In one case much may be so: where every size is 1, a sum over everything, a missing axis and a broadcast look alike. So
what is said of an output is what is so in every case in which its shape is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from grader.records.verdict import Fault, ValueForm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.records.verdict import Comparison, Deviation, FaultName, Trial

Shape: TypeAlias = tuple[int, ...]


def shape_fault(expected: Shape, got: Shape) -> Fault:
    """The fault of an array of another shape than it should have, from this case alone."""
    return _fault(_hints(expected, got), expected, got)


def settled(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Comparisons of one output, case by case: of wrong shapes they say what is so in all of them."""
    shapes = [_shapes(each.deviation) for each in comparisons]
    found = [_hints(*both) for both in shapes if both is not None]
    if not found:
        return tuple(comparisons)
    common = [name for name in found[0] if all(name in names for names in found)]
    return tuple(
        replace(each, deviation=replace(each.deviation, fault=_fault(common, *both)))
        if each.deviation is not None and both is not None
        else each
        for each, both in zip(comparisons, shapes, strict=True)
    )


def held_against(trials: Sequence[Trial], others: Sequence[Trial]) -> tuple[Trial, ...]:
    """Trials whose wrong shapes say what is so in all of them and in ``others``; those that say so already stay."""
    by_output: dict[str, list[tuple[int, Comparison]]] = {}
    for number, trial in enumerate((*trials, *others)):
        for found in trial.comparisons:
            by_output.setdefault(found.output, []).append((number, found))
    now: dict[tuple[int, str], Comparison] = {}
    for output, those in by_output.items():
        after = settled([found for _, found in those])
        now |= {(number, output): one for (number, found), one in zip(those, after, strict=True) if one != found}
    changed = {number for number, _ in now}
    return tuple(
        replace(trial, comparisons=tuple(now.get((number, found.output), found) for found in trial.comparisons))
        if number in changed
        else trial
        for number, trial in enumerate(trials)
    )


def ambiguity(deviation: Deviation | None) -> int:
    """Of how many things a wrong shape may be a sign: the fewer they are, the better its case shows what is wrong."""
    both = _shapes(deviation)
    return 0 if both is None else len(_hints(*both))


def _shapes(deviation: Deviation | None) -> tuple[Shape, Shape] | None:
    """The shape that was expected and the one that came, of an output that is an array of another."""
    if deviation is None or deviation.path or deviation.kind != "shape":
        return None
    wanted, came = deviation.wanted, deviation.came
    return (wanted.shape, came.shape) if wanted and came and wanted.kind == came.kind == "array" else None


def _hints(expected: Shape, got: Shape) -> list[FaultName]:
    return [name for name, is_so in _HINTS.items() if is_so(expected, got)]


def _fault(names: Sequence[FaultName], expected: Shape, got: Shape) -> Fault:
    if names:
        return Fault("shape", names[0])
    if len(got) != len(expected):
        return Fault("shape", "dimensions", wanted=ValueForm("array", size=len(expected)), got=str(len(got)))
    return Fault("shape", "another")


def _became_a_number(expected: Shape, got: Shape) -> bool:
    return not got and bool(expected)


def _is_transposed(expected: Shape, got: Shape) -> bool:
    return len(expected) > 1 and got == expected[::-1]


def _same_without_ones(expected: Shape, got: Shape) -> bool:
    return tuple(size for size in got if size != 1) == tuple(size for size in expected if size != 1)


def _off_by_one(expected: Shape, got: Shape, longer: int) -> bool:
    return bool(expected and got) and got[1:] == expected[1:] and got[0] - expected[0] == longer


def _is_broadcast(expected: Shape, got: Shape) -> bool:
    """A column or a row, or a flat array, with another of its length."""
    line = len(expected) == 1 or (len(expected) == 2 and 1 in expected)
    return line and got == (max(expected), max(expected))


#: The first that is so is told.
_HINTS: Mapping[FaultName, Callable[[Shape, Shape], bool]] = {
    "ones_became_a_number": lambda expected, got: _became_a_number(expected, got) and set(expected) == {1},
    "sum_over_everything": _became_a_number,
    "transposed": _is_transposed,
    "lacks_a_one": lambda expected, got: _same_without_ones(expected, got) and len(got) < len(expected),
    "a_one_too_many": lambda expected, got: _same_without_ones(expected, got) and len(got) > len(expected),
    "ones_elsewhere": lambda expected, got: _same_without_ones(expected, got) and len(got) == len(expected),
    "no_single_number": lambda expected, got: not expected and bool(got),
    "one_step": lambda expected, got: got == expected[1:],
    "one_longer": lambda expected, got: _off_by_one(expected, got, 1),
    "one_shorter": lambda expected, got: _off_by_one(expected, got, -1),
    "broadcast": _is_broadcast,
}
