"""A submission, imported in this process: what it defines, and what its code answers."""

from __future__ import annotations

import importlib
import sys
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.values import pack, unpack
from grader.sandbox import protocol
from grader.sandbox.worker.failures import failure
from grader.sandbox.worker.inputs import aliases, differs, fresh
from grader.sandbox.worker.sources import Sources
from grader.sandbox.worker.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StudentModule:
    """An imported submission."""

    def __init__(self, files: Mapping[str, str], module: str) -> None:
        self.sources = Sources(files)
        self.stand_ins = StandIns()
        self.path = module
        self.module = ModuleType(self.sources.name(module))
        self.problem: protocol.Failure | None = None
        self.uses_chance = any("random" in text for text in files.values())

    def load(self) -> None:
        """Execute the module. What it defined before an exception stays."""
        sys.meta_path[:0] = [self.sources, self.stand_ins]
        self.module.__file__ = self.path
        try:
            if not self._is_loaded_by_its_package():
                sys.modules[self.module.__name__] = self.module
                self.sources.execute(self.path, self.module)
        except BaseException as error:  # noqa: BLE001 - whatever student code raises is an answer, SystemExit included
            self.problem = failure(error, self.sources)

    def _is_loaded_by_its_package(self) -> bool:
        """Import the package that the module lies in, as Python would: its ``__init__`` may import the module."""
        package, _, name = self.module.__name__.rpartition(".")
        self.module.__package__ = package
        if not package:
            return False
        self.sources.main = self.module
        try:
            setattr(importlib.import_module(package), name, self.module)
        except BaseException:  # noqa: BLE001 - who needs the package meets the same; the module may do without
            return False
        return sys.modules.get(self.module.__name__) is self.module

    def names(self) -> list[tuple[str, list[str] | None]]:
        """What the submission defines, with the parameters of what can be called."""
        found: list[tuple[str, list[str] | None]] = []
        for name, value in list(vars(self.module).items())[:1000]:
            if not name.startswith("__") and type(value) is not ModuleType:
                found.append((name[:200], parameters(value)))
        return found

    def run(
        self, code: CodeType, case: protocol.ExecuteCase, outputs: Sequence[str]
    ) -> protocol.Result | protocol.Failure:
        """Run a snippet once, on fresh copies of the inputs."""
        given = {name: unpack(wire) for name, wire in case.inputs.items()}
        inputs = {name: fresh(value) for name, value in given.items()}
        namespace = {**vars(self.module), "np": np, **case.sizes, **inputs}
        try:
            exec(code, namespace)  # noqa: S102 - running student code is what this process is for
            found = {name: namespace[name] for name in outputs if name in namespace}
            result = protocol.Result(
                outputs={name: pack(value) for name, value in found.items()},
                missing=[name for name in outputs if name not in namespace],
                changed=[name for name, value in inputs.items() if differs(value, given[name])],
                aliased=list(aliases(found, inputs)),
            )
        except BaseException as error:  # noqa: BLE001 - as above
            return failure(error, self.sources)
        return result


def parameters(value: Any) -> list[str] | None:
    """Names of the parameters of a function, or of a class's constructor without ``self``; None for anything else."""
    is_class = isinstance(value, type)
    function = value.__dict__.get("__init__") if is_class else value
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return [] if is_class else None
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return [name[:200] for name in (names[1:] if is_class else names)][:64]
