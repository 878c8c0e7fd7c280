"""What a ``run`` snippet reads, binds and takes from the module. It is parsed here, never run.

The tree is walked in the order in which Python evaluates it, by Python's rules of scopes: a local of a function, a
class or a comprehension is no name of the snippet. :mod:`symtable` knows the scopes as well, but not the order, and
what it says of comprehensions depends on the version of Python, which inlines them since 3.12.

At every place it is known which names were read or bound on *every* way there (``touched``) and which may be bound
(``alive``). Where ways meet, or a body may be left in the middle, ``touched`` may be too small, never too large. A
name is first read where it is read untouched, and first bound where it is bound untouched: if it is first read
somewhere and first bound nowhere, then reading it comes first whichever way the snippet goes.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from grader.course.scopes import Scope, binding, defaults, home_of, own, parameters, scope_of, types_of
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.records.assignment import Assignment, Exercise

_BUILTINS = frozenset(vars(builtins))


class SnippetError(ValueError):
    """Text that is no Python; ``line`` and ``column`` count from 1 within it."""

    def __init__(self, message: str, line: int, column: int) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class SourcePlace(NamedTuple):
    """Where a name stands in a snippet: line and column, in characters, from 1."""

    line: int
    column: int


class Snippet(Record, frozen=True):
    """The names of a snippet, as far as its text shows them.

    ``used`` are the names that it reads, in whatever scope, and where first; ``bound`` those that it binds, in any
    branch or function (``*`` if it imports that); ``left`` those that may be there when it has run. ``borrowed`` are
    names that it binds, but certainly reads before, and where: that value comes from elsewhere.
    """

    used: Mapping[str, SourcePlace]
    bound: frozenset[str]
    left: frozenset[str]
    borrowed: Mapping[str, SourcePlace]

    @property
    def taken(self) -> frozenset[str]:
        """Names that must come from elsewhere: inputs, dims, the module."""
        return frozenset(self.used) - (self.bound - self.borrowed.keys()) - _BUILTINS - {"np"}


def needed_names(exercise: Exercise) -> frozenset[str]:
    """Names that an exercise's snippet takes from the submission. Raises SnippetError if it is no Python."""
    return parse_snippet(exercise.run).taken - exercise.inputs.keys() - exercise.dims.keys() - helper_names(exercise)


def helper_names(exercise: Exercise) -> frozenset[str]:
    """Names that an exercise's snippet finds in what it takes of ``helpers.py``."""
    return parse_snippet(exercise.helpers).bound


def asked_names(assignment: Assignment) -> frozenset[str]:
    """Names that any exercise takes from the submission."""
    return frozenset[str]().union(*map(needed_names, assignment.exercises))


@cache
def parse_snippet(source: str) -> Snippet:
    """The names of ``source``. Raises SnippetError if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes are the author's affair and warn again when run
            tree = ast.parse(source)
            compile(
                tree, "run", "exec", dont_inherit=True
            )  # finds what parsing lets through: return or await outside a function
        return _Walk(source).snippet(tree)
    except SyntaxError as error:
        raise SnippetError(error.msg, max(error.lineno or 1, 1), max(error.offset or 1, 1)) from None
    except ValueError as error:  # of a NUL, before Python 3.11.4
        raise SnippetError(str(error), 1, 1) from None
    except (RecursionError, MemoryError):
        raise SnippetError("too deeply nested", 1, 1) from None


class _State(NamedTuple):
    """What is known at a place; ``alive`` holds names of classes too, whose bodies fall back on the snippet's."""

    touched: frozenset[str]
    alive: frozenset[tuple[Scope | None, str]]


def _meet(states: Sequence[_State]) -> _State:
    touched = frozenset.intersection(*(state.touched for state in states))
    return _State(touched, frozenset().union(*(state.alive for state in states)))


