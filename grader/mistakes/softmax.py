"""The shift inside a softmax: what is subtracted before ``exp`` so that nothing overflows, and cancels afterwards."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.function import Function

_LARGEST = ("max", "amax")


def shifts(function: Function) -> Iterator[ast.Call]:
    """Every largest score that is only subtracted within a softmax, or the logarithm of one.

    There another number does as well, while it is the same for all that is summed over.
    """
    for node in function.find(ast.BinOp):
        match node:
            case ast.BinOp(op=ast.Sub(), right=ast.Call() as largest) if called(largest) in _LARGEST:
                if _cancels(function, node):
                    yield largest


def without_axis(largest: ast.Call, numpy: str) -> bool:
    """Whether it is the largest of all: one number, whatever it is taken of."""
    given = largest.args[1:] if _is_function_of(largest.func, numpy) else largest.args
    return not given and not any(keyword.arg == "axis" for keyword in largest.keywords)


def _is_function_of(func: ast.expr, numpy: str) -> bool:
    match func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name == numpy
    return isinstance(func, ast.Name)


def _cancels(function: Function, shifted: ast.expr) -> bool:
    """Whether what is shifted is only used in ``exp(s) / sum(exp(s))`` or ``s - log(sum(exp(s)))``."""
    uses = list(_uses(function, shifted))
    if all(called(function.parent(use)) == "exp" for use in uses):
        powers = [each for use in uses for each in _uses(function, function.parent(use))]
        return bool(powers) and _all_within(function, powers, _is_normalised)
    return _all_within(function, uses, _is_logarithm)


def _uses(function: Function, value: ast.AST) -> Iterator[ast.expr]:
    """Where a value is used: at its own place, or wherever a variable is read that is set to it and nothing else."""
    match function.parent(value):
        case ast.Assign(targets=[ast.Name(id=name)]):
            if function.is_set_once(name):
                yield from function.loads(name)
            return
    if isinstance(value, ast.expr):
        yield value


def _all_within(function: Function, uses: list[ast.expr], is_whole: object) -> bool:
    """Whether all uses lie within one expression that is a ``whole`` of that kind."""
    assert callable(is_whole)
    for node in function.find(ast.BinOp):
        inside = set(ast.walk(node))
        if all(use in inside for use in uses) and is_whole(node):
            return bool(uses)
    return False


def _is_normalised(node: ast.BinOp) -> bool:
    """``e / sum(e)``."""
    return isinstance(node.op, ast.Div) and any(
        called(inner) == "sum" and _holds(inner, node.left) for inner in ast.walk(node.right)
    )


def _is_logarithm(node: ast.BinOp) -> bool:
    """``s - log(sum(exp(s)))``."""
    return isinstance(node.op, ast.Sub) and any(
        called(inner) == "log" and any(called(each) == "sum" for each in ast.walk(inner)) and _holds(inner, node.left)
        for inner in ast.walk(node.right)
    )


def _holds(node: ast.AST, wanted: ast.AST) -> bool:
    return any(same(inner, wanted) for inner in ast.walk(node) if isinstance(inner, ast.expr))
