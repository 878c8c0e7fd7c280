"""Sums and products: a term, a factor, a sign or a pair of parentheses that is not there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import Change, holds, is_number, replace, whole_number, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.function import Function

PASS: list[ast.stmt] = [ast.Pass()]


def drop_bias(function: Function) -> Iterator[Change]:
    """A plain name that is added to something computed."""
    for node in function.find(ast.BinOp):
        if isinstance(node.op, ast.Add) and node not in function.counting:
            for bias, rest in ((node.right, node.left), (node.left, node.right)):
                if _is_plain(bias) and holds(rest, ast.Call, ast.Mult, ast.MatMult):
                    name = function.public_name(bias)
                    yield replace(node, rest, f"It behaves as if {name} were never added." if name else "")


def _is_plain(node: ast.expr) -> bool:
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
            return True
        case ast.Subscript(slice=ast.Constant(value=str())):
            return True
    return False


def drop_term(function: Function) -> Iterator[Change]:
    """Either side of a sum or difference, and what is added to a variable."""
    for node in function.find(ast.BinOp, ast.AugAssign):
        match node:
            case _ if node in function.counting:
                continue
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield replace(node, left)
                yield replace(node, right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                yield replace(node, left)
                yield from function.rewrite(node, "-R", R=right)
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value) if whole_number(value) is None:
                yield replace(node, PASS)


def swap_sign(function: Function) -> Iterator[Change]:
    """Plus for minus, and minus for plus. Steps of a counter stay: its loop might never end."""
    for node in function.find(ast.BinOp, ast.AugAssign):
        if node in function.counting or (isinstance(node, ast.AugAssign) and whole_number(node.value) is not None):
            continue
        match node.op:
            case ast.Add():
                yield _with_operator(node, ast.Sub())
            case ast.Sub():
                yield _with_operator(node, ast.Add())


def _with_operator(node: ast.BinOp | ast.AugAssign, op: ast.operator) -> Change:
    changed = with_fields(node, op=op)
    return replace(node, [changed] if isinstance(changed, ast.AugAssign) else changed)


def drop_factor(function: Function) -> Iterator[Change]:
    """Either side of a product; plain numbers are the scale's affair."""
    for node in _products(function):
        yield replace(node, node.left)
        yield replace(node, node.right)


def complement_factor(function: Function) -> Iterator[Change]:
    """A factor ``g`` where ``1 - g`` belongs, and the other way round."""
    for node in _products(function):
        for factor in (node.left, node.right):
            match factor:
                case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name() as gate):
                    yield replace(factor, gate)
                case ast.Name():
                    yield from function.rewrite(factor, "1 - X")


def _products(function: Function) -> Iterator[ast.BinOp]:
    for node in function.find(ast.BinOp):
        is_product = isinstance(node.op, ast.Mult) and node not in function.counting
        if is_product and not is_number(node.left) and not is_number(node.right):
            yield node


def drop_parentheses(function: Function) -> Iterator[Change]:
    """``(a + b) * c`` read as ``a + b * c``, and the same for other signs and sides."""
    for node in function.find(ast.BinOp, ast.UnaryOp):
        match node:
            case _ if node in function.counting:
                continue
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                continue
            case ast.BinOp(left=ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b) as inner, right=c):
                yield replace(node, with_fields(inner, left=a, right=with_fields(node, left=b, right=c)))
            case ast.UnaryOp(op=ast.USub(), operand=ast.BinOp(left=a, op=ast.Add() | ast.Sub()) as inner):
                yield replace(node, with_fields(inner, left=ast.UnaryOp(ast.USub(), a)))
        match node:
            case ast.BinOp(left=c, right=ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b) as inner):
                yield replace(node, with_fields(inner, left=with_fields(node, left=c, right=a), right=b))


DROP_BIAS = Operator("drop_bias", "It behaves as if a bias were never added.", drop_bias)
DROP_TERM = Operator("drop_term", "It behaves as if a term of a sum were missing.", drop_term)
SWAP_SIGN = Operator("swap_sign", "It behaves as if a plus and a minus were mixed up.", swap_sign)
DROP_FACTOR = Operator("drop_factor", "It behaves as if a factor of a product were missing.", drop_factor)
COMPLEMENT_FACTOR = Operator(
    "complement_factor", "It behaves as if some value g and 1 - g were mixed up in a product.", complement_factor
)
DROP_PARENTHESES = Operator(
    "drop_parentheses", "It behaves as if parentheses around a sum or a difference were missing.", drop_parentheses
)
