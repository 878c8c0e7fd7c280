"""Results that are never set."""

from __future__ import annotations

from grader.mistakes.operators.results import DROP_RESULT

from .examples import changed, returned


def test_one_of_several_results_stays_at_zero():
    assert returned(DROP_RESULT, "(W @ x, x)") == ["(np.zeros_like(W @ x), x)", "(W @ x, np.zeros_like(x))"]


def test_gradients_in_a_dictionary():
    source = """
    def f(W, d):
        gradients = {"W": d @ d.T, "h0": W.T @ d}
        return 1.0, gradients
    """

    assert changed(DROP_RESULT, source) == [
        "gradients = {'W': np.zeros_like(d @ d.T), 'h0': W.T @ d}",
        "gradients = {'W': d @ d.T, 'h0': np.zeros_like(W.T @ d)}",
    ]


def test_a_single_result_stays():
    assert returned(DROP_RESULT, "W @ x") == []
