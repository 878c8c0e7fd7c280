"""Where in what was handed in the module is."""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeAlias

from grader.records.errors import GraderError, NotTakenError, SubmissionError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

LEVELS = 3  # folders below PATH that are searched
MAX_ENTRIES = 10_000  # looked at: PATH may be somebody's home folder
SHOWN = 5  # names listed in a message
ARCHIVE = ".zip"
SUFFIXES = (".py", ".ipynb", ARCHIVE)  # of what may be handed in
_PACKED = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zipx"})
_NO_TEXT = frozenset({".pyc", ".pyo", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".png", ".jpg", ".jpeg"})

_LITTER = frozenset({"__MACOSX", "__pycache__", "venv", "site-packages", "node_modules"})
#: Folders of a course. No work lies in them: what students start from, and what they are held against.
_OF_COURSES = frozenset({"reference", "student_template"})
_OF_TOOLS = frozenset({"__init__.py", "conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py"})
_ASSIGNMENT = "assignment.yaml"  # what lies beside or below it comes after all other work
_OF_ASSIGNMENTS = frozenset({"properties.py", "helpers.py"})  # beside it, these are the author's
#: What marks the folder of a virtual environment, and the folders in it that tools fill. Work may lie beside these.
ENVIRONMENT = "pyvenv.cfg"
_OF_ENVIRONMENTS = frozenset({"bin", "etc", "include", "lib", "lib64", "scripts", "share"})  # in lower case

#: Which of the files beside a module may come along: "all"; those that are no "rival", which defines what the module
#: defines as well; or "none", because they are other students'.
Beside: TypeAlias = Literal["all", "no rival", "none"]


class Found(Record, frozen=True):
    """A Python file, a notebook, or an archive that may hold one. No link in ``folder`` may lead out of it.

    ``only``: ``file`` has another name than was asked for, and was taken because there is no other.
    """

    file: Path
    folder: Path
    beside: Beside = "all"
    only: bool = False


def find_module(path: Path, module: str, *, of_class: bool = False) -> Found:
    """The module, or what stands for it, at or below ``path``; ``module`` may lie in a package (``cs/layers.py``).

    ``of_class``: what lies beside or above ``path`` is other students'.

    Raises SubmissionError if there is none, NotTakenError if there are several, GraderError if it cannot be looked for.
    """
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionError(_nothing_at(path, module)) from None
    except OSError as error:
        raise GraderError(f"{path} cannot be opened ({error.strerror})") from None
    if stat.S_ISDIR(kind):
        found = _below(path, module)
        return found if of_class else Found(found.file, _package(found, module), found.beside, found.only)
    if path.suffix.lower() not in SUFFIXES:
        mend = "" if _ending([path.name], _NO_TEXT | _PACKED) else f". Rename it to {module} if it holds that"
        expected = f"expected {module}, or a folder that holds it{mend}"
        raise SubmissionError(f"{path} is no Python file and no notebook: {expected}")
    if of_class:
        return Found(path, path.parent, "none")
    same_name = path.stem == PurePosixPath(module).stem
    found = Found(path, path.parent, "all" if same_name else "no rival")
    return Found(path, _package(found, module), found.beside)


def is_litter(name: str) -> bool:
    """Whether a file or folder was left by a system or a tool, and by no student."""
    return name.startswith(".") or name in _LITTER


def is_filled_by_tools(name: str) -> bool:
    """Whether a folder that lies in a virtual environment belongs to it."""
    return name.lower() in _OF_ENVIRONMENTS


