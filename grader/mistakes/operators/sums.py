"""Sums of which only one part is left, or that are products."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, expression, replace, whole_number, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_PAIRS = (("sum", "prod"), ("cumsum", "cumprod"), ("argmax", "argmin"))
_OTHERS = {**dict(_PAIRS), **{other: one for one, other in _PAIRS}}
_LAST_ONLY = "It behaves as if only the last term of a sum counted."


def overwrite_sum(function: Function) -> Iterator[Change]:
    """``=`` for ``+=``, and the last element of a sequence for its sum."""
    for node in function.find(ast.AugAssign):
        match node:
            case ast.AugAssign(target=target, op=ast.Add() | ast.Mult(), value=value) if whole_number(value) is None:
                yield replace(node, [_assigned(target, value, node)])
            case ast.AugAssign(target=target, op=ast.Sub(), value=value) if whole_number(value) is None:
                yield replace(node, [_assigned(target, ast.UnaryOp(ast.USub(), value), node)])
    for call in function.find(ast.Call):
        if called(call) == "einsum":
            yield from _last_of_einsum(call)
        elif called(call) == "sum":
            yield from _last_of_sum(function, call)


def _assigned(target: ast.expr, value: ast.expr, at: ast.stmt) -> ast.Assign:
    return ast.Assign([target], value, lineno=at.lineno)


def _last_of_sum(function: Function, call: ast.Call) -> Iterator[Change]:
    axes = [keyword.value for keyword in call.keywords if keyword.arg == "axis"]
    if len(axes) != len(call.keywords) or any(whole_number(axis) != 0 for axis in axes):
        return
    match call:
        case ast.Call(func=ast.Name(), args=[terms]):
            yield from function.rewrite(call, "list(A)[-1]", _LAST_ONLY, A=terms)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module)), args=[terms]) if module == function.numpy:
            yield from function.rewrite(call, "A[-1]", _LAST_ONLY, A=terms)
        case ast.Call(func=ast.Attribute(value=terms), args=[]):
            yield from function.rewrite(call, "A[-1]", _LAST_ONLY, A=terms)


def _last_of_einsum(call: ast.Call) -> Iterator[Change]:
    """Operands cut to their last element along a first axis that is summed over, such as time in ``tm,tn->mn``."""
    match call.args:
        case [ast.Constant(value=str(labels)) as text, *operands] if "->" in labels:
            inputs, _, result = labels.replace(" ", "").partition("->")
            firsts = [each[:1] for each in inputs.split(",")]
            if len(set(firsts)) == 1 and firsts[0] not in result and len(firsts) == len(operands):
                last = [expression("A[-1:]", A=operand) for operand in operands]
                yield replace(call, with_fields(call, args=[text, *last]), _LAST_ONLY)


def swap_reduction(function: Function) -> Iterator[Change]:
    """A sum for a product, the place of the largest for that of the smallest, and the other way round."""
    for call in function.find(ast.Call):
        if called(call) in _OTHERS and isinstance(call.func, ast.Attribute):
            yield replace(call.func, with_fields(call.func, attr=_OTHERS[called(call)]))


OVERWRITE_SUM = Operator(
    "overwrite_sum", "It behaves as if a value were overwritten where it should be added to.", overwrite_sum
)
SWAP_REDUCTION = Operator(
    "swap_reduction",
    "It behaves as if a sum and a product, or the largest and the smallest, were mixed up.",
    swap_reduction,
)
