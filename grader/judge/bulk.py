"""What is expected of many outputs, laid out once, so that any number of submissions is held against it quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.judge import tolerance as tolerances
from grader.judge.compare import WRONG, compare, passed
from grader.judge.forms import MISSING, as_array
from grader.judge.tolerance import CALIBRATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.forms import Verdict
    from grader.judge.tolerance import Rule
    from grader.records.record import Array, Value
    from grader.records.verdict import Remark

ABSENT = object()  # in place of a value that was never set


class Sheet:
    """Expected values and, beside each, what was measured of its numbers.

    Floats lie in a row, and what is right among them is found in one sweep; whatever is not is compared by itself.
    """

    def __init__(self, expected: Sequence[Value], units: Sequence[Value], rules: Sequence[Rule]) -> None:
        """``rules`` of an exercise, one for each value: of numbers they say the same."""
        self._expected = expected
        self._units = units
        self._rules = rules
        self._floats = {
            index: array
            for index, value in enumerate(expected)
            if isinstance(value, np.ndarray | float) and (array := np.asarray(value)).dtype.kind == "f" and array.size
        }
        self._finite = {index for index, array in self._floats.items() if np.isfinite(array).all()}
        rule = rules[0] if rules else CALIBRATED
        self._row = _Row(list(self._floats.values()), [units[index] for index in self._floats], rule)

    def verdicts(self, got: Sequence[Value], *, brief: bool = False) -> list[Verdict]:
        """One verdict for each value, as :func:`~grader.judge.compare.compare` gives it.

        ``brief``: without details of floats that have their shape and are wrong, where finite ones are expected.
        """
        fitted = [_fit(want, got[index]) for index, want in self._floats.items()]
        known = {
            index: WRONG if brief and verdict is None and fit is not None and index in self._finite else verdict
            for index, fit, verdict in zip(self._floats, fitted, self._row.verdicts(fitted), strict=True)
        }
        return [
            known.get(index) or (MISSING if have is ABSENT else compare(want, have, rule, unit))
            for index, (want, have, rule, unit) in enumerate(
                zip(self._expected, got, self._rules, self._units, strict=True)
            )
        ]


class _Fit(NamedTuple):
    """A value as an array of floats, of the shape that is expected."""

    array: Array
    remarks: tuple[Remark, ...]


def _fit(expected: Array, got: Value) -> _Fit | None:
    if got is ABSENT:
        return None
    array, remarks, _ = as_array(expected, got)
    fits = array is not None and array.dtype.kind == "f" and array.shape == expected.shape
    return _Fit(array, remarks) if array is not None and fits else None


class _Row:
    """Expected floats end to end; none of the arrays is empty."""

    def __init__(self, expected: Sequence[Array], units: Sequence[Value], rule: Rule) -> None:
        self._expected = expected
        if not expected:
            return
        sizes = [array.size for array in expected]
        self._starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._want = np.concatenate([array.ravel() for array in expected])
        finite = np.where(np.isfinite(self._want), np.abs(self._want), 0.0)
        scales = np.maximum.reduceat(finite, self._starts)
        unit = np.repeat(tolerances.least_unit(scales), sizes)
        for start, size, measured in zip(self._starts, sizes, units, strict=True):
            if measured is not None:
                unit[start : start + size] = np.ravel(measured)
        self._limit = tolerances.allowed(self._want, unit, np.repeat(scales, sizes), rule)
        self._rounding = tolerances.RIGHT * unit
        self._blanks = [np.full(size, np.nan) for size in sizes]

    def verdicts(self, got: Sequence[_Fit | None]) -> list[Verdict | None]:
        """A verdict on each that is right, None for the others."""
        if not got:
            return []
        have = [blank if fit is None else fit.array.ravel() for fit, blank in zip(got, self._blanks, strict=True)]
        with np.errstate(all="ignore"):
            error = np.abs(np.concatenate(have) - self._want)
            close = np.logical_and.reduceat(error <= self._limit, self._starts)
            precise = np.logical_and.reduceat(error <= self._rounding, self._starts)
        return [
            passed(want, fit.array, fit.remarks, imprecise=not each_precise) if fit is not None and each_close else None
            for want, fit, each_close, each_precise in zip(
                self._expected, got, close.tolist(), precise.tolist(), strict=True
            )
        ]
