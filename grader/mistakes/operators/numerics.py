"""Numbers that are less exact than they could be, or cut off."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import Change, called, is_number
from grader.mistakes.equivalent import idle
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Place, Replacement
    from grader.mistakes.function import Function

_BOUNDED = frozenset({"tanh", "sigmoid", "softmax"})  # what is made of their values mostly lies between -1 and 1


def float32(function: Function) -> Iterator[Change]:
    """Every floating-point parameter turned into float32 first, and every result last."""
    if not function.numpy or not function.results:
        return
    single = f"{{0}} = {function.numpy}.float32({{0}}) if getattr({{0}}, 'dtype', type({{0}})) == float else {{0}}"
    first = function.node.body[1 if ast.get_docstring(function.node) is not None else 0]
    if not isinstance(first, ast.FunctionDef | ast.ClassDef):
        converted = [ast.parse(single.format(name)).body[0] for name in function.parameters]
        edits = [edit for result in function.results for edit in _edits(function, result, "NP.float32(X)")]
        yield Change(((first, [*converted, first]), *edits))


def _edits(function: Function, node: ast.expr, template: str) -> list[tuple[Place, Replacement]]:
    return [edit for change in function.rewrite(node, template) for edit in change.edits]


def add_epsilon(function: Function) -> Iterator[Change]:
    """A small constant inside logarithms and roots, and below fractions."""
    for node in function.find(ast.Call, ast.BinOp):
        match node:
            case ast.Call(args=[operand, *_]) if called(node) in ("log", "sqrt"):
                yield from function.rewrite(operand, "X + 1e-8")
            case ast.BinOp(op=ast.Div(), right=divisor) if not is_number(divisor):
                yield from function.rewrite(divisor, "X + 1e-8")


def rounding(function: Function) -> Iterator[Change]:
    """Results to two and to three decimals."""
    for result in function.results:
        yield from function.rewrite(result, "NP.round(X, 2)")
        yield from function.rewrite(result, "NP.round(X, 3)")


def clipping(function: Function) -> Iterator[Change]:
    """Results, and what exp and log are taken of, kept between limits."""
    for result in function.results:
        if not any(called(node) in _BOUNDED for node in ast.walk(result)):
            yield from function.rewrite(result, "NP.clip(X, -1, 1)", idle=idle("kept_within", result, -1, 1))
    for call in function.find(ast.Call):
        match call.args:
            case [operand, *_] if called(call) == "exp":
                yield from function.rewrite(operand, "NP.clip(X, -1, 1)", idle=idle("kept_within", operand, -1, 1))
            case [operand, *_] if called(call) == "log":
                kept = idle("kept_within", operand, 0.01, 1)
                yield from function.rewrite(operand, "NP.clip(X, 0.01, 1)", idle=kept)


FLOAT32 = Operator("float32", "It behaves as if it computed in single precision (float32).", float32)
ADD_EPSILON = Operator(
    "add_epsilon", "It behaves as if a small constant were added in a logarithm, a root or a division.", add_epsilon
)
ROUNDING = Operator("rounding", "It behaves as if results were rounded to a few decimals.", rounding)
CLIPPING = Operator("clipping", "It behaves as if values were cut off at a limit.", clipping)
