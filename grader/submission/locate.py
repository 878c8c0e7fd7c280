"""Where in what was handed in the module is."""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records.errors import GraderError, SubmissionError, UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEVELS = 3  # folders below PATH that are searched
MAX_ENTRIES = 10_000  # looked at: PATH may be somebody's home folder
SHOWN = 5  # names listed in a message


class Found(Record, frozen=True):
    """``file`` must not lead out of ``folder``; ``alone``: what lies beside it is not the same student's."""

    file: Path
    folder: Path
    alone: bool = False


def find_module(path: Path, module: str) -> Found:
    """The module, or the notebook that stands for it, at or below ``path``.

    Raises SubmissionError if there is none, UsageError if there are several, GraderError if it cannot be looked for.
    """
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionError(_nothing_at(path, module)) from None
    except OSError as error:
        raise GraderError(f"{path} cannot be opened ({error.strerror})") from None
    if stat.S_ISDIR(kind):
        return _below(path, module)
    if path.suffix.lower() not in (".py", ".ipynb"):
        raise SubmissionError(f"{path} is no Python file and no notebook: expected {module}, or a folder that holds it")
    return Found(path, path.parent, alone=path.stem != Path(module).stem)


def is_litter(name: str) -> bool:
    """Whether a file or folder was left by a system or a tool, and by no student."""
    return name.startswith(".") or name in {"__MACOSX", "__pycache__"}


def entries_below(folder: Path, levels: int = LEVELS) -> Iterator[Path]:
    """Everything in ``folder`` and as many ``levels`` of folders below it, except litter; links are not followed."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted((entry for entry in scan if not is_litter(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        raise GraderError(f"{folder} cannot be listed ({error.strerror})") from None
    for entry in entries:
        yield folder / entry.name
        if levels and entry.is_dir(follow_symlinks=False):
            yield from entries_below(folder / entry.name, levels - 1)


def _below(folder: Path, module: str) -> Found:
    direct = folder / module
    if os.path.lexists(direct) and not direct.is_dir():
        return Found(direct, folder)
    entries = list(islice(entries_below(folder), MAX_ENTRIES + 1))
    if len(entries) > MAX_ENTRIES:
        raise UsageError(f"{folder} holds more than {MAX_ENTRIES:,} files: give the path of {module} itself")
    files = [entry for entry in entries if not entry.is_dir()]
    matches = _matches(files, module)
    if len(matches) > 1:
        listed = _listed(str(file.relative_to(folder)) for file in matches)
        raise UsageError(f"{folder} holds several files that could be {module}: {listed}. Give the path of one")
    if matches:
        return Found(matches[0], folder)
    if direct.is_dir():
        raise SubmissionError(f"{direct} is a folder without {module} in it: expected a file of that name")
    raise SubmissionError(_nothing_in(folder, module, [file.name for file in files]))


def _matches(files: list[Path], module: str) -> list[Path]:
    """Those that could be the module: of its name, else notebooks of its name, else any notebooks."""
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    named = [file for file in notebooks if file.stem == Path(module).stem]
    return [file for file in files if file.name == module] or named or notebooks


def _nothing_at(path: Path, module: str) -> str:
    if path.is_symlink():
        return f"{path} is a link to nothing: hand in the file itself"
    if not path.parent.is_dir():
        return f"Expected {module} at {path}; there is no folder {path.parent}. Check the path"
    names = [entry.name for entry in entries_below(path.parent, 0) if not entry.is_dir()]
    return f"Expected {module} at {path}; there is no such file or folder. {_advice(module, names)}"


def _nothing_in(folder: Path, module: str, names: list[str]) -> str:
    return (
        f"Expected {module} in {folder} or up to {LEVELS} folders below it; it is not there. {_advice(module, names)}"
    )


def _advice(module: str, names: list[str]) -> str:
    """What to do, with the names that come near to ``module``."""
    import difflib  # only a failure needs it

    if not names:
        return "There is no file at all: hand it in again"
    by_lowered = {name.lower(): name for name in sorted(names)}
    near = difflib.get_close_matches(module.lower(), by_lowered, n=3, cutoff=0.6)
    if not near:
        return f"What is there: {_listed(sorted(names))}"
    return f"Found instead: {_listed(by_lowered[name] for name in near)}. Rename it to {module}"


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:SHOWN]) + (f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else "")
