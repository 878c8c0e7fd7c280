"""Things in each other's places."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.order import SWAP_CONCATENATION, SWAP_GATES, SWAP_ORDER

from .examples import changed, returned, sentences


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.concatenate([h, x])", ["np.concatenate([x, h])"]),
        ("np.vstack((h, x, y))", ["np.vstack((y, x, h))"]),
        ("np.r_[h, x]", ["np.r_[x, h]"]),
        ("np.append(h, x)", ["np.append(x, h)"]),
        ("h + x", []),
        ("np.concatenate(hs)", []),
    ],
)
def test_joined_arrays_change_places(expression, after):
    assert returned(SWAP_CONCATENATION, expression) == after


GATES = """
def forget_gate(h, W):
    return h @ W

def input_gate(h, W):
    return W @ h

def f(h, W: "matrix"):
    f, i = forget_gate(h, W), input_gate(W, h)
    return f, i
"""


def test_gates_arguments_and_results_change_places():
    assert changed(SWAP_GATES, GATES)[-6:] == [
        "f, i = (input_gate(h, W), forget_gate(W, h))",
        "f, i = (input_gate(W, h), forget_gate(h, W))",
        "f, i = (forget_gate(W, h), input_gate(W, h))",
        "f, i = (forget_gate(h, W), input_gate(h, W))",
        "i, f = (forget_gate(h, W), input_gate(W, h))",
        "return (i, f)",
    ]


def test_parameters_change_places_wherever_they_are_read():
    source = """
    def f(f, c, i, n: int):
        return f * c + i * f
    """

    assert changed(SWAP_GATES, source) == [
        "return c * f + i * c",
        "return i * c + f * i",
        "return f * i + c * f",
    ]
    assert sentences(SWAP_GATES, source)[1] == "It behaves as if f and i were exchanged."


def test_values_of_a_dictionary_change_places():
    assert returned(SWAP_GATES, "{'W': np.exp(a), 'b': -a}") == ["{'W': -a, 'b': np.exp(a)}"]


@pytest.mark.parametrize("expression", ["a * b", "a + b", "np.dot(a, a)"])
def test_what_can_be_exchanged_without_a_difference_stays(expression):
    assert returned(SWAP_GATES, expression) == []


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("np.exp(-np.mean(np.log(p)))", ["np.exp(-np.log(np.mean(p)))"]),
        ("np.log(np.sum(p))", ["np.sum(np.log(p))"]),
        ("np.log(p[i, k]).mean()", ["np.log(p[i, k].mean())"]),
        ("np.log(p).sum(axis=0)", []),
        ("np.sqrt(np.sum(p))", []),
        ("np.exp(np.log(p))", []),
    ],
)
def test_a_logarithm_and_a_mean_change_places(expression, after):
    assert returned(SWAP_ORDER, expression) == after
