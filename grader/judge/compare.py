"""One output held against what was expected.

The checks come in a fixed order, and the first that fails is the verdict: presence, type, shape, dtype, finiteness,
values. Nothing is ever broadcast. What merely looks different but means the same (a list for an array, float32) passes
with a remark, and so, unless the exercise asks for precision, does what is only numerically off.
"""

from __future__ import annotations

from math import isfinite
from reprlib import Repr
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from grader.judge import tolerance as tolerances
from grader.judge.forms import RIGHT, Verdict, as_array, form, wrong_dtype, wrong_shape, wrong_type
from grader.judge.sampling import compare_draws
from grader.judge.tolerance import CALIBRATED
from grader.records.chance import Distribution
from grader.records.record import Foreign
from grader.records.verdict import Deviation, Fault, Remark, ValueForm

if TYPE_CHECKING:
    from grader.judge.tolerance import Rule
    from grader.records.record import Array, Value


WRONG = Verdict(Deviation(Fault("value", "numbers")))  # where nobody asks which of them, and by how much

_WHOLE_KINDS = "biu"
_OF_FORM = frozenset({"missing", "type", "shape", "dtype"})  # what one item has wrong, the whole need not have
MOST_KEYS = 5  # of those that are missing, and of those that should not be there, are named
_KEYS = Repr()
_KEYS.maxstring, _KEYS.maxlevel = 60, 2
_PLAIN = {"b": "bool", "i": "int", "f": "float", "c": "complex"}  # Python's own types, by NumPy's letter
_SINGLE = frozenset(map(np.dtype, ("float16", "float32", "complex64")))


def compare(expected: Value, got: Value, rule: Rule = CALIBRATED, unit: Value = None) -> Verdict:
    """Hold one value against the expected one; ``unit`` is what was measured of its numbers, if anything was."""
    if isinstance(expected, np.ndarray | np.generic | float | int | complex):
        return _numbers(np.asarray(expected), got, rule, unit)
    if isinstance(expected, list | tuple):
        return _sequence(expected, got, rule, unit)
    if isinstance(expected, dict):
        return _mapping(expected, got, rule, unit)
    if isinstance(expected, Distribution):
        return compare_draws(expected, got)
    if type(got) is not type(expected):
        return wrong_type(form(expected), got)
    if got != expected:
        wanted, came = (ValueForm("literal", repr(value)) for value in (expected, got))
        return Verdict(Deviation(Fault("value", "value"), wanted=wanted, came=came))
    return RIGHT


def wrong_elements(expected: Value, got: Value, rule: Rule = CALIBRATED, unit: Value = None) -> Array | None:
    """Which elements of a value are wrong, of lists of arrays as of one array.

    None where that cannot be said element by element: of what is no number, or has another shape.
    """
    if isinstance(expected, list | tuple):
        return _wrong_items(expected, got, rule, unit)
    if not isinstance(expected, np.ndarray | np.generic | float | int | complex):
        return None
    want = np.asarray(expected)
    array, _, _ = as_array(want, got)
    if array is None or array.shape != want.shape or wrong_dtype(want, array) is not None:
        return None
    error, limit, _ = _error_and_limit(want, array, rule, unit)
    return np.asarray(error > limit)


def _wrong_items(expected: list[Value] | tuple[Value, ...], got: Value, rule: Rule, unit: Value) -> Array | None:
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not expected or not isinstance(got, list | tuple) or len(got) != len(expected):
        return None
    units = [None] * len(expected) if unit is None else unit
    masks = [wrong_elements(want, have, rule, each) for want, have, each in zip(expected, got, units, strict=True)]
    shaped = [mask for mask in masks if mask is not None]
    alike = len(shaped) == len(masks) and len({mask.shape for mask in shaped}) == 1
    return np.stack(shaped) if alike else None


def differ(one: Value, other: Value) -> bool:
    """Whether two values can be told apart."""
    if isinstance(one, Distribution):
        return bool(one != other)
    off = _largest_difference(one, other)
    if isfinite(off):
        return bool(off > tolerances.OFF * tolerances.least_unit(tolerances.scale_of(np.asarray(one))))
    return compare(one, other).deviation is not None


