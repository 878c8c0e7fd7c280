"""Which data files beside a module it reads: those that its text names in quotes and that exist."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from grader.records.errors import SubmissionError
from grader.submission.text import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_DATA = 4 << 20  # bytes of all data files together
MAX_FILES = 32

_QUOTED = re.compile(r"""["']([^"'\\\n]{1,200})["']""")
_SOURCE = (".py", ".ipynb", ".pyc")


def data_files(texts: Iterable[str], home: Path, folder: Path) -> dict[str, bytes]:
    """Content of the files below ``home`` that the texts name, by the name that they use.

    Raises SubmissionError where they are too many, too large, or lead out of ``folder``.
    """
    quoted = {name for text in texts for name in _QUOTED.findall(text)}
    names = sorted(name for name in quoted if _is_data(home, name))
    if len(names) > MAX_FILES:
        raise SubmissionError(f"the module reads {len(names)} data files, more than the {MAX_FILES} allowed")
    found: dict[str, bytes] = {}
    left = MAX_DATA
    for name in names:
        found[name] = read_bytes(home / name, folder, left)
        left -= len(found[name])
    return found


def _is_data(home: Path, name: str) -> bool:
    if name.startswith("/") or name.lower().endswith(_SOURCE):
        return False
    if any(
        part.startswith(".") and part != "." for part in name.split("/")
    ):  # nor .grader/secret, in a course's folder
        return False
    try:
        return os.path.isfile(f"{home}/{name}")  # noqa: PTH113 - a third of the time, for each text in quotes
    except ValueError:  # a name that no file can have
        return False
