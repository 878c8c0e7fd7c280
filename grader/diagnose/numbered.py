"""The items of a sequence and of the right one as numbers: equal items have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from grader.diagnose.pairs import CLOSE
from grader.diagnose.rows import as_numbers, as_text

if TYPE_CHECKING:
    from grader.records.record import Array, Value

Numbers: TypeAlias = list[int]

MOST: Final = 1000  # items that are looked at


class Numbered(NamedTuple):
    """The items of an output as it should be and as it is."""

    want: Numbers
    have: Numbers


def numbered(want: Value, have: Value) -> Numbered | None:
    """Of texts their characters, of arrays their rows, of lists what they hold.

    None where these are no sequences of one kind, of rows of one shape, or hold too much, or decimals beside words.
    """
    if isinstance(want, str) != isinstance(have, str):
        return None
    rows, other_rows = _rows(want), _rows(have)
    if rows is not None and other_rows is not None:
        return _by_rows(rows, other_rows)
    items, others = _items(want), _items(have)
    if items is None or others is None:
        return None
    known: dict[str, int] = {}
    return Numbered(*([known.setdefault(text, len(known)) for text in each] for each in (items, others)))


def _rows(value: Value) -> Array | None:
    array = as_numbers(value) if isinstance(value, list | tuple | np.ndarray) else None
    return array if array is not None and array.ndim else None


def _by_rows(want: Array, have: Array) -> Numbered | None:
    """Rows that differ by rounding alone are the same."""
    if len(want) + len(have) > MOST or not (np.isfinite(want).all() and np.isfinite(have).all()):
        return None
    if not len(want) or not len(have):  # of what has no rows, nobody knows their shape
        return Numbered(list(range(len(want))), list(range(len(have))))
    if want.shape[1:] != have.shape[1:]:
        return None
    rows = np.concatenate([each.reshape(len(each), -1).astype(float) for each in (want, have)])
    steps = CLOSE * max(1.0, float(np.abs(want).max(initial=0.0)))
    if not rows.shape[1]:
        return None
    numbers = np.unique(np.round(rows / steps) + 0.0, axis=0, return_inverse=True)[1].ravel().tolist()
    return Numbered(numbers[: len(want)], numbers[len(want) :])


def _items(value: Value) -> list[str] | None:
    """What each item means, as text; None where one holds decimals, and for what is no sequence."""
    if isinstance(value, np.ndarray) and value.ndim and not len(value):
        return []
    if not isinstance(value, str | list | tuple) or len(value) > MOST:
        return None
    texts = [as_text(each) for each in value]
    return None if any(text is None for text in texts) else texts  # type: ignore[return-value]  # none of them is None
