"""Arrays as heat-map tables: expected, got and difference beside each other, for the HTML writer.

A large array is cut to a window around its worst element. Axes of size 1 are left out where more than two axes remain,
so that (T, H, 1) is one table of T rows instead of T columns.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from grader.records.values import NUMBER_KINDS, stacked
from grader.report.format import digits_apart, number

if TYPE_CHECKING:
    from grader.records.record import Value
    from grader.records.verdict import Deviation

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[Any]]

MAX_CELLS = 12  # rows and columns of a table
MAX_SLICES = 6
_STEPS = 4  # shades of a colour


class Cell(NamedTuple):
    """One element. ``tint`` is a shade: ``p1`` to ``p4`` above 0, ``n1`` to ``n4`` below, ``d1`` to ``d4`` of error."""

    text: str
    tint: str
    wrong: bool
    worst: bool


class Table(NamedTuple):
    """A slice of an array of at most two axes; ``indices`` is how NumPy would name it."""

    name: str  # "expected", "got" or "difference"
    indices: str
    columns: tuple[int, ...]
    rows: tuple[tuple[int | None, tuple[Cell, ...]], ...]  # with the row's index, None for a 1-D array


class Grid(NamedTuple):
    """The tables of one output, grouped by slice, and a note on what was left out."""

    slices: tuple[tuple[Table, ...], ...]
    note: str


def grid(expected: Value, got: Value, deviation: Deviation | None) -> Grid | None:
    """Tables of a numeric array and of what came out instead; None where tables would say nothing.

    Shapes that differ give tables of both without a difference.
    """
    first, second = _numbers(expected), _numbers(got)
    if first is None or (second is None and got is not None):
        return None
    if second is None or first.shape != second.shape:
        return _apart(first, second)
    error = _distance(first, second)
    wrong = _wrong(error, deviation)
    where = deviation.where if deviation is not None else None
    if where is not None and (len(where) != first.ndim or not np.all(np.less(where, first.shape))):
        where = None
    digits = digits_apart(islice(zip(first[wrong].flat, second[wrong].flat, strict=True), 500))
    with np.errstate(all="ignore"):
        difference = error if first.dtype == bool else second.astype(np.result_type(first, second, float)) - first
    layers = [
        _Layer("expected", first, _signed(first), digits),
        _Layer("got", second, _signed(second), digits),
        _Layer("difference", difference, _shades(error, "d"), 3),
    ]
    return _tables(layers, wrong, where)


class _Layer(NamedTuple):
    name: str
    values: Numbers
    tints: Numbers  # of text
    digits: int


def _numbers(value: Value) -> Numbers | None:
    """The value as an array of numbers with at least one axis and one element, if it is one."""
    if isinstance(value, list | tuple):
        value = stacked(value)
    if not isinstance(value, np.ndarray) or value.ndim == 0 or value.size == 0 or value.dtype.kind not in NUMBER_KINDS:
        return None
    return value


def _apart(first: Numbers, second: Numbers | None) -> Grid:
    """Tables of two arrays that cannot be compared element by element."""
    slices: tuple[tuple[Table, ...], ...] = ()
    notes = []
    for name, values in (("expected", first), ("got", second)):
        if values is not None:
            layer = _Layer(name, values, _signed(values), 6)
            part = _tables([layer], np.zeros(values.shape, bool), None)
            slices += part.slices
            notes += [f"{name}: {part.note}"] if part.note else []
    if len(slices) == 2:  # one table each: side by side
        slices = (slices[0] + slices[1],)
    return Grid(slices, "; ".join(notes))


def _distance(first: Numbers, second: Numbers) -> Numbers:
    """|got - expected|, infinite where only one of the two is a number or they are different infinities."""
    kind = np.result_type(first, second, float)
    with np.errstate(all="ignore"):
        a, b = first.astype(kind), second.astype(kind)
        distance = np.abs(b - a)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
    result: Numbers = np.where(same, 0.0, np.where(np.isnan(distance), np.inf, distance))
    return result


def _wrong(distance: Numbers, deviation: Deviation | None) -> Numbers:
    """Which elements are wrong: as many as the deviation counted, those farthest off."""
    count = deviation.wrong if deviation is not None else 0
    mask: Numbers = np.zeros(distance.shape, bool)
    if count:
        farthest = np.argsort(-distance, axis=None, kind="stable")[:count]
        mask.flat[farthest] = True
        mask &= distance > 0
    return mask


def _signed(values: Numbers) -> Numbers:
    """Shades by size and sign, relative to the largest finite element."""
    real = values.real.astype(float)
    return np.where(real < 0, _shades(real, "n"), _shades(real, "p"))


def _shades(values: Numbers, letter: str) -> Numbers:
    size = np.abs(values.astype(float))
    finite = size[np.isfinite(size)]
    most = float(finite.max()) if finite.size else 0.0
    with np.errstate(all="ignore"):
        step = np.where(np.isfinite(size), np.ceil(size / most * _STEPS) if most > 0 else 0.0, float(_STEPS))
    names = np.array(["", *(f"{letter}{shade}" for shade in range(1, _STEPS + 1))])
    result: Numbers = names[step.astype(int)]
    return result


def _tables(layers: list[_Layer], wrong: Numbers, where: tuple[int, ...] | None) -> Grid:
    shape = layers[0].values.shape
    target = where or (0,) * len(shape)
    shown = _shown_axes(shape)
    outer = tuple(axis for axis in range(len(shape)) if axis not in shown)
    windows = {axis: _window(shape[axis], MAX_CELLS, target[axis]) for axis in shown}
    outer_sizes = tuple(shape[axis] for axis in outer)
    slices = []
    for position in _positions(outer_sizes, tuple(target[axis] for axis in outer)):
        fixed = dict(zip(outer, position, strict=True))
        slices.append(tuple(_table(layer, wrong, where, fixed, windows) for layer in layers))
    all_slices = int(np.prod(outer_sizes, dtype=np.int64))
    cut = [axis for axis in shown if shape[axis] > MAX_CELLS]
    note = []
    if len(slices) < all_slices:
        note.append(f"{len(slices)} of {all_slices} slices shown")
    if cut:
        note.append("part of each shown: " + ", ".join(f"{len(windows[axis])} of {shape[axis]}" for axis in cut))
    return Grid(tuple(slices), "; ".join(note))


def _shown_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The last two axes that are worth a table."""
    axes = list(range(len(shape)))
    for axis in reversed(range(len(shape))):
        if len(axes) > 2 and shape[axis] == 1:
            axes.remove(axis)
    return tuple(axes[-2:])


