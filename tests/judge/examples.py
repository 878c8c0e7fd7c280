"""A small exercise and its cases, for tests of the judge."""

from __future__ import annotations

import numpy as np

from grader.records.assignment import Exercise, Interval, Output, Reals
from grader.records.bank import Case, Origin
from grader.records.run import Definition, Frame, Loaded, Raised, Returned


def exercise(**changes) -> Exercise:
    fields = {
        "id": "step",
        "title": "A step",
        "points": 10,
        "inputs": {"x": Reals(shape=("H", 1)), "W": Reals(shape=("H", "H"))},
        "run": "h = step(x, W)",
        "outputs": {"h": Output(shape=("H", 1))},
        "dims": {"H": Interval(low=1, high=3)},
    }
    return Exercise(**{**fields, **changes})


def case(number=0, *, public=True, x=None, W=None, expected=None, **fields) -> Case:
    x = np.array([[0.5], [-1.25]]) if x is None else np.asarray(x, dtype=float)
    W = np.array([[1.0, 2.0], [3.0, 4.0]]) if W is None else np.asarray(W, dtype=float)
    if expected is None and "raises" not in fields:
        expected = {"h": W @ x}
    return Case(
        id=f"step/{number:03}",
        origin=Origin("distinct"),
        public=public,
        sizes={"H": len(x)},
        inputs={"x": x, "W": W},
        expected=expected or {},
        **fields,
    )


def returned(h, **fields) -> Returned:
    return Returned(outputs={"h": h}, **fields)


def raised(error="ValueError", message="no", *ancestors, frames=True) -> Raised:
    lines = (Frame(file="memory.py", line=7, function="step", text="boom()"),) if frames else ()
    return Raised(
        error=error, message=message, ancestors=(error, *ancestors, "Exception", "BaseException"), frames=lines
    )


def loaded(*names: str, parameters=("x", "W"), problem=None) -> Loaded:
    found = tuple(Definition(name=name, parameters=parameters) for name in names or ("step",))
    return Loaded(names=found, problem=problem)
