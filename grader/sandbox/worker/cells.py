"""What a submission's module is run as: whole, or cell by cell in one namespace, as its author ran it.

A file in cells is a notebook, a Python file whose lines ``# %%`` part it as editors do, or a notebook of marimo's: its
cells are the bodies of functions, and run in the order of what they need. Their lines keep their numbers.
"""

from __future__ import annotations
import __future__

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from grader.records.run import MAX_CODE_CELLS, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType

_MARK = re.compile(r"^#[ \t]?%%", re.MULTILINE)
_MARIMO = re.compile(r"^app[ \t]*=[ \t]*marimo\.App\(", re.MULTILINE)
_FUTURE = __future__.annotations.compiler_flag  # the only one of Python 3 that changes anything
_AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

#: Libraries whose functions make a constant, as in ``EPS = np.finfo(float).eps``.
_CONSTANT_MAKERS = frozenset({"np", "numpy", "math"})


class CodeCell(NamedTuple):
    """Code and the ``file`` that tracebacks name for it; text as long as nobody knows whether it is Python."""

    file: str
    code: str | list[ast.stmt]

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
        return [CodeCell(cell_name(number), code) for number, code in enumerate(notebook, 1)]
    if not (_MARIMO.search(text) or _MARK.search(text)):
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


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Names of the functions and classes that a body defines."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


# ── parting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _parted(text: str) -> list[str]:
    """Text that is no Python as a whole, between its marks; each piece begins with as many empty lines as go before."""
    starts = [0, *(mark.start() for mark in _MARK.finditer(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    return ["\n" * text.count("\n", 0, start) + piece for start, piece in zip(starts, pieces, strict=False) if piece]


def _between_marks(body: list[ast.stmt], text: str) -> list[list[ast.stmt]]:
    """Statements between marks. What looks like a mark within a statement, in a text of several lines, is none."""
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in _MARK.finditer(text)]
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
    first: list[ast.stmt] = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    parts: list[list[ast.stmt]] = [first] if first else []
    waiting: list[tuple[set[str], list[ast.stmt]]] = []
    for node in body:
        if isinstance(node, ast.With) and _asked_of_app(node.items[0].context_expr) == "setup":
            parts.append(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
            match _asked_of_app(node.decorator_list[0]):
                case "cell" if not isinstance(node, ast.ClassDef):
                    own = [each for each in node.body if not isinstance(each, ast.Return)]
                    waiting.append(({each.arg for each in node.args.args}, own))
                case "function" | "class_definition":
                    node.decorator_list.pop(0)
                    waiting.append((set(), [node]))
    return parts + _in_order(waiting)


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
    """Names that a body gives a value: what it assigns, defines and imports, in blocks and functions as well."""
    names: set[str] = set()
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
    return names


# ── what is harmless to run again ─────────────────────────────────────────────────────────────────────────────────


def _is_light(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(value=value):
            return _is_constant(value)
        case ast.AnnAssign(value=value):
            return value is None or _is_constant(value)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            return all(map(_is_light, [*body, *(each for part in handlers for each in part.body), *orelse, *final]))
        case ast.Pass():
            return True
    return False


def _is_constant(node: ast.expr) -> bool:
    """Whether a value is written out, or another name for something, or made of such by NumPy or ``math``."""
    match node:
        case ast.Call(func=func):
            root = func
            while isinstance(root, ast.Attribute | ast.Call):
                root = root.value if isinstance(root, ast.Attribute) else root.func
            made = isinstance(root, ast.Name) and root.id in _CONSTANT_MAKERS
            return made and all(map(_is_constant, [*node.args, *(each.value for each in node.keywords)]))
        case ast.Constant() | ast.Name() | ast.Lambda():
            return True
        case ast.Attribute(value=value) | ast.Starred(value=value) | ast.UnaryOp(operand=value):
            return _is_constant(value)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return all(map(_is_constant, items))
        case ast.Dict(keys=keys, values=values):
            return all(_is_constant(each) for each in [*keys, *values] if each is not None)
    return False
