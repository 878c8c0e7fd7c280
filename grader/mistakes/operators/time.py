"""Sequences: shifted by a step, or read from the other end."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace, whole_number
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_JOINED = frozenset({"concatenate", "stack", "vstack", "append", "insert"})


def shift_time(function: Function) -> Iterator[Change]:
    """The element of the step before, the element of this step where a neighbour belongs, a sequence moved by one."""
    for node in function.find(ast.Subscript):
        yield from _neighbour(function, node)
    for iterable in _iterables(function):
        match iterable:
            case ast.Call(args=[ast.Name() as sequence, *_]) if called(iterable) == "enumerate":
                yield from function.rewrite(sequence, "NP.roll(X, 1, axis=0)")
            case ast.Name(id=name) if name in function.parameters:
                yield from function.rewrite(iterable, "NP.roll(X, 1, axis=0)")
    for call in function.find(ast.Call):
        if called(call) in _JOINED:
            yield from _not_moved(call)


def _neighbour(function: Function, node: ast.Subscript) -> Iterator[Change]:
    index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    match index:
        case ast.Name(id=name) if name in function.loop_variables:
            yield from function.rewrite(index, "X - 1")
        case ast.BinOp(left=ast.Name() as step, op=ast.Add() | ast.Sub(), right=offset) if whole_number(offset) == 1:
            yield replace(index, step)
        case ast.Slice(lower=None, upper=upper, step=None) if whole_number(upper) == -1:
            yield replace(index, ast.Slice(ast.Constant(1)))
        case ast.Slice(lower=lower, upper=None, step=None) if whole_number(lower) == 1:
            yield replace(index, ast.Slice(upper=ast.UnaryOp(ast.USub(), ast.Constant(1))))


def _not_moved(call: ast.Call) -> Iterator[Change]:
    """A first element joined to all but the last of a sequence: the sequence itself, as if nothing had moved."""
    match call.args:
        case [ast.List(elts=[_, rest]) | ast.Tuple(elts=[_, rest]), *_]:
            match rest:
                case ast.Subscript(value=sequence, slice=ast.Slice(lower=None, upper=upper)) if (
                    whole_number(upper) == -1
                ):
                    yield replace(call, sequence)


def reverse_time(function: Function) -> Iterator[Change]:
    """A loop from the last element to the first, or forward where it should go backward."""
    for iterable in _iterables(function):
        match iterable:
            case ast.Call(args=[forward]) if called(iterable) == "reversed":
                yield replace(iterable, forward)
            case ast.Subscript(value=forward, slice=ast.Slice(step=step)) if whole_number(step) == -1:
                yield replace(iterable, forward)
            case ast.Call(args=[sequence, *_]) if called(iterable) == "enumerate":
                yield from function.rewrite(sequence, "list(X)[::-1]")
                yield from function.rewrite(iterable, "reversed(list(X))")
            case ast.Call() if called(iterable) == "range":
                yield from function.rewrite(iterable, "reversed(X)")
            case _:
                yield from function.rewrite(iterable, "list(X)[::-1]")


def _iterables(function: Function) -> Iterator[ast.expr]:
    """What loops run over, where their order can show; a sum over a generator has none."""
    for loop in function.find(ast.For, ast.ListComp):
        yield loop.iter if isinstance(loop, ast.For) else loop.generators[0].iter


SHIFT_TIME = Operator("shift_time", "It behaves as if a sequence were shifted by one step.", shift_time)
REVERSE_TIME = Operator(
    "reverse_time", "It behaves as if a sequence were gone through the other way round.", reverse_time
)
