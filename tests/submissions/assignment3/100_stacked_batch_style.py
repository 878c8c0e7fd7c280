"""Right: thinks in rows and transposes at the border; keeps its own caches; returns NumPy scalars and views."""
import numpy as np
from numpy import tanh, zeros


def decay_table(rate, steps):
    n = np.arange(0, steps + 1)
    return np.float_power(rate, n)


def steps_until(rate, threshold):
    if threshold <= 0:
        raise ValueError
    for n in range(100000):
        if rate**n < threshold:
            return n
    raise ValueError("gave up: this memory does not fade")


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    row = x.T @ W_xh.T + h_prev.T @ W_hh.T + b_h.T
    return tanh(row).T


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y, return_rows=False):
    X = xs.reshape(len(xs), -1)
    Hs = zeros((len(xs) + 1, h0.size))
    Hs[0] = h0.ravel()
    for t in range(len(xs)):
        Hs[t + 1] = tanh(X[t] @ W_xh.T + Hs[t] @ W_hh.T + b_h.ravel())
    Y = Hs[1:] @ W_hy.T + b_y.ravel()
    if return_rows:
        return X, Hs, Y
    return Hs[1:].reshape(len(xs), -1, 1), Y.reshape(len(xs), -1, 1)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.uniform(-0.02, 0.02, (hidden_size, input_size))
        self.Whh = np.random.uniform(-0.02, 0.02, (hidden_size, hidden_size))
        self.Why = np.random.uniform(-0.02, 0.02, (output_size, hidden_size))
        self.bh = zeros((hidden_size, 1))
        self.by = zeros((output_size, 1))
        self.last_h = None

    def step(self, x, h_prev):
        self.last_h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return self.Why @ self.last_h + self.by, self.last_h

    def forward(self, inputs):
        self.last_h = zeros(self.bh.shape)
        outputs = [self.step(x, self.last_h)[0] for x in inputs]
        return outputs, self.last_h


def sigmoid(z):
    z = np.clip(z, -700, 700)
    return 1.0 / (1.0 + np.exp(-z))


def stacked(h_prev, x, *pairs):
    W = np.concatenate([W for W, b in pairs])
    b = np.concatenate([b for W, b in pairs])
    return np.split(W @ np.append(h_prev, x, axis=0) + b, len(pairs))


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(stacked(h_prev, x, (W_f, b_f))[0])


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(stacked(h_prev, x, (W_i, b_i))[0])


def candidate(h_prev, x, W_c, b_c):
    return tanh(stacked(h_prev, x, (W_c, b_c))[0])


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(stacked(h_prev, x, (W_o, b_o))[0])


def cell_state(f, c_prev, i, c_tilde):
    return (f * c_prev).T.T + i * c_tilde


def hidden_state(o, c):
    return o * tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    af, ai, ac, ao = stacked(h_prev, x, (W_f, b_f), (W_i, b_i), (W_c, b_c), (W_o, b_o))
    c = sigmoid(af) * c_prev + sigmoid(ai) * tanh(ac)
    return sigmoid(ao) * tanh(c), c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    X, Hs, Y = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y, return_rows=True)
    Z = Y - Y.max(axis=1)[:, None]
    E = np.exp(Z)
    S = E.sum(axis=1)[:, None]
    rows = range(len(X))
    loss = np.sum(np.log(S[:, 0]) - Z[rows, targets])
    dY = E / S
    dY[rows, targets] -= 1
    # dH is what arrives at each state; the loop adds what comes from the next step
    dH = dY @ W_hy
    dA = zeros(dH.shape)
    for t in reversed(rows):
        if t + 1 < len(X):
            dH[t] += dA[t + 1] @ W_hh
        dA[t] = dH[t] * (1 - Hs[t + 1] ** 2)
    gradients = dict(W_xh=dA.T @ X, W_hh=dA.T @ Hs[:-1], W_hy=dY.T @ Hs[1:])
    gradients.update(b_h=dA.sum(0, keepdims=True).T, b_y=dY.sum(0, keepdims=True).T, h0=(dA[:1] @ W_hh).T)
    return loss, gradients


def clip_gradients(gradients, max_norm):
    sizes = [np.linalg.norm(g) for g in gradients]
    norm = np.linalg.norm(sizes)
    return [g / max(1.0, norm / max_norm) for g in gradients]


def gradient_product(factors):
    return np.exp(0) if len(factors) == 0 else np.cumprod(factors)[-1]