class _Walk(ast.NodeVisitor):
    """One walk over a snippet. ``_now`` is false within what runs later, or never: bodies of functions, generators."""

    def __init__(self, source: str) -> None:
        self._lines = re.split(rb"\r\n?|\n", source.encode())
        self._scope: Scope | None = None
        self._now = True
        self._state = _State(frozenset(), frozenset())
        self._used: dict[str, SourcePlace] = {}
        self._bound: set[str] = set()
        self._bound_later: set[str] = set()
        self._first_read: dict[str, SourcePlace] = {}
        self._first_bound: set[str] = set()

    def snippet(self, tree: ast.Module) -> Snippet:
        """What was found. To be called once."""
        self._visit(tree.body)
        left = {name for home, name in self._state.alive if home is None} | self._bound_later
        certain = self._bound - self._first_bound
        borrowed = {name: place for name, place in self._first_read.items() if name in certain}
        return Snippet(self._used, frozenset(self._bound), frozenset(left), borrowed)

    # names

    def _read(self, name: str, node: ast.expr) -> None:
        home = home_of(name, self._scope)
        if home is not None and (home.kind != "class" or (home, name) in self._state.alive):
            return
        line = self._lines[node.lineno - 1]
        place = SourcePlace(node.lineno, len(line[: node.col_offset].decode()) + 1)
        self._used[name] = min(place, self._used.get(name, place))
        touched, alive = self._state
        if self._now and name not in touched:
            self._first_read.setdefault(name, place)
            self._state = _State(touched | {name}, alive)

    def _bind(self, name: str) -> None:
        home = home_of(name, self._scope)
        touched, alive = self._state
        if home is None:
            self._bound.add(name)
            if name not in touched:
                self._first_bound.add(name)
            if not self._now:
                self._bound_later.add(name)
                return
            touched |= {name}
        self._state = _State(touched, alive | {(home, name)})

    def _unbind(self, name: str) -> None:
        self._state = self._state._replace(alive=self._state.alive - {(home_of(name, self._scope), name)})

    # ways

    def _visit(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _ways(self, *ways: Iterable[ast.AST | None]) -> None:
        """Go on after one of several ways; an empty one is to skip the others."""
        start, ends = self._state, []
        for way in ways:
            self._state = start
            self._visit(way)
            ends.append(self._state)
        self._state = _meet(ends)

    def _inside(self, scope: Scope | None, nodes: Iterable[ast.AST | None], *, later: bool = False) -> None:
        kept = self._scope, self._now, self._state
        self._scope, self._now = scope, self._now and not later
        self._visit(nodes)
        self._scope, self._now, start = kept
        if later:
            self._state = start

    # statements

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, node.target)
            self._visit([node.value, node.target])
        else:
            self._visit([node.target, node.value])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit([node.value])
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)
        if self._scope is None or self._scope.kind == "class":  # elsewhere Python never looks at it
            self._inside(self._scope, [node.annotation], later=True)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self._ways([node.target, *node.body], [])
        self._ways(node.orelse, [])

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._ways(node.body, [])
        self._ways(node.orelse, [])

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._ways(node.body, node.orelse)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self._ways(*([case] for case in node.cases), [])

    def visit_With(self, node: ast.With) -> None:
        first, *others = node.items
        self.visit(first.context_expr)
        self._ways([first.optional_vars, *others, *node.body], [])  # which may swallow an exception

    def visit_Assert(self, node: ast.Assert) -> None:
        self.visit(node.test)
        self._ways([node.msg], [])

    def visit_Try(self, node: ast.Try) -> None:
        start = self._state
        self._visit(node.body)
        thrown = _State(start.touched, start.alive | self._state.alive)
        self._visit(node.orelse)
        ends = [self._state]
        for handler in node.handlers:
            self._state = thrown
            self.visit(handler)
            ends.append(self._state)
        self._state = _meet([*ends, thrown] if node.finalbody else ends)
        self._visit(node.finalbody)

    visit_TryStar = visit_Try  # type: ignore[assignment]  # noqa: N815 - the same fields; ast has these names

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._visit([node.type])
        if node.name is not None:
            self._bind(node.name)
        self._visit(node.body)
        if node.name is not None:
            self._unbind(node.name)

    def visit_alias(self, node: ast.alias) -> None:
        self._bind(*binding(node))

    # expressions

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
            return
        self._read(node.id, node)
        if isinstance(node.ctx, ast.Del):
            self._unbind(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit([node.value, node.target])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self._ways(node.values[1:], [])

    def visit_Compare(self, node: ast.Compare) -> None:
        self._visit([node.left, node.comparators[0]])
        self._ways(node.comparators[1:], [])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._ways([node.body], [node.orelse])

    def visit_Dict(self, node: ast.Dict) -> None:
        self._visit(chain.from_iterable(zip(node.keys, node.values, strict=True)))

    def _pattern(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        self.generic_visit(node)
        for name in binding(node):
            self._bind(name)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _pattern  # noqa: N815 - as above

    # scopes

    def _types(self, node: ast.AST, *others: str) -> Scope:
        scope, found = types_of(node, self._scope, *others)
        self._inside(scope, found, later=True)
        return scope

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        given = parameters(node.args)
        self._visit([*node.decorator_list, *defaults(node.args)])
        types = self._types(node)
        self._inside(types, [*(each.annotation for each in given), node.returns], later=True)
        scope = scope_of("function", types, node.body, (each.arg for each in given))
        self._inside(scope, node.body, later=True)
        self._bind(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as above

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit(defaults(node.args))
        scope = scope_of("function", self._scope, [node.body], (each.arg for each in parameters(node.args)))
        self._inside(scope, [node.body], later=True)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit(node.decorator_list)
        types = self._types(node, "__class__")  # which methods see, and which is as near as their class's parameters
        self._inside(types, [*node.bases, *node.keywords])
        there = ("__module__", "__qualname__")
        scope = scope_of("class", types, node.body, there)
        self._state = self._state._replace(alive=self._state.alive | {(scope, name) for name in there})
        self._inside(scope, node.body)
        self._bind(node.name)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        name, value = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
        self._inside(self._types(node), [value], later=True)
        self.visit(name)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._visit([node.iter, node.target, *node.ifs])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        names = chain.from_iterable(map(binding, own(each.target for each in node.generators)))
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        start = self._state
        scope = Scope("comprehension", self._scope, frozenset(names))
        lazy = isinstance(node, ast.GeneratorExp)
        self._inside(scope, [first.target, *first.ifs, *others, *results], later=lazy)
        self._state = _meet([start, self._state])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - as above
