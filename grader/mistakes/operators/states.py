"""What begins at zeros: states, which are carried from one step to the next, and results that are never set."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.mistakes.change import called, replace
from grader.mistakes.equivalent import idle
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_IS_STATE = re.compile(r".*(?:0|_prev|_init|_initial|_next|_last)|(?:prev|init|initial)_.*")
_FILLED = {"zeros": "ones", "zeros_like": "ones_like", "ones": "zeros", "ones_like": "zeros_like"}
_DRAWN = frozenset({"normal", "standard_normal", "uniform"})
_FILLING = "It behaves as if something began with ones instead of zeros, or the other way round."
_IS_CELL = re.compile(r"(?:.*_)?(?:d|next_|prev_|dnext_|dprev_)*c(?:ell)?(?:_.*)?")
_IS_HIDDEN = re.compile(r"(?:.*_)?(?:d|next_|prev_|dnext_|dprev_)*(?:h|a|hidden)(?:_.*)?")
_LOST = "It behaves as if what one step hands on by the {} state never reached the next."
_NOT_CARRIED = "It behaves as if the state did not move on from step to step."


def wrong_initial_state(function: Function) -> Iterator[Change]:
    """Zeros for a given state, ones for zeros, zeros for what is drawn, or the first state again at every step."""
    for node in function.find(ast.Name):
        if _is_given_state(function, node):
            name = function.public_name(node)
            yield from function.rewrite(node, "NP.zeros_like(X)", f"It behaves as if {name} were 0." if name else "")
    for call in function.find(ast.Call):
        if isinstance(call.func, ast.Attribute) and called(call) in _FILLED:
            overwritten = idle("overwritten", call)
            yield from function.rewrite(call.func, f"NP.{_FILLED[called(call)]}", _FILLING, idle=overwritten)
        for size in [each.value for each in call.keywords if each.arg == "size" and called(call) in _DRAWN]:
            yield from function.rewrite(
                call, "NP.zeros(S)", "It behaves as if numbers that should be random were 0.", S=size
            )
    for loop in function.find(ast.For):
        for name in _carried(function, loop):
            yield from _first_again(function, loop, name)


def _is_given_state(function: Function, node: ast.Name) -> bool:
    """Whether a parameter is read that is called like a state, for more than its shape."""
    return (
        isinstance(node.ctx, ast.Load)
        and node.id in function.parameters
        and _IS_STATE.fullmatch(node.id) is not None
        and not isinstance(function.parent(node), ast.Attribute)
        and not called(function.parent(node)).endswith("_like")
    )


def _first_again(function: Function, loop: ast.For, name: str) -> Iterator[Change]:
    """The loop reads the state with which it began, or never renews its own."""
    for first in _values_before(function, loop, name):
        if isinstance(first, ast.Name):
            for node in _from_before(loop, name):
                yield replace(node, ast.Name(first.id), _NOT_CARRIED)
    for node in _names(loop, name, ast.Store):
        yield replace(node, ast.Name("_"), _NOT_CARRIED)


def drop_carry(function: Function) -> Iterator[Change]:
    """What a loop hands on is left out of a sum, or is zero whenever a step reads or writes it."""
    for loop in function.find(ast.For):
        carried = _carried(function, loop)
        for name in carried:
            yield from _lost(function, loop, name, _which(name, carried))


def _lost(function: Function, loop: ast.For, name: str, sentence: str) -> Iterator[Change]:
    for node in _from_before(loop, name):
        match function.parent(node):
            case ast.BinOp(left=left, op=ast.Add(), right=right) as total:
                yield replace(total, left if right is node else right, sentence)
            case _:
                yield from function.rewrite(node, "NP.zeros_like(X)", sentence)
    for node in _names(loop, name, ast.Store):
        match function.parent(node):
            case ast.Assign(targets=[ast.Name()], value=value):
                yield from function.rewrite(value, "NP.zeros_like(S)", sentence, S=ast.Name(name))


def _which(name: str, carried: Sequence[str]) -> str:
    """Of two states that are carried, the one that is lost is named by what it is called; else empty."""
    cells = [each for each in carried if _IS_CELL.fullmatch(each)]
    hidden = [each for each in carried if _IS_HIDDEN.fullmatch(each) and each not in cells]
    if not cells or not hidden or name not in (*cells, *hidden):
        return ""
    return _LOST.format("cell" if name in cells else "hidden")


def _carried(function: Function, loop: ast.For) -> list[str]:
    """Variables with a value before the loop, which a round reads and then assigns anew."""
    return [
        name
        for name, place in function.bound.items()
        if place < (loop.lineno, loop.col_offset) and not function.is_plain(name) and _from_before(loop, name)
    ]


def _from_before(loop: ast.For, name: str) -> list[ast.Name]:
    """Where a round reads what the round before it has left: no later than where it assigns the variable anew."""
    renewed = [node.lineno for node in _names(loop, name, ast.Store)]
    return [node for node in _names(loop, name, ast.Load) if renewed and node.lineno <= renewed[0]]


def _names(loop: ast.For, name: str, context: type[ast.expr_context]) -> list[ast.Name]:
    """Where a loop's body reads a variable (``Load``), or assigns it anew (``Store``); ``+=`` is neither."""
    return [
        node
        for statement in loop.body
        for part in ast.walk(statement)
        if not isinstance(part, ast.AugAssign)
        for node in ast.iter_child_nodes(part)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, context)
    ]


def _values_before(function: Function, loop: ast.For, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in function.find(ast.Assign)
        if node.lineno < loop.lineno
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


def drop_result(function: Function) -> Iterator[Change]:
    """One of several results left at the zeros that it began with."""
    if len(function.results) > 1:
        for result in function.results:
            yield from function.rewrite(result, "NP.zeros_like(X)")


WRONG_INITIAL_STATE = Operator(
    "wrong_initial_state", "It behaves as if the first state were another one.", wrong_initial_state
)
DROP_CARRY = Operator("drop_carry", "It behaves as if what one step hands on never reached the next.", drop_carry)
DROP_RESULT = Operator("drop_result", "It behaves as if one of the results were never set.", drop_result)
