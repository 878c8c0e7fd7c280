"""Inert modules in place of libraries for plots, notebooks and tests, and of a course's own helpers for tests.

A plot left in a hand-in is no mistake, the libraries may be missing where grading happens, and importing the real
ones takes longer than grading. A library that is really loaded is left alone, and so is a file that was handed in:
whoever looks for that comes first.
"""

from __future__ import annotations

import builtins
import importlib
import math
import re
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.stand_ins import STAND_INS
from grader.sandbox.worker import expectations, progress, shell  # noqa: F401 - they register what they answer
from grader.sandbox.worker.inert import InertKind, answered, attribute, is_own
from grader.sandbox.worker.plots import PYPLOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.abc import Loader
    from types import FrameType
else:
    Loader = object  # importlib.abc takes 6 ms, and Python asks a loader for its methods alone

_VERSION = "99.0.0"  # at least what anybody asks for
#: Modules that others offer as an attribute, without an import of their own.
_MODULES = frozenset({"matplotlib.pyplot", "matplotlib.pylab"})
_PYLAB = frozenset({"pylab", "matplotlib.pylab"})
#: What pylab leaves to Python.
_PYTHONS = frozenset({"abs", "bool", "bytes", "complex", "float", "int", "max", "min", "object", "pow", "round", "str"})
#: What a module is likely to have imported itself, so that whoever imports all of it has it too.
_BESIDE = {"np": np, "numpy": np, "math": math}
_USED = r"(?<![\w.])[A-Za-z]\w*+(?=[ \t]*+[(.])"  # compiled when needed, which is seldom


class StandInModule(ModuleType):
    """A module of a stand-in, in which there is everything."""

    def __init__(self, name: str, library: str, texts: Iterable[str]) -> None:
        """``texts`` are what the submission says, in which there is what it would import by ``*``."""
        super().__init__(name)
        self._library, self._texts = library, texts

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return _VERSION
        if name == "__all__":
            return self._everything(sys._getframe(1))  # noqa: SLF001 - no public way
        if name.startswith("__"):
            raise AttributeError(name)
        if f"{self.__name__}.{name}" in _MODULES:
            return importlib.import_module(f"{self.__name__}.{name}")
        if name in _BESIDE:
            return _BESIDE[name]
        if self.__name__ in _PYLAB and (found := _of_numpy(name)) is not None:
            return found
        return attribute(self._library, name, of_module=True)

    def _everything(self, importing: FrameType) -> list[str]:
        """What ``from module import *`` brings: what pyplot has, of other modules whatever is used and unknown."""
        names = answered(self._library)
        if self.__name__ in _PYLAB | _MODULES:
            names.update(PYPLOT.split())  # and no name more, so that a misspelt one stays unknown
            if self.__name__ in _PYLAB:  # NumPy's sum is in the place of Python's, as in pylab
                names = names.union(*(home.__all__ for home in _numpy())) - _PYTHONS | {"np"}
            return sorted(names)
        names.update(name for text in self._texts for name in re.findall(_USED, text))
        return sorted(names - importing.f_globals.keys() - vars(builtins).keys())


def _numpy() -> tuple[Any, ...]:
    """What pylab takes from NumPy, the last word first."""
    return (np.linalg, np.random, np.fft, np)


def _of_numpy(name: str) -> Any:
    return next((getattr(home, name) for home in _numpy() if name in home.__all__), None)


class StandIns(Loader):
    """Finder and loader of the stand-ins. ``used`` names the libraries that a submission asked for."""

    def __init__(self, texts: Iterable[str], further: Iterable[str] = ()) -> None:
        """``texts`` are the submission's, ``further`` the assignment's own.

        Made once every library is loaded, since those are left alone.
        """
        self._libraries = {name for name in (*STAND_INS, *further) if name not in sys.modules}
        self._texts = tuple(texts)
        self.used: list[str] = []

    def install(self) -> None:
        """Answer for what is imported from now on, and for what a notebook knows without it."""
        sys.meta_path.insert(0, self)
        shell.install()

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for one of the libraries, anything below it, or a package that it is in; None for any other module."""
        library = self._library(name)
        if library is not None and library not in self.used:
            self.used.append(library)
        within = any(known.startswith(f"{name}.") for known in self._libraries)
        return ModuleSpec(name, self, is_package=True) if library is not None or within else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An inert module, or an empty one around it."""
        library = self._library(spec.name)
        return None if library is None else StandInModule(spec.name, library, self._texts)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""

    def _library(self, name: str) -> str | None:
        return next((known for known in self._libraries if f"{name}.".startswith(f"{known}.")), None)


def is_stand_in(value: object) -> bool:
    """Whether a value is what a stand-in has or gave, and so nothing that a submission defines."""
    return is_own(value) or isinstance(value, StandInModule) or (isinstance(value, InertKind) and "_own" in vars(value))
