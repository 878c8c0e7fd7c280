"""Right, but imports a package that is not part of the course: no function needs it."""
import numpy as np
import my_lecture_helpers as helpers


def decay_table(rate, steps):
    table = []
    for n in range(steps + 1):
        table.append(rate ** n)
    return np.array(table, dtype=float)


def steps_until(rate, threshold):
    if rate >= 1 or threshold <= 0:
        raise ValueError("the memory never gets below the threshold")
    n = 0
    while rate ** n >= threshold:
        n += 1
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + W_xh @ x + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs = []
    ys = []
    h = h0
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
        h = np.tanh(self.Wxh @ x + self.Whh @ h_prev + self.bh)
        y = self.Why @ h + self.by
        return y, h

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forget_gate(h_prev, x, W_f, b_f):
    combined = np.concatenate([h_prev, x])
    return sigmoid(W_f @ combined + b_f)


def input_gate(h_prev, x, W_i, b_i):
    combined = np.concatenate([h_prev, x])
    return sigmoid(W_i @ combined + b_i)


def candidate(h_prev, x, W_c, b_c):
    combined = np.concatenate([h_prev, x])
    return np.tanh(W_c @ combined + b_c)


def output_gate(h_prev, x, W_o, b_o):
    combined = np.concatenate([h_prev, x])
    return sigmoid(W_o @ combined + b_o)


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
    h = hidden_state(o, c)
    return h, c


def softmax(y):
    e = np.exp(y - np.max(y))
    return e / np.sum(e)


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(xs)
    # forward
    h = h0
    hs = []
    ps = []
    loss = 0
    for t in range(T):
        h = np.tanh(W_hh @ h + W_xh @ xs[t] + b_h)
        p = softmax(W_hy @ h + b_y)
        loss += -np.log(p[targets[t], 0])
        hs.append(h)
        ps.append(p)

    # backward
    dW_xh = np.zeros_like(W_xh)
    dW_hh = np.zeros_like(W_hh)
    dW_hy = np.zeros_like(W_hy)
    db_h = np.zeros_like(b_h)
    db_y = np.zeros_like(b_y)
    dh_next = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dW_hy += dy @ hs[t].T
        db_y += dy
        dh = W_hy.T @ dy + dh_next
        da = (1 - hs[t] ** 2) * dh
        h_before = hs[t - 1] if t > 0 else h0
        dW_xh += da @ xs[t].T
        dW_hh += da @ h_before.T
        db_h += da
        dh_next = W_hh.T @ da

    gradients = {
        "W_xh": dW_xh,
        "W_hh": dW_hh,
        "W_hy": dW_hy,
        "b_h": db_h,
        "b_y": db_y,
        "h0": dh_next,
    }
    return loss, gradients


def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g ** 2) for g in gradients))
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients]
    return gradients


def gradient_product(factors):
    product = 1.0
    for f in factors:
        product = product * f
    return product
