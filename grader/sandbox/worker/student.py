"""A submission, imported in this process: what it defines, and what its code answers."""

from __future__ import annotations

import ast
import importlib
import sys
from contextlib import suppress
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from grader.records.values import unpack
from grader.sandbox import protocol
from grader.sandbox.worker.cells import CodeCell, are_new, below, cells_of, compiled, defined, light, light_parts
from grader.sandbox.worker.failures import failure
from grader.sandbox.worker.inputs import aliases, differs, fresh
from grader.sandbox.worker.ordinary import packed
from grader.sandbox.worker.snippet import Interruption, execute, helpers_in
from grader.sandbox.worker.sources import Sources
from grader.sandbox.worker.stand_ins import StandIns, is_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from msgspec import Raw

    from grader.records.record import Value
    from grader.sandbox.worker.snippet import Statement

_Answer: TypeAlias = protocol.Result | protocol.Failure | protocol.Interrupted


class StudentModule:
    """An imported submission."""

    def __init__(
        self, files: Mapping[str, str], module: str, cells: Sequence[str] = (), stand_ins: Sequence[str] = ()
    ) -> None:
        self.sources = Sources(files, cells)
        self._notebook = cells
        self.stand_ins = StandIns(self.sources.texts.values(), stand_ins)
        self.path = module
        self.module = ModuleType(self.sources.name(module))
        self.problem: protocol.Failure | None = None
        self.resumed = False
        self.lost: list[tuple[int, protocol.Failure]] = []
        self.twice: list[str] = []
        self._entered = 0
        self._flags = 0  # of the compiler: a ``from __future__`` holds for all that follows
        self.uses_chance = any("random" in text for text in files.values())

    def load(self, lightly: Collection[int], skipped: Collection[int], enter: Callable[[int, int], None]) -> None:
        """Execute the module, or its cells, each told to ``enter`` before.

        Where code stops at an exception, what it defined before stays, and definitions and the like below are executed
        all the same: an experiment, or a library that is missing here, costs what needs it. Of cells numbered in
        ``lightly``, and of the whole module if 0 is there, definitions and the like alone are executed; of those in
        ``skipped`` nothing is.
        """
        self.stand_ins.install()
        sys.meta_path.insert(0, self.sources)  # before the stand-ins: what was handed in is what is meant
        self.module.__file__ = self.path
        run = self.sources.execute_main = partial(self._run, lightly, skipped, enter)
        try:
            if not self._is_loaded_by_its_package():
                sys.modules[self.module.__name__] = self.module
                run()
        except BaseException as error:  # noqa: BLE001 - whatever student code raises is an answer, SystemExit included
            self.problem = failure(error, self.sources)

    def _run(self, lightly: Collection[int], skipped: Collection[int], enter: Callable[[int, int], None]) -> None:
        """Execute the whole module or all cells; once more, where its package fails after it has imported them."""
        cells, everything = self._cells(), 0 in lightly
        if not cells and not everything:
            self._run_whole()
            return
        self._flags, self.lost, self.twice = 0, [], []
        defined_so_far = set[str]()
        for number, cell in enumerate(cells or light_parts(self.path, self.sources.files[self.path]), 1):
            if number > self._entered:
                enter(number, cell.line)
                self._entered = number
            if number in skipped:
                continue
            alone = everything or number in lightly
            try:
                tree = cell.tree(self._flags)
                self._execute(tree, cell.file, alone=alone)
            except BaseException as error:  # noqa: BLE001 - as above: it loses this cell alone
                self.lost.append((number, failure(error, self.sources)))
            else:
                here = set(defined(tree.body)) if cells and not alone else set[str]()
                self.twice += sorted(here & defined_so_far - set(self.twice))
                defined_so_far |= here

    def _cells(self) -> list[CodeCell]:
        return cells_of(self.path, self.sources.files[self.path], self._notebook)

    def _run_whole(self) -> None:
        """Execute an ordinary file. What is defined below the line that stops it is what its author ends up with."""
        source = self.sources.files[self.path]
        code = compile(source, self.path, "exec", dont_inherit=True)
        try:
            self.sources.run(code, self.module)
        except BaseException as error:
            with suppress(BaseException):  # parsing takes a deeper stack than compiling
                tree = ast.parse(source)
                _, self._flags = compiled(tree, self.path, 0)
                self.resumed = self._run_lightly(below(error, tree.body, self.path), self.path)
            raise

    def _execute(self, tree: ast.Module, file: str, *, alone: bool) -> None:
        """Execute a cell."""
        if alone:
            self._run_lightly(tree.body, file)
            return
        code, self._flags = compiled(tree, file, self._flags)
        try:
            self.sources.run(code, self.module)
        except BaseException as error:
            with suppress(BaseException):  # what is not new never came to be where the notebook ran
                self._run_lightly(are_new(below(error, tree.body, file), vars(self.module)), file)
            raise

    def _run_lightly(self, body: list[ast.stmt], file: str) -> bool:
        """Execute definitions, imports and constants, each by itself. Whether there are any."""
        parts = light(body)
        for part in parts:
            code, self._flags = compiled(part, file, self._flags)
            with suppress(BaseException):  # what ended the whole is told already
                self.sources.run(code, self.module)
        return bool(parts)

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
        # Its own first: what `import *` brings may be more than is told.
        for name, value in sorted(vars(self.module).items(), key=lambda item: not self._is_own(item[1])):
            if not name.startswith("__") and type(value) is not ModuleType and not is_stand_in(value):
                found.append((name[:200], parameters(value)))
        return found[: protocol.MAX_NAMES]

    def _is_own(self, value: Any) -> bool:
        """Whether it is a function of the module."""
        return type(value) is FunctionType and value.__globals__ is vars(self.module)

    def run(
        self, statements: Sequence[Statement], case: protocol.ExecuteCase, outputs: Sequence[str], helpers: str = ""
    ) -> _Answer:
        """Run a snippet once, on fresh copies of the inputs, beside fresh ``helpers``."""
        given = {name: unpack(wire, own=True) for name, wire in case.inputs.items()}
        inputs = {name: fresh(value) for name, value in given.items()}
        try:
            namespace = {**vars(self.module), "np": np, **helpers_in(helpers), **case.sizes, **inputs}
            execute(statements, namespace)
            return result_of(namespace, outputs, given, inputs)
        except Interruption as interruption:
            raised = failure(interruption.error, self.sources)
            settled = [name for name in outputs if name in interruption.settled]
            with suppress(BaseException):  # what it has set may be of any kind, and then nothing of it is told
                if settled:
                    return protocol.Interrupted(raised, result_of(namespace, settled, given, inputs))
            return raised
        except BaseException as error:  # noqa: BLE001 - as above
            return failure(error, self.sources)


def result_of(
    namespace: Mapping[str, Any], outputs: Sequence[str], given: Mapping[str, Value], inputs: Mapping[str, Value]
) -> protocol.Result:
    """The outputs that a snippet has left, and what has become of the inputs that it was given."""
    found = {name: namespace[name] for name in outputs if name in namespace}
    wires, read = packed(found)
    return protocol.Result(
        outputs=cast("dict[str, Raw]", wires),  # which is how they are encoded
        missing=[name for name in outputs if name not in namespace],
        changed=[name for name, value in inputs.items() if differs(value, given[name])],
        aliased=list(aliases(found, inputs)),
        read=read,
    )


def parameters(value: Any) -> list[str] | None:
    """Names of the parameters of a function, or of a class's constructor without ``self``; None for anything else."""
    is_class = isinstance(value, type)
    function = value.__dict__.get("__init__") if is_class else value
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return [] if is_class else None
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return [name[:200] for name in (names[1:] if is_class else names)][: protocol.MAX_PARAMETERS]
