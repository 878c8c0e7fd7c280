"""What every record is, and what the arrays and values in them are.

Everything in this room is frozen. Arrays that a record holds are read-only. Stages are functions from one record to the
next; no stage keeps state of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:  # records only hold arrays; NumPy is loaded by who makes them
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
else:
    Array: TypeAlias = Any


#: A value that crosses the boundary to a worker: None, bool, int, float, complex, str, a NumPy array or scalar, a
#: :class:`Foreign` mark, and lists, tuples and dicts of these. What stands for chance goes to a worker alone:
#: :mod:`grader.records.chance`. See :mod:`grader.records.values`.
Value: TypeAlias = Any

#: One size of a shape: a number, or an expression over dims such as ``"H + D"``. See :mod:`grader.records.shapes`.
Size: TypeAlias = int | str


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all records: frozen, unknown fields refused. Each says ``frozen`` again, because mypy asks for it."""


class Foreign(Record, frozen=True):
    """A value that does not cross the boundary; ``type`` names what it was ("numpy.matrix", "array of objects")."""

    type: str
