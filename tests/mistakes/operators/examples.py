"""What one operator makes of a few lines of Python."""

from __future__ import annotations

import ast
import builtins
from difflib import ndiff
from textwrap import dedent

from grader.mistakes.module import ReferenceModule

NUMPY = "import numpy as np\n"


def changed(operator, source: str, *, root: str = "f", numpy: bool = True) -> list[str]:
    """For each change that the operator makes, the new lines, joined by a semicolon. Everything it makes compiles."""
    source = (NUMPY if numpy else "") + dedent(source)
    module, before = ReferenceModule(source), ast.unparse(ast.parse(source)).splitlines()
    found = []
    for function in module.functions([root]):
        original = function.text()
        for change in operator.changes(function):
            after = module.text(function.definition, function.text(change))
            compile(after, "mutant", "exec")
            assert function.text() == original, "a change is undone"
            lines = ndiff(before, ast.unparse(ast.parse(after)).splitlines())
            found.append("; ".join(line[2:].strip() for line in lines if line.startswith("+ ")))
    return found


def returned(operator, expression: str, *, numpy: bool = True) -> list[str]:
    """What the operator makes of a function of the names in an expression that returns it: only the expressions."""
    loaded = [node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name) and node.id != "np"]
    names = [name for name in sorted(set(loaded)) if not hasattr(builtins, name)]
    source = f"def f({', '.join(names)}):\n    return {expression}\n"
    return [line.removeprefix("return ") for line in changed(operator, source, numpy=numpy)]


def sentences(operator, source: str, *, root: str = "f") -> list[str]:
    """The sentences of the changes that have one of their own."""
    functions = ReferenceModule(NUMPY + dedent(source)).functions([root])
    return [change.sentence for function in functions for change in operator.changes(function)]
