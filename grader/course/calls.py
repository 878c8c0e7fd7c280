"""The functions that a ``run`` snippet calls, where it does nothing but call them one after the other."""

from __future__ import annotations

import ast
from functools import cache
from typing import NamedTuple


class SnippetCall(NamedTuple):
    """``targets = function(arguments, keyword=argument)``, with plain names alone. ``single``: one target, no tuple."""

    function: str
    arguments: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    targets: tuple[str, ...]
    single: bool

    @property
    def given(self) -> tuple[str, ...]:
        """All names that it is given."""
        return (*self.arguments, *(name for _, name in self.keywords))


@cache
def calls_of(run: str) -> tuple[SnippetCall, ...]:
    """The calls in their order; empty if a snippet does anything else, or calls a function or binds a name twice."""
    try:
        body = ast.parse(run).body
    except (SyntaxError, ValueError):
        return ()
    calls = list(map(_call, body))
    plain = [call for call in calls if call is not None]
    once = _distinct([call.function for call in plain]) and _distinct([name for call in plain for name in call.targets])
    return tuple(plain) if len(plain) == len(calls) and once else ()


def _distinct(names: list[str]) -> bool:
    return len(set(names)) == len(names)


def _call(statement: ast.stmt) -> SnippetCall | None:
    match statement:
        case ast.Assign(
            targets=[target], value=ast.Call(func=ast.Name(id=function), args=arguments, keywords=keywords)
        ):
            single = isinstance(target, ast.Name)
            targets = [target] if single else target.elts if isinstance(target, ast.Tuple) else []
            nodes = [*targets, *arguments, *(keyword.value for keyword in keywords)]
            if targets and all(isinstance(node, ast.Name) for node in nodes) and all(each.arg for each in keywords):
                named = tuple((str(keyword.arg), _name(keyword.value)) for keyword in keywords)  # none is **these
                return SnippetCall(function, _names(arguments), named, _names(targets), single)
    return None


def _names(nodes: list[ast.expr]) -> tuple[str, ...]:
    return tuple(map(_name, nodes))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