def _window(size: int, limit: int, target: int) -> range:
    """At most ``limit`` indices below ``size`` that hold ``target``."""
    start = min(max(0, target - limit // 2), max(0, size - limit))
    return range(start, min(size, start + limit))


def _positions(sizes: tuple[int, ...], target: tuple[int, ...]) -> list[tuple[int, ...]]:
    """At most MAX_SLICES positions on the outer axes, ``target`` among them, in order."""
    first = list(islice(np.ndindex(*sizes), MAX_SLICES))
    return first if target in first else [*first[:-1], target]


def _table(
    layer: _Layer,
    wrong: Numbers,
    where: tuple[int, ...] | None,
    fixed: dict[int, int],
    windows: dict[int, range],
) -> Table:
    axes = sorted(windows)
    whole = len(axes) == layer.values.ndim
    indices = (
        "" if whole else ", ".join(str(fixed[axis]) if axis in fixed else ":" for axis in range(layer.values.ndim))
    )
    columns = tuple(windows[axes[-1]])
    rows = []
    for row in windows[axes[0]] if len(axes) == 2 else (None,):
        cells = []
        for column in columns:
            inner = {axes[-1]: column} if row is None else {axes[0]: row, axes[1]: column}
            at = tuple((fixed | inner)[axis] for axis in range(layer.values.ndim))
            text = number(layer.values[at], layer.digits).removesuffix(".")
            cells.append(Cell(text, str(layer.tints[at]), bool(wrong[at]), at == where))
        rows.append((row, tuple(cells)))
    return Table(layer.name, f"[{indices}]" if indices else "", columns, tuple(rows))
