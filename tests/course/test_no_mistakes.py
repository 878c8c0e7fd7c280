"""Misconceptions that are none, by their text."""

from __future__ import annotations

import pytest

from grader.course.no_mistakes import no_mistakes

RIGHT = '''
def scaled(x, by=2):
    """What is asked for."""
    whole = x * by
    return whole


'''


def told(wrong):
    marked = f"@misconception(of='scaled', says='No.')\n{wrong}\n"
    return [(each.line, each.path, each.message) for each in no_mistakes(RIGHT + marked, "reference.py")]


@pytest.mark.parametrize(
    "wrong",
    [
        "def same(x, by=2):\n    whole = x * by\n    return whole",
        "def same(y, times=2):\n    'Otherwise told.'\n    whole = y * times  # as it is\n    return whole",
        "def same(x, by=2):\n    return scaled(x, by)",
    ],
)
def test_what_does_the_same_is_no_mistake(wrong):
    message = "does what `scaled` does, so nothing can tell it: write down what is done wrong, or take it out"
    assert told(wrong) == [(9, "same", message)]


@pytest.mark.parametrize(
    "wrong",
    [
        "def other(x, by=3):\n    whole = x * by\n    return whole",
        "def other(by, x=2):\n    return scaled(x, by)",
        "def other(x, by=2):\n    return scaled(x)",
        "def other(x, by=2):\n    return scaled(x, by=by)",
        "def other(x, by=2):\n    whole = by * x\n    return whole",
        "def other(x, by=2):\n    whole = x * whole\n    return whole",
        "def other(x, by=2):\n    return (lambda x, by: x * by)(x, by)",
        "class other:\n    pass",
    ],
)
def test_of_anything_else_nothing_is_said(wrong):
    assert told(wrong) == []
