"""Activation functions that are missing, others or too many."""

from __future__ import annotations

import pytest

from grader.mistakes.operators.activations import DROP_ACTIVATION, REPEAT_ACTIVATION, SWAP_ACTIVATION

from .examples import changed, returned, sentences

SIGMOID = "1 / (1 + np.exp(-z))"


@pytest.mark.parametrize(
    ("expression", "dropped", "swapped", "repeated"),
    [
        ("np.tanh(z)", ["z"], [SIGMOID, "np.maximum(z, 0)"], ["np.tanh(np.tanh(z))"]),
        ("sigmoid(z)", ["z"], ["np.tanh(z)", "np.maximum(z, 0)"], ["sigmoid(sigmoid(z))"]),
        ("np.maximum(0, z)", ["z"], ["np.tanh(z)", SIGMOID], []),
        ("softmax(z)", ["z"], [SIGMOID], ["softmax(softmax(z))"]),
        ("log_softmax(z)", ["z"], [], []),
        ("np.exp(z)", ["z"], [], []),
        ("np.sin(z)", [], [], []),
        ("np.maximum(y, z)", [], [], []),
        ("z.tanh()", [], [], []),
    ],
)
def test_a_function_is_dropped_swapped_or_repeated(expression, dropped, swapped, repeated):
    assert returned(DROP_ACTIVATION, expression) == dropped
    assert returned(SWAP_ACTIVATION, expression) == swapped
    assert returned(REPEAT_ACTIVATION, expression) == repeated


def test_the_sigmoid_of_the_module_is_used_where_it_is_reached():
    source = """
    def sigmoid(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    def f(z):
        return np.tanh(z){more}
    """
    for more, sigmoid in (("", "1 / (1 + np.exp(-z))"), (" + sigmoid(z)", "sigmoid(z) + sigmoid(z)")):
        assert f"return {sigmoid}" in changed(SWAP_ACTIVATION, source.replace("{more}", more))


def test_exp_is_not_called_an_activation():
    assert sentences(DROP_ACTIVATION, "def f(z):\n    return np.exp(np.tanh(z))\n") == [
        "It behaves as if a function such as exp, log or abs were left out.",
        "",
    ]
