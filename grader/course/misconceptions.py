"""Misconceptions: wrong versions that an author wrote beside the right ones, read from the text of a reference."""

from __future__ import annotations

import ast
from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from grader.course.signatures import differences
from grader.records.errors import Mistake, ReferenceFault
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Definition = ast.FunctionDef | ast.ClassDef

# The wrong version keeps the names of the module as they were, the one that it stands in for included: it may well use
# it. Everybody else meets the wrong version.
_FUNCTION = """
{of} = type({name})({name}.__code__, dict(globals()), "{of}", {name}.__defaults__)
{of}.__kwdefaults__ = {name}.__kwdefaults__
"""
_CLASS = """
{of} = {name}
"""


class Misconception(Record, frozen=True):
    """A wrong version of the function or class ``of``, and what whoever makes the same mistake should read.

    ``instead`` are lines that have it take the place of ``of``, to be executed in the module; ``source`` is that of a
    whole module which ends in them.
    """

    name: str
    of: str
    says: str
    line: int
    instead: str
    source: str


def misconceptions(source: str, file: str = "reference.py") -> list[Misconception]:
    """All misconceptions of a reference. Raises ReferenceFault with every mistake in how they are marked."""
    tree = ast.parse(source)
    names = Counter(node.name for node in tree.body if isinstance(node, Definition))
    right = {node.name: node for node in tree.body if isinstance(node, Definition) and not is_misconception(node)}
    wrong = [node for node in ast.walk(tree) if isinstance(node, Definition) and is_misconception(node)]
    wrong.sort(key=lambda node: node.lineno)

    mistakes = []
    for node in wrong:
        problems = [*_problems_of_place(node, tree, names), *_problems_of_mark(node, right)]
        mistakes += [Mistake(file, node.lineno, node.col_offset + 1, node.name, problem) for problem in problems]
        stood_in_for = right.get(_texts(node).get("of", ""))
        if stood_in_for is not None:
            found = differences(stood_in_for, node)
            mistakes += [Mistake(file, line, column, node.name, problem) for line, column, problem in found]
    if mistakes:
        raise ReferenceFault(mistakes)
    return [_read(node, source) for node in wrong]


def is_misconception(node: ast.AST) -> bool:
    """Whether a function or class is marked as a wrong version of another one."""
    return isinstance(node, Definition) and any(_called(each) == "misconception" for each in node.decorator_list)


def stands_in_for(node: Definition) -> str:
    """What a misconception is marked to be a wrong version of; empty if it does not say so."""
    return _texts(node).get("of", "")


def _called(decorator: ast.expr) -> str:
    match decorator:
        case ast.Call(func=function):
            return _called(function)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _problems_of_place(node: Definition, tree: ast.Module, names: Counter[str]) -> Iterator[str]:
    if node not in tree.body:
        yield "is no function or class of the module itself: move it to the top level"
    if names[node.name] > 1:
        yield "has a name that is defined twice: give each misconception its own"
    if len(node.decorator_list) > 1:
        yield "has other decorators: leave @misconception alone"


def _problems_of_mark(node: Definition, right: Collection[str]) -> Iterator[str]:
    texts = _texts(node)
    if set(texts) != {"of", "says"}:
        yield 'is not marked with two plain texts: write @misconception(of="…", says="…")'
        return
    if texts["of"] not in right:
        near = get_close_matches(texts["of"], right, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"it defines {', '.join(sorted(right)) or 'nothing'}"
        yield f"is of {texts['of']!r}, which the module does not define; {hint}"
    if not texts["says"].strip():
        yield "says nothing: write the sentence for whoever makes this mistake"


def _texts(node: Definition) -> dict[str, str]:
    """The keywords of the mark that are literal texts; none where it has other arguments."""
    mark = next(each for each in node.decorator_list if _called(each) == "misconception")
    if not isinstance(mark, ast.Call) or mark.args:
        return {}
    return {
        keyword.arg: keyword.value.value
        for keyword in mark.keywords
        if keyword.arg and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def _read(node: Definition, source: str) -> Misconception:
    texts = _texts(node)
    lines = (_CLASS if isinstance(node, ast.ClassDef) else _FUNCTION).format(of=texts["of"], name=node.name)
    return Misconception(
        name=node.name,
        of=texts["of"],
        says=texts["says"],
        line=node.lineno,
        instead=lines,
        source=f"{source.rstrip()}\n{lines}",
    )
