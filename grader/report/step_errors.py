"""How far each step of a sequence is off, as the bars of an SVG. A long one is cut to a window around its worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from grader.report.distances import Numbers

MOST_STEPS = 60
WIDTH, HEIGHT = 360, 146
LEFT, RIGHT, TOP, BOTTOM = 60, 350, 24, 112  # of what is drawn between the axes

_FEW_TICKS = 8


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


def step_errors(off: Numbers, wrong: Numbers) -> Errors:
    """The bars of how far elements are off, and which of them are wrong; steps go along the first axis."""
    off, wrong = off.reshape(len(off), -1), wrong.reshape(len(wrong), -1)
    worst = int(np.argmax(np.where(wrong, off, -1.0))) // off.shape[1]
    off, wrong = off.max(axis=1), np.asarray(wrong.any(axis=1))
    window = _window(len(off), worst)
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
    named = window[:: max(1, -(-len(window) // _FEW_TICKS))]
    return Errors(
        window[0],
        len(off),
        most,
        tuple(bars),
        tuple((step, _one(LEFT + (step - window[0] + 0.5) * wide)) for step in named),
    )


def _window(size: int, target: int) -> range:
    start = min(max(0, target - MOST_STEPS // 2), max(0, size - MOST_STEPS))
    return range(start, min(size, start + MOST_STEPS))


def _one(value: float) -> float:
    """A coordinate with one decimal."""
    return round(float(value), 1)
