"""Axes: reductions along another one, and columns that became flat."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, expression, is_number, replace, whole_number, with_fields
from grader.mistakes.equivalent import ALWAYS, idle
from grader.mistakes.operator import Operator
from grader.mistakes.softmax import shifts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.equivalent import Idle
    from grader.mistakes.function import Function

_ALONG_AXIS = frozenset(
    {"sum", "mean", "max", "min", "amax", "amin", "prod", "std", "var", "argmax", "argmin", "median", "norm"}
    | {"all", "any", "cumsum", "cumprod", "concatenate", "stack", "softmax", "log_softmax", "expand_dims", "flip"}
)
_OTHER_AXES: dict[int | None, tuple[int, ...]] = {0: (1, -1), 1: (0,), -1: (0,), 2: (1, 0), -2: (-1,)}
_JOINS = frozenset({"concatenate"})
_FIRST_AXIS = frozenset({"concatenate", "stack"})  # where none is named
_MAKES_AXIS = frozenset({"stack", "expand_dims"})
_SQUEEZED = "It behaves as if axes of size 1 were taken away from a result."


def wrong_axis(function: Function) -> Iterator[Change]:
    """Another axis, none at all, or the reduced axis not kept.

    The largest score of all does as well within a softmax as the largest along its axis, but for what overflows.
    """
    shifting = set(shifts(function))
    for call in function.find(ast.Call):
        along = _along(function, call)
        for keyword in call.keywords:
            rest = [each for each in call.keywords if each is not keyword]
            if keyword.arg == "axis":
                yield from _others(keyword.value, along)
                as_before = call in shifting or (called(call) in _FIRST_AXIS and whole_number(keyword.value) == 0)
                yield replace(call, with_fields(call, keywords=rest), idle=ALWAYS if as_before else along)
            elif keyword.arg == "keepdims":
                yield replace(call, with_fields(call, keywords=rest), "It behaves as if a reduced axis were not kept.")
        if called(call) in _ALONG_AXIS and call.args:
            yield from _others(call.args[-1], along)


def _others(axis: ast.expr, along: Idle | None) -> Iterator[Change]:
    for other in _OTHER_AXES.get(whole_number(axis), ()):
        yield replace(axis, expression(str(other)), idle=along if other in (0, -1) else None)


def _along(function: Function, call: ast.Call) -> Idle | None:
    """Where the axis decides nothing, between the first and the last; None where it does in any case."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)) if name == function.numpy:
            given = call.args[:1]
        case ast.Name() | ast.Attribute(value=ast.Attribute(value=ast.Name(), attr="linalg")):
            given = call.args[:1]
        case ast.Attribute(value=owner):
            given = [owner]
        case _:
            given = []
    if not given or called(call) in _MAKES_AXIS:
        return None
    return idle("joined" if called(call) in _JOINS else "along", given[0])


def broadcast(function: Function) -> Iterator[Change]:
    """A column used flat, so that it broadcasts against others; a result squeezed, which breaks where a size is 1."""
    for node in function.find(ast.BinOp):
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult) and node not in function.counting:
            for operand, other in ((node.left, node.right), (node.right, node.left)):
                if _is_array(function, operand) and not is_number(other):
                    yield from function.rewrite(operand, "NP.ravel(X)", idle=idle("flattened", operand))
    for subscript in function.find(ast.Subscript):
        if isinstance(subscript.ctx, ast.Load):
            yield from _without_new_axis(subscript)
    for result in function.results:
        if called(result) != "float":
            yield from function.rewrite(result, "NP.squeeze(X)", _SQUEEZED, idle=idle("squeezed", result))


def _is_array(function: Function, node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return name in function.bound and not function.is_plain(name)
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _without_new_axis(subscript: ast.Subscript) -> Iterator[Change]:
    parts = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    rest = [part for part in parts if not _is_new_axis(part)]
    if len(rest) == len(parts):
        return
    if all(isinstance(part, ast.Slice) and not list(ast.iter_child_nodes(part)) for part in rest):
        yield replace(subscript, subscript.value)
    else:
        yield replace(subscript, with_fields(subscript, slice=ast.Tuple(rest, ast.Load())))


def _is_new_axis(part: ast.expr) -> bool:
    match part:
        case ast.Constant(value=None) | ast.Attribute(attr="newaxis"):
            return True
    return False


WRONG_AXIS = Operator("wrong_axis", "It behaves as if something ran along another axis.", wrong_axis)
BROADCAST = Operator("broadcast", "It behaves as if a column were used as a flat array.", broadcast)
