"""Arrays as heat-map tables: expected, got and difference beside each other, for the HTML writer.

A cell is shaded by how far it is off, and only if it is wrong. A large array is cut to a window around its worst
element. Axes of size 1 are left out where more than two axes remain: (T, H, 1) is one table of T rows, not T columns.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.report.canvas import window
from grader.report.distances import distance, marked, numbers
from grader.report.format import digits_apart, number

if TYPE_CHECKING:
    from grader.records.record import Value
    from grader.report.distances import Numbers
    from grader.report.document import WrittenDeviation

MAX_CELLS = 12  # rows and columns of a table
MAX_SLICES = 6
SHADES = 4
NO_NUMBER = "nf"  # the shade of what is NaN or infinite and should not be


class Cell(NamedTuple):
    """One element. ``shade`` is ``e1`` to ``e4``, the farther off the higher, NO_NUMBER, or empty where it is right."""

    text: str
    shade: str
    wrong: bool
    worst: bool


class Table(NamedTuple):
    """A slice of an array of at most two axes; ``indices`` is how NumPy would name it."""

    name: str  # "expected", "got" or "difference"
    indices: str
    columns: tuple[int, ...]
    rows: tuple[tuple[int | None, tuple[Cell, ...]], ...]  # with the row's index, None for a 1-D array


class ShadeKey(NamedTuple):
    """What the shades mean that the tables have: by how much at most a cell is off, None for NO_NUMBER.

    ``worst``: a cell is marked as the worst.
    """

    shades: tuple[tuple[str, float | None], ...]
    worst: bool


class Grid(NamedTuple):
    """The tables of one output, grouped by slice, and a note on what was left out; no key where there is one cell."""

    slices: tuple[tuple[Table, ...], ...]
    note: str
    key: ShadeKey | None = None


def grid(expected: Value, got: Value, deviation: WrittenDeviation | None, wrong_at: Value = None) -> Grid | None:
    """Tables of a numeric array and of what came out instead; None where tables would say nothing.

    ``wrong_at``: an array that is true where an element is wrong. Shapes that differ give tables of both without a
    difference.
    """
    first, second = numbers(expected), numbers(got)
    if first is None or (second is None and got is not None):
        return None
    if second is None or first.shape != second.shape:
        return _apart(first, second)
    error = distance(first, second)
    wrong = marked(first.shape, wrong_at)
    where = deviation.where if deviation is not None else None
    if where is not None and (len(where) != first.ndim or not np.all(np.less(where, first.shape))):
        where = None
    digits = digits_apart(islice(zip(first[wrong].flat, second[wrong].flat, strict=True), 500))
    with np.errstate(all="ignore"):
        difference = error if first.dtype == bool else second.astype(np.result_type(first, second, float)) - first
    shades, key = _shades(error, wrong)
    plain = np.zeros(first.shape, int)
    layers = [
        _Layer("expected", first, plain, digits),
        _Layer("got", second, shades, digits),
        _Layer("difference", difference, shades, 3),
    ]
    made = _tables(layers, wrong, where)
    return made._replace(key=_key(made, key)) if first.size > 1 else made


class _Layer(NamedTuple):
    name: str
    values: Numbers
    shades: Numbers  # indices of _NAMES
    digits: int


_NAMES = ("", *(f"e{shade}" for shade in range(1, SHADES + 1)), NO_NUMBER)


def _apart(first: Numbers, second: Numbers | None) -> Grid:
    """Tables of two arrays that cannot be compared element by element."""
    slices: tuple[tuple[Table, ...], ...] = ()
    notes = []
    for name, values in (("expected", first), ("got", second)):
        if values is not None:
            plain = np.zeros(values.shape, int)
            part = _tables([_Layer(name, values, plain, 6)], plain.astype(bool), None)
            slices += part.slices
            notes += [f"{name}: {part.note}"] if part.note else []
    if len(slices) == 2:  # one table each: side by side
        slices = (slices[0] + slices[1],)
    return Grid(slices, "; ".join(notes))


def _shades(error: Numbers, wrong: Numbers) -> tuple[Numbers, dict[str, float | None]]:
    """The shade of each element, and up to which error each goes: equal shares of the largest finite one."""
    finite = wrong & np.isfinite(error)
    most = float(error[finite].max()) if finite.any() else 0.0
    shades = np.zeros(error.shape, int)
    share = error[finite] / most if most else 1.0  # of whole numbers beyond 2**53 no difference may be left
    shades[finite] = np.clip(np.ceil(share * SHADES), 1, SHADES)
    shades[wrong & ~finite] = SHADES + 1
    bounds = {name: most * step / SHADES for step, name in enumerate(_NAMES[1:-1], start=1)}
    return shades, {**bounds, NO_NUMBER: None}


def _key(made: Grid, bounds: dict[str, float | None]) -> ShadeKey | None:
    """The key to what is shown; None where nothing is marked."""
    cells = [cell for tables in made.slices for table in tables for _, cells in table.rows for cell in cells]
    shown = {cell.shade for cell in cells}
    shades = tuple((name, bound) for name, bound in bounds.items() if name in shown)
    return ShadeKey(shades, worst=any(cell.worst for cell in cells)) if shades else None


def _tables(layers: list[_Layer], wrong: Numbers, where: tuple[int, ...] | None) -> Grid:
    shape = layers[0].values.shape
    target = where or (0,) * len(shape)
    shown = _shown_axes(shape)
    outer = tuple(axis for axis in range(len(shape)) if axis not in shown)
    windows = {axis: window(shape[axis], MAX_CELLS, target[axis]) for axis in shown}
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
            off = bool(wrong[at]) and layer.name != "expected"
            cells.append(Cell(text, _NAMES[layer.shades[at]], off, at == where))
        rows.append((row, tuple(cells)))
    return Table(layer.name, f"[{indices}]" if indices else "", columns, tuple(rows))
