"""States that begin elsewhere or are not carried, and results that are never set."""

from __future__ import annotations

from grader.mistakes.operators.states import DROP_CARRY, DROP_RESULT, WRONG_INITIAL_STATE

from .examples import changed, returned, sentences

FORWARD = """
def f(xs, h0, W):
    h = h0
    hs = []
    for x in xs:
        h = np.tanh(W @ h + x)
        hs.append(h)
    return hs
"""

BACKWARD = """
def f(dhs, W):
    later = np.zeros_like(W[0])
    for t in reversed(range(len(dhs))):
        da = dhs[t] + later
        later = W.T @ da
    return later
"""

WITHOUT_STATE = """
def f(xs):
    total = 0.0
    n = 0
    for x in xs:
        y = 2 * x
        total += y
        n = n + 1
    return total
"""


def test_the_first_state_is_another_or_is_there_at_every_step():
    assert changed(WRONG_INITIAL_STATE, FORWARD) == [
        "h = np.zeros_like(h0)",
        "h = np.tanh(W @ h0 + x)",
        "_ = np.tanh(W @ h + x)",
    ]
    assert sentences(WRONG_INITIAL_STATE, FORWARD)[0] == "It behaves as if h0 were 0."


def test_zeros_become_ones_and_drawn_numbers_zeros():
    source = """
    class Layer:
        def __init__(self, n):
            self.W = np.random.default_rng().normal(scale=0.01, size=(n, n))
            self.b = np.zeros((n, 1))
    """

    assert changed(WRONG_INITIAL_STATE, source, root="Layer") == [
        "self.W = np.zeros((n, n))",
        "self.b = np.ones((n, 1))",
    ]


def test_the_shape_of_a_state_is_no_state():
    assert returned(WRONG_INITIAL_STATE, "np.empty_like(h0), h0.shape") == []


def test_what_a_step_hands_on_is_dropped():
    assert changed(DROP_CARRY, FORWARD) == ["h = np.tanh(W @ np.zeros_like(h) + x)", "h = np.zeros_like(h)"]
    assert changed(DROP_CARRY, BACKWARD) == ["da = dhs[t]", "later = np.zeros_like(later)"]


def test_a_loop_that_carries_nothing_stays():
    assert changed(DROP_CARRY, WITHOUT_STATE) == []
    assert changed(WRONG_INITIAL_STATE, WITHOUT_STATE) == []


def test_a_state_among_several_results():
    source = """
    def f(xs, h):
        for x in xs:
            y, h = step(x, h)
        return y
    """

    assert changed(WRONG_INITIAL_STATE, source) == ["y, _ = step(x, h)"]
    assert changed(DROP_CARRY, source) == ["y, h = step(x, np.zeros_like(h))"]


def test_a_carry_that_begins_as_a_number_and_is_one_of_several_results():
    source = """
    def f(dhs, caches):
        later = 0
        for t in reversed(range(len(caches))):
            dx, later = back(dhs[t] + later, caches[t])
        return later
    """
    assert changed(DROP_CARRY, source) == ["dx, later = back(dhs[t], caches[t])"]
    assert changed(DROP_CARRY, source.replace("dx, later =", "later +=")) == []


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_of_two_states_that_are_carried_the_one_that_is_lost_is_named():
    source = """
    def f(dhs, f, o):
        dh_next = np.zeros_like(f)
        dc_next = np.zeros_like(f)
        for t in reversed(range(len(dhs))):
            dc = (dhs[t] + dh_next) * o + dc_next
            dh_next, dc_next = dc * o, dc * f
        return dh_next, dc_next
    """
    lost = "It behaves as if what one step hands on by the {} state never reached the next."

    assert sentences(DROP_CARRY, source) == [lost.format("hidden"), lost.format("cell")]
    assert set(sentences(DROP_CARRY, BACKWARD)) == {""}


def test_what_begins_as_0_is_carried_where_a_step_returns_it_among_others():
    source = """
    def f(dhs, step):
        total = 0
        dxs = []
        for dh in dhs[::-1]:
            dx, total = step(dh + total)
            dxs.append(dx)
        return dxs, total
    """

    assert changed(DROP_CARRY, source) == ["dx, total = step(dh)"]
