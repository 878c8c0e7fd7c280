"""What libraries import when they are first used: answered from memory, since a sealed worker reads no disk.

``help`` imports half of the standard library, a codec is imported by the first text in it, and libraries such as SciPy
load a part of themselves when it is asked for. So the sources of all that belongs to libraries are read before the
worker confines itself, and compiled when they are imported. Programs and tests are left out, and what is compiled code
already has to be loaded before.

Student code can read all that is held. Of what is installed anybody may. A package that lies elsewhere may be the
course's own, with solutions in it: of that nothing is held but what was named, and what is below it.

That takes as long as ten submissions without any library do, so it is done for those alone that have one.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.abc import Loader
    from types import ModuleType
else:
    Loader = object  # importlib.abc takes 6 ms, and Python asks a loader for its methods alone

#: Programs, tests, what needs a screen, what acts when it is imported, and other people's packages.
LEFT_OUT = frozenset(
    {"test", "tests", "idlelib", "lib2to3", "ensurepip", "tkinter", "turtledemo", "distutils", "venv", "site-packages"}
    | {"__pycache__", "antigravity.py", "this.py", "turtle.py"}
)
_INSTALLED = ("site-packages", "dist-packages")
MOST = 64 << 20  # bytes of all sources; SciPy's are 20 MiB
DEEPEST = 8  # folders below a library's own


class Source(NamedTuple):
    """A module that can be imported."""

    path: str
    text: bytes
    is_package: bool


class LateModules(Loader):
    """Finder and loader of modules whose sources were read; it is to stand behind all that look on disk."""

    def __init__(self, packages: Iterable[str]) -> None:
        """Of these packages, as far as they are loaded, and of the standard library."""
        self._sources = dict(_below(os.path.dirname(os.__file__), ""))  # noqa: PTH120 - a worker has no use for pathlib
        for package in packages:
            for folder in _folders(package):
                self._sources.update(_below(folder, package))
                if sum(len(source.text) for source in self._sources.values()) > MOST:
                    return

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module whose source was read, None for any other."""
        if (source := self._sources.get(name)) is None:
            return None
        spec = ModuleSpec(name, self, origin=source.path, is_package=source.is_package)
        spec.has_location = True
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """The default module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Execute its source."""
        source = self._sources[module.__name__]
        exec(compile(source.text, source.path, "exec", dont_inherit=True), vars(module))  # noqa: S102 - a library's own


def hold(loaded: Iterable[str], named: Iterable[str]) -> None:
    """Have what these libraries import later found in memory from now on; for no library, there is nothing to do.

    ``loaded`` are all modules that have come, ``named`` those that student code may import.
    """
    names = [name for name in loaded if _root(name) != "grader"]
    if names:
        sys.meta_path.append(LateModules(_packages(names, named)))


def _packages(loaded: Iterable[str], named: Iterable[str]) -> list[str]:
    """What is installed, and of what lies elsewhere the packages that were named."""
    roots = {_root(name) for name in loaded} - sys.stdlib_module_names
    installed = {root for root in roots if all(os.path.dirname(each).endswith(_INSTALLED) for each in _folders(root))}  # noqa: PTH120 - as above
    return sorted(installed | {name for name in named if _root(name) in roots - installed})


def _root(name: str) -> str:
    return name.partition(".")[0]


def _folders(package: str) -> Iterable[str]:
    return getattr(sys.modules.get(package), "__path__", ())


def _below(folder: str, package: str, depth: int = 0) -> Iterator[tuple[str, Source]]:
    """Modules in a folder and below it, by their full names."""
    try:
        with os.scandir(folder) as scan:
            entries = [entry for entry in scan if entry.name not in LEFT_OUT]
    except OSError:
        return
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - as above
        name = f"{package}.{stem}" if package else stem
        if suffix == ".py":
            yield from _read(entry.path, package if stem == "__init__" else name, is_package=stem == "__init__")
        elif not suffix and depth < DEEPEST and entry.is_dir():
            yield from _below(entry.path, name, depth + 1)


def _read(path: str, name: str, *, is_package: bool) -> Iterator[tuple[str, Source]]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            yield name, Source(path, file.read(), is_package)
    except OSError:
        return
