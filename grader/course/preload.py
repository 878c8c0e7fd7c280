"""Whether what an assignment's ``preload`` names is installed here. Nothing of it is imported for that."""

from __future__ import annotations

import pkgutil
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import TYPE_CHECKING

from grader.course.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

    from grader.course.findings import DocumentFindings


def check_preload(names: Sequence[str], findings: DocumentFindings) -> None:
    """Note each module that is not there, so that no submission is the first to learn of it."""
    for index, name in enumerate(names):
        path = ("preload", index)
        if findings.refused(path):
            continue
        absent, beside = _absent(name)
        if absent:
            findings.add(path, f"names {absent}, which is not installed here{_advice(absent, beside)}")


def _advice(absent: str, beside: Sequence[str] | None) -> str:
    package, _, last = absent.rpartition(".")
    known = {found.name for found in pkgutil.iter_modules(beside)} | (set() if package else sys.stdlib_module_names)
    near = nearest(last, sorted(name for name in known if not name.startswith("_")))
    return f": did you mean {package}{'.' if package else ''}{near}?" if near else ": install it, or take it out"


def _absent(name: str) -> tuple[str, Sequence[str] | None]:
    """As much of a module's name as is not there, and the folders of the package that lacks it; empty if it is all.

    Below what is no package there may be modules that no folder holds (``os.path``).
    """
    folders: Sequence[str] | None = None
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        found = _spec(".".join(parts[:depth]), folders)
        if found is None:
            return ".".join(parts[:depth]), folders
        if found.submodule_search_locations is None:
            break
        folders = list(found.submodule_search_locations)
    return "", None


def _spec(name: str, folders: Sequence[str] | None) -> ModuleSpec | None:
    own = None if folders else BuiltinImporter.find_spec(name) or FrozenImporter.find_spec(name)
    return own or PathFinder.find_spec(name, folders)
