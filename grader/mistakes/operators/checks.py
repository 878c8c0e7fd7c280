"""Conditions: comparisons that are off, and conditions that are never looked at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace, with_fields
from grader.mistakes.operator import Operator
from grader.mistakes.operators.counts import BOUNDARIES
from grader.mistakes.operators.terms import PASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_OPPOSITES: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.GtE(),
    ast.LtE: ast.Gt(),
    ast.Gt: ast.LtE(),
    ast.GtE: ast.Lt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
}
_OPPOSITE = "It behaves as if a comparison were the wrong way round."


def swap_comparison(function: Function) -> Iterator[Change]:
    """``>`` for ``>=``, or the opposite. The boundary of a while loop is off_by_one."""
    for node in function.find(ast.Compare):
        if len(node.ops) != 1 or node in function.looping:
            continue
        kind = type(node.ops[0])
        if kind in BOUNDARIES:
            yield replace(node, with_fields(node, ops=[BOUNDARIES[kind]]))
        if kind in _OPPOSITES:
            yield replace(node, with_fields(node, ops=[_OPPOSITES[kind]]), _OPPOSITE)


def drop_check(function: Function) -> Iterator[Change]:
    """A branch that is always or never taken, an error that is never raised, half of a condition."""
    for node in function.find(ast.If, ast.Assert, ast.IfExp, ast.BoolOp, ast.Call):
        match node:
            case ast.If(body=body, orelse=orelse):
                yield replace(node, orelse or PASS)
                if not any(isinstance(statement, ast.Raise) for statement in body):
                    yield replace(node, body)
            case ast.Assert():
                yield replace(node, PASS)
            case ast.IfExp(body=chosen, orelse=other):
                yield replace(node, chosen)
                yield replace(node, other)
            case ast.BoolOp(values=values):
                for value in values:
                    rest = [each for each in values if each is not value]
                    yield replace(node, rest[0] if len(rest) == 1 else with_fields(node, values=rest))
            case ast.Call(args=[_, chosen, other]) if called(node) == "where":
                yield replace(node, chosen)
                yield replace(node, other)


SWAP_COMPARISON = Operator(
    "swap_comparison", "It behaves as if the boundary of a comparison were on the other side.", swap_comparison
)
DROP_CHECK = Operator("drop_check", "It behaves as if a condition were never looked at.", drop_check)
