"""Inputs that are not left as they were."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import Change
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.function import Function

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)
_LATER = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def change_input_in_place(function: Function) -> Iterator[Change]:
    """``p += q`` ahead of the statement that needs ``p + q``, for parameters ``p`` that are arrays."""
    for node in function.find(ast.BinOp):
        statement = function.statement(node)
        if node in function.counting or not isinstance(statement, _SIMPLE) or _is_put_off(function, node):
            continue
        for parameter, other in _operands(node):
            if parameter.id in function.parameters and not function.is_plain(parameter.id):
                changed = ast.AugAssign(ast.Name(parameter.id, ast.Store()), node.op, other)
                about = f"It behaves as if {parameter.id} were changed in place." if function.public else ""
                yield Change(((node, parameter), (statement, [changed, statement])), about)


def _operands(node: ast.BinOp) -> Iterator[tuple[ast.Name, ast.expr]]:
    match node:
        case ast.BinOp(left=ast.Name() as name, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=other):
            yield name, other
    match node:
        case ast.BinOp(left=other, op=ast.Add() | ast.Mult(), right=ast.Name() as name):
            yield name, other


def _is_put_off(function: Function, node: ast.AST) -> bool:
    """Whether an expression is evaluated only sometimes, or several times."""
    while not isinstance(node, ast.stmt):
        node = function.parent(node)
        if isinstance(node, _LATER):
            return True
    return False


CHANGE_INPUT_IN_PLACE = Operator(
    "change_input_in_place", "It behaves as if an input were changed in place.", change_input_in_place
)
