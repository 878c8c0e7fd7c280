"""Cases as one flat array for each dtype and an index of bytes: few entries, so that a bank loads fast.

The index is msgpack: a row for each case, in which every array is a reference (dtype, offset, shape) into the flat
array of its dtype. Loaded arrays are read-only views.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec
import numpy as np

from grader.model import Case, Foreign
from grader.values import DTYPES, WireArray, WireComplex, WireDict, WireForeign, WireList, WireTuple, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.values import Wire

    Flat: TypeAlias = np.ndarray[Any, Any]

INDEX = "index"
Natural = Annotated[int, msgspec.Meta(ge=0)]


class Reference(msgspec.Struct, array_like=True, tag="a", forbid_unknown_fields=True, gc=False):
    """An array, or a NumPy scalar: ``offset`` counts elements of the flat array of its dtype."""

    dtype: str
    offset: Natural
    shape: list[Natural]
    scalar: bool = False
