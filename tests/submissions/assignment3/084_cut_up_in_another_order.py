"""Wrong: lstm_step stacks f, i, c, o and cuts up f, i, o, c; clip_gradients only measures the last array."""
import numpy as np


def decay_table(rate, steps):
    table = np.empty(steps + 1)
    table[0] = 1.0
    for n in range(steps):
        table[n + 1] = table[n] * rate
    return table


def steps_until(rate, threshold):
    if not rate < 1 or not threshold > 0:
        raise ValueError("the strength stays above the threshold for ever")
    strength = np.float64(1.0)
    n = 0
    while strength >= threshold:
        strength *= rate
        n += 1
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    out = b_h.copy()
    out += W_xh @ x
    out += W_hh @ h_prev
    return np.tanh(out, out=out)


def run_states(xs, h0, W_xh, W_hh, b_h):
    """States 0..T: row 0 is h0, row t + 1 is the state after step t."""
    T, H = xs.shape[0], h0.shape[0]
    S = np.empty((T + 1, H, 1))
    S[0] = h0
    for t in range(T):
        np.matmul(W_hh, S[t], out=S[t + 1])
        S[t + 1] += W_xh @ xs[t]
        S[t + 1] += b_h
        np.tanh(S[t + 1], out=S[t + 1])
    return S


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    S = run_states(xs, h0, W_xh, W_hh, b_h)
    hs = S[1:]
    ys = np.empty((len(xs), W_hy.shape[0], 1))
    for t in range(len(xs)):
        ys[t] = W_hy @ hs[t]
        ys[t] += b_y
    return hs, ys


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        gen = np.random.default_rng(0)
        self.Wxh = gen.standard_normal((hidden_size, input_size))
        self.Whh = gen.standard_normal((hidden_size, hidden_size))
        self.Why = gen.standard_normal((output_size, hidden_size))
        self.Wxh *= 0.01
        self.Whh *= 0.01
        self.Why *= 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        y = self.by.copy()
        y += self.Why @ h
        return y, h

    def forward(self, inputs):
        outputs = [None] * len(inputs)
        h = np.zeros_like(self.bh)
        for t in range(len(inputs)):
            outputs[t], h = self.step(inputs[t], h)
        return outputs, h


def sigmoid(z):
    # both branches see only exponents <= 0
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e / (1 + e), 1 / (1 + e))


def stack(h_prev, x):
    H, D = h_prev.shape[0], x.shape[0]
    hx = np.empty((H + D, 1))
    hx[:H] = h_prev
    hx[H:] = x
    return hx


def forget_gate(h_prev, x, W_f, b_f):
    z = W_f @ stack(h_prev, x)
    z += b_f
    return sigmoid(z)


def input_gate(h_prev, x, W_i, b_i):
    z = W_i @ stack(h_prev, x)
    z += b_i
    return sigmoid(z)


def candidate(h_prev, x, W_c, b_c):
    z = W_c @ stack(h_prev, x)
    z += b_c
    return np.tanh(z)


def output_gate(h_prev, x, W_o, b_o):
    z = W_o @ stack(h_prev, x)
    z += b_o
    return sigmoid(z)


def cell_state(f, c_prev, i, c_tilde):
    c = f * c_prev
    c += i * c_tilde
    return c


def hidden_state(o, c):
    h = np.tanh(c)
    h *= o
    return h


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    H = h_prev.shape[0]
    # one big matrix for the four gates, cut up again afterwards
    W = np.vstack((W_f, W_i, W_c, W_o))
    b = np.vstack((b_f, b_i, b_c, b_o))
    z = W @ stack(h_prev, x) + b
    f = sigmoid(z[0:H])
    i = sigmoid(z[H:2 * H])
    o = sigmoid(z[2 * H:3 * H])
    c_tilde = np.tanh(z[3 * H:])
    c = f * c_prev
    c += i * c_tilde
    h = np.tanh(c)
    h *= o
    return h, c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(xs)
    S = run_states(xs, h0, W_xh, W_hh, b_h)
    P = np.empty((T, b_y.shape[0], 1))
    for t in range(T):
        P[t] = W_hy @ S[t + 1] + b_y
        P[t] -= P[t].max()
        P[t] = np.exp(P[t])
        P[t] /= P[t].sum()
    loss = 0.0
    for t in range(T):
        loss -= np.log(P[t, targets[t], 0])

    dW_xh, dW_hh, dW_hy = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(W_hy)
    db_h, db_y = np.zeros_like(b_h), np.zeros_like(b_y)
    carry = np.zeros_like(h0)
    da = np.empty_like(h0)
    for t in range(T - 1, -1, -1):
        dy = P[t]
        dy[targets[t]] -= 1
        dW_hy += dy @ S[t + 1].T
        db_y += dy
        carry += W_hy.T @ dy
        da[:] = carry * (1 - S[t + 1] ** 2)
        dW_xh += da @ xs[t].T
        dW_hh += da @ S[t].T
        db_h += da
        carry[:] = W_hh.T @ da
    return loss, {"W_xh": dW_xh, "W_hh": dW_hh, "W_hy": dW_hy, "b_h": db_h, "b_y": db_y, "h0": carry}


def clip_gradients(gradients, max_norm):
    for g in gradients:
        squares = np.sum(g ** 2)
    norm = np.sqrt(squares)
    if norm > max_norm:
        for k in range(len(gradients)):
            gradients[k] = gradients[k] * (max_norm / norm)
    return gradients


def gradient_product(factors):
    product = np.ones(())
    for f in factors:
        product *= f
    return product
