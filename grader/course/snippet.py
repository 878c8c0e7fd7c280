"""What a ``run`` snippet binds and uses. It is parsed here, never run."""

from __future__ import annotations

import ast
import builtins
import warnings
from dataclasses import dataclass
from symtable import symtable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from symtable import SymbolTable

    from grader.records.assignment import Exercise

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class SnippetError(ValueError):
    """Text that is no Python; ``line`` and ``column`` count from 1 within it."""

    def __init__(self, message: str, line: int, column: int) -> None:
        self.line, self.column = line, column
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Names that a snippet leaves behind, and names that it reads anywhere."""

    bound: frozenset[str]
    used: frozenset[str]

    @property
    def borrowed(self) -> frozenset[str]:
        """Names that must come from elsewhere: inputs, dims, the module."""
        return self.used - self.bound - frozenset(vars(builtins)) - {"np"}


def parse_snippet(source: str) -> Snippet:
    """The names of ``source``. Raises SnippetError if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes are the author's affair and warn again when run
            tree = ast.parse(source)
            compile(tree, "run", "exec")  # finds what parsing lets through: return or await outside a function
            used = frozenset(
                node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            )
            return Snippet(frozenset(_bound(tree)), used)
    except SyntaxError as error:
        raise SnippetError(error.msg, max(error.lineno or 1, 1), max(error.offset or 1, 1)) from None
    except (RecursionError, MemoryError):
        raise SnippetError("too deeply nested", 1, 1) from None


def _bound(tree: ast.AST) -> Iterator[str]:
    """Names bound at the level of the snippet itself, in any of its branches."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        if isinstance(node, _COMPREHENSIONS):
            yield from _bound_by_walrus(node)
        elif not isinstance(node, _SCOPES):
            yield from _bound(node)


def _bound_by_walrus(comprehension: ast.AST) -> Iterator[str]:
    """``:=`` binds outside the comprehension that it stands in; the loop variables stay inside."""
    for node in ast.walk(comprehension):
        if isinstance(node, ast.NamedExpr):
            yield node.target.id


def names_read(snippet: str) -> frozenset[str]:
    """Names that a snippet reads."""
    nodes = ast.walk(ast.parse(snippet))
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def needed_names(exercise: Exercise) -> frozenset[str]:
    """Names that the snippet takes from the submission."""
    scopes = _scopes_of(symtable(exercise.run, "run", "exec"))
    symbols = [symbol for scope in scopes for symbol in scope.get_symbols() if symbol.is_global()]
    read = frozenset(symbol.get_name() for symbol in symbols if symbol.is_referenced())
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    return read - bound - exercise.inputs.keys() - exercise.dims.keys() - {"np"} - set(dir(builtins))


def _scopes_of(scope: SymbolTable) -> Iterator[SymbolTable]:
    """A scope, and those of the functions and classes in it."""
    yield scope
    for inner in scope.get_children():
        yield from _scopes_of(inner)
