"""Activation functions, exp and log: left out, taken for another one, applied twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.mistakes.change import called, is_number, replace, with_fields
from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function

_ACTIVATIONS = frozenset({"tanh", "sigmoid", "logistic", "expit", "relu", "softplus", "elu", "gelu", "leaky_relu"})
_OVER_CLASSES = frozenset({"softmax", "log_softmax", "logsoftmax"})
_NOT_IDEMPOTENT = (_ACTIVATIONS - {"relu"}) | {"softmax"}
_FUNCTIONS = frozenset({"exp", "log", "abs", "absolute"})
_LEFT_OUT = "It behaves as if a function such as exp, log or abs were left out."


def drop_activation(function: Function) -> Iterator[Change]:
    """``f(x)`` becomes ``x``."""
    for node, kind, operand in _calls(function):
        if kind in _ACTIVATIONS | _OVER_CLASSES:
            yield replace(node, operand)
        elif kind in _FUNCTIONS:
            yield replace(node, operand, _LEFT_OUT)


def swap_activation(function: Function) -> Iterator[Change]:
    """``tanh``, ``sigmoid`` and ``relu`` in one another's places; a sigmoid for a softmax."""
    sigmoid = "sigmoid(Z)" if "sigmoid" in function.siblings else "1 / (1 + NP.exp(-Z))"
    shapes = {"tanh": "NP.tanh(Z)", "sigmoid": sigmoid, "relu": "NP.maximum(Z, 0)"}
    for node, kind, operand in _calls(function):
        same = {"logistic": "sigmoid", "expit": "sigmoid"}.get(kind, kind)
        others = shapes if kind in _ACTIVATIONS else {"sigmoid": sigmoid} if kind == "softmax" else {}
        for other, template in others.items():
            if other != same:
                yield from function.rewrite(node, template, Z=operand)


def repeat_activation(function: Function) -> Iterator[Change]:
    """``tanh`` of what is a ``tanh`` already."""
    for node, kind, _ in _calls(function):
        if kind in _NOT_IDEMPOTENT and len(node.args) == 1:
            yield replace(node, with_fields(node, args=[node]))


def _calls(function: Function) -> Iterator[tuple[ast.Call, str, ast.expr]]:
    """Calls, the kind of function, and what it is applied to."""
    for node in function.find(ast.Call):
        kind = called(node).lower().lstrip("_")
        if kind == "maximum" and len(node.args) == 2 and any(map(is_number, node.args)):
            yield node, "relu", next(each for each in node.args if not is_number(each))
        elif node.args:
            yield node, kind, node.args[0]


DROP_ACTIVATION = Operator("drop_activation", "It behaves as if an activation function were missing.", drop_activation)
SWAP_ACTIVATION = Operator(
    "swap_activation", "It behaves as if another activation function were used.", swap_activation
)
REPEAT_ACTIVATION = Operator(
    "repeat_activation", "It behaves as if an activation function were applied twice.", repeat_activation
)
