"""Counting: limits, indices and counters that are off by one, and sizes that fit one example only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, expression, replace, shifted, whole_number, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_RANGES = ("range", "arange")
_SIZE = 3
BOUNDARIES: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
}


def off_by_one(function: Function) -> Iterator[Change]:
    """Ends of ranges, slices and sequences, lengths, ends of a counter, the boundary of a while loop."""
    for call in function.find(ast.Call):
        if called(call) in _RANGES and call.args:
            yield from _range(call)
        elif called(call) == "enumerate" and len(call.args) == 1:
            yield replace(call, with_fields(call, args=[*call.args, ast.Constant(1)]))
        elif called(call) == "len" and called(function.parent(call)) not in _RANGES:
            yield from function.rewrite(call, "X - 1")
    for bounds in function.find(ast.Slice):
        yield from _slice(bounds)
    for loop in function.find(ast.While):
        yield from _boundaries(loop.test)
    yield from _counters(function)
    yield from _left_out(function)


def _range(call: ast.Call) -> Iterator[Change]:
    start, stop = (call.args[0], call.args[1]) if len(call.args) > 1 else (None, call.args[0])
    yield replace(stop, shifted(stop, -1))
    yield replace(stop, shifted(stop, 1))
    if start is None:
        yield replace(call, with_fields(call, args=[ast.Constant(1), stop]))
    else:
        yield replace(start, shifted(start, 1))


def _slice(bounds: ast.Slice) -> Iterator[Change]:
    for end, bound in (("lower", bounds.lower), ("upper", bounds.upper)):
        if bound is None:
            continue
        further = -1 if whole_number(bound) == -1 else 1
        yield replace(bounds, with_fields(bounds, **{end: shifted(bound, further)}))
        if whole_number(bound) in (1, -1):
            yield replace(bounds, with_fields(bounds, **{end: None}))


def _boundaries(test: ast.expr) -> Iterator[Change]:
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in BOUNDARIES:
            yield replace(node, with_fields(node, ops=[BOUNDARIES[type(node.ops[0])]]))


def _counters(function: Function) -> Iterator[Change]:
    counted = {node.target.id for node in function.find(ast.AugAssign) if isinstance(node.target, ast.Name)}
    for node in function.find(ast.Assign, ast.Return):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=start) if name in counted & function.counters:
                yield replace(start, shifted(start, 1))
            case ast.Return(value=ast.Name(id=name) as count) if name in counted & function.counters:
                yield replace(count, expression(f"{name} - 1"))
                yield replace(count, expression(f"{name} + 1"))


def _left_out(function: Function) -> Iterator[Change]:
    """What a loop or a list is made from, without its first or its last element."""
    sources = [loop.iter for loop in function.find(ast.For, ast.comprehension)]
    sources += [call for call in function.find(ast.Call) if called(call) == "list"]
    for source in sources:
        match source:
            case ast.Call(args=[ast.Name() as sequence, *_]) if called(source) in ("enumerate", "reversed", "list"):
                yield from _without_an_end(function, sequence)
            case ast.Name() as sequence:
                yield from _without_an_end(function, sequence)


def _without_an_end(function: Function, sequence: ast.Name) -> Iterator[Change]:
    yield from function.rewrite(sequence, "X[1:]", "It behaves as if the first element were left out.")
    yield from function.rewrite(sequence, "X[:-1]", "It behaves as if the last element were left out.")


def hard_coded_size(function: Function) -> Iterator[Change]:
    """A constant for a length, an element of a shape or a parameter that is a size; a loop of so many rounds."""
    for node in function.find(ast.expr):
        match node:
            case ast.Call(args=[_]) if called(node) == "len":
                yield replace(node, ast.Constant(_SIZE))
            case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(), ctx=ast.Load()):
                yield replace(node, ast.Constant(_SIZE))
            case ast.Name(id=name, ctx=ast.Load()) if name in function.parameters and node in function.sizes:
                if not isinstance(function.parent(node), ast.Call | ast.Subscript | ast.Attribute | ast.Starred):
                    yield replace(node, ast.Constant(_SIZE))
    for loop in function.find(ast.For):
        match loop.iter:
            case ast.Name() as sequence:
                yield from function.rewrite(sequence, f"X[:{_SIZE}]")
            case ast.Call(args=[ast.Name() as sequence, *_]) if called(loop.iter) in ("enumerate", "reversed"):
                yield from function.rewrite(sequence, f"X[:{_SIZE}]")


OFF_BY_ONE = Operator("off_by_one", "It behaves as if a count, an index or a boundary were off by one.", off_by_one)
HARD_CODED_SIZE = Operator(
    "hard_coded_size", "It behaves as if a size were fixed instead of taken from the inputs.", hard_coded_size
)
