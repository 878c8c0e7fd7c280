"""Wrong: in the gates the bias is the first column, but its 1 is in the last row; the table is one short."""
import numpy as np

ONE = np.ones((1, 1))


def with_bias(*blocks):
    """Matrices side by side, the bias last."""
    return np.hstack(blocks)


def lift(*columns):
    """Columns on top of one another, with a 1 at the bottom."""
    return np.vstack([*columns, ONE])


def affine(h, x, W, b):
    return np.hstack([b, W]) @ lift(h, x)


def decay_table(rate, steps):
    # a one-dimensional linear system is enough: s_{n+1} = rate * s_n
    s = [1.0]
    while len(s) < steps:
        s.append(rate * s[-1])
    return np.array(s)


def steps_until(rate, threshold):
    if rate >= 1.0 or threshold <= 0.0:
        raise ValueError("never below the threshold")
    n, s = 0, 1.0
    while True:
        if s < threshold:
            return n
        n, s = n + 1, s * rate


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(with_bias(W_hh, W_xh, b_h) @ lift(h_prev, x))


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    A = with_bias(W_hh, W_xh, b_h)
    B = with_bias(W_hy, b_y)
    h = h0
    hs = []
    for x in xs:
        h = np.tanh(A @ lift(h, x))
        hs.append(h)
    ys = [B @ lift(h) for h in hs]
    return np.array(hs), np.array(ys)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        A = 0.01 * np.random.randn(hidden_size, hidden_size + input_size)
        self.Whh = A[:, :hidden_size]
        self.Wxh = A[:, hidden_size:]
        self.Why = 0.01 * np.random.randn(output_size, hidden_size)
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        y = with_bias(self.Why, self.by) @ lift(h)
        return y, h

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[1], 1))
        ys = []
        for x in inputs:
            y, h = self.step(x, h)
            ys.append(y)
        return ys, h


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    positive = z > 0
    e = np.exp(np.where(positive, -z, z))
    return np.where(positive, 1.0, e) / (1.0 + e)


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(affine(h_prev, x, W_f, b_f))


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(affine(h_prev, x, W_i, b_i))


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(affine(h_prev, x, W_c, b_c))


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(affine(h_prev, x, W_o, b_o))


def cell_state(f, c_prev, i, c_tilde):
    # [diag(f) diag(i)] @ [c_prev; c_tilde]
    return np.hstack([np.diagflat(f), np.diagflat(i)]) @ np.vstack([c_prev, c_tilde])


def hidden_state(o, c):
    return np.diagflat(o) @ np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    o = output_gate(h_prev, x, W_o, b_o)
    c = cell_state(f, c_prev, i, candidate(h_prev, x, W_c, b_c))
    return hidden_state(o, c), c


def softmax(y):
    e = np.exp(y - y.max(axis=0))
    return e / e.sum(axis=0)


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    H, D, T = len(h0), xs.shape[1], len(xs)
    A = with_bias(W_hh, W_xh, b_h)
    B = with_bias(W_hy, b_y)
    ins, outs, errors = [], [], []
    h, loss = h0, 0.0
    for x, k in zip(xs, targets):
        v = lift(h, x)
        h = np.tanh(A @ v)
        p = softmax(B @ lift(h))
        loss -= np.log(p[k, 0])
        p[k, 0] -= 1.0
        ins.append(v)
        outs.append(h)
        errors.append(p)

    dA, dB = np.zeros(A.shape), np.zeros(B.shape)
    back = np.zeros((H, 1))
    for t in range(T - 1, -1, -1):
        dB += errors[t] @ lift(outs[t]).T
        da = (1.0 - outs[t] ** 2) * (W_hy.T @ errors[t] + back)
        dA += da @ ins[t].T
        back = W_hh.T @ da
    return loss, {
        "W_hh": dA[:, :H],
        "W_xh": dA[:, H:H + D],
        "b_h": dA[:, H + D:],
        "W_hy": dB[:, :H],
        "b_y": dB[:, H:],
        "h0": back,
    }


def clip_gradients(gradients, max_norm):
    norm = np.linalg.norm(np.hstack([np.ravel(G) for G in gradients]))
    if norm < max_norm:
        return [G.copy() for G in gradients]
    return [G / norm * max_norm for G in gradients]


def gradient_product(factors):
    # a chain of 1 x 1 matrices
    J = np.eye(1)
    for factor in factors:
        J = J * factor
    return J[0, 0]
