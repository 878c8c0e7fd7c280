"""Which scope of Python a name belongs to, told from the tree of a text."""

from __future__ import annotations

import ast
from collections.abc import Set
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Scope(Struct, frozen=True, eq=False):
    """A scope within a text, whose own is None. ``shared`` are the names that it declares global.

    ``types`` are the parameters of a type, around what they stand before.
    """

    kind: Literal["function", "class", "comprehension", "types"]
    outer: Scope | None
    names: Set[str]
    shared: Set[str] = frozenset()


def scope_of(
    kind: Literal["function", "class"], outer: Scope | None, nodes: Sequence[ast.AST], given: Iterable[str]
) -> Scope:
    """The scope of a body; ``given`` are its parameters and the like."""
    inside = list(own(nodes))
    shared = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
    free = {name for node in inside if isinstance(node, ast.Nonlocal) for name in node.names}
    return Scope(kind, outer, {*given, *chain.from_iterable(map(binding, inside))} - shared - free, shared)


def home_of(name: str, scope: Scope | None) -> Scope | None:
    """The scope that a name belongs to where it stands in ``scope``. What stands within a class sees none of its."""
    within = True
    while scope is not None:
        if within or scope.kind != "class":
            if name in scope.shared:
                return None
            if name in scope.names:
                return scope
        within = within and scope.kind == "types"
        scope = scope.outer
    return None


def own(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes, and those in them that belong to the same scope."""
    for node in nodes:
        yield node
        if isinstance(node, ast.Lambda):
            yield from own([node.args])
        elif isinstance(node, ast.comprehension):  # ``:=`` binds outside, the loop variables stay inside
            yield from own([node.iter, *node.ifs])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = {*node.body, *_type_parameters(node)}
            yield from own(child for child in ast.iter_child_nodes(node) if child not in inner)
        else:
            yield from own(ast.iter_child_nodes(node))


def binding(node: ast.AST) -> Iterator[str]:
    """The names that make this very node's scope hold them."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=str(name)) | ast.AsyncFunctionDef(name=str(name)) | ast.ClassDef(name=str(name)):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.alias():
            yield (node.asname or node.name).partition(".")[0]


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter of a function."""
    several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*several, *(each for each in (arguments.vararg, arguments.kwarg) if each is not None)]


def defaults(arguments: ast.arguments) -> list[ast.expr]:
    """What is evaluated where the function is defined."""
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def types_of(node: ast.AST, outer: Scope | None, *others: str) -> tuple[Scope, list[ast.AST]]:
    """The scope and the parameters of ``def f[T]()``, ``class A[T]`` or ``type B[T] = …``, new in Python 3.12."""
    found = _type_parameters(node)
    return Scope("types", outer, {*others, *(each.name for each in found)}), found


def _type_parameters(node: ast.AST) -> list[Any]:
    return getattr(node, "type_params", [])
