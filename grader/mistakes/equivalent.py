"""Equivalent mutants, as the reference is seen to run: a flat array transposed, a tanh kept below 1.

Whoever makes such a change says on what it depends. The reference runs with those expressions marked, see
:mod:`grader.mistakes.observed`, and whether the change is idle is read from what was seen there.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SIGHTINGS = "grader.mistakes.observed"  # what the process has beside the reference
ROUNDING = 1e-9  # by which a number may lie outside of the limits that it is kept within

#: A change that turns axes round is idle where there is at most one; one that makes an array flat where there is just
#: one; one of the axis to go along where there is at most one, or just one in each array that is joined; one that takes
#: away axes of size 1 where there is none; one that keeps numbers within limits where they lie there anyway; one of
#: what a buffer begins with where that is never read. The text itself shows that some always are.
IdleKind: TypeAlias = Literal[
    "always", "turned", "flattened", "along", "joined", "squeezed", "kept_within", "overwritten"
]


class Idle(NamedTuple):
    """The change makes no difference if this is so of the values of ``place``."""

    kind: IdleKind
    place: str
    low: float = 0.0
    high: float = 0.0


ALWAYS = Idle("always", "")


def idle(kind: IdleKind, node: ast.expr, low: float = 0.0, high: float = 0.0) -> Idle:
    """The same for a node of the reference."""
    return Idle(kind, place_of(node), low, high)


def place_of(node: ast.expr) -> str:
    """Where an expression stands, from its first character to its last."""
    return f"{node.lineno}:{node.col_offset}:{node.end_lineno}:{node.end_col_offset}"


def marked(source: str, places: Collection[str]) -> str:
    """The module with the values of these expressions seen, each of which is evaluated as before."""
    lines = {int(place.partition(":")[0]) for place in places}
    body, texts = ast.parse(source).body, list(_statements(source))
    for index, node in enumerate(body):
        if not lines.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            texts[index] = ast.unparse(ast.fix_missing_locations(_Marks(places).visit(node)))
    first = next((index for index, node in enumerate(body) if not _comes_first(node)), len(body))
    return "\n".join([*texts[:first], f"from {SIGHTINGS} import seen as _seen", *texts[first:], ""])


@lru_cache(maxsize=2)
def _statements(source: str) -> tuple[str, ...]:
    """The statements of a module, each written out: that takes longest, and most of them are the same each time."""
    return tuple(map(ast.unparse, ast.parse(source).body))


def is_so(idle: Idle, seen: Mapping[str, Any]) -> bool:
    """Whether the change makes no difference; not for what was never seen. Of buffers this says nothing."""
    if idle.place not in seen:
        return False
    those = _Sighting(*seen[idle.place])
    match idle.kind:
        case "turned" | "along":
            return those.form == "array" and those.most <= 1
        case "flattened":
            return those.form == "array" and those.least == those.most == 1
        case "joined":
            return those.form == "items" and those.least == those.most == 1
        case "squeezed":
            return those.form in ("array", "number") and not those.single
        case "kept_within":
            within = idle.low - ROUNDING <= those.low and those.high <= idle.high + ROUNDING
            return those.form != "other" and within
    return False


class _Sighting(NamedTuple):
    """What all values of an expression were, as :mod:`grader.mistakes.observed` has it."""

    form: str
    least: int
    most: int
    single: bool
    low: float
    high: float


class _Marks(ast.NodeTransformer):
    def __init__(self, places: Collection[str]) -> None:
        self._places = places

    def visit(self, node: ast.AST) -> ast.AST:
        new: ast.AST = super().visit(node)
        if (
            isinstance(node, ast.expr)
            and isinstance(new, ast.expr)
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        ):
            place = place_of(node)
            if place in self._places:
                return ast.Call(ast.Name("_seen", ast.Load()), [ast.Constant(place), new], [])
        return new

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        return node  # a pattern is no expression


def _comes_first(node: ast.stmt) -> bool:
    """Docstrings and imports from ``__future__``, which nothing may stand before."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
            return True
    return False
