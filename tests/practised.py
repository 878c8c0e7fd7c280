"""A small course to practise: two exercises with rules on the source, of which one earns points of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.written_course import write_course

if TYPE_CHECKING:
    from pathlib import Path

COURSE = {
    "assignments/sums/assignment.yaml": """\
title: "Sums"
module: sums.py
limits: {seconds: 1, case_seconds: 0.5, load_seconds: 2, memory: 512 MiB}
dims: {N: 2..4}
exercises:
  - id: total
    points: 2
    inputs:
      x: {shape: [N]}
    run: s = total(x)
    outputs: {s: []}
    cases: {public: 4, hidden: 4}
    source: {forbid: [for], because: "NumPy adds without a loop"}

  - id: weighted
    points: 3
    inputs:
      x: {shape: [N]}
      w: {shape: [N]}
    run: s, n = weighted(x, w)
    outputs: {s: [], n: []}
    cases: {public: 4, hidden: 4}
    source: {require: [np.dot], points: 1}
""",
    "reference/sums.py": """\
import numpy as np


def total(x):
    return x.sum()


def weighted(x, w):
    return np.dot(x, w), np.abs(w).sum()
""",
    "student_template/sums/sums.py": """\
def total(x):
    raise NotImplementedError


def weighted(x, w):
    raise NotImplementedError
""",
}


@pytest.fixture
def work(tmp_path: Path, grade) -> Path:
    """A folder that ``grade start`` has made of it, beside the course."""
    course = write_course(tmp_path / "course", COURSE)
    assert grade("start", "sums", tmp_path / "work", cwd=course).returncode == 0
    return tmp_path / "work"
