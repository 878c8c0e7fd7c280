"""What is subtracted within a softmax makes no difference, while it is one number for all that is summed over."""

from __future__ import annotations

from textwrap import indent

import pytest

from grader.mistakes.mutants import mutants


def texts(body):
    """All mutants of ``body``."""
    source = f"import numpy as np\n\ndef f(z, other):\n{indent(body, '    ')}\n"
    return [each.text for each in mutants(source, ["f"])]


def of_another(body):
    """Those that take the largest of something else."""
    return [text for text in texts(body) if "max(other)" in text or "other.max()" in text]


@pytest.mark.parametrize(
    "body",
    [
        "e = np.exp(z - np.max(z))\nreturn e / np.sum(e)",
        "return np.exp(z - z.max()) / np.exp(z - z.max()).sum()",
        "s = z - np.max(z)\nreturn s - np.log(np.exp(s).sum())",
    ],
)
def test_it_may_be_taken_of_anything(body):
    assert of_another(body) == []
    assert any("other - " in text for text in texts(body)), "what it is subtracted from may not"


def test_the_axis_of_the_largest_may_be_left_out_and_not_another():
    body = "e = np.exp(z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)"
    made = "".join(texts(body))
    assert "z.max(keepdims=True)" not in made
    assert "z.max(axis=1))" in made
    assert "z.max(axis=0, keepdims=True)" in made


@pytest.mark.parametrize(
    "body",
    [
        "return np.exp(z - np.max(z))",
        "e = np.exp(z - np.max(z))\nreturn e, e / np.sum(e)",
        "return z - np.max(z)",
        "e = np.exp(z - np.max(z))\ne = e + 1\nreturn e / np.sum(e)",
    ],
)
def test_what_does_not_cancel_is_changed(body):
    assert of_another(body)
