"""Factors: a mean for a sum, a division left out, half of it, the other sign, another base of a logarithm."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, is_number, replace, whole_number, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_MEAN = "It behaves as if an average were taken instead of a sum."
_SUM = "It behaves as if a sum were taken instead of an average."
_DIVIDED = "It behaves as if a result were divided by the length of a sequence."
_MULTIPLIED = "It behaves as if a result were multiplied by the length of a sequence."
_SIGN = "It behaves as if a minus were missing, or one too many."
_NOT_DIVIDED = "It behaves as if a division were missing, or the wrong way round."
_BASE = "It behaves as if a logarithm had another base."


def scale(function: Function) -> Iterator[Change]:
    """Everything that multiplies a value by something constant, or by a length."""
    for node in function.find(ast.expr):
        if node in function.counting:
            continue
        match node:
            case ast.Call():
                yield from _calls(function, node)
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not is_number(operand):
                yield replace(node, operand, _SIGN)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                yield replace(node, left, _NOT_DIVIDED)
                yield replace(node, with_fields(node, op=ast.Mult()), _NOT_DIVIDED)
                yield replace(node, with_fields(node, left=right, right=left), _NOT_DIVIDED)
            case ast.BinOp(left=left, op=ast.Mult(), right=right) if is_number(left) or is_number(right):
                yield replace(node, right if is_number(left) else left)
    yield from _results(function)


def _calls(function: Function, call: ast.Call) -> Iterator[Change]:
    match call:
        case ast.Call(func=ast.Attribute(attr="sum")):
            yield replace(call.func, with_fields(call.func, attr="mean"), _MEAN)
        case ast.Call(func=ast.Attribute(attr="mean")):
            yield replace(call.func, with_fields(call.func, attr="sum"), _SUM)
        case ast.Call(func=ast.Attribute(attr="log")):
            yield replace(call.func, with_fields(call.func, attr="log2"), _BASE)
            yield replace(call.func, with_fields(call.func, attr="log10"), _BASE)
        case ast.Call(args=[_, operand, *_]) if called(call) == "einsum":
            yield from function.rewrite(call, "X / len(A)", _MEAN, A=operand)
    drawn = [keyword for keyword in call.keywords if keyword.arg == "scale"]
    if drawn:
        rest = [keyword for keyword in call.keywords if keyword.arg != "scale"]
        yield replace(call, with_fields(call, keywords=rest), "It behaves as if random numbers had another spread.")


def _results(function: Function) -> Iterator[Change]:
    for result in function.results:
        if not isinstance(result, ast.UnaryOp):
            yield from function.rewrite(result, "-X", _SIGN)
        yield from function.rewrite(result, "2 * X")
        yield from function.rewrite(result, "X / 2")
        for name in _sequences(function):
            sequence = ast.Name(name)
            yield from function.rewrite(result, "X / len(P)", _DIVIDED, P=sequence)
            yield from function.rewrite(result, "X * len(P)", _MULTIPLIED, P=sequence)


def _sequences(function: Function) -> list[str]:
    """Parameters that are gone through or whose length is asked for, as sequences in time and batches are."""
    found = {loop.iter for loop in function.find(ast.For)}
    for call in function.find(ast.Call):
        if called(call) in ("len", "enumerate", "reversed"):
            found.update(call.args)
    for node in function.find(ast.Subscript):
        match node:
            case ast.Subscript(value=ast.Attribute(value=sequence, attr="shape"), slice=index) if (
                whole_number(index) == 0
            ):
                found.add(sequence)
    names = {node.id for node in found if isinstance(node, ast.Name)}
    return [name for name in function.parameters if name in names]


SCALE = Operator("scale", "It behaves as if a constant factor were wrong or missing.", scale)
