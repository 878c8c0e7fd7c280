"""One variable used in place of another."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace, same
from grader.mistakes.confused import confused, gradients_of
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function


_IS_WEIGHT = re.compile(r"[WUV]\w{0,4}|w\w{0,2}|weights?\w*|kernel")  # and not what they are multiplied with


def swap_names(function: Function) -> Iterator[Change]:
    """A parameter or local variable for another of its kind that has a value there; attributes of self likewise."""
    attributes = _attributes(function)
    for node in function.find(ast.Name, ast.Attribute):
        if isinstance(node, ast.Attribute):
            if node in attributes:
                for other in sorted({each.attr for each in attributes}):
                    yield replace(node, ast.Attribute(node.value, other, ast.Load()))
        elif _is_variable(function, node):
            for other in _with_value(function, node):
                if not function.are_one(node.id, other) and not _puts_into_itself(function, node, other):
                    group = confused(function, node.id, other)
                    yield replace(node, ast.Name(other), _about(function, node, other), group=group)


def _puts_into_itself(function: Function, node: ast.Name, other: str) -> bool:
    """Whether a list would become an element of itself: NumPy goes through such a one until the end of time."""
    match function.parent(node):
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "insert")):
            return name == other
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name == other
        case ast.Attribute(attr="append" | "insert") as method:
            match function.parent(method):
                case ast.Call(args=given):
                    return any(isinstance(each, ast.Name) and each.id == other for each in given)
    return False


def use_gradient(function: Function) -> Iterator[Change]:
    """A gradient for the array that it belongs to: ``dW`` for ``W``, or the product that is its gradient."""
    products = [node for node in function.find(ast.BinOp) if isinstance(node.op, ast.MatMult)]
    for passed, (slope, weights) in _passed_back(products):
        for gradient, others in _gradients(products):
            has_name = isinstance(function.parent(gradient), ast.Assign)
            if not has_name and gradient is not passed and same(others, slope):
                yield replace(weights, gradient)
    for node in function.find(ast.Name):
        if _is_variable(function, node):
            for other in _with_value(function, node):
                if other in gradients_of(node.id):
                    yield replace(node, ast.Name(other))


def _passed_back(products: Iterable[ast.BinOp]) -> Iterator[tuple[ast.BinOp, tuple[ast.expr, ast.Name]]]:
    """Products ``da @ W.T`` or ``W.T @ da``, with da and W: what a layer hands back to what was before it."""
    for node in products:
        match node:
            case ast.BinOp(left=slope, right=ast.Attribute(value=ast.Name() as weights, attr="T")) if _is_weight(
                weights
            ):
                yield node, (slope, weights)
            case ast.BinOp(left=ast.Attribute(value=ast.Name() as weights, attr="T"), right=slope) if _is_weight(
                weights
            ):
                yield node, (slope, weights)


def _gradients(products: Iterable[ast.BinOp]) -> Iterator[tuple[ast.BinOp, ast.expr]]:
    """Products ``x.T @ da`` or ``da @ x.T``, with da: gradients of weights."""
    for node in products:
        match node:
            case ast.BinOp(left=ast.Attribute(value=read, attr="T"), right=ast.Name() as slope) if not _is_weight(read):
                yield node, slope
            case ast.BinOp(left=ast.Name() as slope, right=ast.Attribute(value=read, attr="T")) if not _is_weight(read):
                yield node, slope


def _is_weight(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and _IS_WEIGHT.fullmatch(node.id) is not None


def _is_variable(function: Function, node: ast.Name) -> bool:
    is_read = isinstance(node.ctx, ast.Load) and node.id in function.bound
    return is_read and node not in function.looping and not _is_only_measured(function.parent(node))


def _is_only_measured(parent: ast.AST) -> bool:
    """Whether a variable is read for its size, which another one may well share."""
    is_shape = isinstance(parent, ast.Attribute) and parent.attr == "shape"
    return is_shape or called(parent) == "len" or called(parent).endswith("_like")


def _with_value(function: Function, node: ast.Name) -> list[str]:
    """Other variables of the same kind that are bound before the statement of a node begins."""
    statement = function.statement(node)
    here, kind = (statement.lineno, statement.col_offset), function.kind(node.id)
    return [
        name
        for name, place in function.bound.items()
        if name != node.id and place < here and function.kind(name) == kind
    ]


def _attributes(function: Function) -> list[ast.Attribute]:
    """Attributes of self that are read, without methods."""
    methods = {node.func for node in function.find(ast.Call)}
    return [
        node
        for node in function.find(ast.Attribute)
        if isinstance(node.ctx, ast.Load) and node not in methods
        if isinstance(node.value, ast.Name) and node.value.id == "self"
    ]


def _about(function: Function, node: ast.Name, other: str) -> str:
    name = function.public_name(node)
    if name and other in function.parameters:
        return f"It behaves as if {other} were used where {name} belongs."
    return ""


SWAP_NAMES = Operator("swap_names", "It behaves as if one variable were used in place of another.", swap_names)
USE_GRADIENT = Operator(
    "use_gradient", "It behaves as if a gradient were used in place of the array that it belongs to.", use_gradient
)
