"""Things in exchanged order: arrays that are joined, arguments, gates, results."""

from __future__ import annotations

import ast
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from grader.mistakes.change import Change, called, exchange, replace, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.function import Function

_JOINS = frozenset({"concatenate", "stack", "vstack", "hstack", "column_stack", "row_stack", "dstack", "block"})
_OUTER = frozenset({"log", "exp"})  # which make another number of a mean than the mean of what they make
_REDUCING = frozenset({"mean", "sum"})
_RESULTS = "It behaves as if two results were given in each other's place."


def swap_concatenation(function: Function) -> Iterator[Change]:
    """The arrays of ``concatenate`` and its relatives in the opposite order."""
    for call in function.find(ast.Call):
        match call.args:
            case [ast.List(elts=parts) | ast.Tuple(elts=parts) as joined, *_] if called(call) in _JOINS:
                yield replace(joined, with_fields(joined, elts=parts[::-1]))
            case [one, other] if called(call) == "append" and isinstance(call.func, ast.Attribute):
                yield exchange(one, other)
    for node in function.find(ast.Subscript):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="r_" | "c_"), slice=ast.Tuple(elts=parts) as joined):
                yield replace(joined, with_fields(joined, elts=parts[::-1]))


def swap_gates(function: Function) -> Iterator[Change]:
    """Functions of the module, their arguments, parameters, or results in each other's places."""
    yield from _parameters(function)
    calls = [node for node in function.find(ast.Call) if _is_sibling(function, node)]
    for one, other in combinations(calls, 2):
        if len(one.args) == len(other.args) and not _overlap(one, other):
            yield exchange(one.func, other.func)
            yield exchange(one, other)
    for call in calls:
        names = [each for each in call.args if isinstance(each, ast.Name | ast.Attribute)]
        for first, second in combinations(names, 2):
            yield exchange(first, second)
    yield from _results(function)


def _parameters(function: Function) -> Iterator[Change]:
    """Two parameters of one type exchanged wherever they are read, as if the caller had mixed them up."""
    for one, other in combinations(function.parameters, 2):
        here, there = function.loads(one), function.loads(other)
        if _is_one_product(function, [*here, *there]):
            continue
        if here and there and function.annotation(one) == function.annotation(other):
            edits = [(node, ast.Name(other)) for node in here] + [(node, ast.Name(one)) for node in there]
            edits.sort(key=lambda edit: (edit[0].lineno, edit[0].col_offset))
            yield Change(tuple(edits), f"It behaves as if {one} and {other} were exchanged." if function.public else "")


def _is_one_product(function: Function, names: list[ast.Name]) -> bool:
    """Whether both are only multiplied with, or added to, each other."""
    match [*{function.parent(name) for name in names}]:
        case [ast.BinOp(left=left, op=ast.Mult() | ast.Add(), right=right)]:
            return set(names) == {left, right}
    return False


def _is_sibling(function: Function, call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in function.siblings
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _overlap(one: ast.expr, other: ast.expr) -> bool:
    return one in ast.walk(other) or other in ast.walk(one)


def _results(function: Function) -> Iterator[Change]:
    """Neighbours in what is returned, or in what another function returns."""
    for node in function.find(ast.Return, ast.Assign, ast.Dict):
        match node:
            case ast.Return(value=ast.Tuple(elts=parts)) | ast.Dict(values=parts):
                for one, other in pairwise(parts):
                    yield exchange(one, other, _RESULTS)
            case ast.Assign(targets=[ast.Tuple(elts=parts)]):
                for one, other in pairwise(parts):
                    yield exchange(one, other)


def swap_order(function: Function) -> Iterator[Change]:
    """``mean(log(p))`` for ``log(mean(p))``, and the reverse; of sums, and of exponentials, as well."""
    for outer in function.find(ast.Call):
        match outer:
            case ast.Call(args=[ast.Call(args=[value], keywords=[]) as inner], keywords=[]) if (
                called(outer) in _REDUCING and called(inner) in _OUTER
            ) or (called(outer) in _OUTER and called(inner) in _REDUCING):
                yield replace(outer, with_fields(inner, args=[with_fields(outer, args=[value])]))
            case ast.Call(
                func=ast.Attribute(value=ast.Call(args=[value], keywords=[]) as inner), args=[], keywords=[]
            ) if called(outer) in _REDUCING and called(inner) in _OUTER:
                changed = with_fields(outer, func=with_fields(outer.func, value=value))
                yield replace(outer, with_fields(inner, args=[changed]))


SWAP_CONCATENATION = Operator(
    "swap_concatenation", "It behaves as if arrays were joined in another order.", swap_concatenation
)
SWAP_GATES = Operator("swap_gates", "It behaves as if two values, such as two gates, were exchanged.", swap_gates)
SWAP_ORDER = Operator(
    "swap_order",
    "It behaves as if a logarithm or an exponential and a mean or a sum were taken in the other order.",
    swap_order,
)
