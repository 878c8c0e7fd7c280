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
    """``>`` for ``>=``, or the opposite; in a chain one at a time. The boundary of a while loop is off_by_one."""
    for node in function.find(ast.Compare):
        if node in function.looping:
            continue
        for place, comparison in enumerate(node.ops):
            kind = type(comparison)
            if kind in BOUNDARIES:
                yield replace(node, _with_comparison(node, place, BOUNDARIES[kind]))
            if kind in _OPPOSITES and len(node.ops) == 1:
                yield replace(node, _with_comparison(node, place, _OPPOSITES[kind]), _OPPOSITE)


def _with_comparison(node: ast.Compare, place: int, comparison: ast.cmpop) -> ast.expr:
    return with_fields(node, ops=[*node.ops[:place], comparison, *node.ops[place + 1 :]])


def drop_check(function: Function) -> Iterator[Change]:
    """A branch that is always or never taken, an error that is never raised, half of a condition."""
    for node in function.find(ast.If, ast.Assert, ast.IfExp, ast.BoolOp, ast.Call, ast.Compare):
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
            case ast.Compare(ops=[_, _], comparators=[middle, high]) if node not in function.looping:
                yield replace(node, with_fields(node, ops=node.ops[:1], comparators=[middle]))
                yield replace(node, with_fields(node, left=middle, ops=node.ops[1:], comparators=[high]))
            case ast.Call(args=[_, chosen, other]) if called(node) == "where":
                yield replace(node, chosen)
                yield replace(node, other)


SWAP_COMPARISON = Operator(
    "swap_comparison", "It behaves as if the boundary of a comparison were on the other side.", swap_comparison
)
DROP_CHECK = Operator("drop_check", "It behaves as if a condition were never looked at.", drop_check)
