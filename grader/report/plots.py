"""Pictures of an output that is wrong, as the geometry of an SVG: what numbers in a table do not show.

Along the steps of a sequence that is how far each step is off; of a long vector, what was expected and what came. A
long one is cut to a window around its worst element. Everything is bounded and nothing is text of a submission.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from grader.report.distances import distance, marked, numbers

if TYPE_CHECKING:
    from grader.report.distances import Numbers
    from grader.report.document import WrittenOutput

FEWEST_STEPS, MOST_STEPS = 3, 60
FEWEST_POINTS, MOST_POINTS = 8, 200
_FEW_TICKS = 8

WIDTH, HEIGHT = 360, 132
LEFT, RIGHT, TOP, BOTTOM = 52, 352, 24, 112  # of what is drawn between the axes


class StepError(NamedTuple):
    """A bar: ``error`` is the largest of a step, infinite where something is no number; it stands on BOTTOM."""

    error: float
    wrong: bool
    x: float
    width: float
    height: float


class Errors(NamedTuple):
    """How far each step is off, from step ``first`` on. ``most`` is the largest finite error, at the top."""

    first: int
    total: int
    most: float
    bars: tuple[StepError, ...]
    ticks: tuple[tuple[int, float], ...]  # index and x


class Curves(NamedTuple):
    """Expected and got, as the data of SVG paths, from index ``first`` on; gaps are left where something is no number.

    ``low`` and ``high`` are the values at BOTTOM and TOP; ``wrong`` counts what is marked.
    """

    first: int
    total: int
    shown: int
    low: float
    high: float
    expected: str
    got: str
    marks: tuple[tuple[float, float], ...]
    wrong: int
    first_wrong: int
    ticks: tuple[tuple[int, float], ...]


Plot: TypeAlias = Errors | Curves


def plot(output: WrittenOutput) -> Plot | None:
    """A picture of an output; None where a table says as much."""
    expected, got = numbers(output.expected), numbers(output.got)
    if expected is None or got is None or expected.shape != got.shape or output.deviation is None:
        return None
    if {expected.dtype.kind, got.dtype.kind} & {"b", "c"}:
        return None
    off = distance(expected, got)
    wrong = marked(expected.shape, output.wrong_at)
    if not wrong.any():
        return None
    worst = int(np.argmax(np.where(wrong, off, -1.0)))
    if expected.size == max(expected.shape) >= FEWEST_POINTS:
        return _curves(expected.ravel(), got.ravel(), wrong.ravel(), worst)
    if output.steps and len(expected) >= FEWEST_STEPS:
        off, wrong = off.reshape(len(off), -1), wrong.reshape(len(off), -1)
        return _errors(off.max(axis=1), np.asarray(wrong.any(axis=1)), worst // off.shape[1])
    return None


def _errors(off: Numbers, wrong: Numbers, worst: int) -> Errors:
    window = _window(len(off), MOST_STEPS, worst)
    finite = off[window][np.isfinite(off[window])]
    most = float(finite.max()) if finite.size else 0.0
    wide = (RIGHT - LEFT) / len(window)
    bars = []
    for place, step in enumerate(window):
        share = 1.0 if not np.isfinite(off[step]) else off[step] / most if most else 0.0
        height = round(float(share) * (BOTTOM - TOP), 1)
        bars.append(
            StepError(float(off[step]), bool(wrong[step]), _one(LEFT + (place + 0.15) * wide), _one(0.7 * wide), height)
        )
    ticks = tuple((step, _one(LEFT + (step - window[0] + 0.5) * wide)) for step in _ticks(window))
    return Errors(window[0], len(off), most, tuple(bars), ticks)


def _curves(expected: Numbers, got: Numbers, wrong: Numbers, worst: int) -> Curves | None:
    window = _window(len(expected), MOST_POINTS, worst)
    part = slice(window[0], window[-1] + 1)
    wanted, came, marked = expected[part].astype(float), got[part].astype(float), wrong[part]
    finite = np.concatenate([wanted, came])
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if not np.isfinite(high - low) or not finite.size:
        return None
    across = (RIGHT - LEFT) / (len(window) - 1)
    x = LEFT + across * np.arange(len(window))
    with np.errstate(all="ignore"):
        heights = [(values - low) / (high - low) if high > low else values * 0 + 0.5 for values in (wanted, came)]
        wanted_y, came_y = (BOTTOM - share * (BOTTOM - TOP) for share in heights)
    marks = tuple(
        (_one(x[place]), _one(came_y[place])) for place in np.flatnonzero(marked) if np.isfinite(came_y[place])
    )
    return Curves(
        first=window[0],
        total=len(expected),
        shown=len(window),
        low=low,
        high=high,
        expected=_path(x, wanted_y),
        got=_path(x, came_y),
        marks=marks if len(window) <= MOST_STEPS else (),
        wrong=int(marked.sum()),
        first_wrong=window[0] + int(np.argmax(marked)),
        ticks=tuple((index, _one(x[index - window[0]])) for index in _ticks(window)),
    )


def _path(x: Numbers, y: Numbers) -> str:
    """Lines through all points that are numbers."""
    pieces, pen = [], "M"
    for across, down in zip(x, y, strict=True):
        if not np.isfinite(down):
            pen = "M"
            continue
        pieces.append(f"{pen}{_one(across):g} {_one(down):g}")
        pen = "L"
    return "".join(pieces)


def _window(size: int, limit: int, target: int) -> range:
    start = min(max(0, target - limit // 2), max(0, size - limit))
    return range(start, min(size, start + limit))


def _ticks(window: range) -> range:
    """Indices to name below the axis: all where they are few."""
    return window[:: max(1, -(-len(window) // _FEW_TICKS))]


def _one(value: float) -> float:
    """A coordinate with one decimal."""
    return round(float(value), 1)
