import numpy as np

from .activations import sigmoid


def lstm_separate(x, h_prev, c_prev, W, U, b):
    i = sigmoid(W[0] @ h_prev + U[0] @ x + b[0])
    f = sigmoid(W[1] @ h_prev + U[1] @ x + b[1])
    o = sigmoid(W[2] @ h_prev + U[2] @ x + b[2])
    c_tilde = np.tanh(W[3] @ h_prev + U[3] @ x + b[3])
    c = f * c_prev + i * c_tilde
    h = o * np.tanh(c)
    return h, c


def concatenate_weights(W, U, b):
    both = []
    biases = []
    for k in (1, 0, 3, 2):
        both.append(np.hstack([W[k], U[k]]))
        biases.append(b[k])
    return np.array(both), np.array(biases)


class LSTM:
    def __init__(self, input_size, hidden_size):
        shape = (hidden_size, hidden_size + input_size)
        self.Wf = np.random.randn(*shape) * 0.01
        self.Wi = np.random.randn(*shape) * 0.01
        self.Wc = np.random.randn(*shape) * 0.01
        self.Wo = np.random.randn(*shape) * 0.01

    def step(self, x, h_prev, c_prev):
        combined = np.vstack([h_prev, x])
        f = sigmoid(self.Wf @ combined)
        i = sigmoid(self.Wi @ combined)
        c_tilde = np.tanh(self.Wc @ combined)
        o = sigmoid(self.Wo @ combined)
        c = f * c_prev + i * c_tilde
        h = o * np.tanh(c)
        return h, c


def lstm_step(x, h_prev, c_prev, W, b):
    combined = np.vstack([h_prev, x])
    f = sigmoid(W[0] @ combined + b[0])
    i = sigmoid(W[1] @ combined + b[1])
    c_tilde = np.tanh(W[2] @ combined + b[2])
    o = sigmoid(W[3] @ combined + b[3])
    c = f * c_prev + i * c_tilde
    h = o * np.tanh(c)
    cache = (combined, c_prev, f, i, c_tilde, o, c, W)
    return h, c, cache


def lstm_forward(xs, h0, c0, W, b):
    h, c = h0, h0
    hs, cs, caches = [], [], []
    for x in xs:
        h, c, cache = lstm_step(x, h, c, W, b)
        hs.append(h)
        cs.append(c)
        caches.append(cache)
    return np.array(hs), np.array(cs), caches


def lstm_step_backward(dh, dc, cache):
    combined, c_prev, f, i, c_tilde, o, c, W = cache
    H = len(c)
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    dc_prev = f * dc
    dz_f = dc * c_prev * f * (1 - f)
    dz_i = dc * c_tilde * i * (1 - i)
    dz_c = dc * i * (1 - c_tilde ** 2)
    dz_o = dh * np.tanh(c) * o * (1 - o)
    db = np.array([dz_f, dz_i, dz_c, dz_o])
    dW = np.array([dz @ combined.T for dz in db])
    d_combined = W[0].T @ dz_f + W[1].T @ dz_i + W[2].T @ dz_c + W[3].T @ dz_o
    dh_prev = d_combined[:H]
    dx = d_combined[H:]
    return dx, dh_prev, dc_prev, dW, db


def lstm_backward(dhs, caches):
    T = len(dhs)
    dxs = [None] * T
    dh_next = np.zeros_like(dhs[0])
    dc_next = np.zeros_like(dhs[0])
    dW, db = 0, 0
    for t in reversed(range(T)):
        dx, dh_next, dc_next, dW_t, db_t = lstm_step_backward(dhs[t] + dh_next, dc_next, caches[t])
        dxs[t] = dx
        dW = dW + dW_t
        db = db + db_t
    return np.array(dxs), dh_next, dc_next, dW, db
