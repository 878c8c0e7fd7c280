"""What operators are made of: a change to a function's syntax tree, and the few ways to write one.

An operator yields changes and touches no tree: :class:`grader.mistakes.function.Function` applies them one at a time.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from grader.mistakes.equivalent import Idle

Place: TypeAlias = ast.expr | ast.stmt
Replacement: TypeAlias = ast.expr | list[ast.stmt]
Node = TypeVar("Node", bound=ast.AST)

_BODIES = ("body", "orelse", "handlers", "finalbody", "cases")


@dataclass(frozen=True, slots=True)
class Change:
    """Nodes of a function with what stands in their places afterwards, and a sentence where the operator's is vague.

    ``idle`` says where the change makes no difference, if that can be said. Of changes that are alike, a ``group``, one
    at least is made, however many there are of the others.
    """

    edits: tuple[tuple[Place, Replacement], ...]
    sentence: str = ""
    idle: Idle | None = None
    group: str = ""


def replace(node: Place, new: Replacement, sentence: str = "", *, idle: Idle | None = None, group: str = "") -> Change:
    """One node replaced, a statement by any number of them."""
    return Change(((node, new),), sentence, idle, group)


def exchange(one: ast.expr, other: ast.expr, sentence: str = "") -> Change:
    """Two expressions in each other's places. Neither may hold the other."""
    return Change(((one, other), (other, one)), sentence)


def expression(template: str, **holes: ast.expr) -> ast.expr:
    """The expression ``template``, in which the names that are ``holes`` are filled with nodes."""
    filled: ast.expr = _Filled(holes).visit(ast.parse(template, mode="eval").body)
    return filled


class _Filled(ast.NodeTransformer):
    def __init__(self, holes: dict[str, ast.expr]) -> None:
        self._holes = holes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._holes.get(node.id, node)


def with_fields(node: Node, **fields: Any) -> Node:
    """A shallow copy with some fields changed."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


# ── what a node is ────────────────────────────────────────────────────────────────────────────────────────────────


def called(node: ast.AST) -> str:
    """The last part of the name of the function that is called: ``tanh`` for ``np.tanh(x)``; empty for other nodes."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def whole_number(node: ast.AST | None) -> int | None:
    """The value of a literal such as ``3`` or ``-1``."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
    return None


def is_number(node: ast.AST) -> bool:
    """Whether it is a literal number, without a sign."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two nodes are the same text."""
    return ast.unparse(one) == ast.unparse(other)


def heading(statement: ast.stmt) -> str:
    """The text of a statement without the statements that it holds."""
    bare = with_fields(statement, **{name: [] for name in _BODIES if hasattr(statement, name)})
    return ast.unparse(ast.copy_location(bare, statement))


def holds(node: ast.AST, *kinds: type[ast.AST]) -> bool:
    """Whether a node of such a kind is in it, or it is one itself."""
    return any(isinstance(inner, kinds) for inner in ast.walk(node))


def shifted(node: ast.expr, by: int) -> ast.expr:
    """``node + by``, in the form that a person would have written: ``n + 1`` shifted by -1 is ``n``."""
    number = whole_number(node)
    if number is not None:
        return expression(str(number + by))
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=ast.Constant(value=int(value))):
            total = (value if isinstance(sign, ast.Add) else -value) + by
            return _plus(left, total)
    return _plus(node, by)


def _plus(node: ast.expr, number: int) -> ast.expr:
    if number == 0:
        return node
    return expression(f"X {'+' if number > 0 else '-'} {abs(number)}", X=node)
