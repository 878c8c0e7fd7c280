"""The files beside a module that it imports. What its source only seems to import costs nothing: it must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.byte_counts import in_units
from grader.records.errors import SubmissionError
from grader.submission.statements import defined_names, imported_modules
from grader.submission.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Set
    from pathlib import Path

    from grader.records.run import ReadRemark
    from grader.submission.places import Places

MAX_FILES = 64
MAX_TOTAL = 1 << 20  # bytes of UTF-8, all files together
MAX_LOOKED_UP = 2_000  # paths that are asked for on disk


class Siblings:
    """What a module takes along: ``files`` by path, the ``remarks`` on them, and what was ``left_out``."""

    def __init__(self, places: Places, folder: Path, rival: Set[str] = frozenset()) -> None:
        """A file that defines one of the names ``rival`` is left out; no link in ``folder`` may lead out of it."""
        self.files: dict[str, str] = {}
        self.remarks: tuple[ReadRemark, ...] = ()
        self.left_out: list[str] = []
        self._places, self._folder, self._rival = places, folder, rival
        self._asked: dict[str, bool] = {}

    def take(self, module: str, text: str) -> None:
        """Take along what the module imports, and what that imports. Raises SubmissionError where it is too much."""
        waiting, known, read = [(module, text)], {module}, [text]
        while waiting:
            importer, source = waiting.pop(0)
            for name in imported_files(importer, source, self.is_file):
                if name in known:
                    continue
                known.add(name)
                if (sibling := self._read(name)) is not None:
                    read.append(sibling)
                    _check_limits(read)
                    if name in self.files:
                        waiting.append((name, sibling))

    def is_file(self, name: str) -> bool:
        """Whether there is such a file. Beyond so many names as no honest module asks for, none is looked for."""
        if name not in self._asked and len(self._asked) < MAX_LOOKED_UP:
            self._asked[name] = self._places.find(name) is not None
        return self._asked.get(name, False)

    def _read(self, name: str) -> str | None:
        file = self._places.find(name)
        if file is None:  # it is gone since it was found
            return None
        text, remarks = read_text(file, self._folder, name)
        if self._rival and not self._rival.isdisjoint(defined_names(text)):
            self.left_out.append(name)
        else:
            self.files[name] = text
            self.remarks += remarks
        return text


def _check_limits(texts: list[str]) -> None:
    if len(texts) > MAX_FILES:
        raise SubmissionError(f"The module imports more than {MAX_FILES - 1} files beside it: hand in fewer")
    if sum(len(text.encode()) for text in texts) > MAX_TOTAL:
        raise SubmissionError(f"The module and the files it imports are larger than {in_units(MAX_TOTAL)} together")


def imported_files(importer: str, text: str, is_file: Callable[[str], bool]) -> tuple[str, ...]:
    """Relative posix paths of the files that ``text``, stored as ``importer``, would import, in order of mention.

    ``is_file`` says which candidates exist. ``import a.b`` stands for ``a/__init__.py`` and ``a/b.py`` or
    ``a/b/__init__.py``; folders without ``__init__.py`` are packages too.
    """
    found: dict[str, None] = {}
    for name in imported_modules(importer, text):
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            stem = "/".join(parts[:count])
            for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
                if candidate not in found and is_file(candidate):
                    found[candidate] = None
                    break
    return tuple(found)
