"""Values of ordinary types, read as the plain ones that cross the boundary.

What students have at hand is often not exactly a dict or an array: a Counter is a dict, a namedtuple a tuple, a Series
holds an array. A subclass is read by the methods of its base, so that what is read is what it holds, whatever its own
methods say; pandas and SciPy are asked for their values, here, in the student's process. ``protocol.READ_AS`` names all
of these ways: one that was taken is told to the host, and so to the student.

Nothing else is read: an object that only knows how to become an array, a generator, a set or a dataclass is not what an
exercise asks for.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.record import Foreign
from grader.records.values import MASKED, MAX_ITEMS, TOO_LARGE, pack
from grader.sandbox.protocol import MAX_REPLY
from grader.sandbox.worker.inert import is_own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.values import Wire

_PLAIN = frozenset({dict, list, tuple, str, int, float, complex})
_TEXT_KINDS = "UT"
#: Subclasses by their name in ``READ_AS``, those of one base from the most to the least special.
_DICTS = {"Counter": Counter, "defaultdict": defaultdict, "OrderedDict": OrderedDict, "subclass of dict": dict}
_ARRAYS = {"np.matrix": np.matrix, "np.memmap": np.memmap, "subclass of ndarray": np.ndarray}


def packed(values: Mapping[str, Any]) -> tuple[dict[str, Wire], list[tuple[str, str]]]:
    """Values by name as wire structs, and how any of them were read: pairs of a value's name and one in ``READ_AS``."""
    wires: dict[str, Wire] = {}
    read: list[tuple[str, str]] = []
    for name, value in values.items():
        reading = Ordinary()
        wires[name] = pack(value, reading=reading)
        read += [(name, way) for way in reading.ways]
    return wires, read


class Ordinary:
    """The reading of one value. ``ways`` are those that were taken."""

    def __init__(self) -> None:
        self.ways: dict[str, None] = {}

    def plain(self, value: Any) -> Any:
        """See :class:`~grader.records.values.Reading`."""
        try:
            way, found = _read(value)
        except MemoryError:
            raise  # which is an outcome of its own
        except Exception:  # noqa: BLE001 - whatever a library or a class of the student's may raise: it is not read
            return value
        if way:
            self.ways[way] = None
        return found

    def key(self, key: Any) -> Any:
        """See :class:`~grader.records.values.Reading`."""
        if not issubclass(type(key), np.number | np.bool_):
            return self.plain(key)
        plain = np.generic.item(key)
        if type(plain) not in {bool, int, float, complex}:  # one of more than 64 bits has no plain number
            return key
        self.ways["NumPy keys"] = None
        return plain


def _read(value: Any) -> tuple[str, Any]:
    """The way that was taken, and what it led to; the value itself and no way where there is none."""
    kind = type(value)
    if kind in _PLAIN:
        return "", value
    for base, read in _READERS.items():
        if issubclass(kind, base):
            return read(value)  # type: ignore[no-any-return]  # each reads another type
    return _read_of_library(value)


def _read_dict(value: dict[Any, Any]) -> tuple[str, Any]:
    if dict.__len__(value) > MAX_ITEMS:
        return "", value
    return _named(value, _DICTS), dict(dict.items(value))


def _read_list(value: list[Any]) -> tuple[str, Any]:
    return ("subclass of list", list.copy(value)) if list.__len__(value) <= MAX_ITEMS else ("", value)


def _read_tuple(value: tuple[Any, ...]) -> tuple[str, Any]:
    if tuple.__len__(value) > MAX_ITEMS:
        return "", value
    way = "namedtuple" if hasattr(type(value), "_fields") else "subclass of tuple"
    return way, tuple(tuple.__iter__(value))


def _read_text(value: str) -> tuple[str, Any]:
    return "np.str_" if type(value) is np.str_ else "subclass of str", str.__str__(value)


def _read_array(value: np.ndarray[Any, Any]) -> tuple[str, Any]:
    if type(value) is np.ndarray:
        if value.dtype.kind == "O" and value.size and is_own(first := value.flat[0]):
            return "", first  # axes of a plot: told as what one of them is
        is_text = value.dtype.kind in _TEXT_KINDS and value.size <= MAX_ITEMS
        return ("array of text", value.tolist()) if is_text else ("", value)
    way = _named(value, _ARRAYS)
    masked = sys.modules.get("numpy.ma")  # which NumPy loads when it is first asked for
    if masked is not None and issubclass(type(value), masked.MaskedArray):
        if masked.getmaskarray(value).any():
            return "", Foreign(type=MASKED)
        way = "masked array"
    return way, np.ndarray.view(value, np.ndarray)


_READERS: dict[type, Any] = {
    dict: _read_dict,
    list: _read_list,
    tuple: _read_tuple,
    str: _read_text,
    np.ndarray: _read_array,
    int: lambda value: ("subclass of a number", int.__int__(value)),
    float: lambda value: ("subclass of a number", float.__float__(value)),
    complex: lambda value: ("subclass of a number", complex.__complex__(value)),
}


def _read_of_library(value: Any) -> tuple[str, Any]:
    """Values of pandas and SciPy, which are loaded if there are any."""
    pandas, sparse = sys.modules.get("pandas"), sys.modules.get("scipy.sparse")
    if pandas is not None:
        for name in ("Series", "DataFrame", "Index"):
            if issubclass(type(value), getattr(pandas, name)):
                return f"pandas {name}", _items(np.asarray(value))
    if sparse is not None and sparse.issparse(value):
        if prod(value.shape) * value.dtype.itemsize > MAX_REPLY:
            return "", Foreign(type=TOO_LARGE)
        return "sparse matrix", value.toarray()
    return "", value


def _items(array: np.ndarray[Any, Any]) -> Any:
    """An array, or as nested lists what pandas keeps as objects: text, and columns of several types."""
    return array.tolist() if array.dtype.kind == "O" and array.size <= MAX_ITEMS else array


def _named(value: Any, kinds: Mapping[str, type]) -> str:
    return next(name for name, kind in kinds.items() if issubclass(type(value), kind))
