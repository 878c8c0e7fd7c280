"""Gates that share a sum: one made of the other, or both exchanged where they add up to 1."""

from __future__ import annotations

import ast
from itertools import permutations
from typing import TYPE_CHECKING

from grader.mistakes.change import exchange, replace
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_EXCHANGED = "It behaves as if a gate z and 1 - z were exchanged."


def coupled_gates(function: Function) -> Iterator[Change]:
    """In ``f * c + i * g``: ``1 - f`` in the place of ``i``; in ``(1 - z) * h + z * g``: z and 1 - z exchanged."""
    for node in function.find(ast.BinOp):
        match node:
            case ast.BinOp(
                left=ast.BinOp(left=ast.expr() as one, op=ast.Mult(), right=ast.expr() as its),
                op=ast.Add(),
                right=ast.BinOp(left=ast.expr() as other, op=ast.Mult(), right=ast.expr() as others),
            ) if node not in function.counting:
                yield from _coupled(function, (one, its), (other, others))


def _coupled(function: Function, one: tuple[ast.expr, ast.expr], other: tuple[ast.expr, ast.expr]) -> Iterator[Change]:
    rests = [(a, b) for a in one for b in other if _is_rest(a, b) or _is_rest(b, a)]
    for first, second in rests:
        yield exchange(first, second, _EXCHANGED)
    for kept, lost in permutations((one[0], other[0])) if not rests else ():
        if isinstance(kept, ast.Name) and isinstance(lost, ast.Name) and kept.id != lost.id:
            name, gate = function.public_name(lost), function.public_name(kept)
            about = f"It behaves as if {name} were 1 - {gate}." if name and gate else ""
            yield replace(lost, ast.BinOp(ast.Constant(1), ast.Sub(), kept), about)


def _is_rest(node: ast.expr, of: ast.expr) -> bool:
    """Whether it is 1 - ``of``."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name(id=name)):
            return isinstance(of, ast.Name) and of.id == name
    return False


COUPLED_GATES = Operator("coupled_gates", "It behaves as if one gate were 1 minus another.", coupled_gates)
