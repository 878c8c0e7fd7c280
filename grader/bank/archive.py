"""Zip archives that depend on nothing but names and contents: the same ones give the same bytes at any time."""

from __future__ import annotations

import io
import stat
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can tell
_UNIX = 3
_FOR_ALL, _FOR_OWNER = 0o644, 0o600


def zipped(contents: Mapping[str, bytes], runnable: Collection[str] = (), *, private: bool = False) -> bytes:
    """An archive of files by their paths, in this order; of ``private`` ones only their owner may read anything."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in contents.items():
            mode = _FOR_OWNER if private else _FOR_ALL
            if name in runnable:
                mode |= (mode & 0o444) >> 2  # whoever may read it may run it
            info = ZipInfo(name, _DATE)
            info.compress_type, info.create_system = ZIP_DEFLATED, _UNIX
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, content, compresslevel=9)
    return file.getvalue()
