"""Sizes that fit one example only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

SIZE = 3


def hard_coded_size(function: Function) -> Iterator[Change]:
    """A constant for a length, an element of a shape or a parameter that is a size; a loop of so many rounds."""
    for node in function.find(ast.expr):
        match node:
            case ast.Call(args=[_]) if called(node) == "len":
                yield replace(node, ast.Constant(SIZE))
            case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(), ctx=ast.Load()):
                yield replace(node, ast.Constant(SIZE))
            case ast.Name(id=name, ctx=ast.Load()) if name in function.parameters and node in function.sizes:
                if not isinstance(function.parent(node), ast.Call | ast.Subscript | ast.Attribute | ast.Starred):
                    yield replace(node, ast.Constant(SIZE))
    for loop in function.find(ast.For):
        match loop.iter:
            case ast.Name() as sequence:
                yield from function.rewrite(sequence, f"X[:{SIZE}]")
            case ast.Call(args=[ast.Name() as sequence, *_]) if called(loop.iter) in ("enumerate", "reversed"):
                yield from function.rewrite(sequence, f"X[:{SIZE}]")


HARD_CODED_SIZE = Operator(
    "hard_coded_size", "It behaves as if a size were fixed instead of taken from the inputs.", hard_coded_size
)
