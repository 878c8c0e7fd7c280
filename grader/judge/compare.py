"""One output held against what was expected.

The checks come in a fixed order, and the first that fails is the verdict: presence, type, shape, dtype, finiteness,
values. Nothing is ever broadcast. What merely looks different but means the same (a list for an array, float32) passes
with a remark, and so, unless the exercise asks for precision, does what is only numerically off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.judge import tolerance as tolerances
from grader.judge.shape_hints import shape_hint
from grader.judge.tolerance import CALIBRATED
from grader.records.record import Foreign
from grader.records.values import NUMBER_KINDS, stacked
from grader.records.verdict import Deviation

if TYPE_CHECKING:
    from grader.judge.tolerance import Rule
    from grader.records.record import Array, Value
    from grader.records.verdict import DeviationKind


class Verdict(NamedTuple):
    """``deviation`` is None when the value is right."""

    deviation: Deviation | None = None
    remarks: tuple[str, ...] = ()


RIGHT = Verdict()
MISSING = Verdict(Deviation(kind="missing", summary="was never set"))

_WHOLE_KINDS = "biu"
_SINGLE = frozenset(map(np.dtype, ("float16", "float32", "complex64")))
_WORDS = {"b": "True/False values", "i": "whole numbers", "u": "whole numbers", "f": "decimals", "c": "complex numbers"}


def compare(expected: Value, got: Value, rule: Rule = CALIBRATED, unit: Value = None) -> Verdict:
    """Hold one value against the expected one; ``unit`` is what was measured of its numbers, if anything was."""
    if isinstance(expected, np.ndarray | np.generic | float | int | complex):
        return _numbers(np.asarray(expected), got, rule, unit)
    if isinstance(expected, list | tuple):
        return _sequence(expected, got, rule, unit)
    if isinstance(expected, dict):
        return _mapping(expected, got, rule, unit)
    if type(got) is not type(expected):
        return _type(f"{describe(expected)}", got)
    if got != expected:
        return Verdict(
            Deviation(kind="value", summary="is not the expected one", detail=f"expected {expected!r}, got {got!r}")
        )
    return RIGHT


def passed(expected: Array, got: Array, remarks: tuple[str, ...], *, imprecise: bool) -> Verdict:
    """A right value, with what there is to say about it all the same."""
    if got.dtype in _SINGLE:
        return Verdict(None, (*remarks, f"computed in {got.dtype}: float64 keeps more digits"))
    if got.dtype.kind != expected.dtype.kind and expected.dtype.kind in "fib":
        kinds = f"holds {_WORDS[got.dtype.kind]} ({got.dtype}) where {_WORDS[expected.dtype.kind]} are meant"
        return Verdict(None, (*remarks, kinds))
    if imprecise:
        return Verdict(None, (*remarks, "agrees to fewer digits than float64 has"))
    return Verdict(None, remarks) if remarks else RIGHT


def describe(value: Value) -> str:
    """What a value is, in a few words that hold none of its numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Foreign):
        return value.type
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | float | complex | np.number):
        return "a single number"
    if isinstance(value, str):
        return "text"
    if value is None:
        return "None"
    return f"a {type(value).__name__} of {len(value)}"


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(expected: Array, got: Value, rule: Rule, unit: Value) -> Verdict:
    array, remarks, problem = as_array(expected, got)
    if array is None:
        return problem
    for check in (_shape, _dtype, _finite):
        if (deviation := check(expected, array)) is not None:
            return Verdict(deviation)
    deviation, imprecise = _values(expected, array, rule, unit)
    return passed(expected, array, remarks, imprecise=imprecise) if deviation is None else Verdict(deviation)


