"""What pictures show, in words: for whoever cannot see them, and as their captions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.report.format import number
from grader.report.plots import Curves

if TYPE_CHECKING:
    from grader.report.plots import Plot

_MOST_NAMED = 12  # steps whose error is read out one by one


def title(drawn: Plot, name: str) -> str:
    """What a picture is."""
    return f"{name}: got and expected" if isinstance(drawn, Curves) else f"{name}: largest error at each time step"


def description(drawn: Plot) -> str:
    """What is to be seen in a picture."""
    if isinstance(drawn, Curves):
        wrong = f"{drawn.wrong} {'is' if drawn.wrong == 1 else 'are'} wrong, the first at index {drawn.first_wrong}"
        shown = _part(drawn.first, drawn.shown, drawn.total, "number")
        return f"{shown}, which lie between {short(drawn.low)} and {short(drawn.high)}; {wrong}."
    if len(drawn.bars) <= _MOST_NAMED:
        return (
            f"{', '.join(f'Step {drawn.first + place}: {short(bar.error)}' for place, bar in enumerate(drawn.bars))}."
        )
    steps = [drawn.first + place for place, bar in enumerate(drawn.bars) if bar.wrong]
    wrong = f"{len(steps)} {'is' if len(steps) == 1 else 'are'} wrong, the first is step {steps[0]}"
    largest = short(max(bar.error for bar in drawn.bars))
    return f"{_part(drawn.first, len(drawn.bars), drawn.total, 'step')}; {wrong}; the largest error: {largest}."


def _part(first: int, shown: int, total: int, what: str) -> str:
    """So many of them, and which where that is not all."""
    return f"{total} {what}s" if shown == total else f"{what.capitalize()}s {first} to {first + shown - 1} of {total}"


def short(value: float) -> str:
    """A number with three digits."""
    return number(value, 3).removesuffix(".") if math.isfinite(value) else "not a number or infinite"
