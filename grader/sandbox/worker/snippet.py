"""A snippet, executed statement by statement: where one raises, it is known which outputs had been set by then.

Such an output is *settled* if a statement before set it and none from there on would set or change it: its value is
what the snippet would have left. To hand it to a function whose result is kept is to read it, for that function's
result is what is asked for; to call one for nothing but its effect is to change what it is given.
"""

from __future__ import annotations

import ast
import builtins
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import CodeType

SNIPPET = "<run>"  # file name of an exercise's snippet in tracebacks
HELPERS = "<helpers>"

#: Methods that change what they are called on.
_CHANGING = frozenset(
    {
        *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse"),
        *("update", "setdefault", "add", "discard"),
        *("fill", "put", "resize", "partition", "setfield", "byteswap"),
    }
)


class Interruption(Exception):  # noqa: N818 - it tells where another one happened
    """What a statement raised, and the ``settled`` names."""

    def __init__(self, error: BaseException, settled: frozenset[str]) -> None:
        self.error = error
        self.settled = settled
        super().__init__()


class SnippetStep(NamedTuple):
    """Lines that are executed one after the other, and the names that they may set or change."""

    first: int
    last: int
    changed: frozenset[str]


class Statement(NamedTuple):
    """A statement of a snippet's top level, and its steps: more than one where it is a ``with``."""

    code: CodeType
    steps: tuple[SnippetStep, ...]


@cache
def statements_of(run: str) -> tuple[Statement, ...]:
    """The statements of a snippet. Raises SyntaxError."""
    return tuple(
        Statement(compile(ast.Module([node], []), SNIPPET, "exec", dont_inherit=True), tuple(_steps(node)))
        for node in ast.parse(run).body
    )


def helpers_in(text: str) -> dict[str, Any]:
    """The names of a module of helpers, executed anew: what happened to it in another case is gone."""
    if not text:
        return {}
    space: dict[str, Any] = {"__name__": "helpers", "__builtins__": builtins}
    exec(_module(text), space)  # noqa: S102 - the author's own
    return {name: value for name, value in space.items() if not name.startswith("__")}


@cache
def _module(text: str) -> CodeType:
    return compile(text, HELPERS, "exec", dont_inherit=True)


def execute(statements: Sequence[Statement], namespace: dict[str, Any]) -> None:
    """Execute a snippet. Raises Interruption for whatever a statement raises."""
    for number, statement in enumerate(statements):
        try:
            exec(statement.code, namespace)  # noqa: S102 - running student code is what this process is for
        except BaseException as error:  # noqa: BLE001 - whatever student code raises is an answer
            raise Interruption(error, _settled(statements, number, _line(error))) from None


def _settled(statements: Sequence[Statement], number: int, line: int) -> frozenset[str]:
    """The names that steps have set before the statement of this number stopped in a line, and none after changes."""
    before = [step for statement in statements[:number] for step in statement.steps]
    here = statements[number].steps
    stopped = next((index for index, step in enumerate(here) if step.first <= line <= step.last), 0)
    after = [step for statement in statements[number + 1 :] for step in statement.steps]
    return _all_changed([*before, *here[:stopped]]) - _all_changed([*here[stopped:], *after])


def _all_changed(steps: Iterable[SnippetStep]) -> frozenset[str]:
    return frozenset[str]().union(*(step.changed for step in steps))


def _line(error: BaseException) -> int:
    """The line of the snippet that was executed; 0 where it shows none."""
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == SNIPPET:
            return traceback.tb_lineno
        traceback = traceback.tb_next
    return 0


def _steps(node: ast.stmt) -> Iterator[SnippetStep]:
    if not isinstance(node, ast.With):
        yield SnippetStep(node.lineno, node.end_lineno or node.lineno, frozenset(_changed(ast.walk(node))))
        return
    for item in node.items:
        start, end = item.context_expr, item.optional_vars or item.context_expr
        yield SnippetStep(start.lineno, end.end_lineno or end.lineno, frozenset(_changed(ast.walk(item))))
    for inner in node.body:
        yield from _steps(inner)


def _changed(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names that code sets or changes, in whatever scope: too many rather than too few."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield from _read(node)
            case ast.Call(func=ast.Attribute(value=target, attr=method)) if method in _CHANGING:
                yield from _read(target)
            case ast.Expr(value=value):
                yield from _read(value)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (name.asname or name.name.partition(".")[0] for name in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name


def _read(node: ast.AST) -> set[str]:
    """Every name that stands in an expression."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