def as_array(expected: Array, got: Value) -> tuple[Array | None, tuple[str, ...], Verdict]:
    """The value as an array with remarks, or None and the verdict."""
    wanted = f"an array of shape {expected.shape}" if expected.shape else "a single number"
    if isinstance(got, np.ndarray):
        if got.shape == () == expected.shape:
            return got, ("is a 0-d array where a plain number is meant",), RIGHT
        return got, (), RIGHT
    if isinstance(got, np.generic | bool | int | float | complex):
        return np.asarray(got), (), RIGHT
    if isinstance(got, list | tuple):
        array = stacked(got)
        kind = type(got).__name__
        if array is not None and array.shape == expected.shape:
            return array, (f"is a {kind} where an array is meant",), RIGHT
        if isinstance(got, tuple) and got and not isinstance(got[0], list | tuple):
            first, remarks, _ = as_array(expected, got[0])
            if first is not None and first.shape == expected.shape:
                return first, (*remarks, "came as the first of several values; the others were not needed"), RIGHT
        if array is not None and expected.shape:
            return array, (f"is a {kind} where an array is meant",), RIGHT
    return None, (), _type(wanted, got)


def _type(wanted: str, got: Value) -> Verdict:
    if got is None:
        return Verdict(
            Deviation(
                kind="type",
                summary="is None: a function that ends without return gives None",
                detail=f"expected {wanted}, got None",
            )
        )
    kind = _builtin(got.type if isinstance(got, Foreign) else type(got).__name__)
    safe = "an array" if wanted.startswith("an array") else wanted
    return Verdict(
        Deviation(
            kind="type",
            summary=f"has the type {kind} instead of {safe}" if kind else f"is not {safe}",
            detail=f"expected {wanted}, got {describe(got)}",
        )
    )


#: Types that a verdict may name. Any other name was chosen by student code and could carry a hidden input.
_NAMED = frozenset(
    {"list", "tuple", "dict", "str", "set", "function", "generator", "numpy.matrix", "numpy.MaskedArray"}
    | {"array of objects (dtype=object)"}
)


def _builtin(kind: str) -> str:
    return kind if kind in _NAMED else ""


def _shape(expected: Array, got: Array) -> Deviation | None:
    if got.shape == expected.shape:
        return None
    hint = shape_hint(expected.shape, got.shape)
    return Deviation(
        kind="shape",
        summary=hint or "has another shape than it should",
        detail=f"expected shape {expected.shape}, got {got.shape}",
    )


def _dtype(expected: Array, got: Array) -> Deviation | None:
    want, have = expected.dtype.kind, got.dtype.kind
    if have not in NUMBER_KINDS or (have == "c" and want != "c") or (have == "b" and want != "b"):
        return Deviation(
            kind="dtype",
            summary=f"holds {_WORDS.get(have, 'no numbers')} instead of {_WORDS[want]}",
            detail=f"expected dtype {expected.dtype}, got {got.dtype}",
        )
    return None


