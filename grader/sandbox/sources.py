"""Importing a submission from memory: its files never touch the worker's disk."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.abc import Loader
    from types import ModuleType
else:
    Loader = object  # importlib.abc takes 6 ms, and Python asks a loader for its methods alone


class Sources(Loader):
    """Finder and loader of modules among a submission's files, packages and relative imports included."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)
        self._modules: dict[str, str] = {}
        self._packages: set[str] = set()
        for path in self.files:
            parts = path.removesuffix(".py").split("/")
            for depth in range(1, len(parts)):
                self._packages.add(".".join(parts[:depth]))
            if parts[-1] == "__init__":
                parts.pop()
            self._modules[".".join(parts)] = path

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the submission, None for any other."""
        if name not in self._modules and name not in self._packages:
            return None
        return ModuleSpec(name, self, origin=self._modules.get(name), is_package=name in self._packages)

    def create_module(self, _spec: ModuleSpec) -> None:
        """The default module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Execute a module of the submission; a folder without ``__init__.py`` is an empty package."""
        path = self._modules.get(module.__name__)
        if path is not None:
            module.__file__ = path
            self.execute(path, module)

    def execute(self, path: str, module: ModuleType) -> None:
        """Compile and execute one file in the namespace of ``module``."""
        exec(compile(self.files[path], path, "exec", dont_inherit=True), vars(module))  # noqa: S102 - see worker.py

    def line(self, path: str, number: int) -> str:
        """One line of a file, without its indentation."""
        lines = self.files[path].splitlines()
        return lines[number - 1].strip()[:400] if 0 < number <= len(lines) else ""
