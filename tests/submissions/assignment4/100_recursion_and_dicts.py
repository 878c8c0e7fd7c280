"""Caches are dicts that serve once, sequences are read by recursion, and everything is a list for as long as it can be."""

from functools import reduce
from itertools import accumulate, count
from math import prod

import numpy as np

KEEP, STORE, NEW, SHOW = range(4)
BLOCKS = dict(rnn=1, gru=3, lstm=4)


def sigmoid(z):
    return np.exp(-np.logaddexp(0.0, -z))


def cell_concatenated(e, s_prev, W_r, b_r, W_o, b_o):
    D = e.shape[1]
    s = np.tanh(e @ W_r[:D] + s_prev @ W_r[D:] + b_r)
    return s, sigmoid(s @ W_o + b_o)


def cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    h = np.tanh((w_h.T @ h_prev.T + w_x.T @ e.T).T + b_h)
    scores = h @ w_y + b_y
    log_y = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return h, np.exp(log_y)


def simple_rnn(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    nothing = np.zeros((inputs.shape[0], W_o.shape[0])), None
    steps = list(
        accumulate(
            inputs.transpose(1, 0, 2), lambda before, e: cell_concatenated(e, before[0], W_r, b_r, W_o, b_o), initial=nothing
        )
    )[1:]
    if return_sequences:
        return np.array([o for _, o in steps]).transpose(1, 0, 2), steps[-1][0]
    return steps[-1][1]


def hidden_weights(window, embedding, hidden):
    return np.zeros((window * embedding, hidden)).size, np.zeros((embedding + hidden, hidden)).size


def elementwise_gate(mask, state):
    return [[m * s for m, s in zip(*rows)] for rows in zip(mask, state)]


def lstm_separate(x, h_prev, c_prev, W, U, b):
    h, c, _ = lstm_step(x, h_prev, c_prev, *concatenate_weights(W, U, b))
    return h, c


def concatenate_weights(W, U, b):
    turn = lambda blocks: blocks[[1, 0, 3, 2]]
    return np.block([turn(W), turn(U)]), turn(b)


class LSTM:
    def __init__(self, input_size, hidden_size):
        for name in ("Wf", "Wi", "Wc", "Wo"):
            setattr(self, name, 0.01 * np.random.standard_normal((hidden_size, hidden_size + input_size)))

    def step(self, x, h_prev, c_prev):
        W = np.stack([self.Wf, self.Wi, self.Wc, self.Wo])
        return lstm_step(x, h_prev, c_prev, W, np.zeros((4, len(h_prev), 1)))[:2]


def gru_step(x, h_prev, W_z, W_r, W):
    z, r = (sigmoid(M @ np.concatenate((h_prev, x))) for M in (W_z, W_r))
    return h_prev + z * (np.tanh(W @ np.concatenate((r * h_prev, x))) - h_prev)


def states(xs, weights, h=None):
    """The state after the first word, then all others."""
    if not len(xs):
        return []
    before = 0 if h is None else weights["W_hh"] @ h
    h = np.tanh(before + weights["W_xh"] @ xs[0] + weights["b_h"])
    return [h] + states(xs[1:], weights, h)


def bidirectional(xs, forward, backward):
    xs = list(xs)
    return [np.vstack(both) for both in zip(states(xs, forward), states(xs[::-1], backward)[::-1])]


def stacked(xs, layers):
    return reduce(states, layers, xs)


def lstm_step(x, h_prev, c_prev, W, b):
    joined = np.concatenate((h_prev, x))
    z = np.einsum("gij,jk->gik", W, joined) + b
    g = [np.tanh(each) if block == NEW else sigmoid(each) for block, each in enumerate(z)]
    c = g[KEEP] * c_prev + g[STORE] * g[NEW]
    return g[SHOW] * np.tanh(c), c, {"joined": joined, "c_prev": c_prev, "g": g, "c": c, "W": W}


def lstm_forward(xs, h0, c0, W, b):
    if len(xs) == 1:
        h, c, cache = lstm_step(xs[0], h0, c0, W, b)
        return [h], [c], [cache]
    hs, cs, caches = lstm_forward(xs[:-1], h0, c0, W, b)
    h, c, cache = lstm_step(xs[-1], hs[-1], cs[-1], W, b)
    return hs + [h], cs + [c], caches + [cache]


def lstm_step_backward(dh, dc, cache):
    g, W, joined, H = cache.pop("g"), cache.pop("W"), cache.pop("joined"), len(dh)
    tanh_c = np.tanh(cache.pop("c"))
    dc += dh * g[SHOW] * (1 + tanh_c) * (1 - tanh_c)
    above = {KEEP: dc * cache.pop("c_prev"), STORE: dc * g[NEW], NEW: dc * g[STORE], SHOW: dh * tanh_c}
    slope = {block: (1 - g[block] ** 2) if block == NEW else g[block] - g[block] ** 2 for block in above}
    db = np.stack([above[block] * slope[block] for block in range(4)])
    dW = np.einsum("gik,jk->gij", db, joined)
    back = np.einsum("gij,gik->jk", W, db)
    return back[H:], back[:H], g[KEEP] * dc, dW, db


def lstm_backward(dhs, caches):
    *earlier, last = dhs
    dx, dh, dc, dW, db = lstm_step_backward(last, np.zeros_like(last), caches.pop())
    dxs = [dx]
    while earlier:
        dx, dh, dc, dW_t, db_t = lstm_step_backward(earlier.pop() + dh, dc, caches.pop())
        dxs.insert(0, dx)
        dW, db = dW + dW_t, db + db_t
    return dxs, dh, dc, dW, db


def gradient_flow(W_hh, hs):
    factors = [(np.diagflat(1 - h**2) @ W_hh).T for h in hs[1:]]
    products = [reduce(np.matmul, factors[t:], np.eye(len(W_hh))) for t in range(len(hs))]
    return [np.linalg.svd(product, compute_uv=False).max() for product in products]


def lstm_gradient_flow(fs):
    return [np.prod(fs[t + 1 :], axis=0) for t in range(len(fs))]


def classify_flow(norms):
    return {(True, False): "vanishing", (False, True): "exploding"}.get((norms[0] < 1e-2, norms[0] > 1e2), "stable")


def gradient_terms(dh_T, hs, h0, W_hh):
    if not len(hs):
        return []
    da = (1 - hs[-1] ** 2) * dh_T
    before = hs[-2] if len(hs) > 1 else h0
    return [*gradient_terms(W_hh.T @ da, hs[:-1], h0, W_hh), np.outer(da, before)]


def sgd_step(weights, gradients, rate):
    for name, gradient in gradients.items():
        weights[name] = weights[name] - rate * gradient
    return weights


def descend(w, curvature, rate, steps):
    factor = 1 - rate * curvature
    path = [w * prod([factor] * k) for k in range(steps + 1)]
    return path, "approaches" if factor >= 0 else "overshoots" if factor > -1 else "diverges"


def parameter_count(cell, input_size, hidden_size):
    try:
        return BLOCKS[cell] * (operations_per_step("rnn", input_size, hidden_size) + hidden_size)
    except KeyError as unknown:
        raise ValueError(cell) from unknown


def operations_per_step(cell, input_size, hidden_size):
    return BLOCKS[cell] * hidden_size * (hidden_size + input_size)


def attention_exceeds(d, input_size, hidden_size):
    return next(n for n in count(1) if n * d > hidden_size * (hidden_size + input_size))


def memory_size(model, hidden_size, n):
    return hidden_size * {"lstm": 2}.get(model, 1) if model != "attention" else n**2
