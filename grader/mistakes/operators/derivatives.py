"""Derivatives of activation functions, which are written with the function's own value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace, same, whole_number, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

# ONE is the 1 of the reference, 1 or 1.0: other operators make some of these changes too, and none is made twice.
_OF_TANH = ("ONE - H", "H * (ONE - H)", "(ONE - H) ** 2", "ONE + H ** 2", "ONE - NP.tanh(H) ** 2", "ONE", "-H ** 2")
_OF_TANH_OF_Z = ("ONE - NP.tanh(Z ** 2)", "ONE - Z ** 2")
_OF_SIGMOID = ("ONE - S ** 2", "ONE + S")


def wrong_derivative(function: Function) -> Iterator[Change]:
    """Variants of ``1 - h**2`` (tanh) and of ``s * (1 - s)`` (sigmoid), parentheses and the missing factor included."""
    for node in function.find(ast.BinOp):
        if not isinstance(node.op, ast.Sub) or not _is_one(node.left):
            continue
        root = _root(node.right)
        if root is not None:
            yield from _of_tanh(function, node, root)
        elif any(same(factor, node.right) for factor in _other_factors(function, node)):
            for template in _OF_SIGMOID:
                yield from function.rewrite(node, template, ONE=node.left, S=node.right)
        else:
            continue
        yield from _as_factor(function, node)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _root(node: ast.expr) -> ast.expr | None:
    """h, where the node is h², however that is written."""
    match node:
        case ast.BinOp(left=h, op=ast.Pow(), right=exponent) if whole_number(exponent) == 2:
            return h
        case ast.BinOp(left=h, op=ast.Mult(), right=again) if same(h, again):
            return h
        case ast.Call(args=[h]) if called(node) == "square":
            return h
    return None


def _of_tanh(function: Function, node: ast.BinOp, h: ast.expr) -> Iterator[Change]:
    for template in _OF_TANH:
        yield from function.rewrite(node, template, ONE=node.left, H=h)
    if called(h) == "tanh" and isinstance(h, ast.Call):
        for template in _OF_TANH_OF_Z:
            yield from function.rewrite(node, template, ONE=node.left, Z=h.args[0])


def _as_factor(function: Function, node: ast.BinOp) -> Iterator[Change]:
    """The factor left out, and its parentheses."""
    match function.parent(node):
        case ast.BinOp(left=left, op=ast.Mult(), right=right) as product if left is node:
            yield replace(product, right)
            yield replace(product, with_fields(node, right=with_fields(product, left=node.right)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right) as product if right is node:
            yield replace(product, left)
            yield replace(product, with_fields(node, left=with_fields(product, right=node.left)))


def _other_factors(function: Function, node: ast.BinOp) -> Iterator[ast.expr]:
    """The factors of the product around a node, without the node."""
    top: ast.expr = node
    while isinstance(parent := function.parent(top), ast.BinOp) and isinstance(parent.op, ast.Mult):
        top = parent
    waiting = [top]
    while waiting:
        match waiting.pop():
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                waiting += [left, right]
            case factor if factor is not node:
                yield factor


WRONG_DERIVATIVE = Operator(
    "wrong_derivative", "It behaves as if the derivative of an activation function were wrong.", wrong_derivative
)
