"""How far each step of a sequence is off, as the bars of an SVG. A long one is cut to a window around its worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.report.canvas import Canvas, coordinate, window

if TYPE_CHECKING:
    from grader.report.distances import Numbers

MOST_STEPS = 60
CANVAS = Canvas(360, 146, left=60, right=346, top=24, bottom=112)

_FEW_TICKS = 8


class StepError(NamedTuple):
    """A bar: ``error`` is the largest of a step, infinite where something is no number; it stands on the axis."""

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

    @property
    def canvas(self) -> Canvas:
        """The room that it is drawn for."""
        return CANVAS


def step_errors(off: Numbers, wrong: Numbers) -> Errors:
    """The bars of how far elements are off, and which of them are wrong; steps go along the first axis."""
    off, wrong = off.reshape(len(off), -1), wrong.reshape(len(wrong), -1)
    worst = int(np.argmax(np.where(wrong, off, -1.0))) // off.shape[1]
    off, wrong = off.max(axis=1), np.asarray(wrong.any(axis=1))
    inside = window(len(off), MOST_STEPS, worst)
    finite = off[inside][np.isfinite(off[inside])]
    most = float(finite.max()) if finite.size else 0.0
    wide = (CANVAS.right - CANVAS.left) / len(inside)
    bars = []
    for place, step in enumerate(inside):
        share = 1.0 if not np.isfinite(off[step]) else off[step] / most if most else 0.0
        height = round(float(share) * (CANVAS.bottom - CANVAS.top), 1)
        bars.append(
            StepError(
                float(off[step]),
                bool(wrong[step]),
                coordinate(CANVAS.left + (place + 0.15) * wide),
                coordinate(0.7 * wide),
                height,
            )
        )
    named = inside[:: max(1, -(-len(inside) // _FEW_TICKS))]
    return Errors(
        inside[0],
        len(off),
        most,
        tuple(bars),
        tuple((step, coordinate(CANVAS.left + (step - inside[0] + 0.5) * wide)) for step in named),
    )
