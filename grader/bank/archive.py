"""Arrays as the bytes of an .npz, the same bytes for equal arrays, and back. Nothing is ever unpickled."""

from __future__ import annotations

import io
import tokenize
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray[Any, np.dtype[Any]]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold
# What zipfile and NumPy raise for bytes that are no archive, or for one with parts that they do not take.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    NotImplementedError, RuntimeError, MemoryError, OverflowError, SyntaxError, tokenize.TokenError,
)  # fmt: skip


def archive(arrays: Mapping[str, Array]) -> bytes:
    """An .npz: no dates, no compression, entries in the order given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.create_system = 3  # Unix, also where it is not
            entry.external_attr = 0o644 << 16
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False)
            file.writestr(entry, content.getvalue())
    return target.getvalue()


def unarchive(data: bytes) -> dict[str, Array]:
    """The arrays of an archive. Raises ProtocolError for bytes that :func:`archive` does not write."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            entries = {name.removesuffix(".npy"): file.read(name) for name in file.namelist()}
        return {
            name: np.lib.format.read_array(io.BytesIO(entry), allow_pickle=False) for name, entry in entries.items()
        }
    except _UNREADABLE as error:
        raise ProtocolError(f"is no archive of arrays ({error or type(error).__name__})") from None
