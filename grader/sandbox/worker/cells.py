"""What a submission's module is run as: whole, or cell by cell in one namespace, as its author ran it.

A file in cells is a notebook, a Python file whose lines ``# %%`` part it as editors do, or a notebook of marimo's: its
cells are the bodies of functions, and run in the order of what they need. Their lines keep their numbers.
"""

from __future__ import annotations
import __future__

import ast
import re
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from grader.records.lines import CELL_MARK
from grader.records.run import MAX_CODE_CELLS, cell_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from types import CodeType

_MARIMO = re.compile(r"^app[ \t]*=[ \t]*marimo\.App\(", re.MULTILINE)
_FUTURE = __future__.annotations.compiler_flag  # the only one of Python 3 that changes anything
_AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

#: What makes a constant when it is called, or when what it holds is: ``EPS = np.finfo(float).eps``.
_CONSTANT_MAKERS = frozenset(
    {"np", "numpy", "math", "float", "int", "complex", "bool", "str", "len", "range", "enumerate", "zip", "sorted"}
    | {"reversed", "sum", "min", "max", "abs", "round", "tuple", "list", "dict", "set", "frozenset", "map", "slice"}
)


class CodeCell(NamedTuple):
    """Code and the ``file`` that tracebacks name for it; text as long as nobody knows whether it is Python."""

    file: str
    code: str | list[ast.stmt]
    in_notebook: bool = False

    @property
    def line(self) -> int:
        """Where it begins in its file; 0 for a cell of a notebook, which is no file's."""
        if isinstance(self.code, list):
            return self.code[0].lineno
        return 0 if self.in_notebook else 1 + len(self.code) - len(self.code.lstrip("\n"))

    def tree(self, flags: int) -> ast.Module:
        """Raises SyntaxError, and whatever else the parser raises on hostile text."""
        if isinstance(self.code, list):
            return ast.Module(self.code, [])
        flags |= ast.PyCF_ONLY_AST | _AWAITS
        tree: ast.Module = compile(self.code, self.file, "exec", flags, dont_inherit=True)
        return tree


def cells_of(path: str, text: str, notebook: Sequence[str]) -> list[CodeCell]:
    """The cells of the module ``path``, or none if it is an ordinary file. ``notebook`` are those of a notebook."""
    if notebook:
        return [CodeCell(cell_name(number), code, in_notebook=True) for number, code in enumerate(notebook, 1)]
    if not (_MARIMO.search(text) or CELL_MARK.search(text)):
        return []
    try:
        body = ast.parse(text, path).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pieces = _parted(text)
        return [CodeCell(path, piece) for piece in pieces] if 1 < len(pieces) <= MAX_CODE_CELLS else []
    parts = _marimo(body) if _MARIMO.search(text) else _between_marks(body, text)
    return [CodeCell(path, part) for part in parts] if 1 < len(parts) <= MAX_CODE_CELLS else []


def compiled(tree: ast.Module, file: str, flags: int) -> tuple[CodeType, int]:
    """Code, and the flags for the cells behind it: a ``from __future__`` holds for them as well."""
    code = compile(tree, file, "exec", flags | _AWAITS, dont_inherit=True)
    return code, flags | code.co_flags & _FUTURE


def light(body: list[ast.stmt]) -> list[ast.Module]:
    """The definitions, imports and constants of a body alone, each by itself: one may need what is left out."""
    return [ast.Module([node], []) for node in body if _is_light(node)]


def light_parts(path: str, text: str) -> list[CodeCell]:
    """What is light in a file without cells, part by part, so that one that ends a process can be skipped."""
    return [CodeCell(path, [node]) for node in ast.parse(text, path).body if _is_light(node)]


