"""Gates made of one another, or exchanged with what they leave."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.gates import COUPLED_GATES

from .examples import returned, sentences


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("f * c + i * g", ["f * c + (1 - f) * g", "(1 - i) * c + i * g"]),
        ("f[0] * c + i * g", []),
        ("(1 - z) * h + z * g", ["z * h + (1 - z) * g"]),
        ("h * z + g * (1 - z)", ["h * (1 - z) + g * z"]),
        ("f * c + g", []),
        ("f * c - i * g", []),
        ("f * c + f * g", []),
        ("xs[i * k + n * m]", []),
    ],
)
def test_a_gate_is_what_another_leaves(expression, after):
    assert returned(COUPLED_GATES, expression) == after


def test_gates_are_named_where_students_know_their_names():
    source = """
    def f(f, c, i, g):
        return f * c + i * g
    """

    assert sentences(COUPLED_GATES, source) == [
        "It behaves as if i were 1 - f.",
        "It behaves as if f were 1 - i.",
    ]
