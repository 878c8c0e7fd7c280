"""Variables that real students confuse: a gradient and what it belongs to, before and after a tanh, new and given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called

if TYPE_CHECKING:
    from grader.mistakes.function import Function

_ACTIVATIONS = frozenset({"tanh", "sigmoid", "relu", "softmax", "exp", "maximum"})
#: Functions that give the shape that they are given.
_ALIKE = _ACTIVATIONS | {"abs", "sqrt", "square", "log", "copy", "zeros_like", "ones_like", "empty_like"}


def gradients_of(name: str) -> frozenset[str]:
    """What the gradient of a variable may be called."""
    return frozenset({f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad"})


def confused(function: Function, one: str, other: str) -> str:
    """Which pair of kinds two variables are, and of whom; empty for any other two."""
    for array, gradient in ((one, other), (other, one)):
        if gradient in gradients_of(array):
            return f"gradient of {array}"
    if other not in _of_one_shape(function, one):
        return ""
    activated = [name for name in (one, other) if _is_activated(function, name)]
    if len(activated) == 1:
        return f"activated {activated[0]}"
    given = [name for name in (one, other) if name in function.parameters]
    return f"local {one if other in given else other}" if len(given) == 1 else ""


def _is_activated(function: Function, name: str) -> bool:
    return any(called(node.value) in _ACTIVATIONS for node in _assignments(function) if _target(node) == name)


def _of_one_shape(function: Function, name: str) -> set[str]:
    """Variables of which the text shows that they have the shape of this one: they are added, or set to each other."""
    shapes: list[set[str]] = []
    for node in _assignments(function):
        alike = {_target(node), *_operands(node.value)}
        shapes = [
            *(each for each in shapes if not each & alike),
            alike.union(*(each for each in shapes if each & alike)),
        ]
    return next((each for each in shapes if name in each), set())


def _assignments(function: Function) -> list[ast.Assign]:
    return [node for node in function.find(ast.Assign) if _target(node)]


def _target(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


def _operands(node: ast.expr) -> set[str]:
    """The variables of an expression that is computed element by element."""
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            return _operands(left) | _operands(right)
        case ast.UnaryOp(operand=operand) | ast.BinOp(left=operand, op=ast.Pow()):
            return _operands(operand)
        case ast.Call(args=[operand, *_]) if called(node) in _ALIKE:
            return _operands(operand)
    return set()
