"""How a ``run`` snippet gets at its results: whole, as one of several, or under a key. It is parsed here, never run."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Taken(NamedTuple):
    """Where a result comes from; ``key`` is that of a dict, as Python writes it, empty where there is none."""

    whole: bool
    key: str = ""


WITHIN = Taken(whole=False)


@cache
def results(source: str) -> Mapping[str, Taken]:
    """What each name holds in the end that the snippet's own statements bind, those of its branches too."""
    found: dict[str, Taken] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found.update(_bound(target, node.value))
    return found


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, Taken]]:
    """The names of a target; ``value`` is None for one of several that the text does not show."""
    match target:
        case ast.Name(id=name):
            yield name, _taken(value)
        case ast.Starred(value=inner):
            yield from _bound(inner, None)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            shown = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(targets)
            values = value.elts if shown and isinstance(value, ast.Tuple | ast.List) else [None] * len(targets)
            for inner, each in zip(targets, values, strict=True):
                yield from _bound(inner, each)


def _taken(value: ast.expr | None) -> Taken:
    match value:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return Taken(whole=False, key=repr(key))
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]):
            return Taken(whole=False, key=repr(key))
        case ast.Call():
            return Taken(whole=True)
    return WITHIN
