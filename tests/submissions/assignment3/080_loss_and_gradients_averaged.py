"""Wrong: loss and gradients are means over time; they agree with one another but were asked for as sums."""
# Week 3 homework
import numpy as np

# ---------- memory decay ----------

def decay_table(rate, steps):
    strength = np.ones(steps + 1)
    for n in range(1, steps + 1):
        strength[n] = strength[n - 1] * rate
    return strength

def steps_until(rate, threshold):
    if rate >= 1.0:
        raise ValueError("rate must be smaller than 1")
    if threshold <= 0:
        raise ValueError("threshold must be positive")
    s = 1.0
    count = 0
    while s >= threshold:
        s = s * rate
        count = count + 1
    return count

# ---------- RNN ----------

def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    # linear part first
    a = np.dot(W_xh, x) + np.dot(W_hh, h_prev) + b_h
    h = np.tanh(a)
    return h

def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = xs.shape[0]
    H = h0.shape[0]
    V = b_y.shape[0]
    hs = np.zeros((T, H, 1))
    ys = np.zeros((T, V, 1))
    h = h0
    for t in range(T):
        a = np.dot(W_xh, xs[t]) + np.dot(W_hh, h) + b_h
        h = np.tanh(a)
        hs[t] = h
        ys[t] = np.dot(W_hy, h) + b_y
    return hs, ys

class SimpleRNN:
    """vanilla RNN"""

    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng()
        self.Wxh = rng.normal(0, 0.01, (hidden_size, input_size))
        self.Whh = rng.normal(0, 0.01, (hidden_size, hidden_size))
        self.Why = rng.normal(0, 0.01, (output_size, hidden_size))
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return np.dot(self.Why, h) + self.by, h

    def forward(self, inputs):
        h = np.zeros_like(self.bh)
        ys = []
        for x in inputs:
            y, h = self.step(x, h)
            ys.append(y)
        return ys, h

# ---------- LSTM ----------

def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))

def forget_gate(h_prev, x, W_f, b_f):
    hx = np.vstack((h_prev, x))
    return sigmoid(np.dot(W_f, hx) + b_f)

def input_gate(h_prev, x, W_i, b_i):
    hx = np.vstack((h_prev, x))
    return sigmoid(np.dot(W_i, hx) + b_i)

def candidate(h_prev, x, W_c, b_c):
    hx = np.vstack((h_prev, x))
    return np.tanh(np.dot(W_c, hx) + b_c)

def output_gate(h_prev, x, W_o, b_o):
    hx = np.vstack((h_prev, x))
    return sigmoid(np.dot(W_o, hx) + b_o)

def cell_state(f, c_prev, i, c_tilde):
    return np.multiply(f, c_prev) + np.multiply(i, c_tilde)

def hidden_state(o, c):
    return np.multiply(o, np.tanh(c))

def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    # everything again in one place so I can see it
    hx = np.vstack((h_prev, x))
    f = sigmoid(np.dot(W_f, hx) + b_f)
    i = sigmoid(np.dot(W_i, hx) + b_i)
    g = np.tanh(np.dot(W_c, hx) + b_c)
    o = sigmoid(np.dot(W_o, hx) + b_o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c

# ---------- training ----------

def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = xs.shape[0]
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)

    probs = np.zeros_like(ys)
    loss = 0.0
    for t in range(T):
        scores = ys[t] - ys[t].max()
        probs[t] = np.exp(scores) / np.exp(scores).sum()
        loss -= np.log(probs[t, targets[t], 0])

    grads = {}
    grads["W_xh"] = np.zeros(W_xh.shape)
    grads["W_hh"] = np.zeros(W_hh.shape)
    grads["W_hy"] = np.zeros(W_hy.shape)
    grads["b_h"] = np.zeros(b_h.shape)
    grads["b_y"] = np.zeros(b_y.shape)
    dh_later = np.zeros(h0.shape)
    for t in reversed(range(T)):
        h = hs[t]
        if t == 0:
            h_prev = h0
        else:
            h_prev = hs[t - 1]
        dscore = probs[t].copy()
        dscore[targets[t], 0] -= 1
        grads["W_hy"] += np.dot(dscore, h.T)
        grads["b_y"] += dscore
        dh = np.dot(W_hy.T, dscore) + dh_later
        dtanh = dh * (1 - h * h)
        grads["W_xh"] += np.dot(dtanh, xs[t].T)
        grads["W_hh"] += np.dot(dtanh, h_prev.T)
        grads["b_h"] += dtanh
        dh_later = np.dot(W_hh.T, dtanh)
    grads["h0"] = dh_later
    for key in grads:
        grads[key] = grads[key] / T
    return loss / T, grads

def clip_gradients(gradients, max_norm):
    total = 0
    for g in gradients:
        total = total + (g ** 2).sum()
    total = np.sqrt(total)
    clipped = []
    for g in gradients:
        if total > max_norm:
            clipped.append(g * (max_norm / total))
        else:
            clipped.append(g.copy())
    return clipped

def gradient_product(factors):
    result = 1.0
    for x in factors:
        result *= x
    return result