def below(error: BaseException, body: list[ast.stmt], file: str) -> list[ast.stmt]:
    """What stands behind the statement of a body that an exception stopped; nothing where none of it had begun."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename != file:
        traceback = traceback.tb_next
    line = inf if traceback is None else traceback.tb_lineno
    return [node for node in body if (node.end_lineno or 0) >= line][1:]


def are_new(body: list[ast.stmt], known: Container[str]) -> list[ast.stmt]:
    """Imports, and what gives none of the ``known`` names anew."""
    imports = (ast.Import, ast.ImportFrom)
    return [node for node in body if isinstance(node, imports) or not any(name in known for name in _bound([node]))]


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Names of the functions and classes that a body defines."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


# ── parting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _parted(text: str) -> list[str]:
    """Text that is no Python as a whole, between its marks; each piece begins with as many empty lines as go before."""
    starts = [0, *(mark.start() for mark in CELL_MARK.finditer(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    return ["\n" * text.count("\n", 0, start) + piece for start, piece in zip(starts, pieces, strict=False) if piece]


def _between_marks(body: list[ast.stmt], text: str) -> list[list[ast.stmt]]:
    """Statements between marks. What looks like a mark within a statement, in a text of several lines, is none."""
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in CELL_MARK.finditer(text)]
    parts: list[list[ast.stmt]] = [[]]
    for node in body:
        if lines and lines[0] < node.lineno:
            while lines and lines[0] < node.lineno:
                lines.pop(0)
            parts.append([])
        parts[-1].append(node)
        while lines and lines[0] <= (node.end_lineno or 0):
            lines.pop(0)
    return [part for part in parts if part]


def _marimo(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Bodies of the functions that are cells, each behind those that define its parameters; else in their order."""
    parts: list[list[ast.stmt]] = []
    waiting: list[tuple[set[str], list[ast.stmt]]] = []
    for node in body:
        if isinstance(node, ast.With) and _asked_of_app(node.items[0].context_expr) == "setup":
            parts.append(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
            asked = _asked_of_app(node.decorator_list[0])
            if asked == "cell" and not isinstance(node, ast.ClassDef):
                own = [each for each in node.body if not isinstance(each, ast.Return)]
                waiting.append(({each.arg for each in node.args.args}, own))
                continue
            if asked in ("function", "class_definition"):
                node.decorator_list.pop(0)
            waiting.append((set(), [node]))
        elif _is_light(node) and not _makes_app(node):  # what somebody wrote between the cells
            parts.append([node])
    return parts + _in_order(waiting)


def _makes_app(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "app"


def _asked_of_app(node: ast.expr) -> str:
    """``cell`` of ``app.cell`` and of ``app.cell(hide_code=True)``; empty for anything else."""
    asked = node.func if isinstance(node, ast.Call) else node
    if isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name) and asked.value.id == "app":
        return asked.attr
    return ""


def _in_order(waiting: list[tuple[set[str], list[ast.stmt]]]) -> list[list[ast.stmt]]:
    given = [_bound(body) for _, body in waiting]
    needs = [{n for n, names in enumerate(given) if n != own and names & need} for own, (need, _) in enumerate(waiting)]
    left, done = list(range(len(waiting))), set[int]()
    ordered: list[list[ast.stmt]] = []
    while left:
        following = next((n for n in left if needs[n] <= done), left[0])  # in a circle, the first
        left.remove(following)
        done.add(following)
        ordered.append(waiting[following][1])
    return [body for body in ordered if body]


def _bound(body: list[ast.stmt]) -> set[str]:
    """Names that a body gives a value: what it assigns, defines and imports, in its blocks as well."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        if not isinstance(node, _SCOPES):  # whose names are their own
            waiting.extend(ast.iter_child_nodes(node))
    return names


_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


# ── what is harmless to run again ─────────────────────────────────────────────────────────────────────────────────


def _is_light(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            return _is_constant(value)
        case ast.AnnAssign(value=value):
            return value is None or _is_constant(value)
        case ast.If(test=test, body=body, orelse=orelse):
            return _is_constant(test) and all(map(_is_light, [*body, *orelse]))
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            return all(map(_is_light, [*body, *(each for part in handlers for each in part.body), *orelse, *final]))
    return False


def _is_constant(node: ast.expr) -> bool:
    """Whether a value is written out, made of others, or made by Python, NumPy or ``math`` of such."""
    made = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    waits = any(isinstance(each, ast.Await | ast.Yield | ast.YieldFrom) for each in ast.walk(node))
    return not waits and all(map(_makes_constants, made))


def _makes_constants(func: ast.expr) -> bool:
    while isinstance(func, ast.Attribute | ast.Call | ast.Subscript):
        func = func.func if isinstance(func, ast.Call) else func.value
    return isinstance(func, ast.Constant) or (isinstance(func, ast.Name) and func.id in _CONSTANT_MAKERS)
