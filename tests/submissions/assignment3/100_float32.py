"""Right: computes in float32 throughout, as on a graphics card."""
import numpy as np

F = np.float32


def f32(*arrays):
    return [np.asarray(a, dtype=F) for a in arrays]


def decay_table(rate, steps):
    return F(rate) ** np.arange(steps + 1, dtype=F)


def steps_until(rate, threshold):
    rate, threshold = F(rate), F(threshold)
    if rate >= 1 or threshold <= 0:
        raise ValueError("never")
    strength, n = F(1), 0
    while strength >= threshold:
        strength, n = F(strength * rate), n + 1
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    x, h_prev, W_xh, W_hh, b_h = f32(x, h_prev, W_xh, W_hh, b_h)
    return np.tanh(W_hh @ h_prev + W_xh @ x + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    xs, h0, W_xh, W_hh, W_hy, b_h, b_y = f32(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    hs = np.zeros((xs.shape[0], h0.shape[0], 1), dtype=F)
    ys = np.zeros((xs.shape[0], b_y.shape[0], 1), dtype=F)
    h = h0
    for t in range(xs.shape[0]):
        h = rnn_step(xs[t], h, W_xh, W_hh, b_h)
        hs[t] = h
        ys[t] = W_hy @ h + b_y
    return hs, ys


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = (np.random.randn(hidden_size, input_size) * 0.01).astype(F)
        self.Whh = (np.random.randn(hidden_size, hidden_size) * 0.01).astype(F)
        self.Why = (np.random.randn(output_size, hidden_size) * 0.01).astype(F)
        self.bh = np.zeros((hidden_size, 1), dtype=F)
        self.by = np.zeros((output_size, 1), dtype=F)

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        Why, by = f32(self.Why, self.by)
        return Why @ h + by, h

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1), dtype=F)
        ys = []
        for x in inputs:
            y, h = self.step(x, h)
            ys.append(y)
        return ys, h


def sigmoid(z):
    # clipping keeps exp finite in float32
    return F(1) / (F(1) + np.exp(-np.clip(z, -80, 80)))


def _gate(h_prev, x, W, b):
    h_prev, x, W, b = f32(h_prev, x, W, b)
    return W @ np.concatenate((h_prev, x)) + b


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(_gate(h_prev, x, W_f, b_f))


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(_gate(h_prev, x, W_i, b_i))


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(_gate(h_prev, x, W_c, b_c))


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(_gate(h_prev, x, W_o, b_o))


def cell_state(f, c_prev, i, c_tilde):
    f, c_prev, i, c_tilde = f32(f, c_prev, i, c_tilde)
    return f * c_prev + i * c_tilde


def hidden_state(o, c):
    o, c = f32(o, c)
    return o * np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c = cell_state(f, c_prev, i, candidate(h_prev, x, W_c, b_c))
    return hidden_state(output_gate(h_prev, x, W_o, b_o), c), c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    xs, h0, W_xh, W_hh, W_hy, b_h, b_y = f32(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    T = len(xs)
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss = F(0)
    dWxh, dWhh, dWhy = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(W_hy)
    dbh, dby, dhnext = np.zeros_like(b_h), np.zeros_like(b_y), np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        z = ys[t] - ys[t].max()
        logp = z - np.log(np.exp(z).sum())
        loss -= logp[targets[t], 0]
        dy = np.exp(logp)
        dy[targets[t], 0] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        da = (1 - hs[t] * hs[t]) * (W_hy.T @ dy + dhnext)
        prev = hs[t - 1] if t > 0 else h0
        dWxh += da @ xs[t].T
        dWhh += da @ prev.T
        dbh += da
        dhnext = W_hh.T @ da
    return loss, {"W_xh": dWxh, "W_hh": dWhh, "W_hy": dWhy, "b_h": dbh, "b_y": dby, "h0": dhnext}


def clip_gradients(gradients, max_norm):
    gradients = f32(*gradients)
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients))
    if norm > max_norm:
        return [g * F(max_norm / norm) for g in gradients]
    return gradients


def gradient_product(factors):
    return np.prod(np.array(factors, dtype=F))
