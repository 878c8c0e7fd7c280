"""Expected and got as two lines, as the geometry of an SVG: where they part, and how.

Each entry of a vector has its number, and each step of a sequence of vectors their norm. Nothing is drawn where the two
would lie on each other. What is too long is cut to a window in which they part.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.report.canvas import Canvas, coordinate, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.report.distances import Numbers

MOST_POINTS, MOST_DOTS = 200, 60
CANVAS = Canvas(360, 186, left=60, right=346, top=52, bottom=150)

_FEW_TICKS = 8  # below the axis of steps
_MOST_DIGITS = 4  # of a number beside the axis: with more of them lines are too near to each other to be drawn
_SEEN = 0.01  # of the height: less than a line is wide
_ROUND = (1, 2, 2.5, 5, 10)  # one of these times a power of ten is from one tick to the next

Point = tuple[float, float]


class Tick(NamedTuple):
    """A number beside an axis, and where."""

    text: str
    at: float


class Curves(NamedTuple):
    """Two lines from entry ``first`` on, as data of SVG paths; gaps are left where something is no number.

    ``dots``: what is wrong; ``rings``: where a number should be and none is. ``parting``: where the first that is wrong
    stands, None where that is not in sight. What follows are the figures of the whole, for who cannot see it:
    ``first_wrong`` of ``wrong`` entries, and which two numbers stand there; lowest and highest of what was expected,
    and of what came, None where that is no number at all.
    """

    steps: bool
    norms: bool
    first: int
    shown: int
    total: int
    expected: str
    got: str
    dots: tuple[Point, ...]
    rings: tuple[Point, ...]
    parting: float | None
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    wrong: int
    first_wrong: int
    there: tuple[float | None, float | None]
    missing: int
    bounds: tuple[tuple[float, float] | None, tuple[float, float] | None]

    @property
    def canvas(self) -> Canvas:
        """The room that it is drawn for."""
        return CANVAS


def curves(expected: Numbers, got: Numbers, wrong: Numbers, *, steps: bool, norms: bool) -> Curves | None:
    """The lines of two rows of numbers; None where nothing is to be seen. The shorter one ends earlier.

    ``wrong`` says it of the entries of ``expected``.
    """
    total = max(len(expected), len(got))
    wanted, came = (_extended(row, total) for row in (expected, got))
    is_wrong = np.concatenate([wrong, np.ones(total - len(wrong), bool)])
    scale = _scale(wanted, came)
    if scale is None:
        return None
    low, high, up = scale
    with np.errstate(all="ignore"):
        apart = ~(np.abs(came - wanted) < _SEEN * (high - low)) & is_wrong
    if not apart.any():
        return None
    inside = window(total, MOST_POINTS, int(np.argmax(apart)))
    part = slice(inside.start, inside.stop)
    x = np.linspace(CANVAS.left, CANVAS.right, len(inside))
    wanted_y, came_y = (_heights(row[part], low, high) for row in (wanted, came))
    few = len(inside) <= MOST_DOTS
    lost = np.isfinite(wanted) & ~np.isfinite(came)
    first_wrong = int(np.argmax(is_wrong))
    return Curves(
        steps=steps,
        norms=norms,
        first=inside.start,
        shown=len(inside),
        total=total,
        expected=_path(x, wanted_y),
        got=_path(x, came_y),
        dots=_points(x, came_y, is_wrong[part]) if few else (),
        rings=_points(x, wanted_y, lost[part]) if few else (),
        parting=coordinate(x[first_wrong - inside.start]) if first_wrong in inside else None,
        across=tuple(Tick(str(index), coordinate(x[index - inside.start])) for index in _few(inside)),
        up=up,
        wrong=int(is_wrong.sum()),
        first_wrong=first_wrong,
        there=(_finite(wanted[first_wrong]), _finite(came[first_wrong])),
        missing=int(lost.sum()),
        bounds=(_bounds(wanted), _bounds(came)),
    )


def _extended(row: Numbers, length: int) -> Numbers:
    """Floats, with NaN for what is missing or infinite."""
    found = np.full(length, np.nan)
    with np.errstate(all="ignore"):
        found[: len(row)] = row.astype(float)
    found[np.isinf(found)] = np.nan
    return found


def _scale(*rows: Numbers) -> tuple[float, float, tuple[Tick, ...]] | None:
    """The numbers at the bottom and the top, and those to name between them; None where that takes too many digits."""
    finite = np.concatenate(rows)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        room = abs(low) or 1.0
        low, high = low - room, high + room
    if not math.isfinite(high - low) or high - low < 1e-300:
        return None
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    values = [place * step for place in range(first, last + 1)]
    texts = _few_digits(values, step / 100)
    if texts is None:
        return None
    up = np.linspace(CANVAS.bottom, CANVAS.top, len(values))
    return values[0], values[-1], tuple(Tick(text, coordinate(at)) for text, at in zip(texts, up, strict=True))


def _round_step(size: float) -> float:
    """The next number of few digits that is at least so large."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(each * power for each in _ROUND if each * power >= size * (1 - 1e-9))


def _few_digits(values: Sequence[float], within: float) -> list[str] | None:
    """Numbers beside an axis, with as few digits as tell them; None where that takes too many."""
    for digits in range(1, _MOST_DIGITS + 1):
        texts = [f"{value + 0.0:.{digits}g}" for value in values]
        if all(abs(float(text) - value) < within for text, value in zip(texts, values, strict=True)):
            return [text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-") for text in texts]
    return None


def _heights(row: Numbers, low: float, high: float) -> Numbers:
    result: Numbers = CANVAS.bottom - (row - low) / (high - low) * (CANVAS.bottom - CANVAS.top)
    return result


def _path(x: Numbers, y: Numbers) -> str:
    """Lines through all points that are numbers; one that stands alone is as long as a line is wide."""
    runs: list[list[str]] = [[]]
    for across, down in zip(x, y, strict=True):
        if np.isfinite(down):
            runs[-1].append(f"{coordinate(across):g} {coordinate(down):g}")
        elif runs[-1]:
            runs.append([])
    return "".join(f"M{'L'.join(run)}{'h1.5' if len(run) == 1 else ''}" for run in runs if run)


def _points(x: Numbers, y: Numbers, where: Numbers) -> tuple[Point, ...]:
    return tuple(
        (coordinate(x[place]), coordinate(y[place])) for place in np.flatnonzero(where) if np.isfinite(y[place])
    )


def _few(inside: range) -> range:
    """Indices to name below the axis: all where they are few."""
    apart = max(1, -(-len(inside) // _FEW_TICKS))
    apart = next(each for each in (1, 2, 5, 10, 20, 25, 50) if each >= apart)
    return range(-(-inside.start // apart) * apart, inside.stop, apart)


def _bounds(row: Numbers) -> tuple[float, float] | None:
    finite = row[np.isfinite(row)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
