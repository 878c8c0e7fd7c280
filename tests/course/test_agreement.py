"""Mistakes between an assignment's files, told from their text; and texts that only look as if they had some."""

from __future__ import annotations

import pytest

from grader.course import agreement
from grader.course.find import Course
from grader.course.load import load

YAML = """
title: Two
module: two.py
exercises:
  - id: softmax
    points: 1
    inputs: {z: {shape: [3]}}
  - id: layer
    points: 1
    inputs: {x: {strategy: "properties:numbers"}}
    run: |
      import math
      layer = Layer(3)
      y = [math.exp(softmax(value)) for value in layer.step(x)]
    outputs: {y: []}
    properties: [{check: sums_to_one, title: it sums to 1}]
"""


@pytest.fixture
def files(tmp_path):
    for folder in ("assignments/two", "reference"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "assignments/two/assignment.yaml").write_text(YAML, encoding="utf-8")
    return Course(tmp_path).assignment("two")


def told(files, source):
    files.reference.write_text(source, encoding="utf-8")
    found = agreement.of_reference(files, load(files.yaml))
    return [(each.line, each.column, each.path, each.message) for each in found]


def test_what_exercises_use_is_to_be_defined(files):
    assert told(files, "def sofmax(z): ...\nclass Holder:\n    def Layer(self): ...\n") == [
        (
            5,
            9,
            "exercise softmax: id",
            "uses `softmax`, which reference/two.py does not define, did you mean `sofmax`?",
        ),
        (13, 15, "exercise layer: run", "uses `Layer`, which reference/two.py does not define"),
        (
            14,
            21,
            "exercise layer: run",
            "uses `softmax`, which reference/two.py does not define, did you mean `sofmax`?",
        ),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(z): ...\nclass Layer: ...\n",
        "from helper import softmax, Base as Layer\n",
        "from helper import *\n",
        "try:\n    from fast import softmax\nexcept ImportError:\n    softmax = len\nLayer = type\n",
        "def make():\n    global softmax, Layer\n    softmax = Layer = len\nmake()\n",
        "globals().update(softmax=len, Layer=list)\n",
        "exec('softmax = Layer = len')\n",
        "def __getattr__(name): ...\n",
        "softmax: object = len\nfor Layer in [list]: ...\n",
        "kept = [(softmax := Layer) for Layer in [list] if (Layer_ := Layer)]\nLayer = softmax\n",
    ],
)
def test_names_may_come_from_anywhere(files, source):
    assert told(files, source) == []


def test_a_syntax_error_has_its_place(files):
    assert told(files, "def softmax(z):\n    return (z\n") == [(2, 12, "", "is no Python: '(' was never closed")]


def test_misconceptions_are_read_as_well(files):
    source = "def softmax(z): ...\nclass Layer: ...\n@misconception(of='softmx', says='No.')\ndef wrong(z): ...\n"
    message = "is of 'softmx', which the module does not define; did you mean `softmax`?"
    assert told(files, source) == [(4, 1, "wrong", message)]


def test_a_misconception_that_is_none_is_told(files):
    right = "def softmax(z): return z\nclass Layer: ...\n"
    source = f"{right}@misconception(of='softmax', says='No.')\ndef wrong(z):\n    return softmax(z)\n"
    ((line, _, name, message),) = told(files, source)
    assert (line, name) == (4, "wrong")
    assert message.startswith("does what `softmax` does, so nothing can tell it: ")


def test_what_properties_lacks_has_its_place(files):
    found = agreement.of_properties(files, load(files.yaml), {"sum_to_one": len})

    assert [(each.line, each.column, each.path, each.message) for each in found] == [
        (
            16,
            26,
            "exercise layer: properties[0].check",
            "names `sums_to_one`, which properties.py does not define, did you mean `sum_to_one`?",
        ),
        (10, 17, "exercise layer: inputs.x", "names `numbers`, which properties.py does not define"),
    ]
    assert agreement.of_properties(files, load(files.yaml), {"sums_to_one": len, "numbers": len}) == []
