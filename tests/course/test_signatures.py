"""Wrong versions that cannot be called as the right one is, and those that can."""

from __future__ import annotations

import ast

import pytest

from grader.course.signatures import differences


def problems(right: str, wrong: str) -> list[str]:
    return [problem for *_, problem in differences(ast.parse(right).body[0], ast.parse(wrong).body[0])]


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("x, gamma, beta", "x, gamma", "does not take `beta`, which norm takes"),
        ("x", "x, gamma", "takes `gamma`, which norm does not: give it a default, or leave it out"),
        ("x, gamma", "x, g", "takes `g` where norm takes `gamma`"),
        ("x, eps=0", "x, eps", "needs `eps`, for which norm has a default"),
        ("x, *rest", "x", "takes no *rest, which norm takes"),
        ("x, **more", "x", "takes no **more, which norm takes"),
        ("x, *, eps=0", "x", "does not take `eps`, which norm takes"),
        ("x, *, eps=0", "x, *, eps", "needs `eps`, for which norm has a default"),
        ("x", "x, *, eps", "takes `eps`, which norm does not: give it a default, or leave it out"),
    ],
)
def test_functions_that_differ(right, wrong, problem):
    assert problems(f"def norm({right}): ...", f"def wrong({wrong}): ...") == [problem]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("x, gamma, beta", "x, gamma, beta"),
        ("x: Array, gamma: Array = 1", "x, gamma=2"),
        ("x", "x, scale=2, *, about=0"),
        ("x, gamma", "*given"),
        ("x, *, eps=0", "*given, **more"),
        ("x, *, eps=0", "x, eps=1"),
        ("x, /", "values, /"),
        ("x, /, gamma", "values, gamma"),
    ],
)
def test_functions_that_can_be_called_alike(right, wrong):
    assert problems(f"def norm({right}): ...", f"def wrong({wrong}): ...") == []


def test_what_a_decorator_may_change_is_not_compared():
    assert problems("@curried\ndef norm(x, gamma): ...", "def wrong(x): ...") == []


def test_a_function_beside_a_class_is_not_compared():
    assert problems("class Norm: ...", "def wrong(x): ...") == []


RIGHT = """
class Layer:
    def __init__(self, D, H): ...
    def step(self, x): ...
    def _gate(self, x): ...
    @staticmethod
    def zeros(n): ...
"""


def test_methods_are_compared_at_their_place():
    wrong = "class Wrong(Layer):\n    def step(self): ...\n    @staticmethod\n    def zeros(n, m): ...\n"

    assert list(differences(ast.parse(RIGHT).body[0], ast.parse(wrong).body[0])) == [
        (2, 5, "`step` does not take `x`, which step takes"),
        (4, 5, "`zeros` takes `m`, which zeros does not: give it a default, or leave it out"),
    ]


def test_methods_that_nothing_brings_are_missing():
    assert problems(RIGHT, "class Wrong:\n    zeros = staticmethod(len)\n") == [
        "lacks the method `__init__`, which Layer has",
        "lacks the method `step`, which Layer has",
    ]


def test_methods_may_be_inherited():
    assert problems(RIGHT, "class Wrong(Layer): ...") == []
