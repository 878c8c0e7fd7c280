"""Misconceptions that do what the right function does, as far as their text alone shows it beyond doubt."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.course.misconceptions import is_misconception, stands_in_for
from grader.records.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator


def no_mistakes(source: str, file: str) -> Iterator[Mistake]:
    """Those that hand on what they are given, or have the right function's body but for the names of parameters."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    right = {node.name: node for node in functions if not is_misconception(node)}
    for node in filter(is_misconception, functions):
        of = right.get(stands_in_for(node))
        if of is not None and (_hands_on(node, of.name) or _is_same(node, of)):
            said = f"does what `{of.name}` does, so nothing can tell it: write down what is done wrong, or take it out"
            yield Mistake(file, node.lineno, node.col_offset + 1, node.name, said)


def _hands_on(node: ast.FunctionDef, of: str) -> bool:
    match _body(node):
        case [ast.Return(value=ast.Call(func=ast.Name(id=name), args=given, keywords=[]))] if name == of:
            asked = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            plain = not (node.args.vararg or node.args.kwonlyargs or node.args.kwarg)
            return plain and [each.id if isinstance(each, ast.Name) else None for each in given] == asked
    return False


def _is_same(one: ast.FunctionDef, other: ast.FunctionDef) -> bool:
    texts = [_text(one), _text(other)]
    return None not in texts and texts[0] == texts[1]


def _text(node: ast.FunctionDef) -> list[str] | None:
    """The body with numbers for the names of parameters; None where an inner scope may give these another meaning."""
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    numbers = {each.arg: f"{number} of the parameters" for number, each in enumerate(every)}
    inner = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.comprehension)
    statements = _body(node)
    if any(isinstance(each, inner) for part in statements for each in ast.walk(part)):
        return None
    defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
    texts = [ast.dump(each) for each in defaults]
    for part in statements:
        copied = ast.parse(ast.unparse(part))
        for each in ast.walk(copied):
            if isinstance(each, ast.Name):
                each.id = numbers.get(each.id, each.id)
        texts.append(ast.dump(copied))
    return texts


def _body(node: ast.FunctionDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
