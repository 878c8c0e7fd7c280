"""Whether one definition can be called as another is: a wrong version that cannot is wrong for no reason of its own."""

from __future__ import annotations

import ast
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Parameter = tuple[ast.arg, bool]  # and whether it has a default


def differences(right: ast.stmt, wrong: ast.stmt) -> Iterator[tuple[int, int, str]]:
    """Line, column and words of each call of the right definition that the wrong one does not take.

    A function beside a class, and what other decorators change, cannot be compared and is let pass.
    """
    if isinstance(right, ast.FunctionDef) and isinstance(wrong, ast.FunctionDef):
        if not right.decorator_list:
            yield from ((wrong.lineno, wrong.col_offset + 1, problem) for problem in _of_function(right, wrong))
    elif isinstance(right, ast.ClassDef) and isinstance(wrong, ast.ClassDef):
        yield from _of_class(right, wrong)


def _of_class(right: ast.ClassDef, wrong: ast.ClassDef) -> Iterator[tuple[int, int, str]]:
    ours, theirs = _methods(wrong), _methods(right)
    for name, method in theirs.items():
        own = ours.get(name)
        if own is None:
            if not wrong.bases and not _bound(wrong, name) and _is_called_from_outside(method):
                yield wrong.lineno, wrong.col_offset + 1, f"lacks the method `{name}`, which {right.name} has"
        elif [*map(ast.dump, own.decorator_list)] == [*map(ast.dump, method.decorator_list)]:
            for problem in _of_function(method, own):
                yield own.lineno, own.col_offset + 1, f"`{name}` {problem}"


def _methods(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}


def _bound(node: ast.ClassDef, name: str) -> bool:
    """Whether the class has a name otherwise, as by ``step = other``."""
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _is_called_from_outside(method: ast.FunctionDef) -> bool:
    if method.name == "__init__":
        return len(_positional(method)) > 1  # object has one that takes no more than self
    return method.name == "__call__" or not method.name.startswith("_")


def _of_function(right: ast.FunctionDef, wrong: ast.FunctionDef) -> Iterator[str]:
    yield from _of_positions(right, wrong)
    yield from _of_keywords(right, wrong)
    if right.args.vararg and not wrong.args.vararg:
        yield f"takes no *{right.args.vararg.arg}, which {right.name} takes"
    if right.args.kwarg and not wrong.args.kwarg:
        yield f"takes no **{right.args.kwarg.arg}, which {right.name} takes"


def _of_positions(right: ast.FunctionDef, wrong: ast.FunctionDef) -> Iterator[str]:
    by_position_alone = len(right.args.posonlyargs)
    pairs = zip_longest(_positional(right), _positional(wrong))
    for number, (theirs, ours) in enumerate(pairs):
        if ours is None:
            if not wrong.args.vararg:
                yield f"does not take `{theirs[0].arg}`, which {right.name} takes"
        elif theirs is None:
            if not ours[1]:
                yield f"takes `{ours[0].arg}`, which {right.name} does not: give it a default, or leave it out"
        elif theirs[0].arg != ours[0].arg and number >= by_position_alone:
            yield f"takes `{ours[0].arg}` where {right.name} takes `{theirs[0].arg}`"
        elif theirs[1] and not ours[1]:
            yield f"needs `{ours[0].arg}`, for which {right.name} has a default"


def _of_keywords(right: ast.FunctionDef, wrong: ast.FunctionDef) -> Iterator[str]:
    theirs, ours = _by_keyword(right), _by_keyword(wrong)
    optional = {argument.arg: default for argument, default in (*_positional(wrong), *ours)}
    for argument, default in theirs:
        if argument.arg not in optional:
            if not wrong.args.kwarg:
                yield f"does not take `{argument.arg}`, which {right.name} takes"
        elif default and not optional[argument.arg]:
            yield f"needs `{argument.arg}`, for which {right.name} has a default"
    known = {argument.arg for argument, _ in (*_positional(right), *theirs)}
    for argument, default in ours:
        if not default and argument.arg not in known:
            yield f"takes `{argument.arg}`, which {right.name} does not: give it a default, or leave it out"


def _positional(function: ast.FunctionDef) -> list[Parameter]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    without = len(arguments) - len(function.args.defaults)
    return [(argument, number >= without) for number, argument in enumerate(arguments)]


def _by_keyword(function: ast.FunctionDef) -> list[Parameter]:
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [(argument, default is not None) for argument, default in pairs]
