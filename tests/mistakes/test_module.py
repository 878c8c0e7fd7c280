"""Which functions of a reference are reached, and what its text becomes."""

from __future__ import annotations

import ast

import pytest

from grader.mistakes.module import ReferenceModule

SOURCE = '''
"""A reference."""
from __future__ import annotations
import numpy as np
from grader.author import misconception

LIMIT = 3

def step(x):
    return _helper(x)

def _helper(x):
    return np.tanh(x)

def alone(x):
    return x

class Network(Base):
    size: int = 2

    def __init__(self, n):
        self.n = n

    def forward(self, x):
        return step(x)

class Base:
    def score(self, x):
        return -x

other_name = step

@misconception(of="step", says="The tanh is missing.")
def step_without_tanh(x):
    return alone(x)

if __name__ == "__main__":
    print(step(2))
'''


def names(*roots: str) -> list[str]:
    return [function.name for function in ReferenceModule(SOURCE).functions(roots)]


@pytest.mark.parametrize(
    ("roots", "reached"),
    [
        (["step"], ["step", "_helper"]),
        (["Network"], ["step", "_helper", "Network.__init__", "Network.forward", "Base.score"]),
        (["other_name"], ["step", "_helper"]),
        (["alone", "step"], ["step", "_helper", "alone"]),
        (["np", "print", "LIMIT"], []),
    ],
)
def test_functions_are_reached_by_name(roots, reached):
    assert names(*roots) == reached


def test_misconceptions_are_never_reached():
    assert names("step_without_tanh") == []


def test_functions_know_their_module():
    step, helper = ReferenceModule(SOURCE).functions(["step"])

    assert (step.public, helper.public) == (True, False)
    assert step.numpy == "np"
    assert step.siblings == {"step", "_helper"}  # which it reaches


@pytest.mark.parametrize(
    ("line", "name"), [("import numpy", "numpy"), ("import os, numpy as xp", "xp"), ("import math", "")]
)
def test_numpy_has_the_name_that_the_module_gives_it(line, name):
    (function,) = ReferenceModule(f"{line}\n\ndef f(x):\n    return x\n").functions(["f"])

    assert function.numpy == name


def test_one_definition_is_new_and_all_else_but_misconceptions_stays():
    module = ReferenceModule(SOURCE)
    step, _ = module.functions(["step"])
    new = module.text(step.definition, "def step(x):\n    return 0")

    right = SOURCE.replace(
        '@misconception(of="step", says="The tanh is missing.")\ndef step_without_tanh(x):\n    return alone(x)\n', ""
    )
    before = [ast.unparse(node) for node in ast.parse(right).body]
    after = [ast.unparse(node) for node in ast.parse(new).body]
    assert [text for text in after if text not in before] == ["def step(x):\n    return 0"]
    assert len(after) == len(before)
