"""The yardstick: the script that a lecturer would write instead of a grader.

It trusts everyone: it imports the submission into its own process, runs each exercise's snippet once on every case,
public and hidden, and compares with ``np.allclose``. Arguments: the submission, and a folder that holds the cases as
``cases.json`` and ``cases.npz`` (see :mod:`benchmarks.plain`). It needs NumPy and the standard library alone, and ends
with 1 if anything is wrong.
"""

import json
import math
import runpy
import sys
from typing import Any

import numpy as np


def value(node: Any, flats: dict[str, Any]) -> Any:
    """What a node of ``cases.json`` stands for: arrays are views into the flat array of their dtype."""
    if isinstance(node, dict):
        start, shape = node["start"], node["shape"]
        return flats[node["dtype"]][start : start + math.prod(shape)].reshape(shape)
    if isinstance(node, list):
        return [value(item, flats) for item in node]
    return node


def right(code: Any, case: Any, names: dict[str, Any], flats: dict[str, Any]) -> bool:
    """Whether one case comes out as it should."""
    inputs = {name: value(node, flats) for name, node in case["inputs"].items()}
    namespace = {**names, "np": np, **case["sizes"], **inputs}
    try:
        exec(code, namespace)  # noqa: S102 - this is what the script is for
    except Exception as error:  # noqa: BLE001 - some cases ask for an exception
        return bool(type(error).__name__ == case["raises"])
    expected = {name: value(node, flats) for name, node in case["expected"].items()}
    return all(np.allclose(namespace[name], want, rtol=1e-5, atol=1e-6) for name, want in expected.items())


def main() -> None:
    """Print how many cases of each exercise are right."""
    submission, folder = sys.argv[1:]
    names = runpy.run_path(submission)
    with open(f"{folder}/cases.json", encoding="utf-8") as stored:  # noqa: PTH123 - pathlib costs start-up
        exercises = json.load(stored)
    with np.load(f"{folder}/cases.npz") as archive:
        flats = dict(archive)
    wrong = 0
    for exercise in exercises:
        code = compile(exercise["run"], exercise["id"], "exec")
        count = sum(right(code, case, names, flats) for case in exercise["cases"])
        print(f"{exercise['id']}: {count} of {len(exercise['cases'])}")
        wrong += len(exercise["cases"]) - count
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
