"""Which picture an output that is wrong gets, if any: what numbers in a table do not show.

A row of numbers, one for each step or entry, is drawn as lines: expected and got. So is a sequence of vectors, by their
norms, where these part; else that is how far each step is off. Everything is bounded and nothing is text of a
submission.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from grader.report.curves import Curves, curves
from grader.report.distances import distance, marked, numbers
from grader.report.step_errors import Errors, step_errors

if TYPE_CHECKING:
    from grader.report.distances import Numbers
    from grader.report.document import WrittenOutput

FEWEST_STEPS = 4  # of a line; fewer are read in a table
FEWEST_ENTRIES = 8  # of a vector, in which they need not have an order
FEWEST_BARS = 3

Plot: TypeAlias = Errors | Curves


def plot(output: WrittenOutput) -> Plot | None:
    """A picture of an output; None where a table says as much."""
    expected, got = numbers(output.expected), numbers(output.got)
    if expected is None or got is None or output.deviation is None or expected.shape[1:] != got.shape[1:]:
        return None
    if {expected.dtype.kind, got.dtype.kind} & {"b", "c"}:
        return None
    wrong = marked(expected.shape, output.wrong_at)
    if not wrong.any() and len(got) <= len(expected):
        return None
    if (drawn := _curves(expected, got, wrong, steps=output.steps)) is not None:
        return drawn
    if output.steps and expected.shape == got.shape and _width(expected) > 1 and len(expected) >= FEWEST_BARS:
        return step_errors(distance(expected, got), wrong)
    return None


def _curves(expected: Numbers, got: Numbers, wrong: Numbers, *, steps: bool) -> Curves | None:
    if expected.shape == got.shape and not steps and expected.ndim > 1 and expected.size == max(expected.shape):
        expected, got, wrong = expected.ravel(), got.ravel(), wrong.ravel()  # a row or a column
    longest = max(len(expected), len(got))
    if longest < (FEWEST_STEPS if steps else FEWEST_ENTRIES):
        return None
    if _width(expected) == 1:
        return curves(expected.ravel(), got.ravel(), wrong.ravel(), steps=steps, norms=False)
    if steps:
        by_step = np.asarray(wrong.reshape(len(wrong), -1).any(axis=1))
        return curves(_norms(expected), _norms(got), by_step, steps=True, norms=True)
    return None


def _width(values: Numbers) -> int:
    """How many numbers an entry has."""
    return values.size // len(values)


def _norms(values: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        result: Numbers = np.sqrt((values.reshape(len(values), -1).astype(float) ** 2).sum(axis=1))
    return result