def _largest_difference(one: Value, other: Value) -> float:
    """Of numbers in the same form, which most values are and many are held against each other; NaN for all else."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other)
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return np.nan
    if one.dtype != np.float64 or other.dtype != np.float64 or one.shape != other.shape or not one.size:
        return np.nan
    return float(np.abs(one - other).max())


def passed(
    expected: Array, got: Array, remarks: tuple[Remark, ...], *, imprecise: bool, of_numpy: bool = True
) -> Verdict:
    """A right value, with what there is to say about it all the same.

    Of the kind of no numbers there is nothing to say. ``of_numpy``: it came with the dtype that it has now.
    """
    if not got.size:
        return Verdict(None, remarks) if remarks else RIGHT
    if got.dtype in _SINGLE:
        return Verdict(None, (*remarks, Remark("single_precision", got=str(got.dtype))))
    if got.dtype.kind != expected.dtype.kind and expected.dtype.kind in "fib":
        name = str(got.dtype) if of_numpy else _PLAIN.get(got.dtype.kind, str(got.dtype))
        return Verdict(None, (*remarks, Remark("other_dtype", got=name, wanted=str(expected.dtype))))
    if imprecise:
        return Verdict(None, (*remarks, Remark("few_digits")))
    return Verdict(None, remarks) if remarks else RIGHT


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(expected: Array, got: Value, rule: Rule, unit: Value) -> Verdict:
    array, remarks, problem = as_array(expected, got)
    if array is None:
        return problem
    for check in (wrong_shape, wrong_dtype, _finite):
        if (deviation := check(expected, array)) is not None:
            return Verdict(deviation)
    deviation, imprecise = _values(expected, array, rule, unit)
    if deviation is not None:
        return Verdict(deviation)
    of_numpy = isinstance(got, np.ndarray | np.generic)
    return passed(expected, array, remarks, imprecise=imprecise, of_numpy=of_numpy)


def _finite(expected: Array, got: Array) -> Deviation | None:
    if got.dtype.kind not in "fc" or np.isfinite(got).all():
        return None
    nans = np.isnan(got) & ~np.isnan(expected)
    infs = np.isinf(got) & np.isfinite(expected)
    bad = nans | infs
    if not bad.any():
        return None
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    return Deviation(
        Fault("nonfinite", "nan" if not infs.any() else "infinite" if not nans.any() else "nan_or_infinite"),
        where=where,
        expected=_number(expected[where]),
        got=_number(got[where]),
        wrong=int(bad.sum()),
        total=got.size,
        nans=int(nans.sum()),
        infs=int(infs.sum()),
    )


def _values(expected: Array, got: Array, rule: Rule, unit: Value) -> tuple[Deviation | None, bool]:
    """The deviation, if any, and whether the value is numerically off."""
    if not expected.size:
        return None, False
    if expected.dtype.kind in _WHOLE_KINDS and got.dtype.kind in _WHOLE_KINDS and np.array_equal(expected, got):
        return None, False
    error, limit, measured = _error_and_limit(expected, got, rule, unit)
    with np.errstate(all="ignore"):
        wrong = error > limit
        if wrong.any():
            only_off = rule.precise and bool((error <= tolerances.OFF * measured).all())
            return _value_deviation(expected, got, error - limit, wrong, only_off=only_off), False
        return None, bool((error > tolerances.RIGHT * measured).any())


def _error_and_limit(expected: Array, got: Array, rule: Rule, unit: Value) -> tuple[Array, Array, Array]:
    """How far off each element is and may be, and what was measured of it. What is wrong is off by more."""
    want = expected.astype(np.complex128 if "c" in (expected.dtype.kind, got.dtype.kind) else np.float64)
    scale = tolerances.scale_of(want)
    measured = tolerances.least_unit(scale) if unit is None else np.asarray(unit)
    limit = tolerances.allowed(want, measured, scale, rule)
    if expected.dtype.kind == "b" or (expected.dtype.kind in "iu" and rule.tolerance is None):
        limit = np.zeros(expected.shape)
    with np.errstate(all="ignore"):
        return _error(expected, want, got), limit, measured


def _error(expected: Array, want: Array, got: Array) -> Array:
    """``|got - expected|``; ``want`` is ``expected`` in floating point."""
    if expected.dtype.kind in _WHOLE_KINDS and got.dtype.kind in _WHOLE_KINDS:
        # As Python's integers: beyond 2**53 floats merge neighbours, and a difference of int64 may overflow.
        return np.asarray(np.abs(got.astype(object) - expected.astype(object)), dtype=np.float64)
    error = np.asarray(np.abs(got.astype(want.dtype) - want))
    if np.isfinite(error).all():  # as it mostly is; then it is 0 where they are equal
        return error
    error = np.where((want == got) | (np.isnan(want) & np.isnan(got)), 0.0, error)
    return np.where(np.isnan(error), np.inf, error)


def _value_deviation(expected: Array, got: Array, excess: Array, wrong: Array, *, only_off: bool) -> Deviation:
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), excess.shape))
    cut = got.dtype.kind in "iu" and expected.dtype.kind == "f"
    off = Fault("precision", "digits") if only_off else Fault("value", "numbers")
    return Deviation(
        Fault("dtype", "cut") if cut else off,
        wanted=form(expected),
        where=where,
        expected=_number(expected[where]),
        got=_number(got[where]),
        wrong=int(wrong.sum()),
        total=expected.size,
    )


def _number(value: Any) -> float | None:
    return None if np.iscomplexobj(value) else float(value)


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────


def _sequence(expected: list[Value] | tuple[Value, ...], got: Value, rule: Rule, unit: Value) -> Verdict:
    remarks: list[Remark] = []
    if isinstance(got, np.ndarray) and got.ndim and len(got) == len(expected):
        got = list(got)
        remarks.append(Remark("is_an_array", wanted=type(expected).__name__))
    if not isinstance(got, list | tuple):
        return wrong_type(form(expected), got)
    if len(got) != len(expected):
        return Verdict(Deviation(Fault("shape", "items"), wanted=form(expected), came=form(got)))
    units = [None] * len(expected) if unit is None else unit
    verdicts: list[tuple[int | str, Verdict]] = [
        (i, compare(want, have, rule, each))
        for i, (want, have, each) in enumerate(zip(expected, got, units, strict=True))
    ]
    return _first(verdicts, remarks)


def _mapping(expected: dict[Any, Value], got: Value, rule: Rule, unit: Value) -> Verdict:
    if not isinstance(got, dict):
        return wrong_type(form(expected), got)
    absent = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if absent or (extra and not rule.extra_keys):
        fault = Fault("missing", "keys") if absent else Fault("shape", "extra_keys")
        missing, beyond = (tuple(map(_written, keys[:MOST_KEYS])) for keys in (absent, extra))
        return Verdict(Deviation(fault, keys=missing, extra=beyond, extra_keys=len(extra)))
    remarks = [Remark("extra_keys")] if extra else []
    units = unit or {}
    verdicts: list[tuple[int | str, Verdict]] = [
        (repr(key), compare(want, got[key], rule, units.get(key))) for key, want in expected.items()
    ]
    return _first(verdicts, remarks)


def _written(key: Value) -> str:
    """A key as Python writes it; a student may have chosen a long one."""
    return key.type if isinstance(key, Foreign) else _KEYS.repr(key)


def _first(verdicts: list[tuple[int | str, Verdict]], remarks: list[Remark]) -> Verdict:
    """The first that deviates, with the way to it; where none does, all that is worth a word."""
    for step, verdict in verdicts:
        if verdict.deviation is not None:
            fault = replace(verdict.deviation.fault, within=verdict.deviation.kind in _OF_FORM)
            return Verdict(replace(verdict.deviation, fault=fault, path=(step, *verdict.deviation.path)))
        remarks.extend(remark for remark in verdict.remarks if remark not in remarks)
    return Verdict(None, tuple(remarks))
