"""Where the imports of a submission lead: which file stands for ``work.helpers``, whichever folder was handed in.

A student runs ``tiny.py`` in its folder or from one above it, so names count from any of these. Names of folders that
lie above what was handed in stand for the folder itself: nothing above it is opened.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from grader.records.record import Record
from grader.submission.statements import imported_modules, relative_levels

if TYPE_CHECKING:
    from grader.submission.locate import Found

MOST_NAMES = 4  # of folders above what was handed in

_ODD = re.compile(r"[^\w -]")


class Places(Record, frozen=True):
    """``mounts``: packages, as the parts of their names, and the folders that they stand for, the first one first.

    ``main`` is the path that the module has among the packages.
    """

    main: str
    home: Path
    mounts: tuple[tuple[tuple[str, ...], Path], ...]

    def find(self, name: str) -> Path | None:
        """The file that a path such as ``work/helpers.py`` stands for."""
        parts = PurePosixPath(name).parts
        for package, folder in self.mounts:
            rest = parts[len(package) :]
            if parts[: len(package)] != package or not rest:
                continue
            file = folder.joinpath(*rest)
            if _is_file(file) and ((folder == self.home and not package) or not _is_library(name)):
                return file
        return None


def places_of(found: Found, module: str, text: str) -> Places:
    """The places of the module ``found``, whose source is ``text``.

    It gets the packages in its path that the assignment names, or else that its own imports take it to be in.
    """
    home, folder = (Path(os.path.abspath(each)) for each in (found.file.parent, found.folder))  # noqa: PTH100 - follows no link
    above = home.relative_to(folder).parts if home.is_relative_to(folder) else ()
    declared = PurePosixPath(module).parent.parts
    package = declared or _package(home, len(above) + 1, module, text)
    as_named = home.parts[-len(package) :] == package if package else False
    folders = (home, *home.parents)[: len(above) + 1]
    packages = zip((package[:count] for count in range(len(package), 0, -1)), folders, strict=False)
    names = [folder.parts[-count:] for count in range(1, min(MOST_NAMES, len(folder.parts) - 1) + 1)]
    return Places(
        main="/".join((*package, PurePosixPath(module).name)),
        home=home,
        mounts=(
            *(packages if as_named or not declared else [(declared, home)]),
            *(((), each) for each in folders[len(package) : len(package) + 1] if as_named),
            *(((), each) for each in folders),
            *((name, folder) for name in names),
        ),
    )


def _package(home: Path, reach: int, module: str, text: str) -> tuple[str, ...]:
    """The folders, the module's own last, that its imports count from: ``from . import x``, ``from work import x``."""
    relative = min(max(relative_levels(text), default=0), reach, len(home.parts) - 1)
    absolute = 0
    for name in imported_modules(module, text):
        parts = tuple(name.split("."))
        for count in range(1, min(reach, len(parts) - 1, len(home.parts) - 1) + 1):
            if parts[:count] == home.parts[-count:] and _is_module(home.joinpath(*parts[count:])):
                absolute = max(absolute, count)
    depth = max(relative, absolute)
    names = [_ODD.sub("_", name) for name in home.parts[len(home.parts) - depth :]]
    if absolute < depth and _is_library(names[0]):
        names[0] += "_"  # so that it hides no library: nothing calls it by its name
    return tuple(names)


def _is_library(name: str) -> bool:
    """Whether a path is the first thing that Python imports for a library of that name."""
    root, _, rest = name.removesuffix(".py").partition("/")
    return rest in ("", "__init__") and (root in sys.stdlib_module_names or root == "numpy")


def _is_module(path: Path) -> bool:
    return _is_file(path.with_name(f"{path.name}.py")) or _is_file(path / "__init__.py")


def _is_file(path: Path) -> bool:
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return False
