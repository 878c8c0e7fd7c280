"""A copy of the course ``tests/courses/proven``, whose tests are good, to be spoilt; and a bench for auditing it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.audit import search

PROVEN = Path(__file__).parents[1] / "courses" / "proven"
CASES = "    cases: {public: 4, hidden: 12}\n"

#: In the place of ``CASES``, nothing but ones: whatever is summed or turned around, the result stays the same.
ONES = """\
    cases: {public: 1, hidden: 0}
    examples:
      - {inputs: {W: [[1.0, 1.0], [1.0, 1.0]], x: [[1.0], [1.0]], b: [[1.0], [1.0]]}, expect: {y: [[3.0], [3.0]]}}
"""
REVERSED = """

@misconception(of="affine", says="You read x from its end.")
def affine_from_the_end(W, x, b):
    return W @ x[::-1] + b
"""
RIGHT = "import numpy as np\n\n\ndef affine(W, x, b):\n    return b + np.dot(W, x)\n"
WRONG = RIGHT.replace("b +", "-b +")


@pytest.fixture(autouse=True)
def as_many_inputs_on_every_machine(monkeypatch):
    """What nothing tells from the reference is searched as on a slow machine, with a thousand inputs and no more."""
    monkeypatch.setattr(search, "SECONDS", 0)


@pytest.fixture
def course(tmp_path):
    """A copy of the course that a test may change."""
    return shutil.copytree(PROVEN, tmp_path / "course")


@pytest.fixture
def change(course):
    """``change(old, new)`` in the assignment; ``add(text)`` goes to the end of the reference."""

    def replace(old, new):
        path = course / "assignments/proven/assignment.yaml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


def add(course, text):
    with (course / "reference/proven.py").open("a", encoding="utf-8") as reference:
        reference.write(text)


def hand_in(course, name, text):
    path = course / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def make_bench(cached, pool, course):
    """``make_bench(fresh=…)`` of the course as it is when it is first called."""
    from grader.audit import Bench
    from grader.bank.build import bank_for
    from grader.course.find import Course

    made = []

    def make(**options):
        if not made:
            files = Course(course).assignment("proven")
            made.extend((files, bank_for(files, pool)))
        return Bench(*made, pool, **options)

    return make
