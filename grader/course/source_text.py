"""A submission's modules as trees, and what a name in them stands for: ``inv`` after ``from numpy.linalg import inv``.

The text is hostile and never run. It is parsed file by file, as far as an exercise reaches, and walked without
recursion. A function is taken as one scope with all that stands in it: where two functions within it use one name for
different things, a global of that name is not seen.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.course.reach import belongs_to
from grader.course.scopes import binding
from grader.course.source_words import BUILTINS
from grader.records.lines import CELL_MARK
from grader.records.run import CellFrame, Frame, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.records.run import Submission

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST = 12  # names of a dotted one that are followed, and aliases of aliases


class UnreadableError(ValueError):
    """A text that Python could run and that cannot be looked through."""


class Piece(NamedTuple):
    """A text with a name in tracebacks: a file, or a cell of a notebook."""

    name: str
    text: str
    is_cell: bool = False

    def frame(self, line: int) -> Frame:
        """A line of it as reports name it."""
        return (CellFrame if self.is_cell else Frame)(self.name, line, "")


class Written(NamedTuple):
    """A statement of the top level, and where it stands."""

    node: ast.stmt
    piece: Piece


@dataclass(eq=False)
class ModuleText:
    """One module. ``path`` is its file among those that were handed in; the main one has an empty ``name``."""

    name: str
    path: str
    pieces: tuple[Piece, ...]
    _deciding: dict[str, list[Written]] = field(default_factory=dict)
    _meant: dict[str, str] = field(default_factory=dict)
    _loaded: dict[ast.stmt, set[str]] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[Written, ...]:
        """Its statements. Raises UnreadableError."""
        if self._read is None:
            raise UnreadableError
        return self._read

    @cached_property
    def _read(self) -> tuple[Written, ...] | None:
        try:
            return tuple(Written(node, piece) for piece in self.pieces for node in _parsed(piece.text))
        except UnreadableError:  # so that it is not parsed once more for each exercise
            return None

    @cached_property
    def _belonging(self) -> Mapping[str, list[Written]]:
        found: dict[str, list[Written]] = {}
        for written in self.statements:
            node = written.node
            for name in {node.name} if isinstance(node, Definition) else belongs_to(node):
                found.setdefault(name, []).append(written)
        return found

    def deciding(self, name: str) -> list[Written]:
        """The statements that decide what a name holds in the end: the last that binds it anew, and those after it."""
        if name not in self._deciding:
            self._deciding[name] = list(self._from_the_last(name))
        return self._deciding[name]

    def _from_the_last(self, name: str) -> Iterator[Written]:
        for written in reversed(self._belonging.get(name, ())):
            yield written
            node = written.node
            anew = isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign)
            if anew and node not in self._loaded:
                self._loaded[node] = _loaded(node)
            if isinstance(node, Definition) or (anew and name not in self._loaded[node]):
                return

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """Modules of which everything is imported."""
        nodes = (written.node for written in self.statements)
        imports = (node for node in nodes if isinstance(node, ast.ImportFrom))
        modules = (_module_of(node, self.path) for node in imports if node.names[0].name == "*")
        return tuple(dict.fromkeys(modules))[:LONGEST]

    def meant(self, name: str, depth: int = 0) -> str:
        """What a name of the module stands for, with dots; ``:name`` for what it defines, empty for what is unknown."""
        if name not in self._meant:
            self._meant[name] = self._bound(name, depth) or self._from_stars(name)
        return self._meant[name]

    def _bound(self, name: str, depth: int) -> str:
        deciding = self.deciding(name)
        for written in deciding:
            match written.node:
                case ast.Import() | ast.ImportFrom() as node:
                    if (found := imported(node, self.path).get(name)) is not None:
                        return found
                case node if depth < LONGEST and (value := dict(_kept(node)).get(name)) is not None:
                    return Names(self).dotted(value, depth + 1) or f":{name}"
        return f":{name}" if deciding else ""

    def _from_stars(self, name: str) -> str:
        for module in self.stars:
            of_numpy = module.partition(".")[0] == "numpy"
            if hasattr(_numpy(module), name) if of_numpy else name not in BUILTINS:
                return f"{module}.{name}"
        return f"builtins.{name}" if name in BUILTINS else ""


@dataclass(eq=False)
class Names:
    """What names stand for within a statement of a module: those that are its own are ``local``."""

    module: ModuleText
    local: Mapping[str, str] = field(default_factory=dict)

    def dotted(self, node: ast.expr, depth: int = 0) -> str:
        """What a name, or what follows its dots, stands for; empty for anything else."""
        parts: list[str] = []
        while len(parts) <= LONGEST:
            match node:
                case ast.Attribute(value=value, attr=name):
                    node = value
                case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]):
                    node = value
                case ast.Name(id=name):
                    base = self.local[name] if name in self.local else self.module.meant(name, depth)
                    return ".".join([base, *reversed(parts)]) if base else ""
                case _:
                    return ""
            parts.append(name)
        return ""


def names_in(module: ModuleText, node: ast.AST) -> Names:
    """The names within a function, or another statement of the top level, whose own names are the module's."""
    if not isinstance(node, Function):
        return Names(module)
    inside = [inner for inner in ast.walk(node) if inner is not node]
    shared = {name for inner in inside if isinstance(inner, ast.Global) for name in inner.names}
    local = {name: "" for inner in inside for name in _bound_by(inner) if name not in shared}
    for inner in inside:
        if isinstance(inner, ast.Import | ast.ImportFrom):
            local |= imported(inner, module.path)
    found = Names(module, local)
    for name, value in chain.from_iterable(map(_kept, inside)):
        if not local.get(name) and name not in shared:
            local[name] = found.dotted(value)
    return found


