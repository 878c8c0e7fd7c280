"""Which elements are wrong of what is too short or too long: as far as the two go side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.judge.compare import wrong_elements
from grader.judge.forms import as_array

if TYPE_CHECKING:
    from grader.judge.tolerance import Rule
    from grader.records.record import Array, Value


def wrong_entries(expected: Value, got: Value, rule: Rule, unit: Value) -> Array | None:
    """As :func:`grader.judge.compare.wrong_elements` says it, also where ``got`` has fewer or more entries.

    Entries are what stands along the first axis, or in a list. All of one that is missing is wrong.
    """
    if isinstance(expected, list | tuple):
        is_row = isinstance(got, list | tuple) or (isinstance(got, np.ndarray) and got.ndim > 0)
        if not is_row or len(got) == len(expected):
            return wrong_elements(expected, got, rule, unit)
        units = None if unit is None else unit[: len(got)]
        return _filled(wrong_elements(expected[: len(got)], got[: len(expected)], rule, units), len(expected))
    if not isinstance(expected, np.ndarray) or expected.ndim == 0:
        return wrong_elements(expected, got, rule, unit)
    came, _, _ = as_array(expected, got)
    if came is None or came.ndim == 0 or len(came) == len(expected) or came.shape[1:] != expected.shape[1:]:
        return wrong_elements(expected, got, rule, unit)
    if came.dtype.kind not in "iuf":
        return None
    both = min(len(came), len(expected))
    found = wrong_elements(expected, np.concatenate([came[:both], expected[both:]]), rule, unit)
    return None if found is None else _filled(found[:both], len(expected))


def _filled(wrong: Array | None, length: int) -> Array | None:
    """What is said of the first entries, and that all others are wrong."""
    if wrong is None:
        return None
    missing = np.ones((max(0, length - len(wrong)), *wrong.shape[1:]), bool)
    return np.concatenate([wrong, missing])
