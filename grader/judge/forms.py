"""Whether a value has the form that is expected: presence, type, shape, kind of dtype. What it holds is no matter here.

What merely looks different but means the same (a list for an array) passes with a remark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.judge.shape_hints import shape_fault
from grader.records.chance import Distribution
from grader.records.record import Foreign
from grader.records.stand_ins import library_of
from grader.records.values import FOREIGN_KEYS, MASKED, NUMBER_KINDS, SAME_KEYS, stacked
from grader.records.verdict import Deviation, Fault, Remark, ValueForm

if TYPE_CHECKING:
    from grader.records.record import Array, Value


class Verdict(NamedTuple):
    """``deviation`` is None when the value is right."""

    deviation: Deviation | None = None
    remarks: tuple[Remark, ...] = ()


RIGHT = Verdict()
MISSING = Verdict(Deviation(Fault("missing", "never_set")))


def form(value: Value) -> ValueForm:
    """What a value is."""
    if isinstance(value, np.ndarray):
        return ValueForm("array", _name_of(value.dtype), value.shape)
    if isinstance(value, Foreign):
        return ValueForm("foreign", value.type)
    if isinstance(value, bool | np.bool_):
        return ValueForm("truth")
    if isinstance(value, int | float | complex | np.number):
        return ValueForm("number")
    if isinstance(value, str):
        return ValueForm("text")
    if value is None:
        return ValueForm("none")
    if isinstance(value, Distribution):
        return ValueForm("container", "list", size=value.draws)
    return ValueForm("container", type(value).__name__, size=len(value))


@lru_cache(maxsize=100)
def _name_of(dtype: np.dtype[Any]) -> str:
    """Its name, which NumPy takes longer to make than all else of a form."""
    return str(dtype)


def as_array(expected: Array, got: Value) -> tuple[Array | None, tuple[Remark, ...], Verdict]:
    """The value as an array with remarks, or None and the verdict."""
    if isinstance(got, np.ndarray):
        if got.shape == () == expected.shape:
            return got, (Remark("zero_dimensional"),), RIGHT
        return got, (), RIGHT
    if isinstance(got, np.generic | bool | int | float | complex):
        return np.asarray(got), (), RIGHT
    if isinstance(got, list | tuple):
        array = stacked(got)
        sequence = Remark("is_a_sequence", got=type(got).__name__)
        if array is not None and array.shape == expected.shape:
            return array, (sequence,), RIGHT
        if isinstance(got, tuple) and got and not isinstance(got[0], list | tuple):
            first, remarks, _ = as_array(expected, got[0])
            if first is not None and first.shape == expected.shape:
                return first, (*remarks, Remark("first_of_several")), RIGHT
        if array is not None and expected.shape:
            return array, (sequence,), RIGHT
    return None, (), wrong_type(form(expected) if expected.shape else ValueForm("number"), got)


def wrong_type(wanted: ValueForm, got: Value) -> Verdict:
    """The verdict on a value of another type."""
    name = _nameable(got.type if isinstance(got, Foreign) else type(got).__name__)
    safe = replace(wanted, size=-1) if wanted.kind == "container" else wanted
    safe = ValueForm("array") if wanted.kind == "array" else safe
    if got is None:
        fault = Fault("type", "none")
    elif (library := _stand_in(got)) is not None:
        fault = Fault("type", "stand_in", got=library)
    else:
        fault = Fault("type", "named", safe, name) if name else Fault("type", "other", safe)
    return Verdict(Deviation(fault, wanted=wanted, came=form(got)))


def _stand_in(value: Value) -> str | None:
    """The library whose stand-in a value is, or has within it; empty for one of the course's own."""
    if isinstance(value, Foreign):
        return library_of(value.type)
    if not isinstance(value, list | tuple | dict):
        return None
    items = value.values() if isinstance(value, dict) else value
    return next((found for found in map(_stand_in, items) if found is not None), None)


#: Types that a verdict may name. Any other name was chosen by student code and could carry a hidden input.
_NAMED = frozenset(
    {"list", "tuple", "dict", "str", "set", "function", "generator", MASKED, SAME_KEYS, FOREIGN_KEYS}
    | {"array of objects (dtype=object)"}
)


def _nameable(kind: str) -> str:
    return kind if kind in _NAMED else ""


def wrong_shape(expected: Array, got: Array) -> Deviation | None:
    """How its shape differs, if it does."""
    if got.shape == expected.shape:
        return None
    return Deviation(shape_fault(expected.shape, got.shape), wanted=form(expected), came=form(got))


def wrong_dtype(expected: Array, got: Array) -> Deviation | None:
    """How the kind of its numbers differs, if it does in a way that matters."""
    want, have = expected.dtype.kind, got.dtype.kind
    if have not in NUMBER_KINDS or (have == "c" and want != "c") or (have == "b" and want != "b"):
        fault = Fault("dtype", "dtype", ValueForm("array", want), have)
        return Deviation(fault, wanted=form(expected), came=form(got))
    return None
