"""Importing a submission from memory: its files never touch the worker's disk.

A module of the submission wins over a library of its name, as a file beside a program does, but only where *student*
code imports it. The library keeps its place in ``sys.modules``, for the worker and the libraries that stand on it; the
submission's module has another name there (``submission:queue``), and the files of a submission are executed with an
``__import__`` of their own that tells the two apart. Python's order stays what it is: no file hides what is built into
the interpreter (``sys``) or frozen into it (``os``). NumPy is not hidden either.
"""

from __future__ import annotations

import builtins
import sys
from contextlib import suppress
from importlib.machinery import FrozenImporter, ModuleSpec
from inspect import CO_COROUTINE
from typing import TYPE_CHECKING, Any

from grader.records.lines import source_lines
from grader.records.run import texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.abc import Loader
    from types import CodeType, ModuleType
else:
    Loader = object  # importlib.abc takes 6 ms, and Python asks a loader for its methods alone

OWN = "submission:"


class Sources(Loader):
    """Finder and loader of modules among a submission's files, packages and relative imports included."""

    def __init__(self, files: Mapping[str, str], cells: Sequence[str] = ()) -> None:
        """Made once every library is loaded, since those keep their names. ``cells`` are a notebook's."""
        self.files = dict(files)
        self.texts = texts_of(files, cells).by_name
        self.main: ModuleType | None = None  # the submission's module, where it lies in a package,
        self.execute_main: Callable[[], None] | None = None  # and how it is executed
        roots = {path.removesuffix(".py").partition("/")[0] for path in files}
        self._renamed = roots & (sys.stdlib_module_names | {name.partition(".")[0] for name in sys.modules})
        self._hiding = {root for root in self._renamed if _can_be_hidden(root)}
        self._modules: dict[str, str] = {}
        self._packages: set[str] = set()
        for path in self.files:
            parts = self._parts(path)
            self._packages.update(".".join(parts[:depth]) for depth in range(1, len(parts)))
            if parts[-1] == "__init__":
                parts.pop()
            self._modules[".".join(parts)] = path

    def name(self, path: str) -> str:
        """The name in ``sys.modules`` of the module that a file holds."""
        return ".".join(self._parts(path))

    def _parts(self, path: str) -> list[str]:
        root, *below = path.removesuffix(".py").split("/")
        return [OWN + root if root in self._renamed else root, *below]

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the submission, None for any other."""
        if name not in self._modules and name not in self._packages:
            return None
        return ModuleSpec(name, self, origin=self._modules.get(name), is_package=name in self._packages)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The submission's own module, where its package imports it; else the default one will do."""
        return self.main if self.main is not None and spec.name == self.main.__name__ else None

    def exec_module(self, module: ModuleType) -> None:
        """Execute a module of the submission; a folder without ``__init__.py`` is an empty package."""
        path = self._modules.get(module.__name__)
        if module is self.main and self.execute_main is not None:
            self.execute_main()
        elif path is not None:
            module.__file__ = path
            self.execute(path, module)

    def execute(self, path: str, module: ModuleType) -> None:
        """Compile and execute one file in the namespace of ``module``."""
        self.run(compile(self.files[path], path, "exec", dont_inherit=True), module)

    def run(self, code: CodeType, module: ModuleType) -> None:
        """Execute code in the namespace of ``module``. Code that awaits is driven to its end, without an event loop."""
        namespace = vars(module)
        if self._hiding:  # with its code, every function that it defines looks here for ``__import__``
            namespace["__builtins__"] = {**vars(builtins), "__import__": self._import}
        awaiting = eval(code, namespace)  # noqa: S307 - running student code is what this process is for
        if code.co_flags & CO_COROUTINE:
            with suppress(StopIteration):
                while True:
                    awaiting.send(None)

    def line(self, path: str, number: int) -> str:
        """One line of a file or cell, without its indentation."""
        lines = source_lines(self.texts[path])
        return lines[number - 1].strip()[:400] if 0 < number <= len(lines) else ""

    def _import(self, name: str, globals_: Any = None, locals_: Any = None, names: Any = (), level: int = 0) -> Any:
        own = level == 0 and name.partition(".")[0] in self._hiding
        return builtins.__import__(OWN + name if own else name, globals_, locals_, names, level)


def _can_be_hidden(root: str) -> bool:
    """True for a library in place of which Python would import a file beside the program."""
    return root not in {"numpy", *sys.builtin_module_names} and FrozenImporter.find_spec(root) is None
