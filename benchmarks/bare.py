"""The yardstick: the script that a lecturer would write instead of a grader.

It trusts everyone: it imports the submission into its own process, runs each exercise's snippet once on every case,
public and hidden, and compares with ``np.allclose``. Arguments: the submission, and a folder that holds the cases as
``cases.json`` and ``cases.npz`` (see :mod:`benchmarks.plain`). It needs NumPy and the standard library alone.
"""

import json
import runpy
import sys

import numpy as np


def value(node, flats):
    """What a node of ``cases.json`` stands for: arrays are views into the flat array of their dtype."""
    if isinstance(node, dict):
        start, shape = node["start"], node["shape"]
        size = 1
        for axis in shape:
            size *= axis
        return flats[node["dtype"]][start : start + size].reshape(shape)
    if isinstance(node, list):
        return [value(item, flats) for item in node]
    return node


def right(exercise, case, names, flats):
    """Whether one case comes out as it should."""
    inputs = {name: value(node, flats) for name, node in case["inputs"].items()}
    namespace = {**names, "np": np, **case["sizes"], **inputs}
    try:
        exec(exercise["code"], namespace)
    except Exception as error:
        return type(error).__name__ == case["raises"]
    expected = {name: value(node, flats) for name, node in case["expected"].items()}
    return all(np.allclose(namespace[name], want, rtol=1e-6, atol=1e-9) for name, want in expected.items())


def main():
    """Print how many cases of each exercise are right."""
    submission, folder = sys.argv[1:]
    names = runpy.run_path(submission)
    with open(f"{folder}/cases.json", encoding="utf-8") as stored:
        exercises = json.load(stored)
    with np.load(f"{folder}/cases.npz") as archive:
        flats = dict(archive)
    for exercise in exercises:
        exercise["code"] = compile(exercise["run"], exercise["id"], "exec")
        count = sum(right(exercise, case, names, flats) for case in exercise["cases"])
        print(f"{exercise['id']}: {count} of {len(exercise['cases'])}")


if __name__ == "__main__":
    main()
