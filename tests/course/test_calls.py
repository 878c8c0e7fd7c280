"""Which functions a snippet calls, where it does nothing else."""

from __future__ import annotations

import pytest

from grader.course.calls import SnippetCall, calls_of

STEP = SnippetCall("step", ("x",), (("b", "bias"),), ("h", "cache"), single=False)


def test_calls_are_told_in_their_order():
    back = SnippetCall("back", ("h", "cache"), (), ("dx",), single=True)
    assert calls_of("h, cache = step(x, b=bias)\ndx = back(h, cache)\n") == (STEP, back)
    assert back.given == ("h", "cache")
    assert STEP.given == ("x", "bias")


@pytest.mark.parametrize(
    "run",
    [
        "h = step(x, 0)",
        "h = step(x + 1)",
        "h = step(*xs)",
        "h = step(**xs)",
        "h, *rest = step(x)",
        "h = g = step(x)",
        "h.a = step(x)",
        "h[0] = step(x)",
        "h = np.tanh(x)",
        "h = x",
        "step(x)",
        "h = step(x)\nh = np.array(h)",
        "h = step(x)\nh = back(h)",
        "h = step(x)\ny = step(h)",
        "for x in xs:\n    h = step(x)",
        "",
        "h = step(",
        "h = '\x00'",
    ],
)
def test_a_snippet_that_does_anything_else_has_none(run):
    assert calls_of(run) == ()
