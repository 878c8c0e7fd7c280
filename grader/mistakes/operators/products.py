"""Products of matrices, transposes and powers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.mistakes.change import called, is_number, replace, whole_number, with_fields
from grader.mistakes.equivalent import idle
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

#: A flat array times a matrix is the transposed matrix times that, and so it is of products of several matrices.
OTHER_SIDE: Final = ", or stood on the other side of a product."


def matmul_to_elementwise(function: Function) -> Iterator[Change]:
    """``@`` for ``*`` and ``*`` for ``@``, also where they are written as calls."""
    for node in function.find(ast.BinOp, ast.Call):
        match node:
            case _ if node in function.counting:
                continue
            case ast.BinOp(op=ast.MatMult()):
                yield replace(node, with_fields(node, op=ast.Mult()))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                if not _is_single(function, left) and not _is_single(function, right):
                    yield replace(node, with_fields(node, op=ast.MatMult()))
            case ast.Call(args=[left, right]) if called(node) in ("dot", "matmul"):
                yield from function.rewrite(node, "A * B", A=left, B=right)
            case ast.Call(func=ast.Attribute(value=left, attr="dot"), args=[right]):
                yield from function.rewrite(node, "A * B", A=left, B=right)
            case ast.Call(args=[left, right]) if called(node) == "multiply":
                yield from function.rewrite(node, "A @ B", A=left, B=right)


def _is_single(function: Function, node: ast.expr) -> bool:
    return is_number(node) or (isinstance(node, ast.Name) and function.is_plain(node.id))


def transpose(function: Function) -> Iterator[Change]:
    """A matrix transposed within a product, or a transpose left out."""
    for node in function.find(ast.BinOp, ast.Call, ast.Attribute):
        match node:
            case ast.Attribute(value=matrix, attr="T"):
                yield _as_it_was(function, node, matrix)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                yield from _transposed(function, left, right)
            case ast.Call(args=[left, right]) if called(node) in ("dot", "matmul"):
                yield from _transposed(function, left, right)
            case ast.Call(func=ast.Attribute(value=left, attr="dot"), args=[right]):
                yield from _transposed(function, left, right)
            case ast.Call(args=[matrix]) if called(node) == "transpose":
                yield _as_it_was(function, node, matrix)
            case ast.Call(args=[left, right]) if called(node) == "outer":
                yield replace(node, with_fields(node, args=[right, left]))
            case ast.Call(args=[ast.Constant(value=str(labels)) as text, *_]) if called(node) == "einsum":
                operands, arrow, result = labels.partition("->")
                if len(result) == 2:
                    yield replace(text, ast.Constant(operands + arrow + result[::-1]))


def _as_it_was(function: Function, transposed: ast.expr, matrix: ast.expr) -> Change:
    return replace(transposed, matrix, _about(function, matrix), idle=idle("turned", matrix))


def _transposed(function: Function, *matrices: ast.expr) -> Iterator[Change]:
    for matrix in matrices:
        if not isinstance(matrix, ast.Attribute) or matrix.attr != "T":
            turned = ast.Attribute(matrix, "T", ast.Load())
            yield replace(matrix, turned, _about(function, matrix), idle=idle("turned", matrix))


def _about(function: Function, matrix: ast.expr) -> str:
    name = function.public_name(matrix)
    return f"It behaves as if {name} were transposed{OTHER_SIDE}" if name else ""


def wrong_power(function: Function) -> Iterator[Change]:
    """A power taken for a product, another exponent, a root or a square left out."""
    for node in function.find(ast.BinOp, ast.Call):
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                yield from _other_powers(function, node, base, exponent)
            case ast.Call(args=[base, exponent]) if called(node) in ("power", "pow"):
                yield from _other_powers(function, node, base, exponent)
            case ast.Call(args=[base]) if called(node) in ("square", "sqrt"):
                yield replace(node, base)


def _other_powers(function: Function, node: ast.expr, base: ast.expr, exponent: ast.expr) -> Iterator[Change]:
    yield from function.rewrite(node, "B * E", B=base, E=exponent)
    if whole_number(exponent) == 2:
        yield replace(node, base)
        yield from function.rewrite(node, "NP.abs(B)", B=base)
        yield from function.rewrite(node, "B ** 3", B=base)
    elif node not in function.looping:
        yield from function.rewrite(node, "E ** B", B=base, E=exponent)


MATMUL_TO_ELEMENTWISE = Operator(
    "matmul_to_elementwise",
    "It behaves as if a matrix product and a product element by element were mixed up.",
    matmul_to_elementwise,
)
TRANSPOSE = Operator("transpose", f"It behaves as if a matrix were transposed{OTHER_SIDE}", transpose)
WRONG_POWER = Operator("wrong_power", "It behaves as if a power or a root were another one, or missing.", wrong_power)
