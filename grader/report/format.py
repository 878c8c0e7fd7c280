"""Numbers and arrays as people read them.

Six significant digits, unless two values that differ would then look the same: see :func:`digits_apart`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.chance import Distribution, GeneratorSeed
from grader.records.record import Foreign
from grader.report.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.records.record import Value

DIGITS = 6
MOST_DIGITS = 17  # enough to tell any two float64 apart

_SHOWN_ITEMS = 24
_SHOWN_CHARACTERS = 4_000
_LISTED = 8  # names in a sentence


def points(value: float | None) -> str:
    """Points with at most two decimals; a dash for what was not graded."""
    if value is None:
        return "–"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def worth(count: float) -> str:
    """So many points."""
    return f"{points(count)} {'point' if count == 1 else 'points'}"


def counted(how_many: int, what: str) -> str:
    """So many of a thing: ``1 case``, ``2 cases``."""
    return f"{how_many} {what}" if how_many == 1 else f"{how_many} {what}s"


def percent(share: float) -> str:
    """A share with at most one decimal, only called 100 % if it is."""
    shown = f"{100 * share:.1f}".removesuffix(".0")
    return "99.9 %" if shown == "100" and share < 1 else f"{shown} %"


def listed(names: Sequence[str]) -> str:
    """Ids in a sentence, the first of them if there are many."""
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def number(value: Any, digits: int = DIGITS) -> str:
    """One element: True, 3, 0.291313, 1e-07, nan, 1+2j. A whole float keeps its point."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, complex | np.complexfloating):
        real, imag = float(value.real), float(value.imag)
        sign = "-" if math.copysign(1.0, imag) < 0 else "+"
        return f"{real:.{digits}g}{sign}{abs(imag):.{digits}g}j"
    text = f"{float(value):.{digits}g}"
    return text + "." if text.lstrip("-").isdigit() else text


def digits_apart(pairs: Iterable[tuple[Any, Any]], at_least: int = DIGITS) -> int:
    """Significant digits with which the two values of every pair print differently, if they differ at all."""
    digits = at_least
    for first, second in pairs:
        if first == second or (first != first and second != second):  # noqa: PLR0124 - NaN is what differs from itself
            continue
        while digits < MOST_DIGITS and number(first, digits) == number(second, digits):
            digits += 1
    return digits


def shape_of(value: Value) -> str:
    """What kind of value it is, in a few words: ``array (3, 1) float64``, ``list of 3``, ``float``."""
    if isinstance(value, np.ndarray):
        return f"array {value.shape} {value.dtype}"
    if isinstance(value, np.generic):
        return f"NumPy {value.dtype}"
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, GeneratorSeed):
        return "generator"
    if isinstance(value, Distribution):
        return f"{value.draws} draws"
    if isinstance(value, Foreign):
        return clean(value.type, 200)
    return "None" if value is None else type(value).__name__


def show(value: Value, digits: int = DIGITS, width: int = 76) -> str:
    """A value as text, in lines of about ``width`` characters, long ones shortened in the middle."""
    return clean(_show(value, digits, width), _SHOWN_CHARACTERS)


def _show(value: Value, digits: int, width: int) -> str:
    if isinstance(value, np.ndarray):
        return _show_array(value, digits, width)
    if isinstance(value, bool | int | float | complex | np.generic):
        return number(value, digits).removesuffix(".")
    if isinstance(value, Foreign):
        return f"<{clean(value.type, 200)}>"
    if isinstance(value, GeneratorSeed):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, Distribution):
        return _show(dict(zip(value.categories, value.probabilities, strict=True)), digits, width)
    if isinstance(value, dict):
        pairs = [f"{_show(key, digits, width)}: {_show(item, digits, width)}" for key, item in _first(value.items())]
        return _bracketed(pairs, len(value), "{}", width)
    if isinstance(value, list | tuple):
        items = [_show(item, digits, width) for item in _first(value)]
        if isinstance(value, tuple) and len(value) == 1:
            return f"({items[0]},)"
        return _bracketed(items, len(value), "()" if isinstance(value, tuple) else "[]", width)
    return repr(clean(value, 1_000)) if isinstance(value, str) else clean(repr(value), 200)


def _show_array(array: np.ndarray[Any, Any], digits: int, width: int) -> str:
    summarised = array.size > _SHOWN_ITEMS * 4
    corner = array[tuple(slice(4) if size > 7 else slice(None) for size in array.shape)] if summarised else array
    column = max((len(number(item, digits)) for item in corner.flat[:200]), default=0)
    shown = np.array2string(
        array,
        max_line_width=max(width, 20),
        threshold=_SHOWN_ITEMS * 4,
        edgeitems=3,
        separator=", ",
        formatter={"all": lambda item: number(item, digits).rjust(column)},
    )
    return shown.replace("\n\n", "\n")  # brackets tell the layers apart


def _first(items: Iterable[Any]) -> list[Any]:
    return [item for _, item in zip(range(_SHOWN_ITEMS), items, strict=False)]


def _bracketed(items: list[str], total: int, brackets: str, width: int) -> str:
    if total > len(items):
        items = [*items, f"… ({total - len(items)} more)"]
    inner = ", ".join(items)
    if "\n" in inner or len(inner) > width:
        inner = ",\n ".join(item.replace("\n", "\n ") for item in items)
    return f"{brackets[0]}{inner}{brackets[1]}"
