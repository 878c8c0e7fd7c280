"""Names of a snippet that may stand for the same object, or for a part of it: ``row`` and ``h`` after ``row = h[0]``.

Wherever in the snippet that is said, it counts everywhere: too many names rather than too few. What a function of the
module returns is taken for its own, since its result is what is asked for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Functions and methods whose result may be, show, or hand out what they are given.
_SHOWING = frozenset(
    {
        *("asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require", "view"),
        *("reshape", "ravel", "transpose", "squeeze", "expand_dims", "swapaxes", "moveaxis", "rollaxis", "diagonal"),
        *("atleast_1d", "atleast_2d", "atleast_3d", "broadcast_to", "broadcast_arrays", "flip", "fliplr", "flipud"),
        *("split", "array_split", "hsplit", "vsplit", "dsplit", "unstack", "rot90", "real", "imag", "nditer"),
        *("get", "setdefault", "pop", "popitem", "values", "items", "ChainMap", "SimpleNamespace", "partial"),
        *("list", "tuple", "dict", "zip", "enumerate", "reversed", "sorted", "iter", "next", "map", "filter", "chain"),
    }
)


def aliases(tree: ast.AST) -> dict[str, frozenset[str]]:
    """For each name that may share its object with others, all that do, itself among them."""
    groups: dict[str, frozenset[str]] = {}
    for names in _together(tree):
        joined = names.union(*(groups.get(name, frozenset()) for name in names))
        groups.update(dict.fromkeys(joined, joined))
    return groups


def _together(tree: ast.AST) -> Iterator[frozenset[str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _paired(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                yield _shown(target) | _shown(value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield _shown(target) | _shown(value)
            case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
                yield _shown(target) | _shown(value)


def _paired(target: ast.expr, value: ast.expr) -> Iterator[frozenset[str]]:
    """``a, b = c, d`` is two assignments."""
    match target, value:
        case (ast.Tuple(elts=targets), ast.Tuple(elts=values)) if len(targets) == len(values):
            for one, other in zip(targets, values, strict=True):
                yield from _paired(one, other)
        case _:
            yield _shown(target) | _shown(value)


def _shown(node: ast.expr | None) -> frozenset[str]:
    """The names whose object an expression may be, show a part of, or hold."""
    match node:
        case ast.Name(id=name):
            return frozenset({name} - {"np"})
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            return _shown(value)
        case ast.Call(func=function, args=given, keywords=named) as call:
            whole = [*_on(function), *given, *(each.value for each in named)]
            return _all_shown(whole if _is_showing(function) else filled(call))
    return _all_shown(_held(node))


def _all_shown(nodes: Iterable[ast.expr]) -> frozenset[str]:
    return frozenset[str]().union(*map(_shown, nodes))


def filled(call: ast.Call) -> list[ast.expr]:
    """What a call of NumPy's is told to put its result into."""
    return [each.value for each in call.keywords if each.arg == "out"]


def _on(function: ast.expr) -> list[ast.expr]:
    """What a method is called on."""
    return [function.value] if isinstance(function, ast.Attribute) else []


def _is_showing(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _SHOWING
    return False


def _held(node: ast.expr | None) -> list[ast.expr]:
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items) | ast.BoolOp(values=items):
            return items
        case ast.Dict(values=items):
            return items
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) | ast.DictComp(value=item):
            return [item]
        case ast.NamedExpr(value=value):
            return [value]
    return []
