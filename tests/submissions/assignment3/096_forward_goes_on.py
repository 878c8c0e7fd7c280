"""Week 3: teaching networks to remember."""
import numpy as np


def decay_table(rate, steps):
    return np.array([float(rate) ** n for n in range(steps + 1)])


def steps_until(rate, threshold):
    if rate >= 1 or threshold <= 0:
        raise ValueError("the strength never gets below the threshold")
    n = 0
    while not rate ** n < threshold:
        n += 1
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + W_xh @ x + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    h = h0
    hs, ys = [], []
    for x in xs:
        h = rnn_step(x, h, W_xh, W_hh, b_h)
        hs.append(h)
        ys.append(W_hy @ h + b_y)
    return np.array(hs), np.array(ys)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = np.tanh(self.Whh @ h_prev + self.Wxh @ x + self.bh)
        return self.Why @ h + self.by, h

    def forward(self, inputs):
        h = getattr(self, 'h', np.zeros(self.bh.shape))
        ys = []
        for x in inputs:
            y, h = self.step(x, h)
            ys.append(y)
        self.h = h
        return ys, h


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(W_f @ np.vstack([h_prev, x]) + b_f)


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(W_i @ np.vstack([h_prev, x]) + b_i)


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(W_c @ np.vstack([h_prev, x]) + b_c)


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(W_o @ np.vstack([h_prev, x]) + b_o)


def cell_state(f, c_prev, i, c_tilde):
    return f * c_prev + i * c_tilde


def hidden_state(o, c):
    return o * np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c_tilde = candidate(h_prev, x, W_c, b_c)
    o = output_gate(h_prev, x, W_o, b_o)
    c = cell_state(f, c_prev, i, c_tilde)
    return hidden_state(o, c), c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    T = len(xs)
    loss = 0.0
    ps = []
    for t in range(T):
        e = np.exp(ys[t] - ys[t].max())
        ps.append(e / e.sum())
        loss -= np.log(ps[t][targets[t], 0])
    g = {"W_xh": np.zeros_like(W_xh), "W_hh": np.zeros_like(W_hh), "W_hy": np.zeros_like(W_hy),
         "b_h": np.zeros_like(b_h), "b_y": np.zeros_like(b_y)}
    da_next = np.zeros_like(h0)
    for t in reversed(range(T)):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dh = W_hy.T @ dy + W_hh.T @ da_next
        da = (1 - hs[t] * hs[t]) * dh
        h_prev = hs[t - 1] if t > 0 else h0
        g["W_hy"] += dy @ hs[t].T
        g["W_xh"] += da @ xs[t].T
        g["W_hh"] += da @ h_prev.T
        g["b_y"] += dy
        g["b_h"] += da
        da_next = da
    g["h0"] = W_hh.T @ da_next
    return loss, g


def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g ** 2) for g in gradients))
    if norm > max_norm:
        return [g * (max_norm / norm) for g in gradients]
    return gradients


def gradient_product(factors):
    result = 1.0
    for f in factors:
        result *= f
    return result
