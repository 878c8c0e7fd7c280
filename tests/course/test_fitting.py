"""Inputs that were written down, held against an exercise that may have changed since."""

from __future__ import annotations

import numpy as np
import pytest

from grader.course.fitting import misfit
from grader.course.load import parse

TEXT = """
title: T
module: t.py
dims: {N: 2..4, M: 1..3}
exercises:
  - id: f
    inputs:
      x: {shape: [N, M]}
      ids: {kind: tokens, vocabulary: 5, shape: [N]}
      rows: {kind: list, of: {shape: [M]}, length: N}
      p: {kind: dict, entries: {W: {shape: [M, N]}, flag: {kind: booleans}}}
      n: {kind: size, of: N}
      k: {}
    run: y = f(x, ids, rows, p, n, k) + M
    outputs: {y: []}
    points: 1
"""
(EXERCISE,) = parse(TEXT, file="assignment.yaml", id="t").exercises
SIZES = {"N": 2, "M": 1}
FITS = {
    "x": np.zeros((2, 1)),
    "ids": np.array([0, 4]),
    "rows": [np.zeros(1), np.zeros(1)],
    "p": {"W": np.zeros((1, 2)), "flag": True},
    "n": 2,
    "k": 0.5,
}


def test_inputs_of_the_exercise_fit():
    assert not misfit(EXERCISE, SIZES, FITS)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"x": np.zeros((1, 2))}, "has x as it is no longer: expected the shape (N, M) = (2, 1), got (1, 2)"),
        ({"x": [[0.0], [0.0]]}, "expected an array of shape (N, M)"),
        ({"x": "text"}, "expected an array"),
        ({"ids": np.zeros(2)}, "expected an array of shape (N,)"),
        ({"rows": np.zeros((2, 1))}, "expected a list"),
        ({"rows": [np.zeros(1)]}, "expected a list of length N = 2, got 1"),
        ({"rows": [np.zeros(1), None]}, "expected an array of shape (M,)"),
        ({"p": {"W": np.zeros((1, 2))}}, "expected a dict with the keys W, flag"),
        ({"p": None}, "expected a dict"),
        ({"p": {"W": np.zeros((1, 2)), "flag": 1.0}}, "flag: expected a single number"),
        ({"n": 3}, "expected the size N = 2, got 3"),
        ({"k": np.zeros(1)}, "expected a single number"),
        ({"k": None}, "expected a single number"),
        ({"z": 1.0}, "has the inputs x, ids, rows, p, n, k, z, and the exercise asks for x, ids, rows, p, n, k"),
    ],
)
def test_what_does_not_fit_is_told(changed, problem):
    assert problem in misfit(EXERCISE, SIZES, {**FITS, **changed})


@pytest.mark.parametrize(
    ("sizes", "problem"),
    [
        ({"N": 1, "M": 1}, "has N = 1, and the exercise 2..4"),
        ({"N": 2, "M": 1, "K": 1}, "has the size K, which the exercise does not have"),
        ({"N": 2}, "has no size M, which run uses"),
        ({"M": 1}, "mentions N, which is no dim here"),
    ],
)
def test_sizes_must_be_those_of_the_exercise(sizes, problem):
    assert problem in misfit(EXERCISE, sizes, FITS)