def _kept(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that are given to values as they stand in the text."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
            pairs = zip(names, values, strict=True)
            yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.arg):
        yield node.arg
    elif not isinstance(node, ast.alias):
        yield from binding(node)


def imported(node: ast.Import | ast.ImportFrom, path: str) -> dict[str, str]:
    """The names that an import binds, and what each stands for."""
    if isinstance(node, ast.ImportFrom):
        module = _module_of(node, path)
        return {each.asname or each.name: f"{module}.{each.name}" for each in node.names}
    return {
        each.asname or each.name.partition(".")[0]: each.name if each.asname else each.name.partition(".")[0]
        for each in node.names
    }


def modules_of(submission: Submission) -> Iterator[tuple[str, ModuleText]]:
    """Every module that was handed in, by its dotted name; the main one is the empty name's too."""
    for path, text in submission.files.items():
        is_notebook = path == submission.module and submission.cells
        cells = tuple(Piece(cell_name(number), cell, is_cell=True) for number, cell in enumerate(submission.cells, 1))
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        is_main = path == submission.module
        module = ModuleText("" if is_main else dotted, path, cells if is_notebook else (Piece(path, text),))
        yield from ((name, module) for name in ((dotted, "") if is_main else (dotted,)))


def _module_of(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    above = PurePosixPath(path).parent.parts
    package = above[: len(above) + 1 - node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _numpy(module: str) -> object:
    holder: object = np
    for name in module.split(".")[1:]:
        holder = getattr(holder, name, None)
    return holder


def _loaded(node: ast.AST) -> set[str]:
    within = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load))
    return {inner.id for inner in within}


def _parsed(text: str) -> list[ast.stmt]:
    """The statements of a text. Of one that is no Python, the parts that editors show as cells; they run one by one."""
    try:
        return _tree(text)
    except SyntaxError:
        starts = [0, *(match.start() for match in CELL_MARK.finditer(text) if match.start())]
        found: list[ast.stmt] = []
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            lines = text.count("\n", 0, start)
            try:
                found += _tree("\n" * lines + text[start:end])
            except SyntaxError:
                continue
        return found


def _tree(text: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of literals that a student wrote
            return ast.parse(text).body
    except (RecursionError, MemoryError) as error:
        raise UnreadableError from error
    except ValueError as error:  # a null byte, which Python refuses as well
        raise SyntaxError from error
