"""Inert modules in place of plotting and notebook libraries.

A plot left in a hand-in is no mistake, the libraries may be missing where grading happens, and importing the real
ones takes longer than grading. What comes out of a stand-in does nothing, whatever is done with it.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from grader.sandbox.protocol import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.abc import Loader
else:
    Loader = object  # importlib.abc takes 6 ms, and Python asks a loader for its methods alone


class Nothing:
    """Answers everything with itself. Iterating gives two of it, for ``fig, ax = plt.subplots()``."""

    def __getattr__(self, name: str) -> Self:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_kwargs: object) -> Self:  # noqa: D102 - see above
        return self

    def __getitem__(self, _key: object) -> Self:
        return self

    def __setitem__(self, _key: object, _value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Self]:
        return iter((self, self))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class StandIns(Loader):
    """Finder and loader of the stand-ins. ``used`` names the libraries that a submission asked for."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for anything below one of the known libraries, None for any other module."""
        root = name.partition(".")[0]
        if root not in STAND_INS:
            return None
        if root not in self.used:
            self.used.append(root)
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An inert module."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""
