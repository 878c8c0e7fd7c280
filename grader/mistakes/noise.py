"""A reference whose arithmetic is slightly off everywhere, to find out how far rounding alone can carry a result."""

from __future__ import annotations

import ast
import builtins

_PRELUDE = """
import numpy as _noise_numpy

_NOISE_SEED = {seed}
_NOISE_SIZE = {size}
_noise_random = _noise_numpy.random.default_rng(_NOISE_SEED)


def _noise(value):
    if isinstance(value, (float, _noise_numpy.floating)):
        with _noise_numpy.errstate(all="ignore"):
            return value * (1.0 + _noise_random.uniform(-_NOISE_SIZE, _NOISE_SIZE))
    if isinstance(value, _noise_numpy.ndarray) and value.dtype.kind == "f":
        factors = 1.0 + _noise_random.uniform(-_NOISE_SIZE, _NOISE_SIZE, value.shape)
        with _noise_numpy.errstate(all="ignore"):
            return _noise_numpy.multiply(value, factors, out=_noise_numpy.empty_like(value), casting="same_kind")
    return value
"""

#: Built-in functions that compute; the others give what they were given, or whole numbers, or no numbers.
_COMPUTING = frozenset({"sum", "pow"})
_BUILTINS = frozenset(vars(builtins)) - _COMPUTING

#: Functions that only move numbers. There is nothing to round, and what they give may share memory with its source:
#: a copy would change the meaning of a later ``a[0] = 1``.
_MOVING = frozenset(
    {"array", "asarray", "asanyarray", "ascontiguousarray", "atleast_1d", "atleast_2d", "atleast_3d", "view", "copy"}
    | {"empty", "empty_like", "zeros", "zeros_like", "ones", "ones_like", "full", "full_like", "eye", "arange"}
    | {"reshape", "ravel", "flatten", "squeeze", "transpose", "swapaxes", "moveaxis", "rollaxis", "expand_dims"}
    | {"concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "append", "split", "array_split"}
    | {"broadcast_to", "broadcast_arrays", "diagonal", "diag", "flip", "roll", "tile", "repeat", "take", "where"}
    | {"astype", "item", "tolist", "get", "pop", "setdefault"}
)


def noisy(source: str, seed: int = 0, size: float = 1e-10) -> str:
    """The module with independent relative noise of at most ``size`` on every float that its functions compute.

    Noise is on the results of operators, minus signs and calls, whether Python's floats or NumPy's scalars and arrays.
    Whole numbers, truths and everything else stay as they are, and so do zeros, shapes and types. Code outside of
    functions is left alone. The line ``_NOISE_SEED = …`` holds the seed.
    """
    tree = ast.parse(source)
    own = frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    _Functions(own).visit(tree)
    first = next((index for index, node in enumerate(tree.body) if not _comes_first(node)), len(tree.body))
    tree.body[first:first] = ast.parse(_PRELUDE.format(seed=seed, size=size)).body
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _comes_first(node: ast.stmt) -> bool:
    """Docstrings and imports from ``__future__``, which nothing may stand before."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
            return True
    return False


class _Functions(ast.NodeTransformer):
    """Finds the bodies of functions. Decorators, defaults and annotations are evaluated elsewhere, or never.

    ``own`` are the module's functions: their results had their noise within, and may be arrays that somebody keeps.
    """

    def __init__(self, own: frozenset[str]) -> None:
        self.own = own

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        inside = _Arithmetic(self.own)
        node.body = [inside.visit(statement) for statement in node.body]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        node.body = _Arithmetic(self.own).visit(node.body)
        return node


class _Arithmetic(_Functions):
    """Wraps what computes, within the body of a function."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return _Functions(self.own).generic_visit(node)

    # ── what gets noise ───────────────────────────────────────────────────────────────────────────────────────────

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _wrapped(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        is_literal = isinstance(node.operand, ast.Constant)
        return _wrapped(node) if isinstance(node.op, ast.USub) and not is_literal else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return _wrapped(node) if self._computes(node) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AugAssign:
        self.generic_visit(node)
        node.value = _wrapped(_bare(node.value))
        return node

    def _computes(self, call: ast.Call) -> bool:
        if any(keyword.arg == "out" for keyword in call.keywords):
            return False  # the result is an array that somebody holds
        match call.func:
            case ast.Name(id=name):
                return name not in self.own | _BUILTINS | _MOVING
            case ast.Attribute(value=ast.Name(id="self")):
                return False
            case ast.Attribute(attr=name):
                return name not in _MOVING
        return True

    # ── what gets none ────────────────────────────────────────────────────────────────────────────────────────────

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        self.generic_visit(node)
        node.value = _bare(node.value)
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = _bare(node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        node.iter = _bare(node.iter)
        return node

    def visit_withitem(self, node: ast.withitem) -> ast.withitem:
        self.generic_visit(node)
        node.context_expr = _bare(node.context_expr)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        return node  # a pattern is no expression: -1 in it is a literal

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node


def _wrapped(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("_noise", ast.Load()), [node], [])


def _bare(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="_noise"), args=[inner]):
            return inner
    return node
