"""Marks for the method where `run` calls the earlier function itself: forward, then backward."""

from __future__ import annotations

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path

ASSIGNMENT = """\
title: Forward, then backward
module: layers.py
dims: {N: 1..4, H: 1..4}
exercises:
  - id: hidden
    points: 1
    inputs: {x: {shape: [N]}, W: {shape: [H, N]}}
    run: h = hidden(x, W)
    outputs: {h: [H]}
    cases: {public: 4, hidden: 6}
  - id: gradient
    points: 4
    inputs: {x: {shape: [N]}, W: {shape: [H, N]}, above: {shape: [H]}}
    run: |
      h = hidden(x, W)
      dx, dW = gradient(above, h, x, W)
    outputs: {h: {shape: [H], points: 1}, dx: [N], dW: [H, N]}
    follow_through: [hidden]
    cases: {public: 4, hidden: 6}
"""
REFERENCE = """\
import numpy as np


def hidden(x, W):
    return np.tanh(W @ x)


def gradient(above, h, x, W):
    dz = above * (1 - h ** 2)
    return W.T @ dz, np.outer(dz, x)
"""
WRONG = REFERENCE.replace("np.tanh(W @ x)", "np.tanh(W @ x + 0.5)")
NEITHER = WRONG.replace("(1 - h ** 2)", "(1 - h)")
ONE = WRONG.replace("W.T @ dz, ", "W.T @ above, ")
MADE_EASY = REFERENCE.replace("np.tanh(W @ x)", "0.0 * (W @ x)").replace(" * (1 - h ** 2)", "")


@pytest.mark.usefixtures("cached")
def test_what_its_own_function_gives_earns_the_method_and_what_the_earlier_gives_does_not(tmp_path, pool):
    for name, text in {"assignments/layers/assignment.yaml": ASSIGNMENT, "reference/layers.py": REFERENCE}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    files, path = find_course(tmp_path).assignment("layers"), tmp_path / "layers.py"
    bank = bank_for(files, pool)
    found = {}
    for name, source in (("wrong", WRONG), ("neither", NEITHER), ("one", ONE), ("made easy", MADE_EASY)):
        path.write_text(source, encoding="utf-8")
        parts = grade_path(files, bank, path, pool, demands=Demands(weak=True)).exercises[1].parts
        found[name] = [part.earned for part in parts]
    assert found == {
        "wrong": [0, 1.5, 1.5],
        "neither": [0, 0, 0],
        "one": [0, 0, 1.5],
        "made easy": [0, 0, 0],
    }
