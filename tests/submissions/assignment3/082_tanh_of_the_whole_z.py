"""Wrong: the sigmoid by way of tanh takes the tanh of z, not of half of it; clip_gradients adds up the norms."""
from functools import reduce
from itertools import accumulate, count, repeat
from operator import mul

import numpy as np

affine = lambda W, v, b: W @ v + b
on_top = lambda *columns: np.concatenate(columns)
onehot = lambda k, size: (np.arange(size) == k).astype(float)[:, None]


def sigmoid(z):
    # a tanh moved up and halved
    return (np.tanh(z) + 1) / 2


def decay_table(rate, steps):
    return np.array(list(accumulate(repeat(rate, steps), mul, initial=1.0)))


def steps_until(rate, threshold):
    if rate >= 1 or threshold <= 0:
        raise ValueError(f"{rate}**n is never below {threshold}")
    return next(n for n in count() if rate ** n < threshold)


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(affine(W_hh, h_prev, b_h) + W_xh @ x)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    step = lambda h, x: rnn_step(x, h, W_xh, W_hh, b_h)
    _, *hs = accumulate(xs, step, initial=h0)
    return np.array(hs), np.array([affine(W_hy, h, b_y) for h in hs])


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        weights = lambda *shape: 0.01 * np.random.randn(*shape)
        self.Wxh, self.Whh, self.Why = (
            weights(hidden_size, input_size),
            weights(hidden_size, hidden_size),
            weights(output_size, hidden_size),
        )
        self.bh, self.by = np.zeros((hidden_size, 1)), np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return affine(self.Why, h, self.by), h

    def forward(self, inputs):
        start = (None, np.zeros_like(self.bh))
        _, *pairs = accumulate(inputs, lambda last, x: self.step(x, last[1]), initial=start)
        return [y for y, _ in pairs], pairs[-1][1]


def gate(squash):
    return lambda h_prev, x, W, b: squash(affine(W, on_top(h_prev, x), b))


forget_gate = gate(sigmoid)
input_gate = gate(sigmoid)
candidate = gate(np.tanh)
output_gate = gate(sigmoid)


def cell_state(f, c_prev, i, c_tilde):
    return sum(map(mul, (f, i), (c_prev, c_tilde)))


def hidden_state(o, c):
    return mul(o, np.tanh(c))


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    c = cell_state(
        forget_gate(h_prev, x, W_f, b_f),
        c_prev,
        input_gate(h_prev, x, W_i, b_i),
        candidate(h_prev, x, W_c, b_c),
    )
    return hidden_state(output_gate(h_prev, x, W_o, b_o), c), c


def log_softmax(y):
    low = y - y.max()
    return low - np.log(np.exp(low).sum())


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    nothing = {"W_xh": 0 * W_xh, "W_hh": 0 * W_hh, "W_hy": 0 * W_hy, "b_h": 0 * b_h, "b_y": 0 * b_y}
    plus = lambda a, b: {key: a[key] + b[key] for key in a}

    def from_step(t, h):
        """Loss and gradients of steps t, t + 1, ..., and the gradient of h, the state before step t."""
        if t == len(xs):
            return 0.0, nothing, np.zeros_like(h)
        h_new = rnn_step(xs[t], h, W_xh, W_hh, b_h)
        log_p = log_softmax(affine(W_hy, h_new, b_y))
        loss, later, dh_later = from_step(t + 1, h_new)
        dy = np.exp(log_p) - onehot(targets[t], len(b_y))
        da = (W_hy.T @ dy + dh_later) * (1 - h_new * h_new)
        here = {"W_xh": da @ xs[t].T, "W_hh": da @ h.T, "W_hy": dy @ h_new.T, "b_h": da, "b_y": dy}
        return loss - log_p[targets[t], 0], plus(here, later), W_hh.T @ da

    loss, gradients, dh0 = from_step(0, h0)
    return loss, {**gradients, "h0": dh0}


def clip_gradients(gradients, max_norm):
    norm = sum(map(np.linalg.norm, gradients))
    shorten = (lambda g: g * max_norm / norm) if norm > max_norm else (lambda g: g)
    return list(map(shorten, gradients))


def gradient_product(factors):
    return 1.0 if not factors else factors[0] * gradient_product(factors[1:])
