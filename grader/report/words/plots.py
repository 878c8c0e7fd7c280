"""What pictures show, in words: for whoever cannot see them, and as their captions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.report.curves import Curves
from grader.report.format import number
from grader.report.words.language import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.report.plots import Plot

_MOST_NAMED = 12  # steps whose error is read out one by one


def title(drawn: Plot, name: str) -> str:
    """What a picture is."""
    if isinstance(drawn, Curves):
        return f"{upwards(drawn, name)} at each {along(drawn)}: expected and got"
    return upwards(drawn, name)


def upwards(drawn: Plot, name: str) -> str:
    """What the upright axis is."""
    if isinstance(drawn, Curves):
        return f"norm of {name}" if drawn.norms else name
    return f"{name}: largest error at each time step"


def along(drawn: Plot) -> str:
    """What the level axis counts."""
    return "step" if not isinstance(drawn, Curves) or drawn.steps else "index"


def parting(drawn: Curves) -> str:
    """Beside the line at which the two part."""
    return f"first wrong: {along(drawn)} {drawn.first_wrong}"


def description(drawn: Plot) -> str:
    """What is to be seen in a picture."""
    if isinstance(drawn, Curves):
        return " ".join(_of_curves(drawn))
    if len(drawn.bars) <= _MOST_NAMED:
        return (
            f"{', '.join(f'Step {drawn.first + place}: {short(bar.error)}' for place, bar in enumerate(drawn.bars))}."
        )
    steps = [drawn.first + place for place, bar in enumerate(drawn.bars) if bar.wrong]
    wrong = f"{len(steps)} {'is' if len(steps) == 1 else 'are'} wrong, the first is step {steps[0]}"
    largest = short(max(bar.error for bar in drawn.bars))
    return f"{_part(drawn.first, len(drawn.bars), drawn.total, 'step')}; {wrong}; the largest error: {largest}."


def _of_curves(drawn: Curves) -> Iterator[str]:
    wanted, came = drawn.there
    are = "is" if drawn.wrong == 1 else "are"
    yield f"{count(drawn.total, 'step' if drawn.steps else 'number')}, of which {drawn.wrong} {are} wrong."
    yield f"The first is at {along(drawn)} {drawn.first_wrong}: {_value(wanted)} expected, {_value(came)} got."
    if drawn.missing:
        yield f"For {drawn.missing} of them no number came."
    for name, bounds in zip(("Expected", "Got"), drawn.bounds, strict=True):
        if bounds is not None:
            low, high = map(short, bounds)
            yield f"{name}: {low} throughout." if low == high else f"{name}: between {low} and {high}."
    if drawn.shown < drawn.total:
        yield f"Shown: {drawn.first} to {drawn.first + drawn.shown - 1}."


def _value(value: float | None) -> str:
    return "no number" if value is None else short(value)


def _part(first: int, shown: int, total: int, what: str) -> str:
    """So many of them, and which where that is not all."""
    return f"{total} {what}s" if shown == total else f"{what.capitalize()}s {first} to {first + shown - 1} of {total}"


def short(value: float) -> str:
    """A number with three digits."""
    return number(value, 3).removesuffix(".") if math.isfinite(value) else "not a number or infinite"
