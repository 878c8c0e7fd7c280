"""Which data files beside a module it reads: those that its text names in quotes and that exist."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from grader.records.errors import SubmissionError
from grader.submission.text import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_DATA = 4 << 20  # bytes of all data files together
MAX_FILES = 32

_QUOTED = re.compile(r"""["']([^"'\\\n]{1,200})["']""")
_SOURCE = frozenset({".py", ".ipynb", ".pyc"})


def data_files(texts: Iterable[str], home: Path, folder: Path) -> dict[str, bytes]:
    """Content of the files below ``home`` that the texts name, by the name that they use.

    Raises SubmissionError where they are too many, too large, or lead out of ``folder``.
    """
    names = sorted({name for text in texts for name in _QUOTED.findall(text) if _is_data(home, name)})
    if len(names) > MAX_FILES:
        raise SubmissionError(f"the module reads {len(names)} data files, more than the {MAX_FILES} allowed")
    found: dict[str, bytes] = {}
    left = MAX_DATA
    for name in names:
        found[name] = read_bytes(home / name, folder, left)
        left -= len(found[name])
    return found


def _is_data(home: Path, name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.suffix.lower() in _SOURCE or not path.parts:
        return False
    try:
        return (home / name).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