def entries_below(folder: Path, levels: int = LEVELS) -> Iterator[Path]:
    """Everything in ``folder`` and as many ``levels`` of folders below it, except litter; links are not followed.

    Folders of a course are listed, and nothing in them.
    """
    try:
        with os.scandir(folder) as scan:
            entries = sorted((entry for entry in scan if not is_litter(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        raise GraderError(f"{folder} cannot be listed ({error.strerror})") from None
    if any(entry.name == ENVIRONMENT for entry in entries):
        entries = [entry for entry in entries if not is_filled_by_tools(entry.name)]
    for entry in entries:
        yield folder / entry.name
        if levels and entry.name not in _OF_COURSES and entry.is_dir(follow_symlinks=False):
            yield from entries_below(folder / entry.name, levels - 1)


def _package(found: Found, module: str) -> Path:
    """The folder of the package that the assignment asks for, where ``found`` lies in one; else ``found.folder``.

    Only what the assignment names leads above PATH. Were a package told by ``__init__.py``, a student could plant one
    and so reach the work of others.
    """
    names = PurePosixPath(module).parent.parts
    home, folder = (Path(os.path.abspath(each)) for each in (found.file.parent, found.folder))  # noqa: PTH100 - follows no link
    if not names or home.parts[-len(names) :] != names:
        return found.folder
    package = (home, *home.parents)[len(names) - 1]
    return package if folder != package and folder.is_relative_to(package) else found.folder


def _below(folder: Path, module: str) -> Found:
    name = PurePosixPath(module).name
    for direct in (folder / module, folder / name):
        if os.path.lexists(direct) and not direct.is_dir():
            return Found(direct, folder)
    entries = list(islice(entries_below(folder), MAX_ENTRIES + 1))
    if len(entries) > MAX_ENTRIES:
        many = f"more than {MAX_ENTRIES:,} files"
        raise NotTakenError(
            f"{folder} holds {many}: give the path of {module} itself",
            f"What was handed in holds {many}: hand in {module} alone, with what it needs.",
        )
    files = [entry for entry in entries if not entry.is_dir()]
    outside, inside = _by_assignments(files)
    files = [*outside, *inside]
    for some in (outside, files):  # what lies in assignments may be work all the same, or have been planted there
        if found := _among(some, folder, module):
            return found
    if (folder / name).is_dir():
        raise SubmissionError(f"{folder / name} is a folder without {name} in it: expected a file of that name")
    raise SubmissionError(_nothing_in(folder, module, files, _unseen(folder, entries)))


def _by_assignments(files: list[Path]) -> tuple[list[Path], list[Path]]:
    """The files outside of assignments, and those in them but for the author's code."""
    assignments = {_home_of_assignments(file.parent) for file in files if file.name == _ASSIGNMENT}
    outside = [file for file in files if assignments.isdisjoint(file.parents)]
    inside = [file for file in files if not assignments.isdisjoint(file.parents)]
    return outside, [file for file in inside if file.name not in _OF_ASSIGNMENTS]


def _home_of_assignments(assignment: Path) -> Path:
    return assignment.parent if assignment.parent.name == "assignments" else assignment


def _among(files: list[Path], folder: Path, module: str) -> Found | None:
    """The file that is the module, or must hold it, None if none does. Raises NotTakenError if there are several."""
    name = PurePosixPath(module).name
    matches = _matches(files, module)
    if len(matches) > 1:
        listed = _listed(str(file.relative_to(folder)) for file in matches)
        several = f"holds several files that could be {module}: {listed}."
        advice = "or take the others away" if matches[0].name == name else f"or call it {Path(name).stem}.ipynb"
        raise NotTakenError(
            f"{folder} {several} Give the path of one, {advice}",
            f"What was handed in {several} Hand in the one that is to be graded, without the others.",
        )
    if matches:
        return Found(matches[0], folder)
    if only := _only(files, name):
        return Found(only, folder, only=only.suffix.lower() != ARCHIVE)
    return None


def _unseen(folder: Path, entries: list[Path]) -> list[Path]:
    """Folders that were not looked into: they lie too deep, are links, or a course's."""
    folders = [(entry, entry.relative_to(folder).parts) for entry in entries if entry.is_dir()]
    return [each for each, parts in folders if each.is_symlink() or len(parts) > LEVELS or parts[-1] in _OF_COURSES]


def _matches(files: list[Path], module: str) -> list[Path]:
    """Those that could be the module: of its path, else of its name, else notebooks of its name, else any notebooks.

    A single Python file that has its name but for upper and lower case comes before notebooks of other names. Beside
    such notebooks, an archive could hold the module as well.
    """
    parts, name = PurePosixPath(module).parts, PurePosixPath(module).name
    same_path = [file for file in files if file.parts[-len(parts) :] == parts]
    same_name = [file for file in files if file.name == name]
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    named = [file for file in notebooks if file.stem == Path(name).stem]
    matches = same_path or same_name or named
    if matches or not notebooks or _same_but_for_case(files, name):
        return matches
    return [*notebooks, *_archives(files)]


def _only(files: list[Path], name: str) -> Path | None:
    """The Python file or archive that must hold the module, as no other could."""
    candidates = _same_but_for_case(files, name) or [*_sources(files), *_archives(files)]
    return candidates[0] if len(candidates) == 1 else None


def _same_but_for_case(files: list[Path], name: str) -> list[Path]:
    """The single Python file, if it has this name but for upper and lower case."""
    sources = _sources(files)
    return sources if [source.name.lower() for source in sources] == [name.lower()] else []


def _archives(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix.lower() == ARCHIVE]


def _sources(files: list[Path]) -> list[Path]:
    """Python files; those that a tool looks for by their names only where there are no others."""
    sources = [file for file in files if file.suffix.lower() == ".py"]
    return [file for file in sources if file.name not in _OF_TOOLS] or sources


def _nothing_at(path: Path, module: str) -> str:
    if path.is_symlink():
        return f"{path} is a link to nothing: hand in the file itself"
    if not path.parent.is_dir():
        return f"Expected {module} at {path}; there is no folder {path.parent}. Check the path"
    names = [entry.name for entry in entries_below(path.parent, 0) if not entry.is_dir()]
    return f"Expected {module} at {path}; there is no such file or folder. {_advice(module, names)}"


def _nothing_in(folder: Path, module: str, files: list[Path], unseen: list[Path]) -> str:
    missing = f"Expected {module} in {folder} or up to {LEVELS} folders below it; it is not there."
    sources, archives = _sources(files), _archives(files)
    if len(sources) + len(archives) > 1:
        listed = _listed(str(file.relative_to(folder)) for file in [*sources, *archives])
        return f"{missing} Found instead: {listed}. {_choice(module, sources, archives)}"
    names = [file.name for file in files]
    if not unseen:
        return f"{missing} {_advice(module, names)}"
    met = _advice(module, names) if names else "No file was found"
    listed = _listed(str(each.relative_to(folder)) for each in unseen)
    return f"{missing} {met}. What is in {listed} was not looked at: hand in the folder with your work"


def _choice(module: str, sources: list[Path], archives: list[Path]) -> str:
    if not sources:
        return "Hand in one archive, or what it holds"
    rename = f"Rename the one with your work to {PurePosixPath(module).name}"
    return f"{rename}, or hand in the archive alone" if archives else rename


def _advice(module: str, names: list[str]) -> str:
    """What to do, with the names that come near to ``module``."""
    import difflib  # only a failure needs it

    if not names:
        return "No file was found: hand it in again"
    name = PurePosixPath(module).name
    by_lowered = {name.lower(): name for name in sorted(names)}
    near = [by_lowered[each] for each in difflib.get_close_matches(name.lower(), by_lowered, n=3, cutoff=0.6)]
    if taken := _ending(near, SUFFIXES[1:]):
        return f"Found instead: {_listed(taken)}, which can be graded as it is: give its path"
    if renamed := [each for each in near if each not in _ending(near, _NO_TEXT | _PACKED)]:
        return f"Found instead: {_listed(renamed)}. Rename it to {name}"
    if packed := _ending(near or sorted(names), _PACKED):
        return f"{packed[0]} is packed in a way that is not opened here: hand in what it holds, or a {ARCHIVE}"
    if near:
        which = "which is" if len(near) == 1 else "which are"
        return f"Found instead: {_listed(near)}, {which} no Python. Hand in {name} itself"
    return f"What is there: {_listed(sorted(names))}"


def _ending(names: Iterable[str], suffixes: Collection[str]) -> list[str]:
    return [each for each in names if PurePosixPath(each).suffix.lower() in suffixes]


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:SHOWN]) + (f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else "")
