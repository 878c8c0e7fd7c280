"""A snippet, executed statement by statement: where one raises, it is known which outputs had been set by then.

Such an output is *settled* if a statement before set it and none from there on would set or change it: its value is
what the snippet would have left. To hand it to a function whose result is kept is to read it, for that function's
result is what is asked for; to call one for nothing but its effect is to change what it is given.
"""

from __future__ import annotations

import ast
import sys
from contextlib import contextmanager
from functools import cache
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.sandbox.worker.aliases import aliases, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import CodeType

    Aliases = Mapping[str, frozenset[str]]

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
    tree = ast.parse(run)
    others = aliases(tree)
    return tuple(
        Statement(compile(ast.Module([node], []), SNIPPET, "exec", dont_inherit=True), tuple(_steps(node, others)))
        for node in tree.body
    )


def helpers_in(text: str) -> dict[str, Any]:
    """The names of a module of helpers, executed anew: what happened to it in another case is gone."""
    if not text:
        return {}
    module = ModuleType("helpers")
    with _known(module):
        exec(_module(text), vars(module))  # noqa: S102 - the author's own
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


@contextmanager
def _known(module: ModuleType) -> Iterator[None]:
    """Have Python know a module while it is executed, as dataclasses ask; then whatever it knew by that name before."""
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        if before is None:
            sys.modules.pop(module.__name__, None)
        else:
            sys.modules[module.__name__] = before


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


def _steps(node: ast.stmt, others: Aliases) -> Iterator[SnippetStep]:
    if not isinstance(node, ast.With):
        yield SnippetStep(node.lineno, node.end_lineno or node.lineno, _touched(node, others))
        return
    for item in node.items:
        start, end = item.context_expr, item.optional_vars or item.context_expr
        yield SnippetStep(start.lineno, end.end_lineno or end.lineno, _touched(item, others))
    for inner in node.body:
        yield from _steps(inner, others)


def _touched(part: ast.AST, others: Aliases) -> frozenset[str]:
    """Names that code sets, and those of objects that it changes."""
    changed = frozenset(chain.from_iterable(map(_changed, ast.walk(part))))
    return frozenset(chain.from_iterable(map(_set, ast.walk(part)))).union(
        changed, *(others.get(name, ()) for name in changed)
    )


def _set(node: ast.AST) -> Iterator[str]:
    """Names that a node binds or unbinds, in whatever scope: too many rather than too few."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (name.asname or name.name.partition(".")[0] for name in names)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name


def _changed(node: ast.AST) -> Iterator[str]:
    """Names whose object a node changes, as far as can be seen."""
    match node:
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield from _read(node)
        case ast.AugAssign(target=target):
            yield from _read(target)
        case ast.Call(func=ast.Attribute(value=target, attr=method)) if method in _CHANGING:
            yield from _read(target)
        case ast.Call():
            yield from chain.from_iterable(map(_read, filled(node)))
        case ast.Expr(value=value):
            yield from _read(value)


def _read(node: ast.AST) -> set[str]:
    """Every name that stands in an expression."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
