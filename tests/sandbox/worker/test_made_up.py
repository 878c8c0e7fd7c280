"""Made-up functions: what they give, what they refuse, and where they stand meanwhile."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from grader.records.shapes import SizeError
from grader.sandbox.worker.made_up import run_with

SOURCE = """
def step(x, h, W):
    return "own"

def back(dh, cache):
    return "own"

another_name = step

def twice(x, h, W):
    return step(x, another_name(x=x, h=h, W=W), W)
"""
X, H, W = np.array([[0.5]]), np.array([[0.1], [0.2]]), np.arange(6.0).reshape(2, 3)
STEP = {
    "arguments": ["x", "h", "W"],
    "keywords": {},
    "shapes": {"W": [([], ["H", "H + D"])], "x": [([], ["D", 1])], "h": [([], ["H", 1])]},
    "results": {"new": ["H", 1]},
    "single": True,
}
WITH_CACHE = {**STEP, "results": {"new": ["H", 1], "cache": None, "size": []}, "single": False}
BACK = {
    "arguments": ["dh", "cache"],
    "keywords": {},
    "shapes": {"dh": [([], ["H", 1])]},
    "results": {"dW": ["H", "H + D"], "dx": ["D", 1]},
    "single": False,
}


@pytest.fixture
def run(monkeypatch):
    """Run a snippet with made-up functions; what it leaves behind."""
    module = ModuleType("handed_in")
    exec(SOURCE, vars(module))
    monkeypatch.setitem(sys.modules, "handed_in", module)
    before = dict(vars(module))

    def run(snippet, inputs=(), **functions):
        namespace = {**vars(module), "np": np, "x": X, "h": H, "W": W, **dict(inputs)}
        namespace["called"] = run_with(snippet, functions, 1.5, namespace)
        assert vars(module) == before, "every function is itself again afterwards"
        return namespace

    return run


def test_they_stand_wherever_the_function_is_called(run):
    found = run("y = twice(x, h, W)\nz = step(x, step(x, h, W), W)", step=STEP)
    assert found["called"] == ["step"]
    assert found["y"].shape == (2, 1)
    assert np.array_equal(found["y"], found["z"])
    assert run("y = 1", step=STEP)["called"] == []


def test_every_number_of_every_argument_counts_and_each_otherwise(run):
    first = run("y = step(x, h, W)", step=STEP)["y"]
    for name, value in {"x": X, "h": H, "W": W}.items():
        for place in np.ndindex(value.shape):
            moved = value.copy()
            moved[place] += 0.01
            other = run("y = step(x, h, W)", {name: moved}, step=STEP)["y"]
            assert (np.abs(other - first) > 1e-4).all()
    assert not np.allclose(first, run("y = step(x, h[::-1], W)", step=STEP)["y"])
    assert np.unique(first).size == first.size


def test_what_is_not_declared_is_a_token_that_says_which_call_made_it(run):
    snippet = "new, cache, size = step(x, h, W)\ndW, dx = back(new, cache)"
    found = run(snippet, step=WITH_CACHE, back=BACK)
    assert (found["dW"].shape, found["dx"].shape, type(found["size"])) == ((2, 3), (1, 1), float)
    other = run(snippet, {"W": -W}, step=WITH_CACHE, back={**BACK, "arguments": ["dh", "cache"]})
    assert not np.allclose(found["dx"], other["dx"])
    with pytest.raises(TypeError, match="not subscriptable"):
        run("new, cache, size = step(x, h, W)\ncache[0]", step=WITH_CACHE)


@pytest.mark.parametrize(
    ("snippet", "error"),
    [
        ("step(x, h)", TypeError),
        ("step(x, h, W, 1)", TypeError),
        ("step(x[0], h, W)", SizeError),
        ("step(x, h, W.T)", SizeError),
        ("step(x, h, None)", SizeError),
    ],
)
def test_other_arguments_than_declared_are_refused(snippet, error, run):
    with pytest.raises(error):
        run(snippet, step=STEP)
