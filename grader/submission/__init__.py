"""What was handed in, read as text. Nothing is imported or run, and only what the module needs is opened.

Two kinds of failure are kept apart, because whole classes are graded by them: what a *student* must mend raises
SubmissionError (no points, and a sentence that says why), everything else another GraderError (*ungraded*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.errors import SubmissionError
from grader.records.run import ReadRemark, Submission
from grader.submission.data import data_files
from grader.submission.locate import find_module
from grader.submission.siblings import imported_files
from grader.submission.text import decode, read_bytes, read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.submission.locate import Found

MAX_FILES = 64
MAX_TOTAL = 1 << 20  # bytes of UTF-8, all files together
MAX_NOTEBOOK = 32 << 20  # bytes as stored, with its pictures; its code alone must keep to MAX_FILE


def read(path: Path, module: str) -> Submission:
    """The module at ``path`` (a file, a notebook, or a folder that holds one) with all that it needs.

    That is the files beside it that it imports and the data files that it names.

    A file under another name than ``module`` (``alice.py``) is read alone: in a folder of a whole class, the files
    beside it are other students'.

    Raises SubmissionError where the student must act, UsageError where ``path`` is ambiguous or an extra is missing,
    GraderError where the system refuses to read.
    """
    found = find_module(path, module)
    text, cells, remarks = _main_text(found)
    home = found.file.parent
    files = {module: text}
    if found.alone:
        beside = [name for name in imported_files(module, text, _is_file_in(home)) if name != module]
        remarks = (*remarks, *_left_out(found, beside, module))
        return Submission(module=module, files=files, cells=cells, remarks=remarks)
    waiting = [module]
    while waiting:
        importer = waiting.pop(0)
        for name in imported_files(importer, files[importer], _is_file_in(home)):
            if name in files:
                continue
            files[name], more = read_text(home / name, found.folder, name)
            remarks += more
            waiting.append(name)
            _check_limits(files)
    data = data_files(files.values(), home, found.folder)
    return Submission(module=module, files=files, cells=cells, data=data, remarks=remarks)


def _main_text(found: Found) -> tuple[str, tuple[str, ...], tuple[ReadRemark, ...]]:
    """The module's text, its cells if it is a notebook, and remarks."""
    name = found.file.name
    if found.file.suffix.lower() != ".ipynb":
        text, remarks = read_text(found.file, found.folder, name)
        return text, (), remarks
    from grader.submission.notebook import code_cells, joined  # few submissions are notebooks

    stored, remarks = decode(read_bytes(found.file, found.folder, MAX_NOTEBOOK), name)
    cells = code_cells(stored, name)
    return joined(cells), cells, (*remarks, ReadRemark("cells", name))


def _is_file_in(home: Path) -> Callable[[str], bool]:
    def is_file(name: str) -> bool:
        try:
            return not (home / name).is_dir() and (home / name).exists()
        except (OSError, ValueError):  # a name that no file can have
            return False

    return is_file


def _left_out(found: Found, beside: list[str], module: str) -> tuple[ReadRemark, ...]:
    if not beside:
        return ()
    return (ReadRemark("alone", found.file.name, module=module, left_out=tuple(beside)),)


def _check_limits(files: dict[str, str]) -> None:
    if len(files) > MAX_FILES:
        raise SubmissionError(f"The module imports more than {MAX_FILES - 1} files beside it: hand in fewer")
    if sum(len(text.encode()) for text in files.values()) > MAX_TOTAL:
        raise SubmissionError(f"The module and the files it imports are larger than {MAX_TOTAL >> 10:,} KiB together")