def _finite(expected: Array, got: Array) -> Deviation | None:
    if got.dtype.kind not in "fc":
        return None
    nans = np.isnan(got) & ~np.isnan(expected)
    infs = np.isinf(got) & np.isfinite(expected)
    bad = nans | infs
    if not bad.any():
        return None
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    number, share = int(bad.sum()), f"{int(bad.sum())} of {got.size}"
    what = "NaN" if not infs.any() else "infinite" if not nans.any() else "NaN or infinite"
    return Deviation(
        kind="nonfinite",
        summary=f"holds {what} values: an overflow, a division by zero or a logarithm of zero does this",
        detail=f"{share} elements are {what}",
        where=where,
        expected=_number(expected[where]),
        got=_number(got[where]),
        wrong=number,
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
    want = expected.astype(np.complex128 if "c" in (expected.dtype.kind, got.dtype.kind) else np.float64)
    scale = tolerances.scale_of(want)
    measured = tolerances.least_unit(scale) if unit is None else np.asarray(unit)
    limit = tolerances.allowed(want, measured, scale, rule)
    with np.errstate(all="ignore"):
        error = _error(expected, want, got)
        if expected.dtype.kind == "b" or (expected.dtype.kind in "iu" and rule.tolerance is None):
            limit = np.zeros(expected.shape)
        wrong = error > limit
        if wrong.any():
            only_off = rule.precise and bool((error <= tolerances.OFF * measured).all())
            return _value_deviation(expected, got, error - limit, wrong, only_off=only_off), False
        return None, bool((error > tolerances.RIGHT * measured).any())


def _error(expected: Array, want: Array, got: Array) -> Array:
    """``|got - expected|``; ``want`` is ``expected`` in floating point."""
    if expected.dtype.kind in _WHOLE_KINDS and got.dtype.kind in _WHOLE_KINDS:
        # As Python's integers: beyond 2**53 floats merge neighbours, and a difference of int64 may overflow.
        return np.asarray(np.abs(got.astype(object) - expected.astype(object)), dtype=np.float64)
    error = np.abs(got.astype(want.dtype) - want)
    error = np.where((want == got) | (np.isnan(want) & np.isnan(got)), 0.0, error)
    return np.where(np.isnan(error), np.inf, error)


def _value_deviation(expected: Array, got: Array, excess: Array, wrong: Array, *, only_off: bool) -> Deviation:
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), excess.shape))
    number = int(wrong.sum())
    cut = got.dtype.kind in "iu" and expected.dtype.kind == "f"
    kind: DeviationKind = "dtype" if cut else "precision" if only_off else "value"
    return Deviation(
        kind=kind,
        summary=_SUMMARIES[kind],
        detail=f"{number} of {expected.size} elements differ" if expected.shape else "the number differs",
        where=where,
        expected=_number(expected[where]),
        got=_number(got[where]),
        wrong=number,
        total=expected.size,
    )


_SUMMARIES: dict[DeviationKind, str] = {
    "dtype": "holds whole numbers: the decimals were cut off",
    "precision": "has too few right digits: float32, an added epsilon or rounding does this",
    "value": "has wrong values",
}


def _number(value: Any) -> float | None:
    return None if np.iscomplexobj(value) else float(value)


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────


def _sequence(expected: list[Value] | tuple[Value, ...], got: Value, rule: Rule, unit: Value) -> Verdict:
    remarks: list[str] = []
    if isinstance(got, np.ndarray) and got.ndim and len(got) == len(expected):
        got = list(got)
        remarks.append(f"is an array where a {type(expected).__name__} is meant")
    if not isinstance(got, list | tuple):
        return _type(describe(expected), got)
    if len(got) != len(expected):
        return Verdict(
            Deviation(
                kind="shape",
                summary="has another number of items than it should",
                detail=f"expected {len(expected)} items, got {len(got)}",
            )
        )
    units = [None] * len(expected) if unit is None else unit
    verdicts = [
        (f"item {i}", compare(want, have, rule, each))
        for i, (want, have, each) in enumerate(zip(expected, got, units, strict=True))
    ]
    return _first(verdicts, remarks)


def _mapping(expected: dict[Any, Value], got: Value, rule: Rule, unit: Value) -> Verdict:
    if not isinstance(got, dict):
        return _type(describe(expected), got)
    absent = [key for key in expected if key not in got]
    if absent:
        return Verdict(
            Deviation(
                kind="missing",
                summary="lacks keys that it should have",
                detail=f"missing keys: {', '.join(map(repr, absent[:5]))}",
            )
        )
    extra = [key for key in got if key not in expected]
    remarks = ["has keys beyond those asked for"] if extra else []
    units = unit or {}
    verdicts = [(f"key {key!r}", compare(want, got[key], rule, units.get(key))) for key, want in expected.items()]
    return _first(verdicts, remarks)


def _first(verdicts: list[tuple[str, Verdict]], remarks: list[str]) -> Verdict:
    for place, verdict in verdicts:
        if verdict.deviation is not None:
            return Verdict(replace(verdict.deviation, detail=f"{place}: {verdict.deviation.detail}"))
        remarks.extend(remark for remark in verdict.remarks if remark not in remarks)
    return Verdict(None, tuple(remarks))
