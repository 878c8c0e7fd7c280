"""A reference module taken apart: its definitions, those that given names reach, and its text with one of them new."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.course.misconceptions import is_misconception
from grader.mistakes.function import Function

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from grader.mistakes.function import Definition


class ReferenceModule:
    """The source of a reference, without its misconceptions: nothing that is right needs them."""

    def __init__(self, source: str) -> None:
        self._body = [node for node in ast.parse(source).body if not is_misconception(node)]
        self._texts = [ast.unparse(node) for node in self._body]
        self._named = {name: node for node in self._body for name in _names(node)}

    def text(self, definition: Definition, new: str) -> str:
        """The whole source, with a new text for one top-level definition."""
        pairs = zip(self._body, self._texts, strict=True)
        return "\n\n\n".join(new if node is definition else text for node, text in pairs) + "\n"

    def functions(self, roots: Collection[str]) -> Iterator[Function]:
        """Functions and methods that the names reach, in the order of the source."""
        reached = self._reached(roots)
        numpy = self._numpy()
        for definition in self._body:
            if definition in reached and isinstance(definition, ast.FunctionDef | ast.ClassDef):
                public = definition.name in roots
                siblings = self._siblings(definition)
                for node in _functions(definition):
                    yield Function(node, definition, numpy=numpy, siblings=siblings, public=public)

    def _siblings(self, definition: Definition) -> frozenset[str]:
        """Functions that a definition reaches: what else there is decides nothing about its wrong versions."""
        reached = self._reached([definition.name])
        return frozenset(
            name for name, node in self._named.items() if isinstance(node, ast.FunctionDef) and node in reached
        )

    def _reached(self, roots: Collection[str]) -> set[ast.stmt]:
        """Definitions that are named by a root, or within one that is reached."""
        reached: set[ast.stmt] = set()
        waiting = sorted(set(roots) & set(self._named))
        while waiting:
            node = self._named[waiting.pop()]
            if node not in reached:
                reached.add(node)
                names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
                waiting += sorted(names & set(self._named))
        return reached

    def _numpy(self) -> str:
        """What the module calls NumPy; empty if it has none."""
        for node in self._body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name == "numpy":
                        return alias.asname or alias.name
        return ""


def _names(node: ast.stmt) -> Iterator[str]:
    """What a top-level statement defines; assignments too, so that another name for a function leads to it."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _functions(definition: Definition) -> Iterator[ast.FunctionDef]:
    if isinstance(definition, ast.FunctionDef):
        yield definition
    else:
        yield from (node for node in definition.body if isinstance(node, ast.FunctionDef))
